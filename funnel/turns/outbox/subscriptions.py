"""Integrators' webhooks as rows: events of the log become deliveries, in order for each conversation, until taken or given up."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.conversations.events import Logged
from funnel.turns.outbox.store import plain
from funnel.turns.store.rows import EVENT_COLUMNS, read_event

LASTS_DAYS = 3
KEPT_DAYS = 30
OVERLAP_SECONDS = 15  # turns end within five; what is seen twice is inserted once

# One process expands at a time; the cursor moves in the same statement. The last condition is looked at first and alone: where
# nobody listens, nothing of what was said is read.
_EXPAND = """
with c as materialized (select at from webhook_cursor for update skip locked),
fresh as (
  insert into webhook_deliveries (webhook_id, conversation_id, seq, type, expires_at)
  select w.id, e.conversation_id, e.seq, e.type, now() + $1::int * interval '1 day'
  from c
  join changes ch on ch.at > c.at - $2::int * interval '1 second'
  join turns t on t.conversation_id = ch.conversation_id and t.last_seq = ch.seq
  join events e on e.conversation_id = ch.conversation_id and e.seq between t.first_seq and t.last_seq
  join conversations k on k.id = e.conversation_id
  join webhooks w on w.archived_at is null and w.disabled_at is null and w.created_at <= e.at
    and (w.events = '{}' or e.type = any (w.events)) and (w.site_id is null or w.site_id = k.site_id)
  where not exists (select 1 from webhook_deliveries d
                    where d.webhook_id = w.id and d.conversation_id = e.conversation_id and d.seq = e.seq)
    and exists (select 1 from webhooks where archived_at is null and disabled_at is null)
  order by e.conversation_id, e.seq
  on conflict do nothing
  returning 1
), moved as (
  update webhook_cursor set at = now() where exists (select 1 from c)
)
select count(*) from fresh
"""
# Webhook by webhook, so that a claim costs what it takes and not what waits.
_CLAIM = """
with head as (
  select d.id, d.due_at, d.position from webhooks w, lateral (
    select d.id, d.due_at, d.position from webhook_deliveries d
    where d.webhook_id = w.id and d.state = 'queued' and d.due_at <= now() and (d.lease_until is null or d.lease_until < now())
      and d.expires_at > now()
      and not exists (select 1 from webhook_deliveries e where e.webhook_id = d.webhook_id
                        and e.conversation_id = d.conversation_id and e.state = 'queued' and e.position < d.position)
    order by d.due_at, d.position limit $2
  ) d
  where w.archived_at is null and w.disabled_at is null and not w.id = any ($1::uuid[])
), due as (
  select d.id from webhook_deliveries d
  where d.id in (select head.id from head order by head.due_at, head.position limit $3)
    and d.state = 'queued' and (d.lease_until is null or d.lease_until < now())
  for update of d skip locked
)
update webhook_deliveries d set lease_until = now() + $4::float8 * interval '1 second', fence = d.fence + 1, attempts = d.attempts + 1
from due, webhooks w where d.id = due.id and w.id = d.webhook_id
returning d.id, d.webhook_id, d.conversation_id, d.seq, d.type, d.attempts, d.fence, d.expires_at, w.url, w.secrets, now() as now
"""
_EVENTS = f"""
select {EVENT_COLUMNS} from unnest($1::uuid[], $2::bigint[]) as i (conversation_id, seq)
join events e on e.conversation_id = i.conversation_id and e.seq = i.seq
"""  # noqa: S608 - no input in it
_SETTLE = """
update webhook_deliveries set state = $3, due_at = now() + $4::float8 * interval '1 second', lease_until = null, status = $5,
  error = $6, settled_at = case when $3 = 'queued' then null else now() end
