"""How the outbox treats an inbox that is not well: pauses, and a circuit that opens when its set-up fails again and again."""

import asyncpg

from funnel.turns.outbox.policy import CIRCUIT_FAILURES

PROBE_SECONDS = 300

_PAUSE = """
insert into inbox_health (inbox_id, paused_until) values ($1::uuid, now() + $2::float8 * interval '1 second')
on conflict (inbox_id) do update set paused_until = greatest(inbox_health.paused_until, excluded.paused_until)
"""
_BLAME = """
insert into inbox_health (inbox_id, failures, failed_at, last_error) values ($1::uuid, 1, now(), $2)
on conflict (inbox_id) do update set
  failures = case when inbox_health.failed_at > now() - interval '5 minutes' then inbox_health.failures + 1 else 1 end,
  failed_at = now(), last_error = $2,
  circuit_open_since = case
    when inbox_health.failed_at > now() - interval '5 minutes' and inbox_health.failures + 1 >= $3
    then coalesce(inbox_health.circuit_open_since, now()) else inbox_health.circuit_open_since end,
  probe_at = now() + $4::int * interval '1 second'
returning circuit_open_since is not null as open
"""
# Who asks is the only one to try: the next time comes after five minutes.
_TO_PROBE = """
update inbox_health set probe_at = now() + $1::int * interval '1 second'
where circuit_open_since is not null and probe_at <= now() returning inbox_id
"""
# Deliveries may try the way again; the next failure opens the circuit at once.
_HALF_OPEN = """
update inbox_health set circuit_open_since = null, failures = $2 - 1, failed_at = now()
where inbox_id = $1::uuid and circuit_open_since is not null
"""
_SENT = """
insert into inbox_health (inbox_id, last_out_at) select i.id, now() from unnest($1::uuid[]) as i (id)
on conflict (inbox_id) do update set last_out_at = now(), failures = 0, circuit_open_since = null
"""


class Circuits:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def pause(self, inbox_id: str, seconds: float) -> None:
        """Nothing of this inbox is sent for a while."""
        await self._pool.execute(_PAUSE, inbox_id, seconds)

    async def blame(self, inbox_id: str, error: str) -> bool:
        """Counts a failure of the inbox's set-up; whether its circuit is open now."""
        return bool(await self._pool.fetchval(_BLAME, inbox_id, error, CIRCUIT_FAILURES, PROBE_SECONDS))

    async def to_probe(self) -> list[str]:
        """Inboxes whose circuit has been open for five minutes; each is given to one caller."""
        return [str(r["inbox_id"]) for r in await self._pool.fetch(_TO_PROBE, PROBE_SECONDS)]

    async def half_open(self, inbox_id: str) -> None:
        """Lets an inbox try again."""
        await self._pool.execute(_HALF_OPEN, inbox_id, CIRCUIT_FAILURES)

    async def note_sent(self, inbox_ids: set[str]) -> None:
        """These inboxes just sent something."""
        if inbox_ids:
            await self._pool.execute(_SENT, sorted(inbox_ids))
