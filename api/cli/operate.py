"""Operations on a database: fsck, db upgrade, backup, restore."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import JsonFlag, progress, show_object, show_rows
from api.cli.running import DataDir, fail, run, settings_from, with_database
from funnel.core.backup import back_up
from funnel.core.backup import restore as bring_back
from funnel.core.database import Database, open_database
from funnel.core.schema import newest, upgrade
from funnel.turns.fsck import check

database = typer.Typer(no_args_is_help=True, help="The database's schema.")


def fsck(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Check every invariant of log, snapshots, ownership and timers; exit code 1 when something is wrong."""
    settings = settings_from(data_dir)
    with progress("Checking"):
        findings = with_database(settings, check)
    rows = [{"conversation_id": f.conversation_id, "code": f.code, "detail": f.detail} for f in findings]
    if rows or as_json:
        show_rows(rows, ("conversation_id", "code", "detail"), as_json)
    else:
        typer.echo("Every invariant holds.")
    if rows:
        raise typer.Exit(1)


@database.command("upgrade")
def upgrade_database(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Bring the schema to this release (it also happens at every start)."""
    settings = settings_from(data_dir)

    async def opened() -> str:
        async with open_database(settings) as db:
            await upgrade(db)
            return newest()

    with progress("Upgrading"):
        found = run(opened)
    if as_json:
        show_object({"revision": found}, as_json)
    else:
        typer.echo("The database is up to date.")


def backup(
    target: Annotated[Path, typer.Argument(help="The archive to write.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write database and uploaded files to one archive; the service may go on running."""
    settings = settings_from(data_dir)

    async def dump(db: Database) -> int:
        return await asyncio.to_thread(
            back_up, db.dsn, settings.uploads_dir, target, binaries=settings.database.binaries
        )

    with progress("Backing up"):
        size = with_database(settings, dump)
    show_object({"file": str(target), "bytes": size}, as_json)


def restore(
    source: Annotated[Path, typer.Argument(help="An archive made by `funnel backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there without asking.")] = False,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Replace everything by an archive's content; clients that are connected start over from it."""
    settings = settings_from(data_dir)
    if not source.is_file():
        fail(f"{source} is not a file.")
    if not yes and not typer.confirm("This replaces all conversations and settings. Go on?", err=True):
        raise typer.Exit(1)

    async def load(db: Database) -> int:
        epoch = await db.pool.fetchval("select epoch from deployment")
        await asyncio.to_thread(
            bring_back, db.dsn, settings.uploads_dir, source, epoch, binaries=settings.database.binaries
        )
        await upgrade(db)
        bumped: int = await db.pool.fetchval("select epoch from deployment")
        return bumped

    with progress("Restoring"):
        epoch = with_database(settings, load)
    show_object({"restored": str(source), "epoch": epoch}, as_json)
