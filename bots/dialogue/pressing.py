"""What is written while a person is waited for is heard too: it may be more urgent than it was, never less."""

from collections.abc import Sequence

from bots.dialogue.alarms import call_leads
from bots.dialogue.choice import Choice
from bots.dialogue.constraint import Judged
from bots.dialogue.facts import turn_facts
from bots.dialogue.hearing import Prepared
from bots.dialogue.orders import Orders, effects_of
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.events import ConversationTagged, PriorityChanged
from funnel.conversations.state import State
from funnel.conversations.values import PRIORITIES, Priority

LISTENS = Choice("silent", "silent", counts=False)


def hear_meanwhile(script: Script, scene: Scene, prepared: Prepared) -> None:
    """Judges the message by the rules and appends what they raise: priority, tags, calls of leads. Nothing is said, and nobody is
    handed over anew."""
    state = script.state
    if not prepared.text.strip():
        return
    facts = turn_facts(state, prepared, scene, LISTENS)
    verdict = scene.rules.bench(state.site_id, state.locale).judge(facts)
    orders = effects_of(Judged(LISTENS, LISTENS, verdict, facts))
    press(script, orders, verdict.fired)


def press(script: Script, orders: Orders, fired: Sequence[str]) -> None:
    """Appends priority, tags and calls of leads that rules order without handing over; nothing that is there already."""
    state = script.state
    lifted = state.waiting is not None and state.waiting.lifted
    priority = raised(state, orders, lifted=lifted)
    if priority != state.priority:
        script.add(PriorityChanged(priority, orders.raise_one, tuple(sorted(fired))))
    tags = tuple(tag for tag in orders.tags if tag not in state.tags)
    if tags:
        script.add(ConversationTagged(add=tags))
    call_leads(script, orders)


def raised(state: State, orders: Orders, *, lifted: bool, start: Priority | None = None) -> Priority:
    """The highest of what the rules set and what it had (`start`, if it begins elsewhere); anger lifts by one, once, and never
    above high."""
    level = PRIORITIES.index(start or state.priority)
    if orders.raise_one and not lifted:
        level = max(level, min(level + 1, PRIORITIES.index("high")))
    if orders.priority is not None:
        level = max(level, PRIORITIES.index(orders.priority))
    return PRIORITIES[level]
