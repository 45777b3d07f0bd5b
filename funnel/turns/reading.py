"""Reading the log and its conversations: rows, replays, read marks, queues, and the facts a context bundle is made of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from funnel.conversations.events import Logged
from funnel.turns.records import ConversationRow
from funnel.turns.store.rows import EVENT_COLUMNS, ROW_COLUMNS, Queryable, read_event, read_row

MOST_EVENTS = 1000

_ROW = f"select {ROW_COLUMNS} from conversations c where c.id = $1 and c.snapshot is not null"  # noqa: S608 - no input in it
_ROWS = f"select {ROW_COLUMNS} from conversations c where c.id = any ($1::uuid[]) and c.snapshot is not null"  # noqa: S608 - no input in it
_OF_CONTACT = f"""
select {ROW_COLUMNS} from conversations c where c.contact_id = any ($1::uuid[]) and c.snapshot is not null
order by c.updated_at desc limit $2
"""  # noqa: S608 - no input in it
_EVENTS = f"select {EVENT_COLUMNS} from events e where e.conversation_id = $1 and e.seq > $2 order by e.seq limit $3"  # noqa: S608 - no input in it
_VISIBLE = (
    f"select {EVENT_COLUMNS} from events e where e.conversation_id = $1 and e.seq > $2 and e.visible "  # noqa: S608 - no input in it
    "order by e.seq limit $3"
)
_TYPES = f"""
select {EVENT_COLUMNS} from events e
where e.conversation_id = $1 and e.seq >= $2 and e.type = any ($3::text[]) order by e.seq limit $4
"""  # noqa: S608 - no input in it
_NEED_STARTS = """
select min(e.seq) from events e where e.conversation_id = $1
  and e.turn_id = (select turn_id from events where conversation_id = $1 and seq = $2)
"""
_MARKS = "select actor_kind, actor_id, up_to_seq, at from read_marks where conversation_id = $1"
# The conversation's row first, then the mark: the order every transaction keeps.
_MARK = """
with c as (
  select id, last_seq from conversations where id = $1 for update
), mark as (
  insert into read_marks (conversation_id, actor_kind, actor_id, up_to_seq)
  select c.id, $2, $3, least($4::bigint, c.last_seq) from c
  on conflict (conversation_id, actor_kind, actor_id) do update set up_to_seq = excluded.up_to_seq, at = now()
    where read_marks.up_to_seq < excluded.up_to_seq
  returning conversation_id
)
update conversations set version = version + 1 from mark where id = mark.conversation_id returning version
"""
_COUNTS = """
select queue_id, count(*) as waiting, min(waiting_since) as oldest from conversations
where owner_kind = 'queue' and status = 'open' and queue_id = any ($1::uuid[]) group by queue_id
"""
# One level up for each half hour waited; what is urgent by itself comes before what became urgent by waiting.
# A skill that a rule asked for is respected as long as a colleague of the queue's team who has it is there.
_NEXT = """
select c.id from conversations c where c.owner_kind = 'queue' and c.status = 'open' and c.queue_id = $1
  and not exists (
    select 1 from jsonb_array_elements_text(coalesce(c.snapshot -> 'tags', '[]')) t (tag)
    where t.tag like 'skill:%' and not exists (select 1 from agents a where a.id = $3 and lower(substr(t.tag, 7)) = any (a.skills))
      and exists (
        select 1 from queues q join team_members m on m.team_id = q.team_id join agents a on a.id = m.agent_id
        where q.id = $1 and a.archived_at is null and a.status = 'online' and lower(substr(t.tag, 7)) = any (a.skills)))
