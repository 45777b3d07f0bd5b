"""How rows of the log become values: snapshots, conversations, events."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec

from funnel.conversations.events import Logged, decode
from funnel.conversations.state import State
from funnel.conversations.subject import NO_SUBJECT, Subject
from funnel.conversations.values import Actor
from funnel.turns.records import ConversationRow

Queryable = asyncpg.Pool | asyncpg.Connection

ROW_COLUMNS = "c.snapshot, c.version, c.created_at, c.subject, c.subject_message_id"
EVENT_COLUMNS = (
    "e.conversation_id, e.seq, e.id, e.turn_id, e.prev_visible, e.at, e.type, e.actor_kind, e.actor_id, "
    "e.actor_name, e.visible, e.data"
)

_state = msgspec.json.Decoder(State)
_encoder = msgspec.json.Encoder()
_NO_ACTOR: dict[str, Actor] = {"bot": Actor(kind="bot"), "system": Actor(kind="system")}


def read_state(snapshot: str | bytes) -> State:
    """The state a snapshot holds; fields of a newer release are ignored."""
    return _state.decode(snapshot)


def write_state(state: State) -> str:
    """The snapshot that is stored."""
    return _encoder.encode(state).decode()


def read_row(record: Mapping[str, Any]) -> ConversationRow:
    """A conversation from the columns `ROW_COLUMNS`."""
    message_id = record["subject_message_id"]
    return ConversationRow(
        state=_state.decode(record["snapshot"]),
        version=record["version"],
        created_at=record["created_at"],
        subject=Subject(record["subject"], str(message_id)) if message_id is not None else NO_SUBJECT,
    )


def read_event(record: Mapping[str, Any]) -> Logged:
    """An event from `EVENT_COLUMNS`."""
    kind, actor_id, name = record["actor_kind"], record["actor_id"], record["actor_name"]
    if actor_id is None and name is None and kind in _NO_ACTOR:
        actor = _NO_ACTOR[kind]
    else:
        actor = Actor(kind=kind, id=str(actor_id) if actor_id is not None else None, name=name)
    return Logged(
        id=str(record["id"]),
        turn_id=str(record["turn_id"]),
        conversation_id=str(record["conversation_id"]),
        seq=record["seq"],
        prev_visible=record["prev_visible"],
        at=record["at"],
        type=record["type"],
        actor=actor,
        visible=record["visible"],
        payload=decode(record["type"], record["data"]),
    )


def literal(column: Sequence[object]) -> str:
    """An array literal of ids, numbers, truth values and our own words; it costs a fraction of what the driver takes to
    encode an array. Raises ValueError for a text that could be anything else."""
    parts = [
        "NULL" if value is None else value if isinstance(value, str) else str(int(value))  # type: ignore[call-overload]
        for value in column
    ]
    inside = ",".join(parts)
    if inside.count(",") != max(len(parts) - 1, 0) or any(sign in inside for sign in '"{}\\'):
        raise ValueError("an id is malformed")
    return "{" + inside + "}"
