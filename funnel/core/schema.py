"""The database's schema: brings it to this release by alembic, or says that it is not there. No URL in any file."""

from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

import funnel
from funnel.core.database import Database
from funnel.core.start_errors import SchemaError

_LOCK = 0x66756E6E656C  # "funnel": one key of the database's advisory locks


def migrations_folder() -> Path:
    """Where the migrations are: inside the package when installed, beside it in a checkout."""
    package = Path(funnel.__file__).resolve().parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


@cache
def newest() -> str:
    """The revision this release works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("This installation has no migrations: install Funnel again.")
    return head


async def upgrade(db: Database) -> None:
    """Runs the missing migrations, each in its own transaction, under an advisory lock: of several processes that
    start at once one works and the others wait. Idempotent. Raises SchemaError when the database is newer."""
    if await _current(db.pool) == newest():
        return
    engine = db.patient_engine()
    event.listen(engine.sync_engine, "do_execute", _run_script)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    await check(db)


async def check(db: Database) -> None:
    """Raises SchemaError, with what to do, unless the schema is the one of this release."""
    current = await _current(db.pool)
    if current == newest():
        return
    _refuse_newer(current)
    found = f"at revision {current}" if current else "empty"
    raise SchemaError(f"The database is {found}, this release needs {newest()}: run `funnel db upgrade`.")


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    current = connection.execute(text("select to_regclass('alembic_version')::text")).scalar()
    if current:
        _refuse_newer(connection.execute(text("select version_num from alembic_version")).scalar())
    connection.commit()
    command.upgrade(config, "head")


def _run_script(cursor: DBAPICursor, statement: str, parameters: Any, context: ExecutionContext) -> bool:
    """Lets a migration be one script: the driver prepares single statements only, so a script takes its simple way."""
    connection = context.root_connection.connection.dbapi_connection
    if parameters or connection is None or ";" not in statement.strip().rstrip(";"):
        return False
    cursor.execute("set local lock_timeout = '5s'")  # also begins the transaction, which the driver does late
    connection.run_async(lambda driver: driver.execute(statement))
    return True


async def _current(pool: asyncpg.Pool) -> str | None:
    try:
        revision: str | None = await pool.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision


def _refuse_newer(current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaError(
            f"The database is at revision {current}, which this release does not know: a newer release has used it. "
            "Install that release again, or restore a backup made by this one."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
