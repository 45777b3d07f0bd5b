"""The outbox from the shell: what failed for good, and sending it again."""

from typing import Annotated, Any

import typer

from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.database import Database
from funnel.core.ids import is_id
from funnel.turns.outbox.fates import Fates

group = typer.Typer(no_args_is_help=True, help="Deliveries that failed.")
MOST = 200


@group.command("list")
def list_failed(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Deliveries that failed for good, oldest first."""

    async def read(db: Database) -> list[dict[str, Any]]:
        found = await Fates(db.pool).dead(None, None, MOST)
        return [
            {"id": one.id, "inbox_id": one.inbox_id, "error": one.error, "code": one.code, "attempts": one.attempts}
            for one in found
        ]  # fmt: skip

    rows = with_database(settings_from(data_dir), read)
    show_rows(rows, ("id", "inbox_id", "error", "code", "attempts"), as_json)


@group.command("replay")
def replay(
    delivery_id: Annotated[str, typer.Argument(help="The failed delivery, or `all`.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Queue a failed delivery again, for another 24 h."""

    async def work(db: Database) -> int:
        store = Fates(db.pool)
        if delivery_id != "all":
            found = await store.replay(delivery_id) if is_id(delivery_id) else None
            return int(found is not None)
        letters = await store.dead(None, None, MOST)
        return sum([await store.replay(letter.id) is not None for letter in letters])

    queued = with_database(settings_from(data_dir), work)
    if not queued:
        fail("There is no such failed delivery.")
    show_object({"queued": queued}, as_json)
