"""`fold(state, event) -> state`: the one definition of what an event does. Unknown types only move the counters of the log."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from funnel.conversations import fold_care, fold_talk
from funnel.conversations.events import ConversationStarted, HookAnswered, Logged, MessageCreated, Payload
from funnel.conversations.state import State
from funnel.conversations.values import Visibility

P = TypeVar("P", bound=Payload)
Step = Callable[[State, Any, Logged], State]

STEPS: dict[type[Payload], Step] = {**fold_talk.STEPS, **fold_care.STEPS}


def fold(state: State | None, event: Logged) -> State:
    """The state after `event`. The first event of a conversation must be `conversation.started`.

    Raises ValueError on a gap (`seq` is not the next one): a hole in the log is never folded over.
    """
    if state is None:
        if event.seq != 1 or not isinstance(event.payload, ConversationStarted):
            raise ValueError("a log starts with conversation.started at seq 1")
        state = fold_care.begin(event.payload, event)
    elif event.seq != state.last_seq + 1:
        raise ValueError(f"seq {event.seq} does not follow {state.last_seq}")
    payload = event.payload if event.payload is not None else _erased(event)
    if payload is not None:
        step = STEPS.get(type(payload))
        if step is not None:
            state = step(state, payload, event)
    if event.visible:
        return replace(
            state, last_seq=event.seq, last_at=event.at, last_visible_seq=event.seq, updated_at=event.at
        )
    return replace(state, last_seq=event.seq, last_at=event.at)


def _erased(event: Logged) -> Payload | None:
    """What an erased event still tells, which is all its fold needs: of a message who spoke and whether the visitor could see it."""
    if event.type == HookAnswered.TYPE:
        return HookAnswered(call_id="", outcome="answered")
    if event.type != MessageCreated.TYPE:
        return None
    visibility: Visibility = "public" if event.visible else "private"
    return MessageCreated(message_id="", text="", direction="incoming", visibility=visibility)


def fold_all(events: Iterable[Logged]) -> State | None:
    """The state a whole log folds to; None for an empty one."""
    state: State | None = None
    for event in events:
        state = fold(state, event)
    return state
