"""What the rules order about a hand-over, and what it says about an earlier one. Values."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from bots.dialogue.constraint import Judged
from bots.dialogue.hearing import Prepared
from bots.dialogue.matters import same_matter
from funnel.conversations.state import State
from funnel.conversations.values import Priority
from funnel.escalation.rules.model import Say
from funnel.escalation.rules.verdict import Alarm

ON_CALL_RULES: Final = frozenset(("money_taken", "injury"))
"""Out of hours these say whether anybody is reading now."""


class Orders(Struct, frozen=True):
    """The sum of the effects of all rules that fired; `on_call`: the text says whether somebody is reading now."""

    queue: str | None = None
    priority: Priority | None = None
    raise_one: bool = False
    says: tuple[Say, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    due_days: int | None = None
    on_call: bool = False


NO_ORDERS: Final = Orders()


class PastMatter(Struct, frozen=True):
    """When the contact wrote about it before, and the order number it names again now."""

    at: datetime
    order: str | None = None


def effects_of(judged: Judged) -> Orders:
    """The orders of a verdict."""
    verdict = judged.verdict
    protects: tuple[Say, ...] = ("protective",) if verdict.protective else ()
    return Orders(
        queue=verdict.queue,
        priority=verdict.priority,
        raise_one=verdict.raise_one,
        says=(*protects, *verdict.says),
        tags=(*verdict.tags, *(f"skill:{skill}" for skill in verdict.skills)),
        notes=verdict.notes,
        alarms=verdict.alarms,
        due_days=verdict.due_days,
        on_call=not ON_CALL_RULES.isdisjoint(verdict.fired),
    )


def matter_told(state: State, prepared: Prepared) -> PastMatter | None:
    """What the contact already wrote about, to be said when it is passed on."""
    past = same_matter(state, prepared)
    if past is None:
        return None
    order = prepared.whole.orders[0] if prepared.whole.orders else None
    return PastMatter(past.began, order)
