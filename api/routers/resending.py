"""What agents do about a message that did not arrive."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.credentials import Converser, ServicesNow
from api.operations import resending
from api.routers.strict import WRITES, StrictRoute, raw_json
from api.schemas.agent import ElsewhereIn, EmptyIn
from api.schemas.ways import WaysOut

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}/deliveries/{delivery_id}",
    tags=["Agents"],
    route_class=StrictRoute,
)
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
DeliveryId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


@router.post("/again", responses=WRITES, status_code=201)
async def send_again(
    conversation_id: ConversationId,
    delivery_id: DeliveryId,
    agent: Converser,
    services: ServicesNow,
    _body: EmptyIn | None = None,
) -> Response:
    """The failed message once more, by the same way; 409 `not_failed` where it may still arrive."""
    row = await services.rows.see(agent, conversation_id)
    outcome = await resending.send_again(services, agent, row, delivery_id)
    return raw_json(outcome.body(services), outcome.status)


@router.get("/ways", response_model=WaysOut)
async def list_ways(
    conversation_id: ConversationId, delivery_id: DeliveryId, agent: Converser, services: ServicesNow
) -> Response:
    """How the same person can be reached now instead."""
    row = await services.rows.see(agent, conversation_id)
    return raw_json(await resending.ways(services, agent, row, delivery_id))


@router.post("/elsewhere", responses=WRITES, status_code=201)
async def send_elsewhere(
    conversation_id: ConversationId,
    delivery_id: DeliveryId,
    body: ElsewhereIn,
    agent: Converser,
    services: ServicesNow,
) -> Response:
    """The words of the failed message by another way; 409 `no_way` where that one is closed, 409
    `answered_otherwise` where a colleague takes another way at this moment."""
    row = await services.rows.see(agent, conversation_id)
    outcome = await resending.send_elsewhere(services, agent, row, delivery_id, body.conversation_id)
    return raw_json(outcome.body(services), outcome.status)
