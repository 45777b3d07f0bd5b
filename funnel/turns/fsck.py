"""Proves the invariants of log, timers, ownership and snapshots on any database, in streaming fashion and read-only."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import asyncpg
import msgspec
from msgspec import Struct

from funnel.conversations.events import Logged, MessageCreated, is_visible
from funnel.conversations.fold import fold
from funnel.conversations.state import State
from funnel.conversations.subject import NO_SUBJECT, Subject, subject_after
from funnel.conversations.timers import next_due
from funnel.conversations.values import PRIORITIES
from funnel.core.database import Database
from funnel.turns.store.rows import EVENT_COLUMNS, read_event, read_state

CHUNK = 100
SNAPSHOT_BYTES = 8192
NOWHERE = "00000000-0000-0000-0000-000000000000"

_CONVERSATIONS = "select c.*, t.due_at, t.generation from conversations c left join timers t on t.conversation_id = c.id where c.id > $1 order by c.id limit $2"
_EVENTS = f"select {EVENT_COLUMNS} from events e where e.conversation_id = any ($1::uuid[]) order by e.conversation_id, e.seq"  # noqa: S608 - no input in it
_TURNS = "select * from turns where conversation_id = any ($1::uuid[])"
_SAID = """
select m.*, exists (select 1 from turns t where t.conversation_id = m.conversation_id and t.turn_id = m.turn_id) as known
from client_messages m where m.conversation_id = any ($1::uuid[])
"""
_TWICE_OPEN = """
select min(id::text) as id, count(*) as n from conversations where status <> 'resolved'
group by inbox_id, contact_id, thread having count(*) > 1
"""
_AHEAD = """
select h.conversation_id, h.seq, c.last_seq from changes h left join conversations c on c.id = h.conversation_id
where c.id is null or h.seq > c.last_seq
"""
_LOST_DELIVERIES = """
select d.conversation_id, d.id from deliveries d where not exists (
  select 1 from events e where e.conversation_id = d.conversation_id and e.type = 'message.created'
    and (e.data ->> 'message_id' = d.message_id::text or e.data ? 'redacted'))
"""
_LOST_HOOK_CALLS = """
select h.conversation_id from hook_calls h where not exists (
  select 1 from events e where e.conversation_id = h.conversation_id and e.seq = h.seq and e.type = 'hook.called'
    and e.data ->> 'call_id' = h.id::text)
"""
_UNCALLED = """
select c.id as conversation_id from conversations c where c.snapshot ? 'hook' and not exists (
  select 1 from hook_calls h where h.id::text = c.snapshot -> 'hook' ->> 'call_id' and h.conversation_id = c.id)
