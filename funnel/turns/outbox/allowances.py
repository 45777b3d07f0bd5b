"""How many messages an inbox may still push this month, as its platform told it, less what was pushed since."""

from collections.abc import Sequence

import asyncpg

ASKED_EVERY = 3600

# Who asks is the only one to ask for an hour.
_TO_ASK = """
insert into inbox_health (inbox_id, pushes_asked_at)
select i.id, now() from inboxes i left join inbox_health h on h.inbox_id = i.id
where i.channel = any ($1::text[]) and i.archived_at is null
  and (h.pushes_asked_at is null or h.pushes_asked_at < now() - $2::int * interval '1 second')
on conflict (inbox_id) do update set pushes_asked_at = now()
  where inbox_health.pushes_asked_at is null or inbox_health.pushes_asked_at < now() - $2::int * interval '1 second'
returning inbox_id
"""
_KEEP = "update inbox_health set pushes_left = $2 where inbox_id = $1::uuid"
_LEFT = "select pushes_left from inbox_health where inbox_id = $1::uuid"
_PUSHED = """
update inbox_health set pushes_left = greatest(pushes_left - $2::int, 0) where inbox_id = $1::uuid and pushes_left is not null
"""


class Allowances:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def to_ask(self, channels: Sequence[str]) -> list[str]:
        """Inboxes of these channels whose platform was not asked for an hour; each is given to one caller."""
        found = await self._pool.fetch(_TO_ASK, list(channels), ASKED_EVERY)
        return [str(record["inbox_id"]) for record in found]

    async def keep(self, inbox_id: str, left: int | None) -> None:
        """So many are left; None where there is no limit."""
        await self._pool.execute(_KEEP, inbox_id, left)

    async def left(self, inbox_id: str) -> int | None:
        """How many are left; None where there is no limit or nobody knows."""
        found: int | None = await self._pool.fetchval(_LEFT, inbox_id)
        return found

    async def pushed(self, inbox_id: str, count: int) -> None:
        """So many were pushed just now."""
        await self._pool.execute(_PUSHED, inbox_id, count)
