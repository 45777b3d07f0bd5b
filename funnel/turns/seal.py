"""Sealing: drafts become events with seq, id and time, and the state they fold to. Pure."""

from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from funnel.conversations.commands import Command, DeleteMessage, Redact, TimerDue
from funnel.conversations.events import Logged, is_visible
from funnel.conversations.fold import fold
from funnel.conversations.judgement import Decided, Moment
from funnel.conversations.state import State
from funnel.conversations.subject import NO_SUBJECT, Subject, subject_after
from funnel.conversations.timers import next_due


class TimerChange(IntEnum):
    """What a turn does to its conversation's timer row."""

    KEEP = 0
    SET = 1
    DELETE = 2


class Sealed(Struct, frozen=True):
    """One turn, ready to be written if the conversation still has `version` (0: it is new)."""

    command: Command
    turn_id: str
    at: datetime
    version: int
    state: State
    events: tuple[Logged, ...]
    decided: Decided
    timer: TimerChange
    due_at: datetime | None
    visible: bool
    body_hash: bytes | None = None
    erased_seq: int | None = None
    subject: Subject = NO_SUBJECT


def seal(
    command: Command,
    before: State | None,
    version: int,
    decided: Decided,
    moment: Moment,
    *,
    timer_due: datetime | None = None,
    body_hash: bytes | None = None,
    subject: Subject = NO_SUBJECT,
) -> Sealed:
    """Numbers, dates and folds the drafts of a turn; `timer_due` is when the stored timer row is due, if there is one, and
    `subject` what the conversation was called so far.

    Raises ValueError where the drafts do not fold (a new conversation that does not start with `conversation.started`).
    """
    events, state = _log(decided, before, moment)
    if state is None:
        raise ValueError("a turn without events cannot be sealed")
    timer, due_at = timer_change(command, state, timer_due)
    return Sealed(
        command=command,
        turn_id=moment.turn_id,
        at=moment.at,
        version=version,
        state=state,
        events=events,
        decided=decided,
        timer=timer,
        due_at=due_at,
        visible=any(event.visible for event in events),
        body_hash=body_hash,
        erased_seq=command.event_seq if isinstance(command, DeleteMessage | Redact) else None,
        subject=subject_after(subject, events),
    )


def _log(decided: Decided, before: State | None, moment: Moment) -> tuple[tuple[Logged, ...], State | None]:
    """The drafts as entries of the log, and the state after them."""
    state = before
    events: list[Logged] = []
    seq = before.last_seq if before else 0
    prev_visible = before.last_visible_seq if before else 0
    for draft in decided.drafts:
        seq += 1
        event = Logged(
            id=moment.ids.next(),
            turn_id=moment.turn_id,
            conversation_id=moment.conversation_id,
            seq=seq,
            prev_visible=prev_visible,
            at=moment.at,
            type=type(draft.payload).TYPE,
            actor=draft.actor,
            visible=is_visible(draft.payload),
            payload=draft.payload,
        )
        if event.visible:
            prev_visible = seq
        state = fold(state, event)
        events.append(event)
    return tuple(events), state


def timer_change(
    command: Command, state: State, timer_due: datetime | None
) -> tuple[TimerChange, datetime | None]:
    """The cheapest change that keeps the row early enough: a row that is due too early is left until it fires."""
    due_at = next_due(state)
    if due_at is None:
        return (TimerChange.DELETE if timer_due is not None else TimerChange.KEEP), None
    if timer_due is None or due_at < timer_due or isinstance(command, TimerDue):
        return TimerChange.SET, due_at
    return TimerChange.KEEP, due_at
