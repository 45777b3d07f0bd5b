"""The context bundle: what an agent needs to know before the first reply. Evidence points into messages, it is never copied."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from api.operations.cards import playbook_cards
from api.operations.kin import Kin, known_kin, masked
from api.operations.suggesting import fitting_replies
from api.services import Services
from funnel.conversations.events import (
    AnswerOffered,
    DecisionMade,
    Logged,
    MessageCreated,
    SignalsMeasured,
    TargetStarted,
)
from funnel.conversations.render import encode_json
from funnel.conversations.state import State
from funnel.escalation.decisions import asked_for
from funnel.escalation.rules.telling import shown
from funnel.escalation.signals.registry import HIGH, RAISED
from funnel.people.principals import AgentPrincipal
from funnel.replies.store import Author
from funnel.turns.reading import (
    answers_since,
    events_after,
    messages_since,
)

Fields = dict[str, Any]
SUMMARY_LINES = 5
LINE_LENGTH = 200
MOST_EVENTS = 300
MOST_REPLIES = 500
MOST_HISTORY = 20
# Each is linear in the text: no nested repetition. What is left of a masked number is no order's.
_ENTITIES = {
    "orders": re.compile(r"(?<![\w.@])(?<!• )[A-Z]{0,4}-?\d{4,12}(?![\w@])"),
    "amounts": re.compile(
        r"[€$£¥]\s?\d[\d.,]{0,12}|\d[\d.,]{0,12}\s?(?:€|EUR|USD|GBP|CNY|元|块|ريال|جنيه|درهم)"
    ),
    "emails": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    "dates": re.compile(r"(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}月\d{1,2}[日号])"),
}


async def bundle(
    services: Services, agent: AgentPrincipal, conversation_id: str, language: str = "en"
) -> bytes:
    """All fields that exist by now; those of later features are there and empty."""
    row = await services.rows.see(agent, conversation_id, fresh=True)
    state, pool = row.state, services.db.pool
    need_seq = state.episode.need.seq or state.episode.seq
    said = await messages_since(pool, state.id, need_seq)
    own = [event for event in said if event.actor.kind == "contact"]
    question = next((_text(event) for event in own if _text(event)), "")
    logged = await events_after(
        pool, state.id, max(0, state.episode.seq - 1), visible_only=False, limit=MOST_EVENTS
    )
    kin = await known_kin(services, agent, state.contact_id)
    shown = {
        **await _contact(services, agent, state, kin),
        "history": _history(state, kin),
        "channel": state.channel,
        "locale": state.locale,
        "question": question,
        "summary": [_text(event)[:LINE_LENGTH] for event in own if _text(event)][-SUMMARY_LINES:],
        "tried": _tried(state, await answers_since(pool, state.id, state.episode.seq)),
        "mood": _mood(logged),
        "entities": _entities(own),
        "reason": await _reason(services, agent, state, logged, language),
        "targets": _targets(state, logged),
        "suggestions": {
            "articles": _articles(services, state, question),
            "saved_replies": await _replies(services, agent, state, question),
        },
        "cards": playbook_cards(logged, services.playbooks.now()),
    }
    return encode_json(shown)


def _text(event: Logged) -> str:
    return event.payload.text if isinstance(event.payload, MessageCreated) else ""


async def _contact(services: Services, agent: AgentPrincipal, state: State, kin: Kin) -> Fields:
    contact = await services.people.contacts.read_as_now(state.contact_id)
    identities = await services.people.contacts.identities(frozenset((contact.id, *kin.contact_ids)))
    fields: Fields = {
        "id": contact.id,
        "verified": contact.verified,
        "name": contact.name,
        "locale": contact.locale,
    }
    fields |= {"timezone": contact.zone, "reply_by": contact.reply_by}
    if not agent.masked:
        fields |= {
            "external_id": contact.external_id,
            "email": contact.email or contact.reply_email,
            "phone": contact.phone or contact.reply_phone,
            "attributes": dict(contact.attributes),
        }
    shown: Fields = {
        "contact": {name: value for name, value in fields.items() if value is not None},
        "verified": contact.verified,
        "identities": [
            {
                "channel": identity.channel,
                "address": masked(identity.address) if agent.masked else identity.address,
                "verified": identity.verified,
            }
            for identity in identities
        ],
    }
    if contact.page:
        shown["page"] = dict(contact.page)
    return shown


def _history(state: State, kin: Kin) -> list[Fields]:
    history = []
    for row in kin.rows[:MOST_HISTORY]:
        if row.state.id == state.id:
            continue
        closing = row.state.closing
        entry: Fields = {
            "conversation_id": row.state.id,
            "at": row.state.started_at,
            "outcome": closing.how if closing and row.state.status == "resolved" else row.state.status,
        }
        if row.state.rating is not None:
            entry["rating"] = row.state.rating
        history.append(entry)
    return history


def _tried(state: State, answers: Sequence[Logged]) -> list[Fields]:
    """Every article offered in the episode and what became of the answer."""
    marks = {mark.answer_id: mark for mark in state.answers}
    tried = []
    for event in answers:
        payload = event.payload
        if not isinstance(payload, AnswerOffered):
            continue
        mark = marks.get(payload.answer_id)
        for passage in payload.passages:
            entry: Fields = {
                "answer_id": payload.answer_id,
                "article_id": passage.article_id,
                "title": passage.title,
            }
            if mark is not None and mark.helpful is not None:
                entry["helpful"] = mark.helpful
            if mark is not None and mark.superseded:
                entry["superseded"] = True
            tried.append(entry)
    return tried


def _mood(logged: Sequence[Logged]) -> Fields:
    """Anger and distress as last measured in the episode, against the time before."""
    by_message = {
        event.payload.message_id: event.id for event in logged if isinstance(event.payload, MessageCreated)
    }
    scores: list[float] = []
    evidence: list[tuple[str, int, int]] = []
    for event in logged:
        if not isinstance(event.payload, SignalsMeasured):
            continue
        found = [
            event.payload.signals[name] for name in ("anger", "distress") if name in event.payload.signals
        ]
        scores.append(max((value.score for value in found), default=0.0))
        source = by_message.get(event.payload.message_id, event.id)
        evidence = [(source, *span) for value in found for span in value.evidence]
    now = scores[-1] if scores else 0.0
    before = scores[-2] if len(scores) > 1 else now
    return {
        "now": "high" if now >= HIGH else "raised" if now >= RAISED else "calm",
        "trend": _trend(before, now),
        "evidence": evidence,
    }


def _trend(before: float, now: float) -> str:
    """What stays calm is steady, however the small numbers move."""
    if max(before, now) < RAISED or abs(now - before) <= 0.1:
        return "steady"
    return "rising" if now > before else "falling"


def _entities(messages: Sequence[Logged]) -> Fields:
    """Where in the contact's messages of this need the facts stand: (event id, start, end). A number that is part of a date,
    an amount or an address is no order's."""
    found = {
        name: [(event.id, *match.span()) for event in messages for match in pattern.finditer(_text(event))]
        for name, pattern in _ENTITIES.items()
    }
    others = [span for name, spans in found.items() if name != "orders" for span in spans]
    found["orders"] = [one for one in found["orders"] if not any(_overlap(one, other) for other in others)]
    return found


