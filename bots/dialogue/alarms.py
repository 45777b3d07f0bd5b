"""Calling people who are not looking: what the rules order, a life in danger every three minutes, a hand-over that nobody has seen."""

from typing import Final

from bots.dialogue.orders import Orders
from bots.dialogue.scene import Promise, Scene
from bots.dialogue.script import Script
from funnel.conversations.events import LeadCalled
from funnel.conversations.state import ON_CALL, UNSEEN, URGENT_PATH, LeadCall, State
from funnel.conversations.values import Notified, Priority

EVERYWHERE: Final[tuple[Notified, ...]] = ("desk", "email", "webhook")
ON_CALL_MINUTES: Final = 15
URGENT_MINUTES: Final = 3
URGENT_UNSEEN_SECONDS: Final = 120
CHAT_UNSEEN_SECONDS: Final = 300
UNSEEN_TIMES: Final = 2
"""First the people of the queue, then their leads."""
LETTERS: Final = frozenset(("email",))
"""Channels on which nobody sits and waits."""


def alarm_seconds(channel: str, priority: Priority, promise: Promise) -> int | None:
    """How long a hand-over may stay unseen: two minutes where it is urgent, five in a chat within the hours."""
    if priority == "urgent":
        return URGENT_UNSEEN_SECONDS
    return CHAT_UNSEEN_SECONDS if promise.open and channel not in LETTERS else None


def call_leads(script: Script, orders: Orders) -> None:
    """What the rules order; each rule calls once and goes on until a lead acknowledges it."""
    called = {call.rule_id for call in script.state.calls}
    for alarm in orders.alarms:
        if alarm.rule_id not in called:
            by = tuple(alarm.notify.by)
            script.add(LeadCalled(alarm.rule_id, by, alarm.notify.every_minutes, until="acknowledged"))


def call_on_call(script: Script, scene: Scene, orders: Orders, promise: Promise) -> None:
    """The site's on-call contact, where the visitor is told that it was alerted."""
    attended = promise.open and promise.agents_online > 0
    if orders.on_call and scene.on_call and not attended:
        script.add(LeadCalled(ON_CALL, EVERYWHERE, ON_CALL_MINUTES))


def call_for_life(script: Script) -> None:
    """On-call and leads, every three minutes until it is seen."""
    if all(call.rule_id != URGENT_PATH for call in script.state.calls):
        script.add(LeadCalled(URGENT_PATH, EVERYWHERE, URGENT_MINUTES))


def call_again(script: Script) -> None:
    """The calls whose time has come; nobody has answered them."""
    for call in due_calls(script.state, script):
        unseen = call.rule_id == UNSEEN
        script.add(
            LeadCalled(
                call.rule_id,
                call.by,
                call.every_minutes,
                until=call.until,
                times=call.times + 1,
                last=unseen and call.times + 1 >= UNSEEN_TIMES,
            )
        )


def due_calls(state: State, script: Script) -> list[LeadCall]:
    """Those that are to be said again now."""
    at = script.moment.at
    return [call for call in state.calls if (at - call.at).total_seconds() >= call.every_minutes * 60]


def call_for_unseen(script: Script) -> None:
    """Nobody has looked in time; said to the people of the queue, and once more to their leads."""
    waiting = script.state.waiting
    if waiting is not None and waiting.alarm_seconds is not None:
        script.add(LeadCalled(UNSEEN, EVERYWHERE, max(waiting.alarm_seconds // 60, 1)))
