"""The pool, the engine and the schema on a real server."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from funnel.core import schema
from funnel.core.database import Database, open_database
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.settings import Settings
from funnel.core.start_errors import SchemaError, ServerError
from tests.configuration import make_settings


async def test_pool_engine_and_own_connection_see_the_same_database(db: Database) -> None:
    await db.pool.execute("insert into login_failures (subject) values ('x')")
    async with db.engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from login_failures"))).scalar() == 1
    own = await db.connect()
    assert await own.fetchval("select count(*) from login_failures") == 1
    await own.close()


async def test_each_test_gets_an_empty_database(db: Database) -> None:
    assert await db.pool.fetchval("select count(*) from login_failures") == 0


async def test_statements_locks_and_idle_transactions_have_limits(db: Database) -> None:
    for name, value in (
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ):
        assert await db.pool.fetchval(f"show {name}") == value
    assert await db.pool.fetchval("show timezone") == "UTC"


async def test_a_slow_statement_is_ended_by_the_server(database_url: str) -> None:
    settings = make_settings(database_url, database={"url": database_url, "command_seconds": 1})
    async with open_database(settings) as database:
        with pytest.raises(asyncpg.QueryCanceledError):
            await database.pool.execute("select pg_sleep(60)")


async def test_an_unreachable_database_is_a_sentence() -> None:
    with pytest.raises(ServerError, match="FUNNEL_DATABASE_URL"):
        async with open_database(make_settings("postgresql://nobody@127.0.0.1:1/none")):
            pass


@pytest.fixture
async def empty_settings(server: EmbeddedServer) -> Settings:
    """A database without any table; dropped with the server."""
    name = "test_schema_of_its_own"
    connection = await asyncpg.connect(server.url("postgres"))
    await connection.execute(f"drop database if exists {name} with (force)")
    await connection.execute(f"create database {name}")
    await connection.close()
    return make_settings(server.url(name))


async def test_four_upgrades_at_once_end_with_one_schema(empty_settings: Settings) -> None:
    async def start() -> None:
        async with open_database(empty_settings) as database:
            await schema.upgrade(database)
            await schema.check(database)

    await asyncio.gather(*(start() for _ in range(4)))


async def test_check_says_what_to_run_on_an_older_schema(empty_settings: Settings) -> None:
    async with open_database(empty_settings) as database:
        with pytest.raises(SchemaError, match="funnel db upgrade"):
            await schema.check(database)


async def test_a_newer_schema_is_refused(db: Database) -> None:
    await db.pool.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(SchemaError, match="newer release"):
        await schema.upgrade(db)
    with pytest.raises(SchemaError, match="newer release"):
        await schema.check(db)
