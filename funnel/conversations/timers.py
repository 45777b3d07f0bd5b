"""Which timers a state needs. The database keeps one row a conversation with the earliest of them; a row may be early, never late."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from funnel.conversations.state import State, open_answer

TimerKind = Literal[
    "burst", "safety", "expectation", "settle", "silence", "agent_silence", "wake", "alarm", "unseen", "hook"
]

SETTLE_AFTER = timedelta(minutes=10)
SILENT_AFTER_WEB = timedelta(hours=24)
SILENT_AFTER_MESSENGER = timedelta(hours=72)
AGENT_SILENT_AFTER = timedelta(days=3)
SAFETY_FOLLOW_UP = timedelta(minutes=5)
MOST_UPDATES = 2


class Timer(Struct, frozen=True):
    """Something that must happen no earlier than `due_at`."""

    kind: TimerKind
    due_at: datetime


def timers_of(state: State) -> tuple[Timer, ...]:
    """The timers of a state, earliest first (behaviour §1-§4).

    While it waits for a person or a visitor's silence must end it, there is at least one; a resolved conversation has none,
    and a conversation on the urgent safety path is never closed by silence.
    """
    if state.status == "resolved":
        return ()
    found = [Timer("alarm", call.at + timedelta(minutes=call.every_minutes)) for call in state.calls]
    if state.deferred_until is not None and state.owner.kind != "agent":
        found.append(Timer("burst", state.deferred_until))
    if state.hook is not None:
        found.append(Timer("hook", state.hook.until))
    if state.safety_at is not None and not state.safety_followed and state.owner.kind == "queue":
        found.append(Timer("safety", state.safety_at + SAFETY_FOLLOW_UP))
    if state.snoozed_until is not None:
        found.append(Timer("wake", state.snoozed_until))
        return tuple(sorted(found, key=lambda timer: timer.due_at))
    match state.owner.kind:
        case "queue":
            found.extend(_while_waiting(state))
        case "agent":
            if not state.episode.urgent:
                found.append(Timer("agent_silence", state.last_at + AGENT_SILENT_AFTER))
        case "bot":
            found.extend(_while_with_bot(state))
    return tuple(sorted(found, key=lambda timer: timer.due_at))


def _latest(state: State) -> datetime:
    return max(at for at in (state.contact_at, state.bot_at, state.agent_at, state.started_at) if at)


def _while_waiting(state: State) -> list[Timer]:
    waiting = state.waiting
    if waiting is None:
        return []
    found: list[Timer] = []
    if waiting.alarm_at is not None and not waiting.seen:
        found.append(Timer("unseen", waiting.alarm_at))
    if waiting.expected_reply_at is not None and waiting.updates <= MOST_UPDATES:
        return [*found, Timer("expectation", waiting.expected_reply_at)]
    return [*found, Timer("expectation", waiting.promised_at + timedelta(hours=24))]


def _while_with_bot(state: State) -> list[Timer]:
    if state.episode.urgent:
        return [Timer("silence", _latest(state) + timedelta(days=36500))]
    after = SILENT_AFTER_WEB if state.channel == "web" else SILENT_AFTER_MESSENGER
    found = [Timer("silence", _latest(state) + after)]
    answered = open_answer(state)
    if (
        not state.settle_asked
        and state.offer is None
        and answered is not None
        and answered.kind != "question"
    ):
        found.append(Timer("settle", _latest(state) + SETTLE_AFTER))
    return found


def next_due(state: State) -> datetime | None:
    """When the conversation's timer row must be due at the latest; None where it needs none."""
    timers = timers_of(state)
    return timers[0].due_at if timers else None
