"""Runs a command's coroutine with the database open, and turns what went wrong into one sentence and an exit code."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop

from api.cli.output import err
from funnel.core import logging
from funnel.core.database import Database, open_database
from funnel.core.errors import FunnelError
from funnel.core.schema import upgrade
from funnel.core.settings import Settings, load_settings
from funnel.core.start_errors import StartError

REFUSED, CANNOT_START = 1, 2
T = TypeVar("T")
DataDir = Annotated[str | None, typer.Option("--data-dir", help="The data folder of an embedded database.")]


def settings_from(data_dir: str | None = None, **overrides: Any) -> Settings:
    """The settings of this command; exits with 2 and a sentence where they are wrong. From here on the process logs as they say."""
    if data_dir is not None:
        overrides["database"] = {**overrides.get("database", {}), "data_dir": data_dir}
    try:
        settings = load_settings(**overrides)
    except StartError as error:
        fail(str(error), CANNOT_START)
    logging.configure(settings)
    return settings


def fail(sentence: str, code: int = REFUSED) -> NoReturn:
    """Ends the command with a sentence on stderr."""
    err.print(sentence, style="red", markup=False, highlight=False)
    raise typer.Exit(code)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Runs a coroutine on uvloop; a refusal exits with 1, a service that cannot start with 2."""

    async def guarded() -> T:
        return await work()

    try:
        return uvloop.run(guarded())
    except StartError as error:
        fail(str(error), CANNOT_START)
    except FunnelError as error:
        fail(error.detail)


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Opens the database, brings its schema up to date, and does the work."""

    async def opened() -> T:
        async with open_database(settings) as db:
            await upgrade(db)
            return await work(db)

    return run(opened)
