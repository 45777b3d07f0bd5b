"""Writing a batch of sealed turns: compare each version under the row's lock, and write what matches in one statement."""

from collections.abc import Iterable, Sequence

import asyncpg

from funnel.conversations.commands import PostMessage, Reply
from funnel.conversations.events import HookCalled, MessageCreated, MessageRedacted, encode
from funnel.conversations.values import PRIORITIES
from funnel.turns.seal import Sealed
from funnel.turns.store.load import stored_command_id
from funnel.turns.store.rows import literal, write_state

# New conversations first, sorted, so that two processes never wait for each other's keys in opposite order.
_SKELETONS = """
insert into conversations (id, site_id, inbox_id, contact_id, thread, channel, status, owner_kind, queue_id, created_at, updated_at)
select n.id, n.site_id, n.inbox_id, n.contact_id, n.thread, n.channel, 'open', 'bot', n.queue_id, n.at, n.at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::timestamptz[])
  as n (id, site_id, inbox_id, contact_id, thread, channel, queue_id, at)
on conflict do nothing
returning id
"""

_WRITE = """
with t as (
  select * from unnest(
    $1::text::uuid[], $2::text::bigint[], $3::text::text[], $4::text::text[], $5::text::uuid[], $6::text::uuid[], $7::text::uuid[], $8::text::bool[], $9::text::smallint[],
    $10::timestamptz[], $11::text::bigint[], $12::text::bigint[], $13::timestamptz[], $14::text[], $15::text[], $16::text::uuid[],
    $17::text::bigint[], $18::timestamptz[], $19::text::bool[], $20::text::text[], $21::text::uuid[], $22::text::uuid[], $23::text[], $24::bytea[],
    $25::text::smallint[], $26::timestamptz[], $64::text[], $65::text::uuid[]
  ) as t (id, version, status, owner_kind, agent_id, last_agent_id, queue_id, reached_people, priority,
          waiting_since, last_seq, last_visible_seq, updated_at, snapshot, command_id, turn_id,
          first_seq, at, visible, author_kind, author_id, scope_id, client_message_id, body_hash,
          timer, due_at, subject, subject_message_id)
), locked as materialized (
  select c.id, c.version from conversations c where c.id = any ($1::text::uuid[]) order by c.id for update
), m as materialized (
  select t.* from t join locked l on l.id = t.id and l.version = t.version
), conversation as (
  update conversations c set
    status = m.status, owner_kind = m.owner_kind, agent_id = m.agent_id, last_agent_id = m.last_agent_id,
    queue_id = m.queue_id, reached_people = m.reached_people, priority = m.priority, waiting_since = m.waiting_since,
    last_seq = m.last_seq, last_visible_seq = m.last_visible_seq, version = m.version + 1,
    snapshot = m.snapshot::jsonb, updated_at = m.updated_at,
    subject = m.subject, subject_message_id = m.subject_message_id
  from m where c.id = m.id
), event as (
  insert into events (conversation_id, seq, id, turn_id, prev_visible, at, type, actor_kind, actor_id, actor_name, visible, data)
  select e.conversation_id, e.seq, e.id, e.turn_id, e.prev_visible, e.at, e.type, e.actor_kind, e.actor_id, e.actor_name,
         e.visible, e.data::jsonb
  from unnest($27::text::uuid[], $28::text::bigint[], $29::text::uuid[], $30::text::uuid[], $31::text::bigint[], $32::timestamptz[], $33::text::text[],
              $34::text::text[], $35::text::uuid[], $36::text[], $37::text::bool[], $38::text[])
    as e (conversation_id, seq, id, turn_id, prev_visible, at, type, actor_kind, actor_id, actor_name, visible, data)
  where (e.conversation_id in (select m.id from m)) is true
), turn as (
  insert into turns (conversation_id, command_id, turn_id, first_seq, last_seq, at)
  select m.id, m.command_id, m.turn_id, m.first_seq, m.last_seq, m.at from m
), said as (
  insert into client_messages (author_kind, author_id, scope_id, client_message_id, body_hash, conversation_id, turn_id)
  select m.author_kind, m.author_id, m.scope_id, m.client_message_id, m.body_hash, m.id, m.turn_id
  from m where m.client_message_id is not null
  order by m.author_kind, m.author_id, m.scope_id, m.client_message_id
), timer as (
  insert into timers (conversation_id, due_at, generation)
  select m.id, m.due_at, m.version + 1 from m where m.timer = 1 order by m.id
  on conflict (conversation_id) do update set due_at = excluded.due_at, generation = excluded.generation, lease_until = null
), untimed as (
  delete from timers using m where timers.conversation_id = m.id and m.timer = 2
), delivery as (
  insert into deliveries (id, conversation_id, message_id, inbox_id, address, expires_at, from_seq)
  select d.id, d.conversation_id, d.message_id, d.inbox_id, d.address, now() + d.lasts * interval '1 second', d.from_seq
  from unnest($39::text::uuid[], $40::text::uuid[], $41::text::uuid[], $42::text::uuid[], $43::text[], $57::text::int[],
      $67::text::bigint[])
    with ordinality as d (id, conversation_id, message_id, inbox_id, address, lasts, from_seq, place)
  where (d.conversation_id in (select m.id from m)) is true
  order by d.place
  on conflict (message_id, address) do update set id = excluded.id, inbox_id = excluded.inbox_id, state = 'queued', told = 'queued',
    attempts = 0, due_at = now(), lease_until = null, error = null, code = null, settled_at = null, reconcile_at = null,
    fence = deliveries.fence + 1, expires_at = excluded.expires_at
    where deliveries.state = 'failed'
), decision as (
  insert into decisions (id, conversation_id, turn_id, at, outcome, reason, rule_set_version, facts)
  select d.id, d.conversation_id, d.turn_id, d.at, d.outcome, d.reason, d.rule_set_version, d.facts::jsonb
  from unnest($44::text::uuid[], $45::text::uuid[], $46::text::uuid[], $47::timestamptz[], $48::text[], $49::text[], $50::text[], $51::text[])
    as d (id, conversation_id, turn_id, at, outcome, reason, rule_set_version, facts)
  where (d.conversation_id in (select m.id from m)) is true
), erased as (
  update events e set data = '{"redacted": true}'
  from unnest($52::text::uuid[], $53::text::bigint[], $66::text[]) as x (conversation_id, seq, message_id)
  where e.conversation_id = x.conversation_id
    and (e.seq = x.seq or (e.type in ('message.edited', 'attachment.updated') and e.data ->> 'message_id' = x.message_id)
      or (e.type = 'hook.answered' and x.seq > (e.data ->> 'after_seq')::bigint and (x.seq < e.seq or e.turn_id = (
        select s.turn_id from events s where s.conversation_id = x.conversation_id and s.seq = x.seq)))) and (x.conversation_id in (select m.id from m)) is true
), used as (
  update uploads u set uses = u.uses + 1, conversation_id = x.conversation_id, message_id = x.message_id
  from unnest($54::text::uuid[], $55::text::uuid[], $56::text::uuid[]) as x (conversation_id, message_id, id)
  where u.id = any ($56::text::uuid[]) and u.id = x.id and (x.conversation_id in (select m.id from m)) is true
), arrived as (
  insert into inbound_events (inbox_id, dedup_key, request_id, conversation_id, turn_id, kind)
  select a.inbox_id, a.dedup_key, a.request_id, a.conversation_id, a.turn_id, a.kind
  from unnest($58::text::uuid[], $59::text[], $60::text::uuid[], $61::text::uuid[], $62::text::uuid[], $63::text[])
    as a (inbox_id, dedup_key, request_id, conversation_id, turn_id, kind)
  where (a.conversation_id in (select m.id from m)) is true
), hooked as (
  insert into hook_calls (id, conversation_id, seq, hook, until)
  select h.id, h.conversation_id, h.seq, h.hook, h.until
  from unnest($68::text::uuid[], $69::text::uuid[], $70::text::bigint[], $71::text[], $72::timestamptz[])
    as h (id, conversation_id, seq, hook, until)
  where (h.conversation_id in (select m.id from m)) is true
), change as (
  insert into changes (conversation_id, seq, visible) select m.id, m.last_seq, m.visible from m
)
select m.id from m
"""

