"""Files of channels' messages as work: written before the turn that shows them, leased, done once, given up in the end."""

from collections.abc import Sequence
from typing import Literal

import asyncpg
from msgspec import Struct

from funnel.turns.store.rows import Queryable

KEPT_DAYS = 8

_ADD = """
insert into media_jobs (inbox_id, dedup_key, request_id, kind) values ($1::uuid, $2, $3::uuid, $4) on conflict do nothing
"""
_CLAIM = """
with due as (
  select inbox_id, dedup_key from media_jobs
  where state = 'waiting' and due_at <= now() and (lease_until is null or lease_until < now())
  order by due_at limit $1 for update skip locked
)
update media_jobs j set lease_until = now() + $2::float8 * interval '1 second', fence = j.fence + 1, attempts = j.attempts + 1
from due where j.inbox_id = due.inbox_id and j.dedup_key = due.dedup_key
returning j.inbox_id::text, j.dedup_key, j.request_id::text, j.kind, j.settled, j.attempts, j.fence
"""
_SETTLE = """
update media_jobs set state = $4, settled = $5::smallint[], lease_until = null, due_at = now() + $6::float8 * interval '1 second'
where inbox_id = $1::uuid and dedup_key = $2 and fence = $3 and state = 'waiting'
"""
_SHOWN = """
select i.conversation_id::text, c.contact_id::text, e.data ->> 'message_id' as message_id, e.seq,
  exists (
    select from events d where d.conversation_id = i.conversation_id and d.type in ('message.deleted', 'message.redacted')
      and d.data ->> 'message_id' = e.data ->> 'message_id'
  ) as gone, c.inbox_id = i.inbox_id as at_home
from inbound_events i join conversations c on c.id = i.conversation_id
join events e on e.conversation_id = i.conversation_id and e.turn_id = i.turn_id and e.type = 'message.created'
  and e.actor_kind = 'contact'
where i.inbox_id = $1::uuid and i.dedup_key = $2
order by e.seq limit 1
"""
_REQUEST = "select body, state from inbound_requests where id = $1::uuid"
_RECORDED = "select 1 from inbound_events where inbox_id = $1::uuid and dedup_key = $2"
_FORGET_REQUEST = """
delete from inbound_requests r using channel_messages m, events e, inbound_events i
where m.inbox_id = $1::uuid and m.external_id = $2 and e.conversation_id = m.conversation_id and e.seq = m.seq
  and i.inbox_id = m.inbox_id and i.turn_id = e.turn_id and r.id = i.request_id and r.state <> 'waiting'
  and not exists (select from media_jobs j where j.request_id = r.id and j.state = 'waiting')
"""
_FORGET = "delete from media_jobs where created_at < now() - $1::int * interval '1 day'"


class MediaJob(Struct, frozen=True):
    """The files of one inbound event, under a lease; `settled` are the numbers of the parts that are done."""

    inbox_id: str
    dedup_key: str
    request_id: str
    kind: Literal["fetch", "erase"]
    settled: tuple[int, ...]
    attempts: int
    fence: int


class Shown(Struct, frozen=True):
    """The message that an inbound event became; `gone`: taken back since; `at_home`: its conversation is the inbox's own."""

    conversation_id: str
    contact_id: str
    message_id: str
    seq: int
    gone: bool
    at_home: bool


class MediaJobs:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def add(
        self, inbox_id: str, dedup_key: str, request_id: str, kind: Literal["fetch", "erase"]
    ) -> None:
        """Durable on return. Idempotent."""
        await self._pool.execute(_ADD, inbox_id, dedup_key, request_id, kind)

    async def claim(self, most: int, lease_seconds: float) -> list[MediaJob]:
        """Jobs that are due, each under a lease with a new fencing token."""
        records = await self._pool.fetch(_CLAIM, most, lease_seconds)
        return [
            MediaJob(
                r["inbox_id"], r["dedup_key"], r["request_id"], r["kind"], tuple(r["settled"]), r["attempts"], r["fence"]
            )
            for r in records
        ]  # fmt: skip

    async def settle(
        self, job: MediaJob, state: Literal["waiting", "done", "lost"], settled: Sequence[int], seconds: float = 0.0
    ) -> None:  # fmt: skip
        """What became of it; one that waits is due again in so many seconds. Nothing happens where the lease was lost."""
        await self._pool.execute(
            _SETTLE, job.inbox_id, job.dedup_key, job.fence, state, sorted(settled), seconds
        )

    async def shown(self, inbox_id: str, dedup_key: str) -> Shown | None:
        """The message this event became; None before its turn, and for one that became none."""
        record = await self._pool.fetchrow(_SHOWN, inbox_id, dedup_key)
        return Shown(**dict(record)) if record is not None else None

    async def recorded(self, inbox_id: str, dedup_key: str) -> bool:
        """Whether the event has been dealt with, one way or another."""
        return bool(await self._pool.fetchval(_RECORDED, inbox_id, dedup_key))

    async def request(self, request_id: str) -> tuple[bytes, str] | None:
        """The sealed request and its state; None where it is not kept any more."""
        record = await self._pool.fetchrow(_REQUEST, request_id)
        return (record["body"], record["state"]) if record else None

    async def forget_request(self, inbox_id: str, external_id: str) -> None:
        """Deletes the raw request that brought a message, once nothing of it is still needed."""
        await self._pool.execute(_FORGET_REQUEST, inbox_id, external_id)

    async def forget_old(self) -> None:
        """Jobs outlive the raw requests they need by a day."""
        await self._pool.execute(_FORGET, KEPT_DAYS)
