"""The migrations: from nothing up, all the way down, and up again to the same schema."""

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, event

from funnel.core import schema
from funnel.core.database import Database

COLUMNS = """
select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
 where table_schema = 'public' order by 1, 2
"""
CONSTRAINTS = "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2"
INDEXES = "select indexdef from pg_indexes where schemaname = 'public' order by 1"


async def _catalogue(db: Database) -> list[list[asyncpg.Record]]:
    return [await db.pool.fetch(query) for query in (COLUMNS, CONSTRAINTS, INDEXES)]


async def test_down_and_up_again_gives_the_same_schema(db: Database) -> None:
    before = await _catalogue(db)

    def downgrade(connection: Connection) -> None:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    engine = db.patient_engine()
    event.listen(engine.sync_engine, "do_execute", schema._run_script)
    async with engine.connect() as connection:
        await connection.run_sync(downgrade)
    await engine.dispose()
    left = await db.pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    assert [row["tablename"] for row in left] == ["alembic_version"]
    await schema.upgrade(db)
    assert await _catalogue(db) == before


@pytest.mark.parametrize(
    "path", sorted(schema.migrations_folder().glob("versions/*.py")), ids=lambda path: path.stem
)
def test_every_migration_limits_its_wait_for_locks(path: object) -> None:
    text = schema.migrations_folder().joinpath("versions", str(path)).read_text()
    assert text.count("set local lock_timeout") >= text.count("def upgrade") + text.count("def downgrade")


REFERENCES_WITHOUT_INDEX = """
select k.conrelid::regclass || '.' || a.attname from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.contype = 'f' and k.confrelid::regclass::text = any ($1) and not exists (
  select from pg_index i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1]
    and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', a.attname))
)
order by 1
"""
DELETED_FROM = ("agent_sessions", "contacts", "identities", "inbound_requests", "timers", "uploads")


async def test_a_row_that_is_deleted_is_looked_for_by_an_index(db: Database) -> None:
    """A reference without one is checked by reading all of its table, once for every row that goes."""
    missing = await db.pool.fetch(REFERENCES_WITHOUT_INDEX, list(DELETED_FROM))
    assert [row[0] for row in missing] == []
    assert await db.pool.fetch(REFERENCES_WITHOUT_INDEX, ["sites"])
