"""One recorded turn judged again with any rule set. Pure; a replay of the version that was live gives the same again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from funnel.conversations.values import Outcome, Priority, Reason
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.facts import Facts, FactValue, restored
from funnel.escalation.rules.outcome import WHILE_QUEUED, Plan, ruled
from funnel.escalation.rules.verdict import Verdict

Value = int | float | bool | str | tuple[str, ...] | None
Words = Callable[["Turn"], str | None]
"""The words of a turn, None where they were erased or are not at hand."""
Scores = Callable[[str, str], Mapping[str, float]]
"""Measures a text (with the language so far) anew."""


class Seen(Struct, frozen=True):
    """What one rule said in the recorded turn."""

    id: str
    result: str


class Recorded(Struct, frozen=True):
    """The part of a decision's facts that a replay needs."""

    plan: Plan
    facts: dict[str, Value] = {}
    history: tuple[dict[str, float], ...] = ()
    patterns: dict[str, bool] = {}
    rules: tuple[Seen, ...] = ()
    queue: str | None = None
    priority: Priority | None = None
    queued: bool = False
    episode: int = 1
    messages: tuple[int, ...] = ()
    judged: bool = False


class Turn(Struct, frozen=True):
    """A recorded decision."""

    decision_id: str
    conversation_id: str
    at: datetime
    outcome: Outcome
    reason: Reason | None
    version: str
    recorded: Recorded
    queue_id: str = ""
    verdict: str | None = None


class Replayed(Struct, frozen=True):
    """What a rule set makes of a recorded turn. `unknown`: it asks for words that are not there any more."""

    turn: Turn
    outcome: Outcome
    reason: Reason | None
    fired: tuple[str, ...]
    queue: str | None = None
    priority: Priority | None = None
    unknown: bool = False


_decoder: Final = msgspec.json.Decoder(Recorded)


def read(facts: str | bytes) -> Recorded | None:
    """The recorded part of a decision; None for one of a release that recorded too little."""
    try:
        return _decoder.decode(facts)
    except msgspec.ValidationError:
        return None


def replay(turn: Turn, book: RuleBook, words: Words | None = None) -> Replayed:
    """Judges the turn with `book`. `words` is asked only where a pattern was never tried on this turn."""
    recorded = turn.recorded
    if not recorded.judged:
        return Replayed(turn, turn.outcome, turn.reason, ())
    facts = restored(_values(recorded), recorded.history, recorded.patterns)
    verdict = _verdict(turn, book, facts)
    if facts.unknown and words is not None:
        text = words(turn)
        if text is not None:
            facts = restored(_values(recorded), recorded.history, recorded.patterns)
            facts["message.text"] = text
            verdict = _verdict(turn, book, facts)
    found = ruled(recorded.plan, verdict, facts)
    outcome = WHILE_QUEUED.get(found.outcome, found.outcome) if recorded.queued else found.outcome
    return Replayed(
        turn, outcome, found.reason, verdict.fired, verdict.queue, verdict.priority, facts.unknown
    )


def _values(recorded: Recorded) -> dict[str, FactValue]:
    values: dict[str, FactValue] = {**recorded.facts}
    return values


def _verdict(turn: Turn, book: RuleBook, facts: Facts) -> Verdict:
    return book.bench(str(facts.get("site") or ""), str(facts.get("locale") or "")).judge(facts)


def same(replayed: Replayed) -> bool:
    """Whether the replay came to what was decided: outcome, reason, queue, priority, and every rule that fired."""
    turn, recorded = replayed.turn, replayed.turn.recorded
    fired = tuple(one.id for one in recorded.rules if one.result == "fired")
    return (
        replayed.outcome == turn.outcome
        and replayed.reason == turn.reason
        and (
            not recorded.judged
            or (
                replayed.fired == fired
                and replayed.queue == recorded.queue
                and replayed.priority == recorded.priority
            )
        )
    )


def measured_anew(
    turn: Turn, before: tuple[dict[str, float], ...], text: str, scores: Scores, names: frozenset[str]
) -> Turn:
    """The turn with its signals measured by the detectors of today; `before` are the moods of the turns before it."""
    recorded = turn.recorded
    now = {
        name: round(score, 3) for name, score in scores(text, str(recorded.facts.get("locale") or "")).items()
    }
    facts = {name: value for name, value in recorded.facts.items() if name not in names}
    return msgspec.structs.replace(
        turn,
        recorded=msgspec.structs.replace(
            recorded, facts={**facts, **now}, history=(*before, now)[-len(recorded.history) or None :]
        ),
    )
