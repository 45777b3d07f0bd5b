"""`funnel inbox failed` and `funnel inbox replay`: what could not be read on the way in, and reading it again."""

from typing import Annotated, Any

import typer

from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.database import Database
from funnel.core.ids import is_id
from funnel.turns.put_aside import Quarantine

MOST = 200
COLUMNS = ("id", "inbox_id", "at", "problem", "size", "replayed_by")


def list_put_aside(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Requests of platforms that could not be read, oldest first; they are kept for seven days."""

    async def read(db: Database) -> list[dict[str, Any]]:
        found = await Quarantine(db.pool).page(None, MOST)
        return [
            {
                "id": one.id, "inbox_id": one.inbox_id, "at": one.at.isoformat(), "problem": one.problem or "",
                "size": one.size, "replayed_by": one.replayed_by or "",
            }
            for one in found
        ]  # fmt: skip

    show_rows(with_database(settings_from(data_dir), read), COLUMNS, as_json)


def replay(
    request_id: Annotated[str, typer.Argument(help="The request that was put aside, or `all`.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Have a request read again by the running service: alone, and without a second effect of what was read before."""

    async def work(db: Database) -> int:
        store = Quarantine(db.pool)
        if request_id != "all":
            return int(is_id(request_id) and await store.replay(request_id, "operator"))
        found = await store.page(None, MOST)
        return sum([await store.replay(one.id, "operator") for one in found])

    queued = with_database(settings_from(data_dir), work)
    if not queued:
        fail("There is no such request that was put aside.")
    show_object({"queued": queued}, as_json)
