"""How far an inbox that fetches for itself has come, and which process does it now."""

from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.turns.store.rows import Queryable

_TAKE = """
insert into channel_polls as p (inbox_id, lease_until, fence) values ($1::uuid, now() + $2::float8 * interval '1 second', 1)
on conflict (inbox_id) do update set lease_until = excluded.lease_until, fence = p.fence + 1 where p.lease_until < now()
returning fence, position, moved_at
"""
_RENEW = """
update channel_polls set lease_until = now() + $3::float8 * interval '1 second'
where inbox_id = $1::uuid and fence = $2 returning 1
"""
_RELEASE = "update channel_polls set lease_until = now() where inbox_id = $1::uuid and fence = $2"
_MOVE = """
update channel_polls set position = $3, moved_at = now(), problem = null where inbox_id = $1::uuid and fence = $2
returning moved_at
"""
_NOTE = """
update channel_polls set problem = $3, problem_at = now() where inbox_id = $1::uuid and fence = $2
"""
_READ = "select position, moved_at, problem, problem_at from channel_polls where inbox_id = $1::uuid"


class Held(Struct):
    """The right to fetch for an inbox until the lease ends; `position` is the channel's own word for how far it came."""

    inbox_id: str
    fence: int
    position: str
    moved_at: datetime | None


class PollHealth(Struct, frozen=True):
    """How fetching fares."""

    position: str
    moved_at: datetime | None
    problem: str | None
    problem_at: datetime | None


class Polls:
    """Every method is one statement and commits by itself. One process at a time fetches for an inbox."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def take(self, inbox_id: str, seconds: float) -> Held | None:
        """The right to fetch; None while another process has it."""
        record = await self._pool.fetchrow(_TAKE, inbox_id, seconds)
        return Held(inbox_id, record["fence"], record["position"], record["moved_at"]) if record else None

    async def renew(self, held: Held, seconds: float) -> bool:
        """False where another process has it by now."""
        return bool(await self._pool.fetchval(_RENEW, held.inbox_id, held.fence, seconds))

    async def release(self, held: Held) -> None:
        """Another process may go on at once."""
        await self._pool.execute(_RELEASE, held.inbox_id, held.fence)

    async def move(self, held: Held, position: str) -> None:
        """What lies before `position` is durable here; nothing happens where the right was lost."""
        moved_at = await self._pool.fetchval(_MOVE, held.inbox_id, held.fence, position)
        held.position, held.moved_at = position, moved_at or held.moved_at

    async def note(self, held: Held, problem: str) -> None:
        """Why nothing comes, for whoever looks at the inbox."""
        await self._pool.execute(_NOTE, held.inbox_id, held.fence, problem)

    async def health(self, inbox_id: str) -> PollHealth | None:
        """How it fares; None for an inbox that never fetched."""
        record = await self._pool.fetchrow(_READ, inbox_id)
        return PollHealth(**dict(record)) if record else None
