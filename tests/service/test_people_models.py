"""The declared tables are the migrated ones: column by column, with types and what may be null."""

from sqlalchemy.dialects import postgresql

from funnel.core.database import Database
from funnel.people.models import Table

TYPES = {"timestamp with time zone": "TIMESTAMP WITH TIME ZONE", "ARRAY": "TEXT[]"}
COLUMNS = """
select table_name, column_name, data_type, is_nullable = 'YES' as nullable, column_default is not null as has_default
from information_schema.columns where table_schema = 'public'
"""


async def test_the_declared_tables_match_the_migrated_ones(db: Database) -> None:
    migrated: dict[str, dict[str, tuple[str, bool, bool]]] = {}
    for row in await db.pool.fetch(COLUMNS):
        kind = TYPES.get(row["data_type"], row["data_type"].upper())
        migrated.setdefault(row["table_name"], {})[row["column_name"]] = (
            kind,
            row["nullable"],
            row["has_default"],
        )
    for table in Table.metadata.sorted_tables:
        declared = {
            column.name: (
                column.type.compile(postgresql.dialect()),
                bool(column.nullable),
                column.server_default is not None,
            )
            for column in table.columns
        }
        assert declared == migrated[table.name], table.name
