"""Templates of a conversation's platform: for agents, inside and outside the channel's window."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.credentials import Converser, ServicesNow
from api.operations import templates
from api.routers.strict import WRITES, Responses, StrictRoute, raw_json
from api.schemas.queries import TemplatesQuery
from api.schemas.templates import TemplateMessageIn, TemplatesOut

router = APIRouter(prefix="/v1/conversations", tags=["Agents"], route_class=StrictRoute)
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
REFUSED: Responses = {
    409: {"description": "The channel has none, or this one is not approved.", "content": _PROBLEM},
    503: {"description": "The platform does not tell its templates now.", "content": _PROBLEM},
}


@router.get("/{conversation_id}/templates", response_model=TemplatesOut, responses=REFUSED)
async def list_templates(
    conversation_id: ConversationId,
    query: Annotated[TemplatesQuery, Query()],
    agent: Converser,
    services: ServicesNow,
) -> Response:
    """All templates of the conversation's inbox; 409 `templates_unsupported` where its channel has none."""
    row = await services.rows.see(agent, conversation_id)
    return raw_json(await templates.listed(services, row, anew=query.anew))


@router.post("/{conversation_id}/templates", responses={**WRITES, **REFUSED}, status_code=201)
async def send_template(
    conversation_id: ConversationId, body: TemplateMessageIn, agent: Converser, services: ServicesNow
) -> Response:
    """A template as the agent's message; also outside of the channel's window."""
    row = await services.rows.see(agent, conversation_id)
    outcome = await templates.send(services, agent, row, body)
    return raw_json(outcome.body(services), outcome.status)
