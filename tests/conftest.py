"""Fixtures of every test that needs PostgreSQL: one server a worker, one migrated template, a fresh copy a test."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from funnel.core import schema
from funnel.core.database import Database, open_database
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.settings import Settings
from tests.configuration import make_open_folder, make_settings

TEMPLATE = "funnel_template"
# A test's server may lose everything at a power cut; the tests of durability start their own with fsync on.
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
_numbers = count(1)

# How long an example takes says something of the machine, not of the code; and every run tries the same ones, so that what fails is
# of the change that is tested. Others are looked for by `pytest --hypothesis-profile=search`.
settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("funnel", settings.get_profile("search"), derandomize=True)
settings.load_profile("funnel")
# Else the words of whatever modules are loaded by then would be tried as well, other ones in every order of the tests.
providers._get_local_constants = Constants


# Errors of the service under test are shown without the values of its frames, which take long to print.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def _forget_environment() -> None:
    for name in [name for name in os.environ if name.upper().startswith("FUNNEL_")]:
        del os.environ[name]


_forget_environment()


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """The folder of the run's server; gone after the run."""
    folder = make_open_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(server_dir: Path) -> Iterator[EmbeddedServer]:
    """The run's own PostgreSQL server, with the migrated template database."""
    held = EmbeddedServer(server_dir / "data", options=QUICK)
    held.start()
    try:
        asyncio.run(_make_template(held))
        yield held
    finally:
        held.stop()


async def _make_template(server: EmbeddedServer) -> None:
    await _execute(server, f"create database {TEMPLATE}")
    async with open_database(make_settings(server.url(TEMPLATE))) as database:
        await schema.upgrade(database)
    await _execute(server, f"alter database {TEMPLATE} is_template true allow_connections false")


async def _execute(server: EmbeddedServer, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database_url(server: EmbeddedServer) -> AsyncIterator[str]:
    """The address of a fresh copy of the template, dropped after the test; for tests that start processes."""
    name = f"test_{next(_numbers)}"
    await _execute(
        server, f"create database {name} template {TEMPLATE} strategy file_copy"
    )  # the quicker for a small one
    yield server.url(name)
    await _execute(server, f"drop database {name} with (force)")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that point at the test's own database."""
    return make_settings(database_url)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The test's own database, migrated and empty."""
    async with open_database(settings) as database:
        yield database
