"""Recorded turns as a back-test reads them: conversation by conversation, in a fixed order, a chunk at a time."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import asyncpg

from funnel.conversations.events import MessageCreated, decode
from funnel.escalation.backtest.jobs import Spec
from funnel.escalation.backtest.replay import Turn, read
from funnel.escalation.backtest.simulate import Handled

CHUNK: Final = 200
FIRST: Final = "00000000-0000-0000-0000-000000000000"
MOST_HANDLED: Final = 5_000
_WANTED = """
from decisions d join conversations c on c.id = d.conversation_id
where d.at >= $1 and d.at < $2 and ($3::uuid is null or c.site_id = $3) and ($4::text is null or c.channel = $4)
  and mod(abs(hashtext(d.conversation_id::text)::bigint), 10000) < $5
"""
_COUNT = f"select count(*) {_WANTED}"
_IDS = f"select distinct d.conversation_id {_WANTED} and d.conversation_id > $6 order by d.conversation_id limit $7"
UNREAD: Final = ("rules", "no", "signals", "language", "knowledge", "detectors", "estimates")
"""Two thirds of a decision's record are for people who ask why; a replay has no use for them, and they never leave the database."""
_TURNS = """
select d.id, d.conversation_id, d.at, d.outcome, d.reason, d.rule_set_version, c.queue_id, v.verdict,
  d.facts - $4::text[] as facts
from decisions d join conversations c on c.id = d.conversation_id
left join decision_verdicts v on v.decision_id = d.id
where d.conversation_id = any ($1::uuid[]) and d.at >= $2 and d.at < $3 order by d.conversation_id, d.at, d.id
"""
_TEXTS = """
select w.conversation_id, w.seq, e.type, e.data from unnest($1::uuid[], $2::bigint[]) as w (conversation_id, seq)
join events e on e.conversation_id = w.conversation_id and e.seq = w.seq
"""
_HANDLED = """
select h.data ->> 'queue_id' as queue_id, h.at as asked_at, a.at as taken_at, r.at as done_at, a.data -> 'agent' ->> 'id' as agent_id
from (select id from conversations where reached_people and updated_at >= $1 and created_at < $2 order by updated_at desc limit $3) c
join events h on h.conversation_id = c.id and h.type = 'conversation.handed_over' and h.at >= $1 and h.at < $2
join lateral (select e.at, e.data, e.seq from events e where e.conversation_id = c.id and e.seq > h.seq
              and e.type = 'conversation.assigned' order by e.seq limit 1) a on true
join lateral (select e.at from events e where e.conversation_id = c.id and e.seq > a.seq
              and e.type = 'conversation.resolved' order by e.seq limit 1) r on true
where a.data -> 'agent' ->> 'id' is not null
"""


def _arguments(spec: Spec) -> tuple[object, ...]:
    return spec.from_at, spec.to_at, spec.site_id, spec.channel, round(spec.sample * 10_000)


async def count(pool: asyncpg.Pool, spec: Spec) -> int:
    """How many turns there are."""
    found: int = await pool.fetchval(_COUNT, *_arguments(spec))
    return found


async def chunks(
    pool: asyncpg.Pool, spec: Spec, after: str | None, size: int = CHUNK
) -> AsyncGenerator[tuple[str, list[list[Turn]]], None]:
    """Conversations behind `after` in order, a chunk at a time with its last one's id. The next chunk is fetched meanwhile;
    close the generator to let go of that."""
    ahead = asyncio.create_task(_chunk(pool, spec, after, size))
    try:
        while True:
            last, found = await ahead
            if last is None:
                return
            ahead = asyncio.create_task(_chunk(pool, spec, last, size))
            yield last, found
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)


async def _chunk(
    pool: asyncpg.Pool, spec: Spec, after: str | None, size: int
) -> tuple[str | None, list[list[Turn]]]:
    records = await pool.fetch(_IDS, *_arguments(spec), after or FIRST, size)
    if not records:
        return None, []
    ids = [record["conversation_id"] for record in records]
    return str(ids[-1]), await turns_of(pool, ids, spec.from_at, spec.to_at)


async def turns_of(
    pool: asyncpg.Pool, ids: Sequence[object], since: datetime, until: datetime
) -> list[list[Turn]]:
    """The turns of these conversations; decisions that recorded too little are left out."""
    records = await pool.fetch(_TURNS, ids, since, until, UNREAD)
    return [
        [turn for record in group if (turn := turn_of(record)) is not None]
        for _, group in groupby(records, key=lambda record: record["conversation_id"])
    ]


def turn_of(record: asyncpg.Record) -> Turn | None:
    """A row as a turn; None for a decision of a release that recorded too little."""
    recorded = read(record["facts"])
    if recorded is None:
        return None
    return Turn(
        decision_id=str(record["id"]),
        conversation_id=str(record["conversation_id"]),
        at=record["at"],
        outcome=record["outcome"],
        reason=record["reason"],
        version=record["rule_set_version"],
        recorded=recorded,
        queue_id=str(record["queue_id"]),
        verdict=record["verdict"],
    )


async def words(pool: asyncpg.Pool, turns: Sequence[Turn]) -> dict[str, str]:
    """The words of turns by decision, as they were heard; none for a turn of which any message was erased."""
    wanted = [(turn.conversation_id, seq) for turn in turns for seq in turn.recorded.messages]
    if not wanted:
        return {}
    ids, seqs = zip(*wanted, strict=True)
    found: dict[tuple[str, int], str] = {}
    for record in await pool.fetch(_TEXTS, list(ids), list(seqs)):
        payload = decode(record["type"], record["data"])
        if isinstance(payload, MessageCreated):
            found[str(record["conversation_id"]), record["seq"]] = payload.text
    texts: dict[str, str] = {}
    for turn in turns:
        parts = [found.get((turn.conversation_id, seq)) for seq in turn.recorded.messages]
        if parts and None not in parts:
            texts[turn.decision_id] = "\n".join(part for part in parts if part and part.strip())
    return texts


async def handled(pool: asyncpg.Pool, since: datetime, until: datetime) -> dict[str, list[Handled]]:
    """What people handled in the range, by queue, at most 5,000 conversations."""
    found: dict[str, list[Handled]] = {}
    for record in await pool.fetch(_HANDLED, since, until, MOST_HANDLED):
        entry = Handled(record["asked_at"], record["taken_at"], record["done_at"], record["agent_id"])
        found.setdefault(record["queue_id"], []).append(entry)
    return found
