"""The outbox as operators see it: what failed for good, and sending it again. Needs the permission `channels`."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.credentials import ServicesNow
from api.routers.setup import Channels
from api.routers.strict import StrictRoute
from api.schemas.outbox import DeadLetterOut, ReplayedOut, dead_letter_out
from api.schemas.queries import ListQuery
from api.schemas.setup import ListOut
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id

router = APIRouter(prefix="/v1/outbox", tags=["setup"], route_class=StrictRoute)


@router.get("/failed", response_model=ListOut[DeadLetterOut])
async def list_failed(
    _: Channels, services: ServicesNow, query: Annotated[ListQuery, Query()]
) -> ListOut[DeadLetterOut]:
    """Deliveries that failed for good, oldest first."""
    if query.cursor is not None and not is_id(query.cursor):
        raise invalid("cursor_invalid", "The cursor does not belong to this list.")
    found = await services.channels.fates.dead(None, query.cursor, query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return ListOut(items=[dead_letter_out(one) for one in page], next=page[-1].id if more else None)


@router.post("/{delivery_id}/replay", status_code=201, response_model=ReplayedOut)
async def replay(_: Channels, services: ServicesNow, delivery_id: str) -> ReplayedOut:
    """Queues a failed delivery again, for another 24 h."""
    queued = await services.channels.fates.replay(delivery_id) if is_id(delivery_id) else None
    if queued is None:
        raise not_found("failed delivery")
    services.channels.outbox.wake()
    return ReplayedOut(delivery_id=queued)
