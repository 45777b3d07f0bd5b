"""Inboxes with their secrets opened, for whoever verifies, reads or sends; and their health. Kept in memory for a second."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from funnel.channels.port import Account
from funnel.channels.request import Secret
from funnel.core.database import Database
from funnel.core.logging import get_logger
from funnel.core.security import DecryptionError
from funnel.people.sealing import Unsealer

FRESH_SECONDS: Final = 1.0
MOST_KEPT: Final = 10_000
DORMANT_DAYS: Final = 7
_READ = """
select id::text, site_id::text, channel, name, queue_id::text, config, secrets from inboxes
where id = $1::uuid and archived_at is null and channel <> 'web'
"""
_POLLED = """
select id::text from inboxes where archived_at is null
  and ((channel = 'email' and coalesce(config ->> 'imap_host', '') <> '') or (channel = 'telegram' and config ->> 'receive' = 'polling'))
"""
_ARRIVED = """
insert into inbox_health (inbox_id, last_in_at) select i.id, now() from unnest($1::uuid[]) as i (id)
on conflict (inbox_id) do update set last_in_at = excluded.last_in_at
"""
_REFUSED = """
insert into inbox_health (inbox_id, refused, refused_at) select r.id, r.n, now() from unnest($1::uuid[], $2::int[]) as r (id, n)
on conflict (inbox_id) do update set refused = inbox_health.refused + excluded.refused, refused_at = excluded.refused_at
"""
_HEALTH = """
select h.last_in_at, h.last_out_at, coalesce(h.refused, 0) as refused, h.refused_at, h.last_error, h.failed_at,
  h.circuit_open_since, h.paused_until, h.pushes_left,
  (select count(*) from conversations c where c.inbox_id = i.id and c.owner_kind = 'queue') as unanswered,
  (select count(*) from deliveries d where d.inbox_id = i.id and d.state = 'queued') as waiting,
  (select count(*) from deliveries d where d.inbox_id = i.id and d.state = 'failed') as failed,
  coalesce(h.last_in_at, i.created_at) < now() - $2::int * interval '1 day' as dormant
from inboxes i left join inbox_health h on h.inbox_id = i.id where i.id = $1::uuid
"""
log = get_logger(__name__)


class Health(Struct, frozen=True):
    """How an inbox fares. `refused` counts requests with a bad signature, `waiting` and `failed` deliveries.
    `pushes_left` is what is left of a monthly quota, None where there is none or nobody told."""

    last_in_at: datetime | None
    last_out_at: datetime | None
    refused: int
    refused_at: datetime | None
    last_error: str | None
    failed_at: datetime | None
    circuit_open_since: datetime | None
    paused_until: datetime | None
    pushes_left: int | None
    unanswered: int
    waiting: int
    failed: int
    dormant: bool


class Accounts:
    """Safe for any number of callers in one process; another process's change is seen within a second."""

    def __init__(self, db: Database, sealer: Unsealer) -> None:
        self._db = db
        self._sealer = sealer
        self._kept: dict[str, tuple[float, Account | None]] = {}

    async def find(self, inbox_id: str) -> Account | None:
        """The live inbox with its secrets; None for any other id, and for one whose secrets no key opens."""
        now = time.monotonic()
        kept = self._kept.get(inbox_id)
        if kept is not None and now - kept[0] < FRESH_SECONDS:
            return kept[1]
        record = await self._db.pool.fetchrow(_READ, inbox_id)
        account = self._account(record) if record is not None else None
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[inbox_id] = (now, account)
        return account

    async def polled(self) -> list[str]:
        """Live inboxes that fetch for themselves: mailboxes, and bots set up for long polling."""
        return [str(record["id"]) for record in await self._db.pool.fetch(_POLLED)]

    def _account(self, record: Mapping[str, object]) -> Account | None:
        inbox_id = str(record["id"])
        config = msgspec.json.decode(str(record["config"]), type=dict[str, str])
        values: dict[str, tuple[str, ...]] = {name: (value,) for name, value in config.items()}
        sealed = record["secrets"]
        if isinstance(sealed, bytes):
            try:
                plain = self._sealer.open(inbox_id, sealed)
            except DecryptionError:
                log.error("inbox_secrets_closed", inbox_id=inbox_id)
                return None
            values |= msgspec.json.decode(plain, type=dict[str, tuple[str, ...]])
        return Account(
            inbox_id=inbox_id,
            site_id=str(record["site_id"]),
            channel=str(record["channel"]),
            name=str(record["name"]),
            queue_id=str(record["queue_id"]),
            secret=Secret(values),
        )

    def forget(self) -> None:
        """What was read before counts no more: an inbox of this process was changed."""
        self._kept.clear()

    async def note_arrivals(self, inbox_ids: set[str]) -> None:
        """Something came in just now."""
        if inbox_ids:
            await self._db.pool.execute(_ARRIVED, sorted(inbox_ids))

    async def note_refused(self, counts: Mapping[str, int]) -> None:
        """Requests were refused for their signature."""
        if counts:
            names = sorted(counts)
            await self._db.pool.execute(_REFUSED, names, [counts[name] for name in names])

    async def health(self, inbox_id: str) -> Health | None:
        """How it fares, counted now; None where there is no such inbox."""
        record = await self._db.pool.fetchrow(_HEALTH, inbox_id, DORMANT_DAYS)
        return Health(**dict(record)) if record is not None else None