"""


class Finding(Struct, frozen=True):
    """One thing that is wrong: where, a stable code, and a sentence without personal text."""

    conversation_id: str
    code: str
    detail: str


async def check(db: Database) -> list[Finding]:
    """Everything that is wrong, in one consistent read; empty where the database is sound. Memory: one chunk."""
    return [finding async for finding in findings(db)]


async def findings(db: Database) -> AsyncIterator[Finding]:
    """The same, one by one."""
    connection = await db.connect()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("set local statement_timeout = 0")
            last = NOWHERE
            while chunk := await connection.fetch(_CONVERSATIONS, last, CHUNK):
                last = str(chunk[-1]["id"])
                for finding in await _check_chunk(connection, chunk):
                    yield finding
            for finding in await _check_whole(connection):
                yield finding
    finally:
        await connection.close()


async def _check_chunk(connection: asyncpg.Connection, chunk: Sequence[asyncpg.Record]) -> list[Finding]:
    ids = [record["id"] for record in chunk]
    events: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for record in await connection.fetch(_EVENTS, ids):
        events[str(record["conversation_id"])].append(record)
    turns: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for record in await connection.fetch(_TURNS, ids):
        turns[str(record["conversation_id"])].append(record)
    found: list[Finding] = []
    for row in chunk:
        conversation_id = str(row["id"])
        found += check_conversation(row, events[conversation_id], turns[conversation_id])
    found += [
        _lost(record, "client_message_without_turn", "a client message names a turn that is not in the log")
        for record in await connection.fetch(_SAID, ids)
        if not record["known"]
    ]
    return found


def _lost(record: asyncpg.Record, code: str, detail: str) -> Finding:
    return Finding(str(record["conversation_id"]), code, detail)


async def _check_whole(connection: asyncpg.Connection) -> list[Finding]:
    found = [
        Finding(
            record["id"], "open_twice", f"{record['n']} open conversations of one contact, inbox and thread"
        )
        for record in await connection.fetch(_TWICE_OPEN)
    ]
    found += [
        _lost(
            record,
            "change_ahead",
            f"a change names seq {record['seq']}, the log ends at {record['last_seq']}",
        )
        for record in await connection.fetch(_AHEAD)
    ]
    found += [
        _lost(record, "delivery_without_message", "a delivery names a message that is not in the log")
        for record in await connection.fetch(_LOST_DELIVERIES)
    ]
    found += [
        _lost(record, "hook_call_without_event", "a call of a hook is not in the log")
        for record in await connection.fetch(_LOST_HOOK_CALLS)
    ]
    found += [
        _lost(
            record, "hook_call_missing", "the conversation waits for a call of a hook that nobody will make"
        )
        for record in await connection.fetch(_UNCALLED)
    ]
    return found


def check_conversation(
    row: asyncpg.Record, events: Sequence[asyncpg.Record], turns: Sequence[asyncpg.Record]
) -> list[Finding]:
    """One conversation against its own log."""
    conversation_id = str(row["id"])
    try:
        logged = [read_event(record) for record in events]
    except msgspec.MsgspecError as error:
        return [Finding(conversation_id, "event_unreadable", type(error).__name__)]
    problems = [*_chain(row, logged), *_turns(logged, turns), *_ids(logged), *_subject(row, logged)]
    state, broken = _folded(logged)
    problems += broken
    if row["snapshot"] is None:
        problems.append(("snapshot_missing", "there is no snapshot"))
    elif state is not None:
        problems += _snapshot(row, state)
        problems += _columns(row, state)
        problems += _timer(row, state)
    return [Finding(conversation_id, code, detail) for code, detail in problems]


Problem = tuple[str, str]


def _chain(row: asyncpg.Record, events: Sequence[Logged]) -> Iterator[Problem]:
    """seq is 1..n, prev_visible chains what a visitor may see, notes are never visible, time never goes back."""
    previous, last_visible, at = 0, 0, None
    for event in events:
        if event.seq != previous + 1:
            yield "seq_gap", f"seq {event.seq} follows {previous}"
        if event.prev_visible != last_visible:
            yield "prev_visible", f"seq {event.seq} says {event.prev_visible}, it is {last_visible}"
        if event.payload is not None and event.visible != is_visible(event.payload):
            yield "visible_flag", f"seq {event.seq} is marked {event.visible}"
        if at is not None and event.at < at:
            yield "time_goes_back", f"seq {event.seq} is older than the one before"
        previous, at = event.seq, event.at
        last_visible = event.seq if event.visible else last_visible
    if row["last_seq"] != previous:
        yield "last_seq", f"the row says {row['last_seq']}, the log ends at {previous}"
    if row["last_visible_seq"] != last_visible:
        yield "last_visible_seq", f"the row says {row['last_visible_seq']}, it is {last_visible}"


def _turns(events: Sequence[Logged], turns: Sequence[asyncpg.Record]) -> Iterator[Problem]:
    """Every turn is a stretch of the log with one time, and every event belongs to one."""
    stretches: dict[str, list[int]] = defaultdict(list)
    for event in events:
        stretches[event.turn_id].append(event.seq)
    known = set()
    for turn in turns:
        turn_id = str(turn["turn_id"])
        known.add(turn_id)
        if stretches.get(turn_id) != list(range(turn["first_seq"], turn["last_seq"] + 1)):
            yield "turn_stretch", f"turn {turn_id} does not match its events"
    for turn_id in stretches.keys() - known:
        yield "event_without_turn", f"events of turn {turn_id}, which is not stored"


def _ids(events: Iterable[Logged]) -> Iterator[Problem]:
    """Each client message id once, each message id once."""
    seen: set[tuple[str, ...]] = set()
    for event in events:
        if isinstance(event.payload, MessageCreated):
            payload = event.payload
            keys: list[tuple[str, ...]] = [("message", payload.message_id)]
            if payload.client_message_id is not None:
                keys.append((event.actor.kind, event.actor.id or "", payload.client_message_id))
            for key in keys:
                if key in seen:
                    yield "id_twice", f"seq {event.seq} repeats an id"
                seen.add(key)


def _folded(events: Sequence[Logged]) -> tuple[State | None, list[Problem]]:
    state: State | None = None
    try:
        for event in events:
            state = fold(state, event)
    except ValueError as error:
        return None, [("unfoldable", str(error))]
    return state, [] if state is not None else [("log_empty", "there are no events")]


def _snapshot(row: asyncpg.Record, state: State) -> Iterator[Problem]:
    """The stored snapshot is the fold of the log."""
    try:
        stored = read_state(row["snapshot"])
    except msgspec.MsgspecError as error:
        yield "snapshot_unreadable", type(error).__name__
        return
    if stored != state:
        fields = [name for name in State.__struct_fields__ if getattr(stored, name) != getattr(state, name)]
        yield "snapshot", f"differs from the fold in {', '.join(fields)}"
    if len(row["snapshot"]) > SNAPSHOT_BYTES:
        yield "snapshot_size", f"{len(row['snapshot'])} bytes"


def _subject(row: asyncpg.Record, events: Sequence[Logged]) -> Iterator[Problem]:
    """What the conversation is called is what its message says: never words that were taken back or erased."""
    named = str(row["subject_message_id"]) if row["subject_message_id"] is not None else None
    said = [e for e in events if isinstance(e.payload, MessageCreated) and e.payload.message_id == named]
    begins = events.index(said[0]) if said else len(events)
    if Subject(row["subject"], named) != subject_after(NO_SUBJECT, events[begins:] if named else ()):
        yield "subject", "the subject is not what its message says"


def _columns(row: asyncpg.Record, state: State) -> Iterator[Problem]:
    """The columns that queries use say what the state says; there is exactly one owner."""
    owner = state.owner
    expected = {
        "site_id": state.site_id,
        "inbox_id": state.inbox_id,
        "contact_id": state.contact_id,
        "thread": state.thread,
        "channel": state.channel,
        "status": state.status,
        "owner_kind": owner.kind,
        "agent_id": owner.agent_id if owner.kind == "agent" else None,
        "last_agent_id": state.last_agent_id,
        "queue_id": state.queue_id,
        "reached_people": state.reached_people,
        "priority": PRIORITIES.index(state.priority),
        "waiting_since": state.waiting.since if state.waiting else None,
        "updated_at": state.updated_at,
    }
    for name, value in expected.items():
        stored = row[name]
        if stored != value and (stored is None or value is None or str(stored) != str(value)):
            yield "column", f"{name} differs from the state"
    if (owner.kind == "agent") != (owner.agent_id is not None) or (
        owner.kind == "queue" and not owner.queue_id
    ):
        yield "owner", f"owner {owner.kind} is not exactly one"


def _timer(row: asyncpg.Record, state: State) -> Iterator[Problem]:
    """A timer row is early enough; a resolved conversation has none."""
    due_at = next_due(state)
    if due_at is None:
        if row["due_at"] is not None:
            yield "timer_needless", "a timer where none is needed"
    elif row["due_at"] is None:
        yield "timer_missing", f"no timer, one is due at {due_at.isoformat()}"
    elif row["due_at"] > due_at:
        yield "timer_late", f"due at {row['due_at'].isoformat()}, needed at {due_at.isoformat()}"