_MOVE_TIMERS = """
with t as (
  select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as t (conversation_id, generation, due_at)
), gone as (
  delete from timers r using t
  where r.conversation_id = t.conversation_id and r.generation = t.generation and t.due_at is null
)
update timers r set due_at = t.due_at,
  lease_until = case when t.due_at > now() then null else now() + $4::float8 * interval '1 second' end
from t where r.conversation_id = t.conversation_id and r.generation = t.generation and t.due_at is not null
"""


async def insert_skeletons(connection: asyncpg.Connection, turns: Iterable[Sealed]) -> set[str]:
    """Claims the keys of new conversations; returns the ids that are ours. Needs an open transaction: a skeleton
    without events must never be committed."""
    new = sorted(turns, key=lambda turn: (turn.state.inbox_id, turn.state.contact_id, turn.state.thread))
    records = await connection.fetch(
        _SKELETONS,
        [turn.state.id for turn in new],
        [turn.state.site_id for turn in new],
        [turn.state.inbox_id for turn in new],
        [turn.state.contact_id for turn in new],
        [turn.state.thread for turn in new],
        [turn.state.channel for turn in new],
        [turn.state.queue_id for turn in new],
        [turn.at for turn in new],
    )
    return {str(record["id"]) for record in records}


async def write(connection: asyncpg.Connection, turns: Sequence[Sealed]) -> set[str]:
    """Locks the conversations in id order, compares versions, writes; returns the ids of those that were written.

    One statement: outside a transaction it commits by itself. Raises what PostgreSQL raises; then nothing was written.
    """
    *deliveries, lasts, from_seqs = _delivery_columns(turns)
    *erased, redacted_ids = _erase_columns(turns)
    records = await connection.fetch(
        _WRITE, *_turn_columns(turns), *_event_columns(turns), *deliveries,
        *_decision_columns(turns), *erased, *_upload_columns(turns), lasts, *_arrived_columns(turns),
        *_columns([(turn.subject.text, turn.subject.message_id) for turn in turns], "BL"), redacted_ids, from_seqs,
        *_hook_columns(turns),
    )  # fmt: skip
    return {str(record["id"]) for record in records}


