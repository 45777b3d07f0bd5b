"""Decisions and verdicts of agents; back-tests, shadow and reviews of ops."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.credentials import AgentCaller, Converser, ServicesNow
from api.operations import judging
from api.operations.rule_documents import author
from api.routers.rules import Editor
from api.routers.strict import StrictRoute, nothing, raw_json
from api.schemas.body import Day
from api.schemas.judgements import (
    BackTestIn,
    BackTestOut,
    BackTestPageOut,
    DecisionPageOut,
    DecisionsQuery,
    ReviewIn,
    ReviewPageOut,
    ShadowPageOut,
    VerdictIn,
    VerdictsOut,
)
from api.schemas.queries import ListQuery
from api.spoken import Language, spoken
from funnel.conversations.render import encode_json

router = APIRouter(prefix="/v1", tags=["rules"], route_class=StrictRoute)
DecisionId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
ConversationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


def _json(value: Any, status: int = 200) -> Response:
    return raw_json(encode_json(value), status)


@router.get("/decisions", response_model=DecisionPageOut)
async def list_decisions(
    query: Annotated[DecisionsQuery, Query()],
    agent: AgentCaller,
    services: ServicesNow,
    language: Language = None,
) -> Response:
    """The decisions of a conversation the agent may see (or is laid before those who edit rules), oldest first, conditions in
    the asked language."""
    return _json(await judging.decisions(services, agent, query, spoken(language)))


@router.post("/decisions/{decision_id}/verdict", status_code=204)
async def give_verdict(
    decision_id: DecisionId, body: VerdictIn, agent: Converser, services: ServicesNow
) -> Response:
    """One click: right, too late, needless, wrong queue, answerable. A later one replaces it."""
    await judging.verdict(services, agent, decision_id, body)
    return nothing()


@router.get("/rules/verdicts", response_model=VerdictsOut)
async def read_verdicts(
    _: Editor, services: ServicesNow, version: Annotated[str | None, Query(max_length=40)] = None
) -> Response:
    """How hand-overs and bot-only conversations were judged; no percentage under 50."""
    return _json(await judging.tallies(services, version))


@router.get("/rules/shadow", response_model=ShadowPageOut)
async def list_shadow(_: Editor, services: ServicesNow, query: Annotated[ListQuery, Query()]) -> Response:
    """Where the shadow decided otherwise, newest first; empty without one."""
    return _json(await judging.shadow(services, query))


@router.get("/rules/backtests", response_model=BackTestPageOut)
async def list_backtests(_: Editor, services: ServicesNow, query: Annotated[ListQuery, Query()]) -> Response:
    """Newest first."""
    return _json(await judging.backtests(services, query))


@router.post("/rules/backtests", status_code=201, response_model=BackTestOut)
async def create_backtest(body: BackTestIn, staff: Editor, services: ServicesNow) -> Response:
    """Queues a back-test; a worker takes it within a second."""
    return _json(await judging.new_backtest(services, body, author(staff)), 201)


@router.get("/rules/backtests/{backtest_id}", response_model=BackTestOut)
async def read_backtest(backtest_id: DecisionId, _: Editor, services: ServicesNow) -> Response:
    """How far it is, and what it found."""
    return _json(judging.backtest(await services.judgement.backtests.read(backtest_id)))


@router.post("/rules/backtests/{backtest_id}/cancel", response_model=BackTestOut)
async def cancel_backtest(backtest_id: DecisionId, _: Editor, services: ServicesNow) -> Response:
    """Ends it after the chunk at hand."""
    return _json(judging.backtest(await services.judgement.backtests.cancel(backtest_id)))


@router.get("/rules/reviews", response_model=ReviewPageOut)
async def list_reviews(
    _: Editor,
    services: ServicesNow,
    week: Annotated[Day | None, Query(description="Any day of it; last week by default.")] = None,
) -> Response:
    """The week's sample of bot-only conversations; drawn when it is first asked for."""
    return _json(await judging.reviews(services, week))


@router.post("/rules/reviews/{conversation_id}", status_code=204)
async def answer_review(
    conversation_id: ConversationId, body: ReviewIn, staff: Editor, services: ServicesNow
) -> Response:
    """Should a person have come, and when?"""
    await services.judgement.reviews.answer(
        conversation_id, body.should_have, body.from_message_id, author(staff)
    )
    return nothing()
