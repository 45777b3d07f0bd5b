"""Calls of integrators' hooks as rows: written by the turn that makes them, leased, settled once under a fence."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import asyncpg
from msgspec import Struct

from funnel.conversations.events import HookCalled, decode
from funnel.turns.outbox.store import plain

KEPT_DAYS = 30
Settled = Literal["answered", "failed", "late", "dropped"]

# What nobody waits for any more is claimed too, so that it is settled.
_CLAIM = """
with due as (
  select id from hook_calls where state = 'waiting' and due_at <= now() and (lease_until is null or lease_until < now())
  order by due_at limit $1 for update skip locked
), held as (
  update hook_calls h set lease_until = now() + $2::float8 * interval '1 second', fence = h.fence + 1, attempts = h.attempts + 1
  from due where h.id = due.id returning h.*
)
select h.id, h.conversation_id, h.seq, h.hook, h.attempts, h.fence, now() as now,
  extract(epoch from h.until - now())::float8 as seconds_left, c.snapshot -> 'hook' ->> 'call_id' = h.id::text as awaited,
  e.data::text as data, c.site_id, c.contact_id, c.snapshot ->> 'locale' as locale,
  p.verified, case when p.verified then p.external_id end as external_id, k.id as hook_id, k.url, k.secrets
from held h
join conversations c on c.id = h.conversation_id
join events e on e.conversation_id = h.conversation_id and e.seq = h.seq
join contacts p on p.id = c.contact_id
left join hooks k on k.name = h.hook and k.archived_at is null and k.disabled_at is null
"""
_RENEW = """
update hook_calls h set lease_until = now() + $3::float8 * interval '1 second'
from unnest($1::uuid[], $2::bigint[]) as o (id, fence) where h.id = o.id and h.fence = o.fence and h.state = 'waiting'
"""
_AGAIN = """
update hook_calls set due_at = now() + $3::float8 * interval '1 second', lease_until = null, status = $4, error = $5
where id = $1::uuid and fence = $2 and state = 'waiting' returning id
"""
_SETTLE = """
update hook_calls set state = $3, lease_until = null, status = $4, error = $5, settled_at = now()
where id = $1::uuid and fence = $2 and state = 'waiting' returning id
"""
_SAID = """
select i.place::int as place, e.data ->> 'text' as text
from unnest($2::bigint[], $3::bigint[]) with ordinality as i (after_seq, before_seq, place)
join events e on e.conversation_id = $1::uuid and e.seq > i.after_seq and e.seq < i.before_seq and e.type = 'message.created'
  and e.actor_kind = 'contact' and e.data ? 'text'
order by e.seq
"""
_FORGET = (
    "delete from hook_calls where state <> 'waiting' and settled_at < now() - $1::int * interval '1 day'"
)


class DueCall(Struct, frozen=True, kw_only=True):
    """A claimed call with what it says and where it goes. `awaited`: the conversation still waits for it, for `seconds_left`;
    `external_id` is what the site calls a verified
    contact. `url` is None where no hook of this name is registered; `called` is None where its event cannot be read."""

    id: str
    conversation_id: str
    seq: int
    hook: str
    attempts: int
    fence: int
    now: datetime
    seconds_left: float
    awaited: bool
    called: HookCalled | None
    site_id: str
    contact_id: str
    locale: str
    verified: bool
    external_id: str | None
    hook_id: str | None
    url: str | None
    secrets: bytes | None


class HookCalls:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def claim(self, most: int, lease_seconds: float) -> list[DueCall]:
        """Calls that are due, each under a lease with a new fencing token."""
        return [_due(record) for record in await self._pool.fetch(_CLAIM, most, lease_seconds)]

    async def renew(self, held: Collection[tuple[str, int]], lease_seconds: float) -> None:
        """Keeps the leases of these (id, fence)."""
        if held:
            ids, fences = zip(*sorted(held), strict=True)
            await self._pool.execute(_RENEW, list(ids), list(fences), lease_seconds)

    async def said(self, due: DueCall) -> list[str]:
        """The contact's words for each reply that goes with the call, one a line where they are several messages; empty where
        they were erased."""
        replies = due.called.replies if due.called is not None else ()
        if not replies:
            return []
        records = await self._pool.fetch(
            _SAID,
            due.conversation_id,
            [one.after_seq for one in replies],
            [one.before_seq for one in replies],
        )
        words: Sequence[list[str]] = [[] for _ in replies]
        for record in records:
            words[record["place"] - 1].append(record["text"])
        return ["\n".join(lines) for lines in words]

    async def again(self, due: DueCall, seconds: float, status: int | None, error: str | None) -> bool:
        """It is sent again in so many seconds; False where the lease was lost."""
        return await self._pool.fetchval(_AGAIN, due.id, due.fence, seconds, status, error) is not None

    async def settle(self, due: DueCall, state: Settled, status: int | None, error: str | None) -> bool:
        """Writes what became of it; False where the lease was lost."""
        return await self._pool.fetchval(_SETTLE, due.id, due.fence, state, status, error) is not None

    async def tend(self) -> None:
        """Forgets what was settled more than thirty days ago."""
        await self._pool.execute(_FORGET, KEPT_DAYS)


def _due(record: asyncpg.Record) -> DueCall:
    fields = plain(record)
    called = decode(HookCalled.TYPE, str(fields.pop("data")))
    fields["awaited"] = bool(fields["awaited"])
    return DueCall(**fields, called=called if isinstance(called, HookCalled) else None)  # type: ignore[arg-type]