# Which columns travel as an array literal (L) and which as a binary array (B), in the order of the statement.
_TURN = "LLLLLLLLLBLLBBBLLBLLLLBBLB"
_EVENT = "LLLLLBLLLBLB"
_DELIVERY = "LLLLBLL"
_DECISION = "LLLBBBBB"
_ERASE = "LLB"
_UPLOAD = "LLL"
_ARRIVED = "LBLLLB"
_HOOK = "LLLBB"


def _turn_columns(turns: Sequence[Sealed]) -> list[object]:
    rows = []
    for turn in turns:
        state, command, owner = turn.state, turn.command, turn.state.owner
        said = command.client_message_id is not None
        waiting = state.waiting.since if state.waiting else None
        rows.append((
            state.id, turn.version, state.status, owner.kind, owner.agent_id if owner.kind == "agent" else None,
            state.last_agent_id, state.queue_id, state.reached_people, PRIORITIES.index(state.priority),
            waiting, state.last_seq, state.last_visible_seq, state.updated_at, write_state(state),
            stored_command_id(command), turn.turn_id, turn.events[0].seq, turn.at, turn.visible,
            command.actor.kind if said else None, command.actor.id if said else None,
            command.scope_id() or None if said else None, command.client_message_id, turn.body_hash if said else None,
            turn.timer, turn.due_at,
        ))  # fmt: skip
    return _columns(rows, _TURN)


