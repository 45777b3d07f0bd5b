"""The SQL of the outbox: claiming heads of lanes, settling under the fence, what was told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.channels.outbound import DeliveryResult
from funnel.conversations.values import DeliveryState
from funnel.turns.outbox.policy import Settlement
from funnel.turns.store.lazy import LAZY

# Inbox by inbox, so that a claim costs what it takes and not what waits.
_CLAIM = """
with recursive place (inbox_id) as (
  (select d.inbox_id from deliveries d where d.state = 'queued' order by d.inbox_id limit 1)
  union all
  select (select d.inbox_id from deliveries d where d.state = 'queued' and d.inbox_id > place.inbox_id order by d.inbox_id limit 1)
  from place where place.inbox_id is not null
), head as (
  select d.id, d.due_at, d.position from place p left join inbox_health h on h.inbox_id = p.inbox_id, lateral (
    select d.id, d.due_at, d.position from deliveries d
    where d.inbox_id = p.inbox_id and d.state = 'queued' and d.due_at <= now() and (d.lease_until is null or d.lease_until < now())
      and d.expires_at > now()
      and not exists (select 1 from deliveries e where e.conversation_id = d.conversation_id and e.address = d.address
                        and e.state = 'queued' and e.position < d.position)
    order by d.due_at, d.position limit $2
  ) d
  where not p.inbox_id = any ($1::uuid[]) and h.circuit_open_since is null and (h.paused_until is null or h.paused_until <= now())
), due as (
  select d.id from deliveries d
  where d.id in (select head.id from head order by head.due_at, head.position limit $3)
    and d.state = 'queued' and (d.lease_until is null or d.lease_until < now())
  for update of d skip locked
)
update deliveries d set lease_until = now() + $4::float8 * interval '1 second', fence = d.fence + 1, attempts = d.attempts + 1
from due where d.id = due.id
returning d.id
"""
_LOAD = """
select d.id, d.conversation_id, d.message_id, d.inbox_id, d.attempts, d.fence, d.expires_at, d.plain, d.possible_duplicate,
  d.sent_parts, d.reconcile_at is not null as reconciled, now() as now,
  extract(epoch from now() - d.created_at)::float8 as waited, a.address, a.thread_id, a.business_connection_id, a.reply_token, a.token_expires_at, a.last_message_id,
  a.window_expires_at, a.quota_left, a.mail, e.data, e.actor_kind
from deliveries d
left join reply_addresses a on a.conversation_id = d.conversation_id and a.name = d.address
left join lateral (
  select case when d.from_seq is null then e.data else e.data || (
    select jsonb_build_object('text', string_agg(m.data ->> 'text', E'\n\n' order by m.seq),
      'quick_replies', coalesce(jsonb_path_query_array(
        jsonb_agg(m.data -> 'quick_replies' order by m.seq) filter (where m.data ? 'quick_replies'), '$[*][*]'), '[]'))
    from events m
    where m.conversation_id = d.conversation_id and m.seq between d.from_seq and e.seq and m.type = 'message.created'
      and (m.actor_kind = 'agent') = (e.actor_kind = 'agent') and m.visible and m.data ->> 'direction' = 'outgoing'
  ) end as data, e.actor_kind from events e
  where e.conversation_id = d.conversation_id and e.type = 'message.created' and e.data ->> 'message_id' = d.message_id::text
  order by e.seq desc limit 1
) e on true
where d.id = any ($1::uuid[]) order by d.position
"""
_SETTLE = """
with settled as (
  update deliveries set state = $3, due_at = now() + $4::float8 * interval '1 second', lease_until = null, error = $5,
    code = nullif($6, ''), plain = $7, possible_duplicate = $8, sent_parts = $9,
    reconcile_at = case when $10 then now() else reconcile_at end,
    first_sent_at = case when $3 in ('sent', 'accepted') then coalesce(first_sent_at, now()) else first_sent_at end,
    settled_at = case when $3 = 'queued' then null else now() end
  where id = $1 and fence = $2 and state = 'queued'
  returning id, inbox_id, conversation_id, message_id, address
), named as (
  insert into channel_messages (inbox_id, external_id, conversation_id, message_id, delivery_id)
  select s.inbox_id, n.external_id, s.conversation_id, s.message_id, s.id
  from settled s, unnest($11::text[]) as n (external_id) where n.external_id <> '' on conflict do nothing
), spent as (
  update reply_addresses a
    set quota_left = case when a.quota_left is null then null else greatest(a.quota_left - $12::int, 0) end,
    reply_token = case when $13 then null else a.reply_token end,
    numbers = case when $14::text is null then a.numbers else $14::text::jsonb end,
    numbers_until = case when $14::text is null then a.numbers_until else now() + interval '24 hours' end,
    address = coalesce($15, a.address)
  from settled s where a.conversation_id = s.conversation_id and a.name = s.address
), cleared as (
  update deliveries d set state = 'failed', error = 'recipient_gone', lease_until = null, settled_at = now()
  from settled s where $16 and d.conversation_id = s.conversation_id and d.address = s.address and d.state = 'queued' and d.id <> s.id
)
select id from settled
"""
_RELEASE = """
update deliveries set lease_until = null, attempts = greatest(attempts - 1, 0), due_at = now() + $3::float8 * interval '1 second'
where id = $1 and fence = $2 and state = 'queued'
"""
_RENEW = f"""
update deliveries d set lease_until = now() + $3::float8 * interval '1 second' from unnest($1::uuid[], $2::bigint[]) as h (id, fence)
where d.id = h.id and d.fence = h.fence and d.state = 'queued' and d.lease_until is not null and {LAZY}
"""  # noqa: S608 - no input in it
_EXPIRE = """
update deliveries set state = 'failed', error = 'expired', lease_until = null, settled_at = now()
where id in (select id from deliveries where state = 'queued' and expires_at <= now()
               and (lease_until is null or lease_until < now()) limit 200 for update skip locked)
