"""Timers: due rows are claimed with a lease and a fencing token, and come back to the pipeline as commands."""

import asyncio
import contextlib

import asyncpg
from msgspec import Struct

from funnel.conversations.commands import TimerDue
from funnel.conversations.values import SYSTEM
from funnel.core import metrics
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.failpoints import hit
from funnel.core.logging import get_logger
from funnel.core.loops import end, rest
from funnel.core.settings import Settings
from funnel.turns.lanes import Lane
from funnel.turns.pipeline import Pipeline

log = get_logger()

MOST = 64
SHORTEST_SECONDS = 0.002

_CLAIM = """
with due as (
  select conversation_id from timers
  where due_at <= now() and (lease_until is null or lease_until < now())
  order by due_at limit $1 for update skip locked
)
update timers t set lease_until = now() + $2::float8 * interval '1 second', fence = t.fence + 1
from due where t.conversation_id = due.conversation_id
returning t.conversation_id, t.generation, t.fence
"""
_NEXT = """
select extract(epoch from min(due_at) - clock_timestamp())::float8 as seconds from timers
where due_at > now() and due_at < now() + $1::float8 * interval '1 second'
"""
_DUE = """
select count(*) as due, coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as late from timers where due_at <= now()
"""
_RELEASE = "update timers set lease_until = null where conversation_id = $1 and fence = $2"


class _Claimed(Struct, frozen=True):
    conversation_id: str
    generation: int
    fence: int


class TimerLoop:
    """Polls for due timers; a timer set for the next seconds by this process's pipeline wakes it earlier.

    Any number of loops may run on one database: a row is claimed by one of them, and a claim that is never finished
    comes back after its lease. Nothing fires before its time by the database's clock.
    """

    def __init__(self, db: Database, pipeline: Pipeline, settings: Settings) -> None:
        self._db = db
        self._pipeline = pipeline
        self._poll_seconds = settings.turns.timer_poll_seconds
        self._lease_seconds = settings.turns.lease_seconds
        self._wakes_at = 0.0
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._firing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begins to poll."""
        self._pipeline.on_near_timer(self.wake_in)
        self._task = asyncio.create_task(self._run(), name="timers")

    async def stop(self) -> None:
        """Stops polling; claims under way are left to their lease. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)
        await end(*self._firing)

    def wake_in(self, seconds: float) -> None:
        """Looks at the timers again in `seconds` at the latest."""
        wakes_at = asyncio.get_running_loop().time() + max(seconds, SHORTEST_SECONDS)
        if wakes_at < self._wakes_at:
            self._wakes_at = wakes_at
            self._awake.set()

    async def fire_due(self) -> int:
        """Claims what is due now and waits until it has been executed; returns how many there were."""
        claimed = await self._claim()
        await asyncio.gather(*(self._fire(timer) for timer in claimed))
        return len(claimed)

    async def _run(self) -> None:
        while True:
            self._wakes_at = asyncio.get_running_loop().time() + self._poll_seconds
            try:
                claimed = await self._claim()
                for timer in claimed:
                    task = asyncio.create_task(self._fire(timer))
                    self._firing.add(task)
                    task.add_done_callback(self._firing.discard)
                if len(claimed) < MOST:
                    await self._look_ahead()
                    await self._sleep()
            except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
                log.warning("timers_unread", error_type=type(error).__name__)
                await asyncio.sleep(self._poll_seconds)

    async def _sleep(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self._wakes_at - loop.time()) > 0:
            self._awake.clear()
            await rest(self._awake, left)

    async def _look_ahead(self) -> None:
        record = await self._db.pool.fetchrow(_DUE)
        metrics.timers_due.set(record["due"])
        metrics.timer_lateness.set(record["late"])
        seconds = await self._db.pool.fetchval(_NEXT, self._poll_seconds)
        if seconds is not None:
            self.wake_in(seconds)

    async def _claim(self) -> list[_Claimed]:
        records = await self._db.pool.fetch(_CLAIM, MOST, self._lease_seconds)
        return [_Claimed(str(r["conversation_id"]), r["generation"], r["fence"]) for r in records]

    async def _fire(self, timer: _Claimed) -> None:
        try:
            await hit("timer_after_claim")
            await self._pipeline.submit(
                TimerDue(
                    command_id=f"timer:{timer.generation}",
                    actor=SYSTEM,
                    conversation_id=timer.conversation_id,
                    generation=timer.generation,
                ),
                Lane.AGENT,
            )
        except FunnelError as refusal:
            log.warning("timer_refused", code=refusal.code, conversation_id=timer.conversation_id)
            with contextlib.suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                await self._db.pool.execute(_RELEASE, timer.conversation_id, timer.fence)
        except Exception:
            log.exception("timer_failed", conversation_id=timer.conversation_id)
