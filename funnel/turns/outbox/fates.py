"""What platforms say of deliveries later, and those that failed for good: listed, and sent again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.conversations.values import DeliveryState
from funnel.core.ids import new_id
from funnel.turns.outbox.store import plain

_RECEIPT = """
update deliveries d set state = $3, error = coalesce($4, d.error), code = coalesce($5, d.code), lease_until = null, settled_at = now(),
  first_sent_at = coalesce(d.first_sent_at, now())
where (d.id in (select m.delivery_id from channel_messages m where m.inbox_id = $1::uuid and m.external_id = any ($2::text[]))
       or (d.inbox_id = $1::uuid and d.id::text = any ($2::text[])))
  and array_position($6::text[], d.state) < array_position($6::text[], $3)
returning d.id
"""
_WATERMARK = """
update deliveries d set state = $4, settled_at = now()
from reply_addresses a
where a.inbox_id = $1::uuid and a.address = $2 and d.conversation_id = a.conversation_id and d.address = a.name
  and d.first_sent_at <= $3 and d.state in ('accepted', 'sent', 'delayed', 'delivered')
  and array_position($5::text[], d.state) < array_position($5::text[], $4)
returning d.id
"""
_FAILED = """
select d.id, d.conversation_id, d.message_id, d.inbox_id, d.error, d.code, d.attempts, d.settled_at, d.created_at, d.possible_duplicate
from deliveries d where d.state = 'failed' and ($1::uuid is null or d.inbox_id = $1::uuid)
  and ($2::uuid is null or d.id > $2::uuid) order by d.id limit $3
"""
_REPLAY = """
update deliveries set id = $2::uuid, state = 'queued', told = 'queued', attempts = 0, due_at = now(), lease_until = null, error = null,
  code = null, settled_at = null, reconcile_at = null, fence = fence + 1, expires_at = now() + interval '24 hours'
where id = $1::uuid and state = 'failed' and answered is null returning id
"""
ORDER: tuple[DeliveryState, ...] = ("queued", "accepted", "sent", "delayed", "failed", "delivered", "read")


class DeadLetter(Struct, frozen=True):
    """A delivery that failed for good."""

    id: str
    conversation_id: str
    message_id: str
    inbox_id: str
    error: str | None
    code: str | None
    attempts: int
    settled_at: datetime | None
    created_at: datetime
    possible_duplicate: bool


class Fates:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def receipt(
        self,
        inbox_id: str,
        ids: Sequence[str],
        state: DeliveryState,
        error: str | None = None,
        code: str | None = None,
    ) -> int:
        """A platform's word on what it calls by these ids (or by our own ids of deliveries); never moves a state back."""
        return len(await self._pool.fetch(_RECEIPT, inbox_id, list(ids), state, error, code, list(ORDER)))

    async def watermark(self, inbox_id: str, address: str, until: datetime, state: DeliveryState) -> int:
        """Everything sent to this address up to a time."""
        return len(await self._pool.fetch(_WATERMARK, inbox_id, address, until, state, list(ORDER)))

    async def dead(self, inbox_id: str | None, after: str | None, most: int) -> list[DeadLetter]:
        """Failed deliveries in order of their ids."""
        return [DeadLetter(**plain(r)) for r in await self._pool.fetch(_FAILED, inbox_id, after, most)]  # type: ignore[arg-type]

    async def replay(self, delivery_id: str) -> str | None:
        """Queues a failed delivery again under a new id, good for another 24 h; None where there is no such one."""
        found = await self._pool.fetchval(_REPLAY, delivery_id, new_id())
        return str(found) if found is not None else None
