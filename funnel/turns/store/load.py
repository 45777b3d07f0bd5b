"""Loading for a batch of commands, without a lock: which conversation each lands in, and whether it was executed before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from funnel.conversations.commands import Command
from funnel.conversations.events import Logged, MessageCreated, decode
from funnel.conversations.judgement import BurstText
from funnel.turns.records import ConversationRow
from funnel.turns.store.rows import EVENT_COLUMNS, ROW_COLUMNS, literal, read_event, read_row

REOPENS_WITHIN = timedelta(days=7)


class Repeat(Struct, frozen=True):
    """An earlier execution of the same command; `body_hash` is None where it was found by its command id alone."""

    conversation_id: str
    turn_id: str
    body_hash: bytes | None = None


class Loaded(Struct, frozen=True):
    """What a turn is decided on. `row` is where the command lands (None: a new conversation or an unknown id);
    `closed` is the older conversation a new one links to; `present`: its contact has given a sign of life lately;
    `attributes` are what the site's own systems say of that contact."""

    now: datetime
    row: ConversationRow | None = None
    closed: ConversationRow | None = None
    timer_due: datetime | None = None
    timer_generation: int | None = None
    repeat: Repeat | None = None
    present: bool = False
    attributes: dict[str, Any] = {}


_INPUT = f"""
with i as (
  select * from unnest($1::text::uuid[], $2::text[], $3::text::text[], $4::text::uuid[], $5::text::uuid[], $6::text[],
                       $7::text::uuid[], $8::text::uuid[], $9::text[],
                       $10::text::uuid[], $11::text[])
    with ordinality as i (conversation_id, command_id, author_kind, author_id, scope_id, client_message_id,
                          inbox_id, contact_id, thread, from_inbox, dedup_key, place)
)
select i.place - 1 as place, now() as now, c.id, {ROW_COLUMNS},
       t.due_at, t.generation, (p.seen_at > now() - interval '45 seconds') is true as present,
       (select nullif(coalesce(b.attributes, k.attributes), '{{}}')::text from contacts k left join contacts b on b.id = k.merged_into
        where k.id = coalesce(i.contact_id, c.contact_id)) as attributes, n.turn_id, m.body_hash, m.conversation_id as said_in, m.turn_id as said_turn,
       v.conversation_id as came_in, v.turn_id as came_turn
from i
"""  # noqa: S608 - no input in it
_ADDRESSED = "left join lateral (select * from conversations where id = i.conversation_id offset 0) c on true"
# An addressed conversation that is open, else the contact's open one (their own before a merged contact's), else one
# resolved lately (the addressed one first), else the last resolved one, which a new conversation links to.
_RESOLVED = """
left join lateral (
  select f.* from (
    select c.*, 0 as rank from conversations c
      where c.id = i.conversation_id and (i.contact_id is null or c.status <> 'resolved')
    union all
    select c.*, case when c.status <> 'resolved' then 1
                     when (c.snapshot -> 'closing' ->> 'at')::timestamptz > now() - interval '7 days' then 2 else 3 end
      from conversations c
      where i.contact_id is not null and c.inbox_id = i.inbox_id and c.thread = i.thread
        and c.contact_id = any (array(select i.contact_id union all
                                      select k.id from contacts k where k.merged_into = i.contact_id))
  ) f
  where f.snapshot is not null
  order by f.rank, f.id <> coalesce(i.conversation_id, f.id), f.contact_id <> coalesce(i.contact_id, f.contact_id),
           f.updated_at desc
  limit 1
) c on true
"""
# `offset 0` keeps each look-up a look-up by its whole key. Plans are made while the tables are empty, and a join that is
# left to the planner then reads the whole table, or all of a conversation, for every batch.
_JOINS = """
left join lateral (select seen_at from contact_presence where contact_id = c.contact_id offset 0) p on true
left join lateral (select due_at, generation from timers where conversation_id = c.id offset 0) t on true
left join lateral (select turn_id from turns where conversation_id = c.id and command_id = i.command_id offset 0) n on true
left join lateral (
  select body_hash, conversation_id, turn_id from client_messages
  where author_kind = i.author_kind and author_id = i.author_id and scope_id = i.scope_id
    and client_message_id = i.client_message_id
  offset 0
) m on true
left join lateral (
  select conversation_id, turn_id from inbound_events where inbox_id = i.from_inbox and dedup_key = i.dedup_key offset 0
) v on true
"""
_LOAD_ADDRESSED = _INPUT + _ADDRESSED + _JOINS
_LOAD_RESOLVED = _INPUT + _RESOLVED + _JOINS

_LOCK = "select id from conversations where id = any ($1::uuid[]) order by id for update"

_BURST = """
select i.place, e.seq, e.data, e.type from unnest($1::int[], $2::uuid[], $3::bigint[]) as i (place, conversation_id, seq)
join events e on e.conversation_id = i.conversation_id and e.seq = i.seq
order by i.place, e.seq
"""

_TURN_EVENTS = f"""
select i.place, {EVENT_COLUMNS} from unnest($1::int[], $2::uuid[], $3::uuid[]) as i (place, conversation_id, turn_id)
join events e on e.conversation_id = i.conversation_id and e.turn_id = i.turn_id
order by i.place, e.seq
"""  # noqa: S608 - no input in it

