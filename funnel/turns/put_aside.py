"""Inbound requests that were put aside: listed with their reasons, and read again when somebody says so."""

from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.turns.store.rows import Queryable

_LIST = """
select id::text, inbox_id::text, at, problem, octet_length(body) as size, replayed_at, replayed_by from inbound_requests
where state = 'poisoned' and ($1::uuid is null or id > $1::uuid) order by id limit $2
"""
# One attempt is on its account from the start: it is claimed alone, so that if it ends its reader again it harms no other.
_REPLAY = """
update inbound_requests set state = 'waiting', attempts = 1, due_at = now(), lease_until = null, problem = null, fence = fence + 1,
  replayed_at = now(), replayed_by = $2
where id = $1::uuid and state = 'poisoned' returning id
"""


class PutAside(Struct, frozen=True):
    """A request that nobody could read: why, how large it is as it is kept, and who had it read again last."""

    id: str
    inbox_id: str
    at: datetime
    problem: str | None
    size: int
    replayed_at: datetime | None
    replayed_by: str | None


class Quarantine:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def page(self, after: str | None, most: int) -> list[PutAside]:
        """In the order in which they came, those behind `after`."""
        return [PutAside(**record) for record in await self._pool.fetch(_LIST, after, most)]

    async def replay(self, request_id: str, by: str) -> bool:
        """Has it read again, alone and with four attempts, and keeps who wanted it; False where none is put aside under this
        id. Safe to repeat: of two calls one finds it, and an event that was recorded before causes nothing more."""
        return await self._pool.fetchval(_REPLAY, request_id, by) is not None
