"""The widget's door: sessions, resume links, proactive messages, and what a visitor says about itself."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.credentials import Public, ServicesNow, VisitorCaller
from api.operations import sessions
from api.routers.strict import NOTHING, Responses, StrictRoute, raw_json
from api.schemas.objects import MeOut, SessionOut
from api.schemas.visitor import MeIn, ProactiveIn, ResumeIn, SessionIn
from funnel.core.errors import not_found

router = APIRouter(prefix="/v1", tags=["Visitors"], route_class=StrictRoute)
SESSIONS: Responses = {
    200: {"model": SessionOut, "description": "The token was known."},
    201: {"model": SessionOut, "description": "A new contact."},
}


@router.post("/widget/session", responses=SESSIONS, status_code=201)
async def open_session(body: SessionIn, request: Request, services: ServicesNow, _: Public) -> Response:
    """Opens or continues a visitor's session. An unknown or expired token is a new contact, never an error."""
    status, answer = await sessions.open_session(services, request.scope, body)
    return raw_json(answer, status)


@router.post("/widget/resume", responses=SESSIONS, status_code=201)
async def resume(body: ResumeIn, request: Request, services: ServicesNow, _: Public) -> Response:
    """Opens the conversation of a link that was sent to the visitor; each link works once."""
    return raw_json(await sessions.resume(services, request.scope, body), 201)


@router.post("/proactive/{proactive_id}", responses=NOTHING, status_code=204)
async def tell_outcome(
    proactive_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})],
    body: ProactiveIn,
    caller: VisitorCaller,
    services: ServicesNow,
) -> Response:
    """What became of a proactive message. Only those that were shown to this visitor are known."""
    raise not_found("proactive message")


@router.put("/me", response_model=MeOut)
async def update_me(body: MeIn, caller: VisitorCaller, services: ServicesNow) -> Response:
    """How to reach this contact; unverified, used only to deliver its own replies."""
    return raw_json(await sessions.update_own(services, caller, body))