_ROWS = f"select c.id, {ROW_COLUMNS} from conversations c where c.id = any ($1::uuid[]) and c.snapshot is not null"  # noqa: S608 - no input in it


def stored_command_id(command: Command) -> str:
    """The id a turn is stored under: ids that clients choose are told apart by their author."""
    if command.client_message_id is None:
        return command.command_id
    return f"{command.actor.kind}:{command.actor.id}:{command.client_message_id}"


async def load(connection: asyncpg.Connection, commands: Sequence[Command]) -> list[Loaded]:
    """One statement for the whole batch; the result is in the order of `commands`. Takes no lock."""
    openings = [command.opening for command in commands]
    said = [command.client_message_id is not None for command in commands]
    arguments = (
        literal([command.conversation_id for command in commands]),
        [stored_command_id(command) for command in commands],
        literal([command.actor.kind if mine else None for command, mine in zip(commands, said, strict=True)]),
        literal([command.actor.id if mine else None for command, mine in zip(commands, said, strict=True)]),
        literal(
            [
                command.scope_id() or None if mine else None
                for command, mine in zip(commands, said, strict=True)
            ]
        ),
        [command.client_message_id for command in commands],
        literal([opening.inbox_id if opening else None for opening in openings]),
        literal([opening.contact_id if opening else None for opening in openings]),
        [opening.thread if opening else None for opening in openings],
        literal([command.inbound.inbox_id if command.inbound else None for command in commands]),
        [command.inbound.dedup_key if command.inbound else None for command in commands],
    )
    statement = _LOAD_RESOLVED if any(openings) else _LOAD_ADDRESSED
    records = await connection.fetch(statement, *arguments)
    found: list[Loaded | None] = [None] * len(commands)
    for record in records:
        place = record["place"]
        found[place] = _loaded(record, commands[place])
    return [loaded for loaded in found if loaded is not None]


def _loaded(record: asyncpg.Record, command: Command) -> Loaded:
    now: datetime = record["now"]
    attributes = msgspec.json.decode(record["attributes"]) if record["attributes"] is not None else {}
    repeat = None
    if record["said_turn"] is not None:
        repeat = Repeat(str(record["said_in"]), str(record["said_turn"]), record["body_hash"])
    elif record["came_turn"] is not None:
        repeat = Repeat(str(record["came_in"]), str(record["came_turn"]))
    elif record["turn_id"] is not None:
        repeat = Repeat(str(record["id"]), str(record["turn_id"]))
    if record["snapshot"] is None:
        return Loaded(now=now, repeat=repeat, attributes=attributes)
    row = read_row(record)
    if command.opening is not None and repeat is None and _is_old(row, now):
        return Loaded(now=now, closed=row, attributes=attributes)
    return Loaded(
        now=now,
        row=row,
        timer_due=record["due_at"],
        timer_generation=record["generation"],
        repeat=repeat,
        present=record["present"],
        attributes=attributes,
    )


def _is_old(row: ConversationRow, now: datetime) -> bool:
    closing = row.state.closing
    if row.state.status != "resolved" or closing is None:
        return False
    return closing.at <= now - REOPENS_WITHIN


async def lock(connection: asyncpg.Connection, conversation_ids: Sequence[str]) -> None:
    """Locks conversation rows in id order until the transaction ends."""
    await connection.fetch(_LOCK, sorted(conversation_ids))


async def burst_texts(
    connection: asyncpg.Connection, wanted: Sequence[tuple[int, str, Sequence[int]]]
) -> dict[int, tuple[BurstText, ...]]:
    """The words of open bursts: for each (place, conversation, seqs) the messages that are still readable."""
    rows = [(place, conversation_id, seq) for place, conversation_id, seqs in wanted for seq in seqs]
    if not rows:
        return {}
    places, conversations, seqs = zip(*rows, strict=True)
    texts: dict[int, list[BurstText]] = {}
    for record in await connection.fetch(_BURST, places, conversations, seqs):
        text = _burst_text(record)
        if text is not None:
            texts.setdefault(record["place"], []).append(text)
    return {place: tuple(found) for place, found in texts.items()}


def _burst_text(record: asyncpg.Record) -> BurstText | None:
    payload = decode_message(record["type"], record["data"])
    if payload is None:
        return None
    return BurstText(seq=record["seq"], message_id=payload.message_id, text=payload.text)


def decode_message(event_type: str, data: str) -> MessageCreated | None:
    """The message of an event, None where it is another event or was erased."""
    payload = decode(event_type, data)
    return payload if isinstance(payload, MessageCreated) else None


async def turn_events(
    connection: asyncpg.Connection, repeats: Sequence[Repeat]
) -> tuple[dict[str, ConversationRow], list[list[Logged]]]:
    """The conversations of earlier turns as they are now, by id, and the events of each turn in the order asked."""
    conversations = [repeat.conversation_id for repeat in repeats]
    rows = {str(record["id"]): read_row(record) for record in await connection.fetch(_ROWS, conversations)}
    events: list[list[Logged]] = [[] for _ in repeats]
    turns = [repeat.turn_id for repeat in repeats]
    for record in await connection.fetch(_TURN_EVENTS, list(range(len(repeats))), conversations, turns):
        events[record["place"]].append(read_event(record))
    return rows, events