order by least(3, priority + floor(extract(epoch from now() - waiting_since) / 1800)) desc, priority desc, waiting_since, id
limit $2
"""


class ReadMark(Struct, frozen=True):
    """Up to where somebody has read."""

    actor_kind: str
    actor_id: str
    up_to_seq: int
    at: datetime


class QueueCount(Struct, frozen=True):
    """What waits in a queue now."""

    waiting: int = 0
    oldest_waiting_since: datetime | None = None


async def find_row(connection: Queryable, conversation_id: str) -> ConversationRow | None:
    """The conversation as committed last."""
    record = await connection.fetchrow(_ROW, conversation_id)
    return read_row(record) if record else None


async def find_rows(connection: Queryable, conversation_ids: Collection[str]) -> list[ConversationRow]:
    """Those of the conversations that exist, in no order."""
    return [read_row(record) for record in await connection.fetch(_ROWS, list(conversation_ids))]


async def list_rows_of_contact(
    connection: Queryable, contact_ids: Collection[str], *, limit: int = 50
) -> list[ConversationRow]:
    """The conversations of a contact (and of the contacts merged into it), the one changed last first."""
    return [read_row(record) for record in await connection.fetch(_OF_CONTACT, list(contact_ids), limit)]


async def last_seq(connection: Queryable, conversation_id: str) -> int:
    """The seq of the last event; 0 where there is no such conversation."""
    seq: int | None = await connection.fetchval(
        "select last_seq from conversations where id = $1", conversation_id
    )
    return seq or 0


async def events_after(
    connection: Queryable, conversation_id: str, after_seq: int, *, visible_only: bool, limit: int
) -> list[Logged]:
    """At most `limit` events after a seq, in order; with `visible_only` those a visitor may see."""
    statement = _VISIBLE if visible_only else _EVENTS
    records = await connection.fetch(statement, conversation_id, after_seq, min(limit, MOST_EVENTS))
    return [read_event(record) for record in records]


async def messages_since(
    connection: Queryable, conversation_id: str, need_seq: int, *, limit: int = 50
) -> list[Logged]:
    """The messages from the turn of event `need_seq` on, notes left out: what was said about the need."""
    first = await connection.fetchval(_NEED_STARTS, conversation_id, need_seq)
    records = await connection.fetch(_TYPES, conversation_id, first or need_seq, ["message.created"], limit)
    return [event for event in map(read_event, records) if event.visible]


async def answers_since(
    connection: Queryable, conversation_id: str, seq: int, *, limit: int = 100
) -> list[Logged]:
    """Every `answer.offered` from an event on (an episode's first), with its passages."""
    records = await connection.fetch(_TYPES, conversation_id, seq, ["answer.offered"], limit)
    return [read_event(record) for record in records]


async def read_marks(connection: Queryable, conversation_id: str) -> list[ReadMark]:
    """Who has read up to where."""
    records: Sequence[Mapping[str, object]] = await connection.fetch(_MARKS, conversation_id)
    return [
        ReadMark(str(r["actor_kind"]), str(r["actor_id"]), int(str(r["up_to_seq"])), _moment(r["at"]))
        for r in records
    ]


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a time is expected")
    return value


async def set_read_mark(
    connection: Queryable, conversation_id: str, actor_kind: str, actor_id: str, up_to_seq: int
) -> int | None:
    """Moves a mark forward, never back and never past the log's end; returns the conversation's new version, None where
    nothing moved. Locks the conversation's row for the length of one statement."""
    version: int | None = await connection.fetchval(_MARK, conversation_id, actor_kind, actor_id, up_to_seq)
    return version


async def queue_counts(connection: Queryable, queue_ids: Collection[str]) -> dict[str, QueueCount]:
    """What waits in each of the queues; empty ones are named too."""
    counts = {queue_id: QueueCount() for queue_id in queue_ids}
    for record in await connection.fetch(_COUNTS, list(queue_ids)):
        counts[str(record["queue_id"])] = QueueCount(record["waiting"], record["oldest"])
    return counts


async def next_waiting(
    connection: Queryable, queue_id: str, limit: int = 10, *, agent_id: str | None = None
) -> list[str]:
    """Who is right to be taken next: by priority, one level up for each 30 min waited, then by age. What needs a skill the agent
    does not have is left to those who have it, while one of them is online."""
    return [str(record["id"]) for record in await connection.fetch(_NEXT, queue_id, limit, agent_id)]
