"""The map of personal text is whole: a column that holds text and is not in it would be forgotten by every erasure."""

from funnel.core.database import Database
from funnel.people.personal_text import TEXT_COLUMNS

COLUMNS = """
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t on t.table_name = c.table_name and t.table_schema = 'public' and t.table_type = 'BASE TABLE'
where c.table_schema = 'public' and c.data_type in ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying')
  and c.table_name not like 'kb\\_%' and c.table_name <> 'alembic_version'
"""


async def test_every_column_that_holds_text_is_on_the_map(db: Database) -> None:
    found = {(row["table_name"], row["column_name"]) for row in await db.pool.fetch(COLUMNS)}
    assert found == {(table, column) for table, columns in TEXT_COLUMNS.items() for column in columns}
