"""Every text column of the knowledge base is accounted for, and none holds a contact's words."""

from funnel.core.database import Database
from kb.personal_text import TEXT_COLUMNS

COLUMNS = """
select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name like 'kb\\_%'
   and (data_type in ('text', 'jsonb', 'json', 'bytea', 'character varying') or udt_name in ('_text', '_varchar', '_jsonb'))
"""


async def test_every_text_column_is_in_the_table(db: Database) -> None:
    found: dict[str, set[str]] = {}
    for row in await db.pool.fetch(COLUMNS):
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    assert found == {table: set(columns) for table, columns in TEXT_COLUMNS.items()}
