"""The way to the database: an asyncpg pool for hand-written SQL, an SQLAlchemy engine for admin data, own connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.embedded.supervisor import supervise
from funnel.core.settings import DatabaseSettings, Settings
from funnel.core.start_errors import ServerError

ADMIN_POOL_SIZE = 5
_UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


class PlainConnection(asyncpg.Connection):  # type: ignore[misc] # asyncpg ships no types
    """A pool's connection that is given back as it is: nothing here sets session state, and asyncpg rolls an open
    transaction back by itself, so the usual reset would only cost a round trip at every release."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        """No statement at all."""
        return ""


class Database:
    """One process's connections. Statements end by themselves: see `DatabaseSettings` for the times."""

    def __init__(self, dsn: str, settings: DatabaseSettings, pool: asyncpg.Pool) -> None:
        self.dsn = dsn
        self.pool = pool
        self._settings = settings
        self.command_seconds = settings.command_seconds
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self.connect,
            pool_size=ADMIN_POOL_SIZE,
            max_overflow=ADMIN_POOL_SIZE,
            pool_pre_ping=True,
        )

    async def connect(self) -> asyncpg.Connection:
        """A connection of the caller's own (for LISTEN, the writer), with the pool's timeouts. The caller closes it."""
        return await asyncpg.connect(self.dsn, **_options(self._settings))

    def patient_engine(self) -> AsyncEngine:
        """An engine whose statements and locks may take as long as they need: migrations, backups. Dispose of it."""

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect(
                self.dsn,
                timeout=self._settings.connect_seconds,
                server_settings={**_IDENTITY, "statement_timeout": "0", "lock_timeout": "0"},
            )

        return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)

    async def close(self) -> None:
        """Closes pool and engine; connections still at work are cut after two seconds. Idempotent."""
        await self.engine.dispose()
        try:
            await asyncio.wait_for(self.pool.close(), 2)
        except TimeoutError:
            self.pool.terminate()


_IDENTITY = {
    "application_name": "funnel",
    "timezone": "UTC",
    "jit": "off",
    # Solid disks and memory, not turning ones. It also makes plans of empty tables look things up instead of reading
    # them whole, which is what they are kept for until the first analyze.
    "random_page_cost": "1.1",
}


def _options(settings: DatabaseSettings) -> dict[str, Any]:
    milliseconds = str(int(settings.command_seconds * 1000))
    return {
        "timeout": settings.connect_seconds,
        # The server gives up first; the client's own limit is for a server that does not answer at all.
        "command_timeout": settings.command_seconds + 2,
        "server_settings": {
            **_IDENTITY,
            "statement_timeout": milliseconds,
            "lock_timeout": str(int(settings.lock_seconds * 1000)),
            "idle_in_transaction_session_timeout": milliseconds,
        },
    }


@contextlib.asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The given database, or the data folder's own server: joined or started, supervised, and given back at the end.

    Raises ServerError with a sentence for the operator when it cannot be reached.
    """
    if settings.database.url is not None:
        async with connected(settings.database.url, settings.database) as database:
            yield database
        return
    server = EmbeddedServer(settings.database.data_dir, binaries=settings.database.binaries)
    await _start(server)
    supervisor = asyncio.create_task(supervise(server))
    try:
        await _make_database(server)
        async with connected(server.url(), settings.database) as database:
            yield database
    finally:
        supervisor.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await supervisor
        await asyncio.shield(asyncio.to_thread(server.stop))


async def _start(server: EmbeddedServer) -> None:
    """Starts it in a thread. Cancelled meanwhile, waits and gives the share back: no server is left without a holder."""
    starting = asyncio.ensure_future(asyncio.to_thread(server.start))
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait([starting])
        await asyncio.to_thread(server.stop)
        raise


@contextlib.asynccontextmanager
async def connected(dsn: str, settings: DatabaseSettings) -> AsyncIterator[Database]:
    """The database at an address, which somebody else minds. Raises ServerError when it cannot be reached."""
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=2,
            max_size=settings.pool_size,
            connection_class=PlainConnection,
            **_options(settings),
        )
    except (*_UNREACHABLE, asyncpg.PostgresError, ValueError) as error:
        raise ServerError(
            f"The database cannot be reached ({type(error).__name__}): check FUNNEL_DATABASE_URL and that the server runs."
        ) from error
    database = Database(dsn, settings, pool)
    try:
        yield database
    finally:
        await database.close()


async def _make_database(server: EmbeddedServer) -> None:
    """The service's database on its own server; several processes may come at once."""
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = 'funnel'"):
            # Of two at once the second fails on the name, or on the template being copied by the first.
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute("create database funnel")
    finally:
        await connection.close()
