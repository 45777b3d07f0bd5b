"""The audit log from the shell: who did what to whose data, and whether the log is as it was written."""

from typing import Annotated, Any

import typer

from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.database import Database
from funnel.core.ids import is_id
from funnel.people.audit import entries, first_broken

group = typer.Typer(no_args_is_help=True, help="Who did what to whose data.")
COLUMNS = ("seq", "at", "actor_kind", "actor_id", "action", "object_id", "details")


@group.command("list")
def list_entries(
    object_id: Annotated[str | None, typer.Argument(help="Only what was done to this object.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """The last entries, the newest first."""
    if object_id is not None and not is_id(object_id):
        fail("This is no id.")

    async def read(db: Database) -> list[dict[str, Any]]:
        return await entries(db, object_id, limit)

    show_rows(with_database(settings_from(data_dir), read), COLUMNS, as_json)


@group.command("verify")
def verify(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Check the chain of hashes; exit code 1 at the first entry that was changed or behind which some are missing."""
    broken = with_database(settings_from(data_dir), first_broken)
    if broken is not None:
        fail(f"Entry {broken} is not as it was written, or one before it is missing.")
    show_object({"intact": True}, as_json)
