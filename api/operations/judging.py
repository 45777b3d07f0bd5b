"""Decisions, verdicts, back-tests, shadow and reviews between the wire and the service."""

import asyncio
import datetime as dt
from typing import Any

import msgspec

from api.operations.rule_documents import wanted
from api.schemas.judgements import BackTestIn, DecisionsQuery, VerdictIn
from api.schemas.queries import ListQuery
from api.services import Services
from funnel.core.errors import FunnelError, invalid, not_found
from funnel.core.ids import is_id
from funnel.escalation.backtest.jobs import Job, Spec
from funnel.escalation.decisions import Verdict
from funnel.escalation.reviews import week_of
from funnel.escalation.rules.attributes import PREFIX
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import complete
from funnel.escalation.rules.telling import shown
from funnel.people.principals import AgentPrincipal

Fields = dict[str, Any]


async def decisions(services: Services, agent: AgentPrincipal, query: DecisionsQuery, locale: str) -> Fields:
    """A page of a conversation's decisions. Raises 404 for one the agent may not see."""
    row = await services.rows.see_to_judge(agent, query.conversation_id)
    found = await services.judgement.decisions.of_conversation(
        row.state.id, limit=query.limit + 1, after=query.cursor
    )
    items = found[: query.limit]
    for one in items:
        one["rules"] = [
            {**rule, "conditions": [shown(each, locale, masked=agent.masked) for each in rule["conditions"]]}
            for rule in one["rules"]
        ]
        if agent.masked:
            one["facts"] = {
                name: value for name, value in one["facts"].items() if not name.startswith(PREFIX)
            }
    return {"items": items, "next": items[-1]["id"] if len(found) > query.limit else None}


async def verdict(services: Services, agent: AgentPrincipal, decision_id: str, body: VerdictIn) -> None:
    """Raises 404 for a decision of a conversation the agent may not see, 422."""
    conversation_id = await services.judgement.decisions.conversation_of(decision_id)
    try:
        await services.rows.see(agent, conversation_id)
    except FunnelError:
        raise not_found("decision") from None  # whether there is one is not told to whom may not see it
    await services.judgement.decisions.judge(
        decision_id.lower(), Verdict(**body.model_dump()), agent.agent_id
    )


async def tallies(services: Services, version: str | None) -> Fields:
    """Verdicts and reviews with their intervals."""
    return {
        "verdicts": msgspec.to_builtins(await services.judgement.decisions.tally(version)),
        "reviews": msgspec.to_builtins(await services.judgement.reviews.tally()),
    }


async def shadow(services: Services, query: ListQuery) -> Fields:
    """A page of the differences of the version that is the shadow now. Raises 422 cursor_invalid."""
    _check_cursor(query)
    settings = await services.judgement.guards.settings()
    if settings.shadow_version is None:
        return {"items": [], "next": None}
    version, most = settings.shadow_version, query.limit + 1
    found = await services.judgement.shadow.differences(version, most, query.cursor)
    items = found[: query.limit]
    return {"items": items, "next": items[-1]["decision_id"] if len(found) > query.limit else None}


async def new_backtest(services: Services, body: BackTestIn, by_id: str | None) -> Fields:
    """Raises 404 for a version that is not there, 422 for neither or both, a bad document, or an empty range."""
    if (body.version is None) == (body.rules is None):
        raise invalid("rules_missing", "Send either rules or a version.")
    if body.version is not None:
        stored = await services.judgement.sets.read(body.version)
        document = await asyncio.to_thread(lambda: complete(parse(stored.document)))
    else:
        document = complete(await wanted(body.rules, None))
    spec = Spec(
        document=plain(document),
        from_at=_utc(body.from_),
        to_at=_utc(body.to),
        version=body.version,
        sample=body.sample,
        site_id=body.site_id,
        channel=body.channel,
        recompute=body.recompute,
    )
    return backtest(await services.judgement.backtests.create(spec, by_id))


def _check_cursor(query: ListQuery) -> None:
    if query.cursor is not None and not is_id(query.cursor):
        raise invalid("cursor_invalid", "This cursor was not made by this list.")


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


async def backtests(services: Services, query: ListQuery) -> Fields:
    """A page of back-tests. Raises 422 cursor_invalid."""
    _check_cursor(query)
    found = await services.judgement.backtests.list(limit=query.limit + 1, before=query.cursor)
    items = [backtest(job) for job in found[: query.limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > query.limit else None}


def backtest(job: Job) -> Fields:
    """A back-test as it is shown; its document is not."""
    return {
        "id": job.id,
        "status": job.status,
        "version": job.spec.version,
        "from": job.spec.from_at,
        "to": job.spec.to_at,
        "sample": job.spec.sample,
        "total": job.total,
        "done": job.done,
        "error": job.error,
        "result": job.result,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


async def reviews(services: Services, week: dt.date | None) -> Fields:
    """The sample of a week that is over; drawn when it is first asked for."""
    today = services.clock.now().date()
    wanted_week = week_of(week or today - dt.timedelta(days=7))
    found = await services.judgement.reviews.of_week(wanted_week)
    if not found and wanted_week < week_of(today):
        await services.judgement.reviews.draw(wanted_week)
        found = await services.judgement.reviews.of_week(wanted_week)
    return {"items": msgspec.to_builtins(found), "next": None}