where id = $1 and fence = $2 and state = 'queued' returning id
"""
_EXPIRE = """
update webhook_deliveries set state = 'failed', error = coalesce(error, 'expired'), settled_at = now(), lease_until = null
where state = 'queued' and expires_at <= now() and (lease_until is null or lease_until < now())
"""
_DISABLE = """
update webhooks set disabled_at = now(), disabled_reason = $2 where id = $1::uuid and disabled_at is null
"""
_FORGET = "delete from webhook_deliveries where state <> 'queued' and settled_at < now() - $1::int * interval '1 day'"
_LOG = """
select id, webhook_id, conversation_id, seq, type, state, attempts, status, error, created_at, settled_at, position
from webhook_deliveries where webhook_id = $1::uuid and ($2::text is null or state = $2) and ($3::bigint is null or position < $3)
order by position desc limit $4
"""
_REPLAY = """
update webhook_deliveries set state = 'queued', attempts = 0, due_at = now(), lease_until = null, fence = fence + 1, error = null,
  settled_at = null, expires_at = now() + $3::int * interval '1 day'
where webhook_id = $1::uuid and id = $2::uuid and state <> 'queued' returning id
"""
_TEST = """
insert into webhook_deliveries (webhook_id, type, expires_at) values ($1::uuid, 'webhook.test', now() + $2::int * interval '1 day')
returning id
"""


class DueWebhook(Struct, frozen=True, kw_only=True):
    """A claimed delivery with where it goes; `seq` is None for a test."""

    id: str
    webhook_id: str
    conversation_id: str | None
    seq: int | None
    type: str
    attempts: int
    fence: int
    expires_at: datetime
    url: str
    secrets: bytes
    now: datetime


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """An entry of the delivery log."""

    id: str
    webhook_id: str
    conversation_id: str | None
    seq: int | None
    type: str
    state: str
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    settled_at: datetime | None
    position: int


class Subscriptions:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def expand(self) -> int:
        """Makes deliveries of the events since the last time; how many. Nothing where another process is at it."""
        return int(await self._pool.fetchval(_EXPAND, LASTS_DAYS, OVERLAP_SECONDS))

    async def claim(
        self, *, full: Sequence[str], per_webhook: int, most: int, lease_seconds: float
    ) -> list[DueWebhook]:
        """The heads of lanes (webhook and conversation) that are due, under a lease with a new fencing token."""
        records = await self._pool.fetch(_CLAIM, list(full), per_webhook, most, lease_seconds)
        return [DueWebhook(**plain(record)) for record in records]  # type: ignore[arg-type]

    async def events(self, wanted: Sequence[DueWebhook]) -> dict[tuple[str, int], Logged]:
        """The events these deliveries are about, as they are now."""
        keys = [(one.conversation_id, one.seq) for one in wanted if one.seq is not None]
        records = await self._pool.fetch(_EVENTS, [key for key, _ in keys], [seq for _, seq in keys])
        found = [read_event(record) for record in records]
        return {(event.conversation_id, event.seq): event for event in found}

    async def settle(
        self, due: DueWebhook, state: str, delay: float, status: int | None, error: str | None
    ) -> bool:
        """Writes the outcome; False where the lease was lost."""
        return await self._pool.fetchval(_SETTLE, due.id, due.fence, state, delay, status, error) is not None

    async def tend(self) -> None:
        """Gives up what is past three days, forgets the log after thirty."""
        await self._pool.execute(_EXPIRE)
        await self._pool.execute(_FORGET, KEPT_DAYS)

    async def disable(self, webhook_id: str, reason: str) -> None:
        """Sends nothing more to it until somebody turns it on again."""
        await self._pool.execute(_DISABLE, webhook_id, reason)

    async def log(
        self, webhook_id: str, state: str | None, before: int | None, most: int
    ) -> list[WebhookDelivery]:
        """Its deliveries, newest first."""
        records = await self._pool.fetch(_LOG, webhook_id, state, before, most)
        return [WebhookDelivery(**plain(record)) for record in records]  # type: ignore[arg-type]

    async def replay(self, webhook_id: str, delivery_id: str) -> bool:
        """Queues a delivery again, for another three days; False where there is none that is settled."""
        return await self._pool.fetchval(_REPLAY, webhook_id, delivery_id, LASTS_DAYS) is not None

    async def test(self, webhook_id: str) -> str:
        """Queues an event that says nothing."""
        return str(await self._pool.fetchval(_TEST, webhook_id, LASTS_DAYS))
