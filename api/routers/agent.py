"""What agents do with conversations: claim, answer, hand on, close; queues, inbox, context."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from api.credentials import Converser, ServicesNow, StaffCaller
from api.operations import context, desk, glances, reading
from api.operations.writing import Written
from api.routers.strict import WRITES, Responses, StrictRoute, nothing, raw_json
from api.schemas.agent import AssignIn, EmptyIn, NoteIn, PriorityIn, ResolveIn, SnoozeIn, TagsIn
from api.schemas.context import ContextOut
from api.schemas.objects import (
    AlarmsOut,
    AssigneesOut,
    ConversationPageOut,
    GlancesOut,
    QueuePageOut,
    WriteOut,
)
from api.schemas.queries import GlanceQuery, InboxFilter, ListQuery
from api.services import Services
from api.spoken import Language, spoken

router = APIRouter(prefix="/v1", tags=["Agents"], route_class=StrictRoute)
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
NEXT: Responses = {
    201: {"model": WriteOut, "description": "Claimed."},
    204: {"description": "None waits."},
}


def _answer(services: Services, outcome: Written) -> Response:
    return raw_json(outcome.body(services), outcome.status)


@router.get("/queues", response_model=QueuePageOut)
async def list_queues(
    query: Annotated[ListQuery, Query()], staff: StaffCaller, services: ServicesNow
) -> Response:
    """The agent's queues and what waits in them; every queue for a key that sets them up."""
    return raw_json(await reading.queues(services, staff, query))


@router.post("/queues/{queue_id}/next", responses=NEXT, status_code=201)
async def take_next(
    queue_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})],
    agent: Converser,
    services: ServicesNow,
    _body: EmptyIn | None = None,
) -> Response:
    """Claims the next right conversation: by priority, one level up per 30 minutes waited, then by age."""
    outcome = await desk.take_next(services, agent, queue_id.lower())
    return nothing() if outcome is None else _answer(services, outcome)


@router.get("/inbox", response_model=ConversationPageOut)
async def list_inbox(
    query: Annotated[InboxFilter, Query()], agent: Converser, services: ServicesNow
) -> Response:
    """The conversations the agent may see, filtered and sorted."""
    return raw_json(await reading.inbox(services, agent, query))


@router.get("/inbox/glances", response_model=GlancesOut)
async def glance_at_inbox(
    query: Annotated[GlanceQuery, Query()], agent: Converser, services: ServicesNow
) -> Response:
    """The last words of the conversations in view, and which of them are new to the agent."""
    return raw_json(await glances.glances(services, agent, query.conversation_ids))


@router.get("/assignees", response_model=AssigneesOut)
async def list_assignees(agent: Converser, services: ServicesNow) -> Response:
    """Whom a conversation can be given to: colleagues, those who are there first, and queues."""
    return raw_json(glances.assignees(services, agent))


@router.get("/alarms", response_model=AlarmsOut)
async def list_alarms(agent: Converser, services: ServicesNow) -> Response:
    """Calls for a lead that nobody has answered, in the queues whose lead the agent is."""
    return raw_json(await glances.alarms(services, agent))


@router.get("/conversations/{conversation_id}/context", response_model=ContextOut)
async def read_context(
    conversation_id: ConversationId, agent: Converser, services: ServicesNow, language: Language = None
) -> Response:
    """Everything that is known before the first reply."""
    return raw_json(await context.bundle(services, agent, conversation_id, spoken(language)))


def _plain(what: str, sentence: str) -> None:
    """Adds a route of a command without fields."""

    async def act(
        conversation_id: ConversationId,
        agent: Converser,
        services: ServicesNow,
        _body: EmptyIn | None = None,
    ) -> Response:
        row = await services.rows.see(agent, conversation_id)
        return _answer(services, await desk.act(services, agent, row, what))

    act.__doc__ = sentence
    router.add_api_route(
        f"/conversations/{{conversation_id}}/{what}",
        act,
        methods=["POST"],
        name=what,
        responses=WRITES,
        status_code=201,
    )


Plain = Literal["claim", "release", "hand_back", "seen", "reopen", "acknowledge"]
SENTENCES: dict[Plain, str] = {
    "claim": "Takes it; 409 `already_owned` where another agent has it.",
    "release": "Back to its queue.",
    "hand_back": "To the bot; the visitor is told.",
    "seen": "The hand-over was looked at; its alarm stops.",
    "acknowledge": "A lead knows that it was called, and is called no more; 403 `lead_only` for anybody else.",
    "reopen": "Opens a resolved conversation again and owns it.",
}
for _what, _sentence in SENTENCES.items():
    _plain(_what, _sentence)


@router.post("/conversations/{conversation_id}/assign", responses=WRITES, status_code=201)
async def assign(
    conversation_id: ConversationId, body: AssignIn, agent: Converser, services: ServicesNow
) -> Response:
    """To an agent or to a queue."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.assign(services, agent, row, body))


@router.post("/conversations/{conversation_id}/notes", responses=WRITES, status_code=201)
async def add_note(
    conversation_id: ConversationId, body: NoteIn, agent: Converser, services: ServicesNow
) -> Response:
    """A private message: agents only."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.note(services, agent, row, body))


@router.post("/conversations/{conversation_id}/tags", responses=WRITES, status_code=201)
async def change_tags(
    conversation_id: ConversationId, body: TagsIn, agent: Converser, services: ServicesNow
) -> Response:
    """Adds and removes tags."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.tags(services, agent, row, body))


@router.post("/conversations/{conversation_id}/priority", responses=WRITES, status_code=201)
async def set_priority(
    conversation_id: ConversationId, body: PriorityIn, agent: Converser, services: ServicesNow
) -> Response:
    """Another priority."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.priority(services, agent, row, body))


@router.post("/conversations/{conversation_id}/snooze", responses=WRITES, status_code=201)
async def snooze(
    conversation_id: ConversationId, body: SnoozeIn, agent: Converser, services: ServicesNow
) -> Response:
    """Sleeps until then, or until the contact writes."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.snooze(services, agent, row, body))


@router.post("/conversations/{conversation_id}/resolve", responses=WRITES, status_code=201)
async def resolve(
    conversation_id: ConversationId,
    agent: Converser,
    services: ServicesNow,
    body: ResolveIn | None = None,
) -> Response:
    """Ends the episode."""
    row = await services.rows.see(agent, conversation_id)
    return _answer(services, await desk.resolve(services, agent, row, body or ResolveIn()))
