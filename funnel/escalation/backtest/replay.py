"""One recorded turn judged again with any rule set. Pure; a replay of the version that was live gives the same again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from funnel.conversations.values import Outcome, Priority, Reason
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.deciding import Decider, Holds
from funnel.escalation.rules.facts import Facts, restored
from funnel.escalation.rules.outcome import WHILE_QUEUED, Plan, ruled
from funnel.escalation.rules.verdict import Verdict

Value = int | float | bool | str | tuple[str, ...] | None
Words = Callable[["Turn"], str | None]
"""The words of a turn, None where they were erased or are not at hand."""
Scores = Callable[[str, str], Mapping[str, float]]
"""Measures a text (with the language so far) anew."""


class Seen(Struct, frozen=True, gc=False):
    """What one rule said in the recorded turn."""

    id: str
    result: str


class Recorded(Struct, frozen=True, gc=False):
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


class Turn(Struct, frozen=True, gc=False):
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


class Replayed(Struct, frozen=True, gc=False):
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


class Judged(Struct, frozen=True, gc=False):
    """A turn with what was made of it, and what each rule said: with them another value of a number costs only the rules
    that read it. Without a decider no rule had a part in the turn."""

    replayed: Replayed
    facts: Facts
    fired: tuple[int, ...] = ()
    answers: list[bool] = []
    decider: Decider | None = None

    def at(self, rules: Mapping[int, Holds], words: Words) -> Replayed:
        """The turn with some rules as they would be at another value of a number; the same object where nothing changes."""
        if self.decider is None:
            return self.replayed
        changed = self._changed(rules)
        if self.facts.unknown and not self.replayed.unknown:
            text = words(self.replayed.turn)
            if text is not None:
                self.facts["message.text"] = text
                changed = self._changed(rules)
        if not changed:
            return self.replayed
        fired = self.decider.fired_with(self.facts, self.fired, self.answers, changed)
        return _replayed(self.replayed.turn, self.facts, self.decider.verdict(fired))

    def _changed(self, rules: Mapping[int, Holds]) -> dict[int, bool]:
        """What those rules say now that they did not say before."""
        self.facts.unknown = self.replayed.unknown
        changed: dict[int, bool] = {}
        for place, holds in rules.items():
            answer = holds(self.facts)
            if place >= len(self.answers) or answer != self.answers[place]:
                changed[place] = answer
        return changed


def replay(turn: Turn, book: RuleBook, words: Words | None = None) -> Replayed:
    """Judges the turn with `book`. `words` is asked only where the verdict hangs on a pattern that was never tried on it."""
    return judged(turn, book, words).replayed


def judged(turn: Turn, book: RuleBook, words: Words | None = None) -> Judged:
    """The same with what each rule said."""
    recorded = turn.recorded
    facts = restored(recorded.facts, recorded.history, recorded.patterns)
    if not recorded.judged:
        return Judged(Replayed(turn, turn.outcome, turn.reason, ()), facts)
    decider = book.decider(str(facts.get("site") or ""), str(facts.get("locale") or ""))
    answers: list[bool] = []
    fired = decider.fired(facts, answers)
    if facts.unknown and words is not None:
        text = words(turn)
        if text is not None:
            facts.unknown, facts["message.text"] = False, text
            answers.clear()
            fired = decider.fired(facts, answers)
    return Judged(_replayed(turn, facts, decider.verdict(fired)), facts, fired, answers, decider)


def _replayed(turn: Turn, facts: Facts, verdict: Verdict) -> Replayed:
    found = ruled(turn.recorded.plan, verdict, facts)
    outcome = WHILE_QUEUED.get(found.outcome, found.outcome) if turn.recorded.queued else found.outcome
    return Replayed(
        turn, outcome, found.reason, verdict.fired, verdict.queue, verdict.priority, facts.unknown
    )


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
