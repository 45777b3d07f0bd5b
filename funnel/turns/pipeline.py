"""The pipeline: the one way anything changes a conversation. Two flushers in turn, every answer after the commit."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg
import msgspec
from msgspec.structs import replace

from funnel.conversations.commands import Command, Reply
from funnel.conversations.judgement import Judge
from funnel.conversations.masking import mask
from funnel.core import metrics
from funnel.core.database import Database
from funnel.core.errors import FunnelError, conflict, invalid, unavailable
from funnel.core.failpoints import Dropped, hit
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.core.settings import Settings
from funnel.turns import counts
from funnel.turns.batch import Attempt, CatchUp, Outcome, named
from funnel.turns.feed import Feed
from funnel.turns.lanes import Lane, Lanes, Pending
from funnel.turns.records import ConversationRow, TurnResult

__all__ = ["ConversationRow", "Lane", "Pipeline", "TurnResult"]

log = get_logger()

MOST_ATTEMPTS = 8
NEAR_SECONDS = 10.0
PAUSE_SECONDS = 0.05
FLUSHERS = 2
ANSWERED_AT_ONCE = 2
SMALLEST_SHARE = 8
TEXTS = ("text", "subject", "comment", "note")
# Plans made while the tables are empty must still be right when they are full, so sequential scans are ruled out.
SESSION = (
    "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off; "
    "set statement_timeout = '5s'; set idle_in_transaction_session_timeout = '10s'; set synchronous_commit = on"
)
CONNECTING = "turns connecting"
"""The name of the task that makes a connection anew."""
CONNECT_SECONDS = 1.5
MOST_CONNECT_SECONDS = 10.0
LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError, Dropped)
_ACKS = {lane: metrics.acks.labels(lane.value) for lane in Lane}
_CONNECTION_CLASSES = ("08", "25", "53", "55", "57", "58", "XX")


class _Flusher:
    """One connection and what it is at work on. While one waits for its commit, the other loads and decides."""

    def __init__(self) -> None:
        self.connection: asyncpg.Connection | None = None
        self.batch: list[Pending] = []
        self.task: asyncio.Task[None] | None = None


class Pipeline:
    """Takes commands, answers after their commit. Many may run on one database; each process has one."""

    def __init__(
        self,
        db: Database,
        judge: Callable[[], Judge],
        feed: Feed,
        settings: Settings,
        catch_up: CatchUp | None = None,
    ) -> None:
        """`catch_up` reads anew what judges are made of, for a conversation that was judged by something newer."""
        turns = settings.turns
        self._db = db
        self._feed = feed
        self._patience = turns.unknown_outcome_seconds
        sizes = {Lane.AGENT: turns.agent_lane, Lane.VISITOR: turns.visitor_lane, Lane.BULK: turns.bulk_lane}
        self._lanes = Lanes(batch=turns.batch, sizes=sizes, conversation_waiting=turns.conversation_waiting)
        self._attempt = Attempt(
            judge,
            yield_seconds=turns.yield_ms / 1000,
            lease_seconds=turns.lease_seconds,
            transactions=bool(settings.failpoints),
            catch_up=catch_up,
        )
        self._key = b""
        self._flushers = [_Flusher() for _ in range(FLUSHERS)]
        self._open = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._on_near: Callable[[float], None] = lambda seconds: None
        self._on_hook: Callable[[], None] = lambda: None
        self._on_delivery: Callable[[], None] = lambda: None

    def on_near_timer(self, callback: Callable[[float], None]) -> None:
        """Calls back after a commit that set a timer due within ten seconds, with the seconds until then."""
        self._on_near = callback

    def on_hook_call(self, callback: Callable[[], None]) -> None:
        """Calls back after a commit that made a call of a hook due."""
        self._on_hook = callback

    def on_delivery(self, callback: Callable[[], None]) -> None:
        """Calls back after a commit that queued something for a channel."""
        self._on_delivery = callback

    async def start(self) -> None:
        """Connects and begins to serve. Raises what connecting raises."""
        self._key = await self._db.pool.fetchval("select key from deployment")
        for flusher in self._flushers:
            flusher.connection = await self._connect()
        self._open = True
        for flusher in self._flushers:
            flusher.task = asyncio.create_task(self._serve_forever(flusher), name="turns")

    async def stop(self, seconds: float = 5.0) -> None:
        """Takes nothing more, serves what waits for at most `seconds`, fails the rest as unavailable. Idempotent."""
        self._open = False
        tasks = [flusher.task for flusher in self._flushers if flusher.task is not None]
        if tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), seconds)
        await end(*tasks)
        for flusher in self._flushers:
            flusher.task = None
            self._refuse(flusher.batch)
            self._disconnect(flusher)
        self._refuse(self._lanes.take_all())

    async def submit(self, command: Command, lane: Lane = Lane.AGENT) -> TurnResult:
        """Executes a command; returns after the commit. A repeat returns the original turn's events.

        Raises FunnelError: the judge's refusal, `id_reused`, `overloaded`, `too_many_waiting`, `unavailable` (the outcome is
        unknown: send it again under the same id).
        """
        if not self._open:
            raise _unavailable()
        body_hash = self._hash(command) if command.client_message_id is not None else None
        future: asyncio.Future[TurnResult] = asyncio.get_running_loop().create_future()
        pending = Pending(masked(command), lane, future, body_hash)
        try:
            self._lanes.put(pending)
            self._idle.clear()
            result = await future
        except FunnelError as refusal:
            metrics.nacks.labels(refusal.code).inc()
            raise
        _ACKS[lane].inc()
        return result

    def waiting(self) -> int:
        """How many commands wait for their turn now."""
        return len(self._lanes)

    def _hash(self, command: Command) -> bytes:
        try:
            content = msgspec.json.encode(command.content())
        except UnicodeEncodeError:
            raise invalid("text_invalid", "The text holds a lone surrogate.") from None
        return hashlib.blake2b(content, key=self._key, digest_size=16).digest()

    def serving(self) -> bool:
        """Whether every flusher runs: what `/readyz` asks."""
        return all(flusher.task is not None and not flusher.task.done() for flusher in self._flushers)

    async def _serve_forever(self, flusher: _Flusher) -> None:
        """Never ends but by `stop`: whatever breaks a round is logged, its callers are told to try again."""
        while True:
            try:
                await self._serve_next(flusher)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                log.error("turns_cancelled_inside")
            except Exception:
                log.exception("turns_round_broke")
            else:
                continue
            self._refuse(flusher.batch)
            flusher.batch = []
            self._disconnect(flusher)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _serve_next(self, flusher: _Flusher) -> None:
        if flusher.connection is None:
            await self._reconnect(flusher)
        flusher.batch = self._lanes.take(self._share())
        if not flusher.batch:
            await self._lanes.wait()
            return
        await self._serve(flusher, flusher.batch)
        flusher.batch = []
        if not len(self._lanes) and not any(other.batch for other in self._flushers):
            self._idle.set()

    def _share(self) -> int | None:
        """Half of what waits while another flusher is idle too, so that one decides while the other commits."""
        idle = sum(not flusher.batch for flusher in self._flushers)
        return None if idle < 2 else max(SMALLEST_SHARE, -(-len(self._lanes) // idle))

    async def _serve(self, flusher: _Flusher, batch: Sequence[Pending]) -> None:
        """Runs a batch to answers and leftovers; on a lost connection everything unanswered goes back to the front."""
        plain = [pending for pending in batch if pending.attempts < 2]
        stubborn = [pending for pending in batch if pending.attempts >= 2]
        leftovers: list[Pending] = []
        try:
            for part, locked in ((plain, False), (stubborn, True)):
                if part:
                    leftovers += await self._run(flusher, part, locked=locked)
        except LOST as error:
            log.warning("turns_connection_lost", error_type=type(error).__name__)
            counts.outages.inc()
            self._disconnect(flusher)
            leftovers = self._patient(batch)
            await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:
            log.exception("turns_broke")
            for pending in batch:
                self._lanes.settle(pending, error)
            return
        self._lanes.put_back(leftovers)

    def _patient(self, batch: Sequence[Pending]) -> list[Pending]:
        """What may still be tried again; the callers of the rest have waited long enough."""
        unanswered = [pending for pending in batch if not pending.settled]
        oldest = time.monotonic() - self._patience
        self._refuse([pending for pending in unanswered if pending.since < oldest])
        return [pending for pending in unanswered if not pending.settled]

    async def _run(self, flusher: _Flusher, batch: Sequence[Pending], *, locked: bool) -> list[Pending]:
        """One attempt, halved as long as a row is refused; returns what must be tried again. Raises on a lost connection."""
        connection = flusher.connection
        if connection is None:
            return list(batch)
        try:
            async with asyncio.timeout(self._patience):
                run = self._attempt.run_locked if locked else self._attempt.run
                outcome = await run(connection, batch)
        except Exception as error:
            if _is_outage(error):
                raise
            if _is_conflict(error):
                return self._patient(batch)
            if len(batch) > 1:
                counts.bisects.inc()
                middle = len(batch) // 2
                first = await self._run(flusher, batch[:middle], locked=locked)
                return first + await self._run(flusher, batch[middle:], locked=locked)
            return self._alone(batch[0], error)
        await self._publish(outcome)
        return outcome.leftovers

    def _alone(self, pending: Pending, error: Exception) -> list[Pending]:
        """A command whose own row was refused: a lost race is tried again (and found as a repeat), the rest fails."""
        pending.attempts += 1
        if isinstance(error, asyncpg.UniqueViolationError) and pending.attempts < MOST_ATTEMPTS:
            return [pending]
        log.error("turn_refused", error_type=type(error).__name__, **named(pending))
        self._lanes.settle(pending, _refusal(error))
        return []

    async def _publish(self, outcome: Outcome) -> None:
        """Acks, then fans out. Called after the commit; the feed can be late, never ahead.

        A few at a time: what callers do with their answers costs more than answering, and would hold the loop up.
        """
        for pending, failure in outcome.failures:
            self._lanes.settle(pending, failure)
        for begin in range(0, len(outcome.results), ANSWERED_AT_ONCE):
            if begin:
                await asyncio.sleep(0)
            some = outcome.results[begin : begin + ANSWERED_AT_ONCE]
            for pending, result in some:
                self._lanes.settle(pending, result)
            await hit("after_ack_before_fanout")
            for _, result in some:
                if result.changed:
                    self._feed.publish(result.row, result.events)
        if outcome.hook_called:
            self._on_hook()
        if outcome.delivers:
            self._on_delivery()
        for due_at, at in outcome.near:
            self._note_near(due_at, at)

    def _note_near(self, due_at: datetime, at: datetime) -> None:
        seconds = (due_at - at).total_seconds()
        if seconds < NEAR_SECONDS:
            self._on_near(seconds)

    async def _connect(self) -> asyncpg.Connection:
        connection = await self._db.connect()
        try:
            await connection.execute(SESSION)
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _disconnect(self, flusher: _Flusher) -> None:
        connection, flusher.connection = flusher.connection, None
        if connection is not None:
            connection.terminate()

    async def _reconnect(self, flusher: _Flusher) -> None:
        """Tries to connect until it succeeds; meanwhile fails what has waited longer than the patience."""
        delay, seconds = 0.02, CONNECT_SECONDS
        while flusher.connection is None:
            try:
                flusher.connection = await self._connect_within(seconds)
            except LOST as error:
                log.warning("turns_connect_failed", error_type=type(error).__name__)
                self._refuse_the_old()
                await asyncio.sleep(delay)
                delay = min(delay * 1.6, 0.5)
                if isinstance(error, TimeoutError):
                    # A server that is slow, not away, would never be reached by attempts that are given up too soon.
                    seconds = min(seconds * 2, MOST_CONNECT_SECONDS)

    async def _connect_within(self, seconds: float) -> asyncpg.Connection:
        """One attempt. Whoever has waited for too long is told so meanwhile. Raises what connecting raises, and TimeoutError."""
        connecting = asyncio.create_task(self._connect(), name=CONNECTING)
        ends = time.monotonic() + seconds
        try:
            while not connecting.done():
                left = ends - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                await asyncio.wait([connecting], timeout=min(left, CONNECT_SECONDS))
                self._refuse_the_old()
            return connecting.result()
        except BaseException:
            connecting.add_done_callback(_discard)
            connecting.cancel()
            raise

    def _refuse_the_old(self) -> None:
        self._refuse(self._lanes.take_older_than(time.monotonic() - self._patience))

    def _refuse(self, batch: Sequence[Pending]) -> None:
        for pending in batch:
            self._lanes.settle(pending, _unavailable())


def _discard(connecting: asyncio.Future[asyncpg.Connection]) -> None:
    """A connection nobody waits for any more is cut; one that came in the moment of giving up, too."""
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().terminate()


def masked(command: Command) -> Command:
    """The command with every text it carries masked."""
    changes: dict[str, object] = {}
    for name in TEXTS:
        text = getattr(command, name, None)
        if isinstance(text, str) and (hidden := mask(text)) != text:
            changes[name] = hidden
    if isinstance(command, Reply) and command.template is not None:
        values = {key: mask(value) for key, value in command.template.values.items()}
        changes["template"] = replace(command.template, values=values)
    return replace(command, **changes) if changes else command


def _unavailable() -> FunnelError:
    return unavailable("unavailable", "The service cannot store anything right now; try again shortly.", 1.0)


def _is_outage(error: Exception) -> bool:
    """The connection or the server failed, so the outcome is unknown; the same command may be tried again."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "XX")[:2] in _CONNECTION_CLASSES
    return isinstance(error, LOST)


def _is_conflict(error: Exception) -> bool:
    return isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError)


def _refusal(error: Exception) -> Exception:
    if isinstance(error, asyncpg.UniqueViolationError):
        return conflict("conflict", "Something else happened at the same time; try again.")
    if isinstance(error, asyncpg.CheckViolationError) and error.constraint_name == "uploads_used_once":
        return invalid("attachment_invalid", "An attachment must be an own upload that is not used yet.")
    refused = isinstance(error, asyncpg.PostgresError) and (error.sqlstate or "")[:2] in ("22", "23")
    if refused or isinstance(error, ValueError):
        return invalid("data_invalid", "The database cannot store this.")
    return error
