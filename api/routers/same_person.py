"""One person on several channels: suggested by the same address, joined and parted by agents."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.credentials import Converser, ServicesNow
from api.operations import same_person
from api.routers.strict import WRITES, StrictRoute, raw_json
from api.schemas.same_person import JoinIn, PartIn, SamePersonOut

router = APIRouter(prefix="/v1/conversations/{conversation_id}", tags=["Agents"], route_class=StrictRoute)
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


@router.get("/same_person", response_model=SamePersonOut)
async def look(conversation_id: ConversationId, agent: Converser, services: ServicesNow) -> Response:
    """Other contacts with the same phone or e-mail, which may or may not be this person, and those an agent has joined."""
    row = await services.rows.see(agent, conversation_id)
    return raw_json(await same_person.look(services, agent, row))


@router.post("/join", responses=WRITES, status_code=201)
async def join(
    conversation_id: ConversationId, body: JoinIn, agent: Converser, services: ServicesNow
) -> Response:
    """They are one person: agents see their conversations and addresses together. Nothing changes for visitors."""
    row = await services.rows.see(agent, conversation_id)
    outcome = await same_person.join(services, agent, row, body.contact_id)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/part", responses=WRITES, status_code=201)
async def part(
    conversation_id: ConversationId, body: PartIn, agent: Converser, services: ServicesNow
) -> Response:
    """Undoes a join."""
    row = await services.rows.see(agent, conversation_id)
    outcome = await same_person.part(services, agent, row, body.join_id)
    return raw_json(outcome.body(services), outcome.status)