"""
_UNTOLD = """
select id, conversation_id, message_id, state, error, code from deliveries where told <> state and state <> 'queued'
order by settled_at limit $1
"""
_TOLD = f"""
update deliveries d set told = t.state from unnest($1::uuid[], $2::text[]) as t (id, state)
where d.id = t.id and d.told <> t.state and {LAZY}
"""  # noqa: S608 - no input in it
_NEXT = """
select extract(epoch from min(due_at) - clock_timestamp())::float8 from deliveries
where state = 'queued' and due_at > now() and due_at < now() + $1::float8 * interval '1 second'
"""


class Due(Struct, frozen=True, kw_only=True):
    """A claimed delivery with everything a send needs; `data` is the message's payload as stored, None where it is gone."""

    id: str
    conversation_id: str
    message_id: str
    inbox_id: str
    attempts: int
    fence: int
    expires_at: datetime | None
    plain: bool
    possible_duplicate: bool
    sent_parts: int
    reconciled: bool
    now: datetime
    waited: float
    address: str | None
    thread_id: str | None
    business_connection_id: str | None
    reply_token: str | None
    token_expires_at: datetime | None
    last_message_id: str | None
    window_expires_at: datetime | None
    quota_left: int | None
    mail: str | None
    data: str | None
    actor_kind: str | None


class Untold(Struct, frozen=True):
    """A delivery whose state the log does not tell yet."""

    id: str
    conversation_id: str
    message_id: str
    state: DeliveryState
    error: str | None
    code: str | None


def plain(record: asyncpg.Record) -> dict[str, object]:
    """A record's values, ids as texts."""
    return {
        name: str(value) if name.endswith("id") and value is not None else value
        for name, value in record.items()
    }


class OutboxStore:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def claim(
        self, *, full: Sequence[str], per_inbox: int, most: int, lease_seconds: float
    ) -> list[Due]:
        """The heads of lanes that are due, under a lease with a new fencing token; none of the inboxes in `full`."""
        ids = [r["id"] for r in await self._pool.fetch(_CLAIM, list(full), per_inbox, most, lease_seconds)]
        if not ids:
            return []
        return [Due(**plain(record)) for record in await self._pool.fetch(_LOAD, ids)]  # type: ignore[arg-type]

    async def settle(
        self,
        due: Due,
        result: DeliveryResult,
        found: Settlement,
        *,
        spent: int,
        token_used: bool,
        numbers: str | None,
    ) -> bool:
        """Writes the outcome; False where the lease was lost and another has the delivery: then nothing is written."""
        settled = await self._pool.fetchval(
            _SETTLE, due.id, due.fence, found.state, found.delay, found.error, found.code, found.plain,
            found.possible_duplicate, found.sent_parts, found.reconciling, list(result.provider_ids), spent, token_used,
            numbers, result.new_address, found.clear_lane,
        )  # fmt: skip
        return settled is not None

    async def release(self, due: Due, seconds: float) -> None:
        """Gives an unused claim back; the attempt does not count."""
        await self._pool.execute(_RELEASE, due.id, due.fence, seconds)

    async def renew(self, held: Mapping[str, int], seconds: float) -> None:
        """Makes the leases of these deliveries (id → fencing token) last from now; those that were lost stay lost."""
        if held:
            await self._pool.execute(_RENEW, list(held), list(held.values()), seconds)

    async def expire(self) -> None:
        """Fails what is past its end."""
        await self._pool.execute(_EXPIRE)

    async def untold(self, most: int) -> list[Untold]:
        """Deliveries whose state the log does not tell yet, oldest first."""
        return [Untold(**plain(record)) for record in await self._pool.fetch(_UNTOLD, most)]  # type: ignore[arg-type]

    async def told(self, tellings: Sequence[Untold]) -> None:
        """The log tells these now."""
        if tellings:
            await self._pool.execute(_TOLD, [one.id for one in tellings], [one.state for one in tellings])

    async def next_due(self, within: float) -> float | None:
        """Seconds until the next delivery is due, if it is within so many."""
        found: float | None = await self._pool.fetchval(_NEXT, within)
        return found