def _overlap(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


async def _reason(
    services: Services, agent: AgentPrincipal, state: State, logged: Sequence[Logged], language: str
) -> Fields:
    """Why you: the rule that decided, and every condition of the rules that fired, in the agent's language."""
    decided = None
    for event in logged:
        if isinstance(event.payload, DecisionMade) and event.payload.outcome == "human":
            decided = event.payload
    code = state.waiting.reason if state.waiting else decided.reason if decided else None
    reason: Fields = {
        "code": code,
        "rule_set_version": decided.rule_set_version if decided else None,
        "conditions": [],
    }
    if decided is None:
        return reason
    why = await services.judgement.decisions.why(decided.decision_id)
    fired = [rule for rule in why["rules"] if rule["result"] == "fired"]
    winner = why["winner"] or (fired[0]["id"] if fired else None)
    if winner is not None:
        reason["rule"] = winner
    reason["decision_id"] = decided.decision_id
    reason["verdict_wanted"] = asked_for(state.id)
    reason["conditions"] = [
        {**shown(condition, language, masked=agent.masked), "rule": rule["id"]}
        for rule in sorted(fired, key=lambda one: one["id"] != winner)
        for condition in rule["conditions"]
        if condition.get("holds")
    ]
    return reason


def _targets(state: State, logged: Sequence[Logged]) -> list[Fields]:
    """The promised reply, and clocks that rules have started."""
    targets: list[Fields] = [
        {"metric": event.payload.metric, "due_at": event.payload.due_at}
        for event in logged
        if isinstance(event.payload, TargetStarted)
    ]
    if state.waiting is not None and state.waiting.expected_reply_at is not None:
        targets.insert(0, {"metric": "first_response", "due_at": state.waiting.expected_reply_at})
    return targets


async def _replies(services: Services, agent: AgentPrincipal, state: State, question: str) -> list[Fields]:
    """Saved replies of everybody and of the agent's own that fit the question."""
    known = await services.replies.list(Author(agent.agent_id), limit=MOST_REPLIES) if question else []
    found = await asyncio.to_thread(fitting_replies, question, state.locale, known)
    return [
        {"id": one.id, "title": one.title, "text": one.text, "shortcut": one.shortcut, "locale": one.locale}
        for one in found
    ]


def _articles(services: Services, state: State, question: str) -> list[Fields]:
    """What the knowledge base would tell an agent, internal articles included."""
    if not question:
        return []
    site = services.directory.now().sites.get(state.site_id)
    fallbacks = site.locales if site else ()
    found = services.library.snapshot().search(question, state.locale, state.site_id, "agents", 3, fallbacks)
    return [
        {
            "article_id": hit.article_id,
            "title": hit.title,
            "locale": hit.locale,
            "text": hit.text,
            "score": hit.score,
        }
        for hit in found.hits
    ]
