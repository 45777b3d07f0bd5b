"""The intake as operators see it: what could not be read, and reading it again. Needs the permission `channels`."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.credentials import ServicesNow
from api.routers.setup import Channels
from api.routers.strict import StrictRoute
from api.schemas.intake import PutAsideOut, RereadOut, put_aside_out
from api.schemas.queries import ListQuery
from api.schemas.setup import ListOut
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id
from funnel.core.logging import get_logger
from funnel.people.principals import AgentPrincipal

router = APIRouter(prefix="/v1/intake", tags=["setup"], route_class=StrictRoute)
log = get_logger(__name__)


@router.get("/failed", response_model=ListOut[PutAsideOut])
async def list_put_aside(
    _: Channels, services: ServicesNow, query: Annotated[ListQuery, Query()]
) -> ListOut[PutAsideOut]:
    """Requests of platforms that could not be read, oldest first; they are kept for seven days."""
    if query.cursor is not None and not is_id(query.cursor):
        raise invalid("cursor_invalid", "The cursor does not belong to this list.")
    found = await services.channels.quarantine.page(query.cursor, query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return ListOut(items=[put_aside_out(one) for one in page], next=page[-1].id if more else None)


@router.post("/{request_id}/replay", status_code=201, response_model=RereadOut)
async def reread(who: Channels, services: ServicesNow, request_id: str) -> RereadOut:
    """Reads a request again that was put aside. What it caused before is not caused again."""
    by = f"agent:{who.agent_id}" if isinstance(who, AgentPrincipal) else f"key:{who.key_id}"
    if not is_id(request_id) or not await services.channels.quarantine.replay(request_id, by):
        raise not_found("request that was put aside")
    log.info("webhook_replayed", request_id=request_id)
    services.channels.intake.wake()
    return RereadOut(request_id=request_id)
