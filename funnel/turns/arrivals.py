"""The inbound side's tables: raw requests until they are read, what each event became, what platforms call our messages."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.turns.store.lazy import LAZY
from funnel.turns.store.rows import Queryable

KEPT_DAYS = 7
DEDUP_DAYS = 8

_STORE = """
insert into inbound_requests (id, inbox_id, body, state)
select r.id, r.inbox_id, r.body, 'waiting' from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as r (id, inbox_id, body)
"""
_CLAIM = """
with due as (
  select id from inbound_requests
  where state = 'waiting' and due_at <= now() and (lease_until is null or lease_until < now()) and attempts {attempts}
  order by due_at, id limit $1 for update skip locked
)
update inbound_requests r set lease_until = now() + $2::float8 * interval '1 second', fence = r.fence + 1,
  attempts = r.attempts + 1
from due where r.id = due.id
returning r.id, r.inbox_id, r.at, r.body, r.attempts, r.fence
"""
_CLAIM_FRESH = _CLAIM.format(attempts="= 0")
_CLAIM_SUSPECT = _CLAIM.format(attempts="> 0")
_READ = f"""
update inbound_requests r set state = 'read', lease_until = null, problem = null
from unnest($1::uuid[], $2::bigint[]) as d (id, fence)
where r.id = d.id and r.fence = d.fence and r.state = 'waiting' and {LAZY}
"""  # noqa: S608 - no input in it
_LATER = """
update inbound_requests set lease_until = null, due_at = now() + $3::float8 * interval '1 second', problem = $4,
  attempts = attempts - $5::int
where id = $1 and fence = $2 and state = 'waiting'
"""
_POISON = """
update inbound_requests set state = 'poisoned', lease_until = null, problem = $3 where id = $1 and fence = $2 and state = 'waiting'
"""
_KNOWN = """
select e.inbox_id::text, e.dedup_key from unnest($1::uuid[], $2::text[]) as k (inbox_id, dedup_key)
join inbound_events e on e.inbox_id = k.inbox_id and e.dedup_key = k.dedup_key
"""
_RECORD = f"""
insert into inbound_events (inbox_id, dedup_key, request_id, conversation_id, turn_id, kind)
select $1::uuid, $2, $3::uuid, $4::uuid, $5::uuid, $6 where {LAZY} on conflict do nothing
"""
_FORGET = """
with raw as (delete from inbound_requests where at < now() - $1::int * interval '1 day' and state <> 'waiting'),
  keys as (delete from inbound_events where at < now() - $2::int * interval '1 day')
select 1
"""
_NAME = f"""
insert into channel_messages (inbox_id, external_id, conversation_id, message_id, seq, delivery_id)
select $1::uuid, n.external_id, $3::uuid, $4::uuid, $5, $6::uuid from unnest($2::text[]) as n (external_id)
where {LAZY} on conflict do nothing
"""  # noqa: S608 - no input in it
_NAMED = """
select conversation_id, message_id, seq, delivery_id, external_id from channel_messages
where inbox_id = $1::uuid and external_id = any ($2::text[])
"""


class Waiting(Struct, frozen=True):
    """A raw request under a lease; `body` is sealed."""

    id: str
    inbox_id: str
    at: datetime
    body: bytes
    attempts: int
    fence: int


class Named(Struct, frozen=True):
    """What a platform's id stands for here. `delivery_id` is set for what we sent, `seq` for what the contact wrote."""

    conversation_id: str
    message_id: str
    external_id: str
    seq: int | None = None
    delivery_id: str | None = None


def _waiting(record: asyncpg.Record) -> Waiting:
    return Waiting(
        str(record["id"]), str(record["inbox_id"]), record["at"], record["body"], record["attempts"], record["fence"]
    )  # fmt: skip


class Arrivals:
    """The only SQL of the inbound tables. Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def store(self, requests: Sequence[tuple[str, str, bytes]]) -> None:
        """Raw requests as (id, inbox, sealed body); on return they are durable."""
        await self._pool.execute(_STORE, *([list(column) for column in zip(*requests, strict=True)]))

    async def claim(self, most: int, lease_seconds: float) -> list[Waiting]:
        """Requests that are due and were never begun, each under a lease with a new fencing token. If their reader dies they are
        suspects, all of them, once."""
        records = await self._pool.fetch(_CLAIM_FRESH, most, lease_seconds)
        return sorted(map(_waiting, records), key=lambda one: one.id)

    async def claim_suspect(self, lease_seconds: float) -> Waiting | None:
        """The next due request that was begun before and not done. It is claimed alone: what ends its reader now counts against
        no other."""
        record = await self._pool.fetchrow(_CLAIM_SUSPECT, 1, lease_seconds)
        return _waiting(record) if record is not None else None

    async def done(self, requests: Sequence[Waiting]) -> int:
        """Marks them read, those whose lease was not lost meanwhile; returns how many. Like all that follows a turn, a crash of
        the database may forget it: they are read again, and cause nothing."""
        if not requests:
            return 0
        told = await self._pool.execute(_READ, [one.id for one in requests], [one.fence for one in requests])
        return int(told.rpartition(" ")[2])

    async def later(self, request: Waiting, seconds: float, problem: str, *, counts: bool = True) -> None:
        """Puts it back for a while; an attempt that failed for no fault of its own does not count."""
        await self._pool.execute(_LATER, request.id, request.fence, seconds, problem, 0 if counts else 1)

    async def poison(self, request: Waiting, problem: str) -> None:
        """Puts it aside for ever; nothing behind it waits."""
        await self._pool.execute(_POISON, request.id, request.fence, problem)

    async def known(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Which of these (inbox, dedup key) were recorded before."""
        records = await self._pool.fetch(_KNOWN, [one[0] for one in keys], [one[1] for one in keys])
        return frozenset((r["inbox_id"], r["dedup_key"]) for r in records)

    async def record(
        self,
        inbox_id: str,
        key: str,
        request_id: str,
        kind: str,
        conversation_id: str | None = None,
        turn_id: str | None = None,
    ) -> None:
        """What became of an event that caused no turn of its own. Idempotent."""
        await self._pool.execute(_RECORD, inbox_id, key, request_id, conversation_id, turn_id, kind)

    async def forget_old(self) -> None:
        """Raw requests after seven days, dedup keys after eight (the longest a platform repeats is seven)."""
        await self._pool.execute(_FORGET, KEPT_DAYS, DEDUP_DAYS)

    async def name(self, inbox_id: str, external_ids: Sequence[str], named: Named) -> None:
        """Remembers what the platform calls a message. Idempotent; the first stays."""
        await self._pool.execute(
            _NAME, inbox_id, list(external_ids), named.conversation_id, named.message_id, named.seq, named.delivery_id
        )  # fmt: skip

    async def named(self, inbox_id: str, external_ids: Sequence[str]) -> dict[str, Named]:
        """What these ids of the platform stand for, those that are known."""
        records = await self._pool.fetch(_NAMED, inbox_id, list(external_ids))
        return {
            r["external_id"]: Named(
                str(r["conversation_id"]),
                str(r["message_id"]),
                r["external_id"],
                r["seq"],
                str(r["delivery_id"]) if r["delivery_id"] else None,
            )
            for r in records
        }