def _event_columns(turns: Sequence[Sealed]) -> list[object]:
    rows = [
        (
            e.conversation_id, e.seq, e.id, e.turn_id, e.prev_visible, e.at, e.type, e.actor.kind, e.actor.id,
            e.actor.name, e.visible, encode(e.payload).decode() if e.payload is not None else "{}",
        )
        for turn in turns
        for e in turn.events
    ]  # fmt: skip
    return _columns(rows, _EVENT)


def _delivery_columns(turns: Sequence[Sealed]) -> list[object]:
    rows = [
        (
            draft.delivery_id,
            turn.state.id,
            draft.message_id,
            draft.inbox_id or turn.state.inbox_id,
            draft.address,
            draft.lasts_seconds,
            _seq_of(turn, draft.from_message_id) if draft.from_message_id is not None else None,
        )
        for turn in turns
        for draft in turn.decided.deliveries
    ]
    return _columns(rows, _DELIVERY)


def _seq_of(turn: Sealed, message_id: str) -> int | None:
    """Where in the log a message of this turn stands."""
    for event in turn.events:
        if isinstance(event.payload, MessageCreated) and event.payload.message_id == message_id:
            return event.seq
    return None


def _decision_columns(turns: Sequence[Sealed]) -> list[object]:
    rows = []
    for turn in turns:
        record = turn.decided.record
        if record is not None:
            rows.append((
                record.decision_id, turn.state.id, turn.turn_id, turn.at, record.outcome, record.reason,
                record.rule_set_version, record.facts.decode(),
            ))  # fmt: skip
    return _columns(rows, _DECISION)


def _erase_columns(turns: Sequence[Sealed]) -> list[object]:
    """Where a turn says that a message was redacted, its content and that of its edits leave the log in the same transaction."""
    rows = [
        (turn.state.id, turn.erased_seq, event.payload.message_id)
        for turn in turns
        if turn.erased_seq is not None
        for event in turn.events
        if isinstance(event.payload, MessageRedacted)
    ]
    return _columns(rows, _ERASE)


def _upload_columns(turns: Sequence[Sealed]) -> list[object]:
    """The files that a turn's message takes; the table's own check refuses the turn whose file another one took first."""
    rows = [
        (turn.state.id, event.payload.message_id, file.id)
        for turn in turns
        if isinstance(turn.command, PostMessage | Reply) and turn.command.attachments
        for event in turn.events
        if isinstance(event.payload, MessageCreated)
        and event.payload.client_message_id == turn.command.client_message_id
        for file in event.payload.attachments
    ]
    return _columns(rows, _UPLOAD)


def _arrived_columns(turns: Sequence[Sealed]) -> list[object]:
    """The channel events that caused these turns: a second turn of the same event fails on their key."""
    rows = [
        (one.inbox_id, one.dedup_key, one.request_id, turn.state.id, turn.turn_id, one.kind)
        for turn in turns
        if (one := turn.command.inbound) is not None
    ]
    return _columns(rows, _ARRIVED)


def _hook_columns(turns: Sequence[Sealed]) -> list[object]:
    """Calls of hooks as jobs: where the call stands in the log says all the rest."""
    rows = [
        (event.payload.call_id, event.conversation_id, event.seq, event.payload.hook, event.payload.until)
        for turn in turns
        for event in turn.events
        if isinstance(event.payload, HookCalled)
    ]
    return _columns(rows, _HOOK)


def _columns(rows: Sequence[tuple[object, ...]], kinds: str) -> list[object]:
    """The columns of a statement. Literals cost a fraction of what the driver takes to encode an array of ids or numbers."""
    columns: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    return [
        literal(column) if kind == "L" else list(column) for kind, column in zip(kinds, columns, strict=True)
    ]


async def move_timers(
    connection: asyncpg.Connection, moves: Sequence[tuple[str, int, object]], lease_seconds: float
) -> None:
    """Timers that fired and changed nothing: each (conversation, generation, due time or None) is moved or deleted.

    One that is due again at once rests for a lease, so that it cannot spin.
    """
    if moves:
        await connection.execute(
            _MOVE_TIMERS, *([list(column) for column in zip(*moves, strict=True)]), lease_seconds
        )
