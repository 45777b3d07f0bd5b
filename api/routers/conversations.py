"""Conversations from both sides: messages, reading, the visitor's buttons."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.credentials import Participant, ServicesNow, VisitorCaller
from api.operations import conversing, reading, sessions, visitor
from api.routers.strict import NOTHING, WRITES, StrictRoute, nothing, raw_json
from api.schemas.objects import ConversationOut, ConversationPageOut, EventPageOut, ResumeLinkOut
from api.schemas.queries import EventsQuery, ListQuery
from api.schemas.visitor import EndIn, FeedbackIn, HumanIn, MessageIn, OfferIn, RatingIn, ReadIn, StartIn
from funnel.core.errors import not_found
from funnel.core.ids import is_id

router = APIRouter(prefix="/v1/conversations", tags=["Conversations"], route_class=StrictRoute)
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


@router.post("", responses=WRITES, status_code=201)
async def start(body: StartIn, caller: VisitorCaller, services: ServicesNow) -> Response:
    """A message, or the wish for a person: into the open conversation, one resolved within 7 days, or a new one."""
    outcome = await visitor.start(services, caller, body)
    return raw_json(outcome.body(services), outcome.status)


@router.get("", response_model=ConversationPageOut)
async def list_own(
    query: Annotated[ListQuery, Query()], caller: VisitorCaller, services: ServicesNow
) -> Response:
    """The visitor's own conversations, the one changed last first."""
    return raw_json(await reading.list_own(services, caller, query))


@router.get("/{conversation_id}", response_model=ConversationOut)
async def read_one(conversation_id: ConversationId, caller: Participant, services: ServicesNow) -> Response:
    """One conversation as it is now."""
    return raw_json(await reading.one(services, caller, conversation_id))


@router.get("/{conversation_id}/events", response_model=EventPageOut)
async def read_events(
    conversation_id: ConversationId,
    query: Annotated[EventsQuery, Query()],
    caller: Participant,
    services: ServicesNow,
) -> Response:
    """The log after a cursor; `wait` holds an empty answer back until something happens."""
    return raw_json(await reading.events_page(services, caller, conversation_id, query))


@router.post("/{conversation_id}/messages", responses=WRITES, status_code=201)
async def post_message(
    conversation_id: ConversationId, body: MessageIn, caller: Participant, services: ServicesNow
) -> Response:
    """A visitor's message, or an agent's reply; `conversation.id` in the answer says where it landed."""
    outcome = await conversing.message(services, caller, conversation_id, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/human", responses=WRITES, status_code=201)
async def ask_human(
    conversation_id: ConversationId, body: HumanIn, caller: VisitorCaller, services: ServicesNow
) -> Response:
    """The button: always a full hand-over."""
    row = await services.rows.see(caller, conversation_id)
    outcome = await visitor.human(services, caller, row, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/end", responses=WRITES, status_code=201)
async def end(
    conversation_id: ConversationId, body: EndIn, caller: VisitorCaller, services: ServicesNow
) -> Response:
    """The visitor is done; a message within 7 days reopens it."""
    row = await services.rows.see(caller, conversation_id)
    outcome = await visitor.end(services, caller, row, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/resume-link", response_model=ResumeLinkOut, status_code=201)
async def make_resume_link(
    conversation_id: ConversationId, caller: VisitorCaller, services: ServicesNow
) -> Response:
    """A token for `widget/resume`, for the visitor's own other device: it opens this conversation once, within 7 days."""
    row = await services.rows.see(caller, conversation_id)
    return raw_json(await sessions.make_link(services, caller, row), 201)


@router.post("/{conversation_id}/feedback", responses=WRITES, status_code=201)
async def rate_answer(
    conversation_id: ConversationId, body: FeedbackIn, caller: VisitorCaller, services: ServicesNow
) -> Response:
    """Did this answer help."""
    row = await services.rows.see(caller, conversation_id)
    outcome = await visitor.feedback(services, caller, row, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/offers/{offer_id}", responses=WRITES, status_code=201)
async def answer_offer(
    conversation_id: ConversationId,
    offer_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})],
    body: OfferIn,
    caller: VisitorCaller,
    services: ServicesNow,
) -> Response:
    """A choice under an offer of a person."""
    row = await services.rows.see(caller, conversation_id)
    if not is_id(offer_id):
        raise not_found("offer")
    outcome = await visitor.choose(services, caller, row, offer_id.lower(), body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/rating", responses=WRITES, status_code=201)
async def rate(
    conversation_id: ConversationId, body: RatingIn, caller: VisitorCaller, services: ServicesNow
) -> Response:
    """How it was, 1 to 5."""
    row = await services.rows.see(caller, conversation_id, fresh=True)
    outcome = await visitor.rate(services, caller, row, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{conversation_id}/read", responses=NOTHING, status_code=204)
async def mark_read(
    conversation_id: ConversationId, body: ReadIn, caller: Participant, services: ServicesNow
) -> Response:
    """Everything up to this seq was read."""
    await reading.mark_read(services, caller, conversation_id, body.up_to_seq)
    return nothing()
