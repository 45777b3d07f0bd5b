"""What all rules together come to: effects add up, the strictest outcome wins, order decides on queue and text only."""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from funnel.conversations.values import PRIORITIES, Priority, Reason
from funnel.escalation.rules.compiling import Test
from funnel.escalation.rules.model import Effects, Human, Limit, Notify, Rule, RuleSet, Say

Result = Literal["fired", "near", "no"]
Played = tuple[tuple[str, ...], tuple[str, ...]]
"""Notes and tags of a playbook."""
LIMITS: Final[tuple[Limit, ...]] = ("answer", "answer_and_offer", "offer")
REASONS: Final[tuple[Reason, ...]] = (
    "safety", "human_requested", "bot_failure", "unreadable", "sensitive_topic", "emotion", "not_helpful",
    "loop_guard", "complex", "no_answer", "rule", "proactive", "agent_requested",
)  # fmt: skip
"""The one reason given for a hand-over is the first of these that a fired rule has."""


class Ruling(Struct, frozen=True):
    """What one rule said. `missing` is what a near one was short of; `blocked` tells that only its `unless` stopped it."""

    rule_id: str
    result: Result
    missing: tuple[Test, ...] = ()
    blocked: bool = False


class Alarm(Struct, frozen=True):
    """A lead to be told, by a rule."""

    rule_id: str
    notify: Notify


class Verdict(Struct, frozen=True):
    """What all rules together come to. `limit` is the most the bot may do; `human`: a person must come.

    `queue` and `says` come in the order of the rules, `priority` is the highest any of them sets; `winner` is the rule that
    decided the outcome, `guide` the playbook that the contact is led through.
    """

    rulings: tuple[Ruling, ...]
    limit: Limit = "answer"
    human: bool = False
    reason: Reason | None = None
    winner: str | None = None
    queue: str | None = None
    priority: Priority | None = None
    raise_one: bool = False
    skills: tuple[str, ...] = ()
    protective: bool = False
    no_article: bool = False
    says: tuple[Say, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guide: str | None = None
    alarms: tuple[Alarm, ...] = ()
    due_days: int | None = None
    stopped_by: str | None = None

    @property
    def fired(self) -> tuple[str, ...]:
        """Ids of the rules that fired, in order."""
        return tuple(one.rule_id for one in self.rulings if one.result == "fired")


def notes_of(rule_set: RuleSet) -> dict[str, Played]:
    """Notes and tags of each playbook with those that it starts; the model has none in a circle."""
    books = {one.id: one for one in rule_set.playbooks}
    known: dict[str, Played] = {}

    def unfold(name: str) -> Played:
        if name not in known:
            notes: list[str] = []
            tags: list[str] = []
            for step in books[name].steps if name in books else ():
                if step.note is not None:
                    notes.append(step.note)
                if step.tag is not None:
                    tags.append(step.tag)
                if step.start is not None:
                    more, others = unfold(step.start)
                    notes.extend(more)
                    tags.extend(others)
            known[name] = (tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(tags)))
        return known[name]

    for name in books:
        unfold(name)
    return known


def added_up(
    rulings: tuple[Ruling, ...],
    fired: list[Rule],
    books: dict[str, Played],
    stopped: str | None,
) -> Verdict:
    if not fired:
        return Verdict(rulings, stopped_by=stopped)
    effects = [rule.then for rule in fired]
    humans = [(rule, rule.then.human) for rule in fired if rule.then.human is not None]
    chief = min(humans, key=lambda one: REASONS.index(one[1].reason), default=None)
    limit: Limit = max(
        (one.limit for one in effects if one.limit is not None), key=LIMITS.index, default="answer"
    )
    people = [human for _, human in humans]
    played = [books[one.playbook] for one in effects if one.playbook in books and one.playbook is not None]
    return Verdict(
        rulings=rulings,
        limit=limit,
        human=bool(humans),
        reason=chief[1].reason if chief else None,
        winner=chief[0].id if chief else _limiting(fired, limit),
        queue=next((human.queue for human in people if human.queue is not None), None),
        priority=_priority(effects, people),
        raise_one=any(human.raise_one for human in people) and not any(one.keep_priority for one in effects),
        skills=_once(skill for human in people for skill in human.skills),
        protective=any(one.protective for one in effects),
        no_article=any(one.no_article for one in effects),
        says=tuple(dict.fromkeys(one.say for one in effects if one.say is not None)),
        tags=_once(
            [*(tag for one in effects for tag in one.tags), *(tag for _, tags in played for tag in tags)]
        ),
        notes=_once(note for notes, _ in played for note in notes),
        guide=next((one.playbook for one in effects if one.playbook and one.playbook not in books), None),
        alarms=tuple(Alarm(rule.id, rule.then.notify) for rule in fired if rule.then.notify is not None),
        due_days=min((one.due_days for one in effects if one.due_days is not None), default=None),
        stopped_by=stopped,
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _limiting(fired: list[Rule], limit: Limit) -> str | None:
    return next((rule.id for rule in fired if rule.then.limit == limit), None)


def _priority(effects: list[Effects], people: list[Human]) -> Priority | None:
    set_by = [*(one.priority for one in effects), *(one.priority for one in people)]
    named = [priority for priority in set_by if priority is not None]
    return max(named, key=PRIORITIES.index) if named else None
