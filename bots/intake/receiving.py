"""Receiving webhooks: verify the raw bytes, keep the sealed request, then answer 2xx. Many requests share one commit."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from bots.intake import counts
from bots.intake.opening import RawRequest
from funnel.channels.port import Account, Connector
from funnel.channels.request import Headers, Verdict, query_of
from funnel.channels.signatures import timely
from funnel.core.clock import Clock
from funnel.core.failpoints import hit
from funnel.core.ids import is_id, new_id
from funnel.core.logging import get_logger
from funnel.core.loops import AWAY, Loops
from funnel.people.accounts import Accounts
from funnel.people.sealing import Unsealer
from funnel.turns.arrivals import Arrivals

MOST_WAITING: Final = 5000
BATCH: Final = 256
NOTE_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 60.0
ALARM_COUNT: Final = 5
ALARM_SECONDS: Final = 300.0
KEPT_HEADER: Final = 2000
log = get_logger(__name__)


class Received(Struct, frozen=True):
    """What the platform is answered."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain"
    retry_after: int | None = None


NOT_FOUND: Final = Received(404)
REFUSED: Final = Received(401)
BUSY: Final = Received(503, retry_after=2)


class _Line(Struct):
    """A request that waits for the next commit."""

    request_id: str
    inbox_id: str
    sealed: bytes
    done: "asyncio.Future[None]"


class Receiver:
    """One a process. A request that was answered 2xx is durable; what cannot be kept is answered 503 and comes again."""

    def __init__(
        self,
        accounts: Accounts,
        arrivals: Arrivals,
        sealer: Unsealer,
        connectors: Mapping[str, Connector],
        clock: Clock,
        public_url: str | None,
    ) -> None:
        self._accounts = accounts
        self._arrivals = arrivals
        self._sealer = sealer
        self._connectors = connectors
        self._clock = clock
        self._public_url = public_url or ""
        self._lines: deque[_Line] = deque()
        # Two: one fills its batch while the other waits for the disk.
        self._loops = Loops(keeps=self._keep_round, keeps_too=self._keep_round, notes=self._note_round)
        self._arrived: set[str] = set()
        self._refused: dict[str, int] = {}
        self._failures: dict[str, deque[float]] = {}
        self._on_stored: Callable[[], None] = lambda: None

    def on_stored(self, callback: Callable[[], None]) -> None:
        """Calls back after every commit that kept requests."""
        self._on_stored = callback

    async def start(self) -> None:
        """Begins to keep requests."""
        self._loops.start()

    async def stop(self) -> None:
        """Keeps what waits, then stops. Idempotent."""
        if self._loops.running:
            await asyncio.gather(*(one.done for one in tuple(self._lines)), return_exceptions=True)
        await self._loops.stop()

    async def connector(self, channel: str, inbox_id: str) -> tuple[Connector, Account] | None:
        """The connector and account of a live inbox of this channel."""
        found = self._connectors.get(channel)
        account = await self._accounts.find(inbox_id.lower()) if found and is_id(inbox_id) else None
        return (found, account) if found and account and account.channel == channel else None

    def url(self, path: str, query: str) -> str:
        """The address the platform was given: our configured one, never what a Host header says."""
        return f"{self._public_url}{path}{f'?{query}' if query else ''}"

    async def check_address(self, connector: Connector, account: Account, url: str) -> Received:
        """The platform's GET that asks whether the address is ours."""
        query = query_of(url)
        if connector.handshake is None:
            return Received(405)
        if connector.stamp is not None and not self._verdict(connector, account, Headers(), b"", url).ok:
            return self._refuse(account, Verdict.WRONG)
        answer = connector.handshake(query, account.secret)
        if answer is None:
            return self._refuse(account, Verdict.WRONG)
        return Received(200, answer.encode("utf-8", "replace"))

    async def receive(
        self, connector: Connector, account: Account, headers: Headers, url: str, body: bytes
    ) -> Received:
        """A POST: 401 unless the signature is good, else 2xx once it is durable, whatever is in it."""
        verdict = self._verdict(connector, account, headers, body, url)
        if not verdict.ok:
            return self._refuse(account, verdict)
        if connector.challenge is not None and (echo := connector.challenge(body)) is not None:
            return Received(200, echo.encode())
        if not await self.take(account, body, headers, url):
            return BUSY
        await hit("webhook_after_commit_before_2xx")
        answer = connector.answer
        return Received(answer.status, answer.body, answer.media_type)

    async def take(
        self, account: Account, body: bytes, headers: Headers | None = None, url: str = ""
    ) -> bool:
        """Keeps a request that is the platform's, also one that was asked for (a mailbox, long polling); True once it is durable."""
        if len(self._lines) >= MOST_WAITING:
            return False
        request_id = new_id()
        headers = headers or Headers()
        kept = tuple((name, value) for name, value in headers.items() if len(value) <= KEPT_HEADER)
        sealed = self._sealer.seal(request_id, msgspec.msgpack.encode(RawRequest(kept, url, body)))
        line = _Line(request_id, account.inbox_id, sealed, asyncio.get_running_loop().create_future())
        self._lines.append(line)
        self._loops.wake("keeps")
        self._loops.wake("keeps_too")
        try:
            await line.done
        except AWAY:
            return False
        self._arrived.add(account.inbox_id)
        counts.accepted.labels(account.channel).inc()
        return True

    def _verdict(
        self, connector: Connector, account: Account, headers: Headers, body: bytes, url: str
    ) -> Verdict:
        now = self._clock.now().timestamp()
        verdict = connector.verify(headers, body, account.secret, now, url)
        if verdict.ok and connector.stamp is not None:
            return timely(query_of(url).get(connector.stamp), now)
        return verdict

    def _refuse(self, account: Account, verdict: Verdict) -> Received:
        """401 and a count; five in five minutes are an alarm, for a rotated secret silently loses a channel."""
        counts.refused.labels(account.channel, verdict.value).inc()
        self._refused[account.inbox_id] = self._refused.get(account.inbox_id, 0) + 1
        times = self._failures.setdefault(account.inbox_id, deque(maxlen=ALARM_COUNT))
        times.append(time.monotonic())
        if len(times) == ALARM_COUNT and times[-1] - times[0] < ALARM_SECONDS:
            log.error("webhook_signatures_failing", inbox_id=account.inbox_id, reason=verdict.value)
            counts.alarms.labels(account.channel).inc()
            times.clear()
        return REFUSED

    async def _keep_round(self) -> float:
        if not self._lines:
            return IDLE_SECONDS
        await self._keep([self._lines.popleft() for _ in range(min(BATCH, len(self._lines)))])
        return 0.0

    async def _keep(self, batch: list[_Line]) -> None:
        try:
            await self._arrivals.store([(one.request_id, one.inbox_id, one.sealed) for one in batch])
        except AWAY as error:
            log.warning("webhooks_not_kept", error_type=type(error).__name__)
            for one in batch:
                if not one.done.done():
                    one.done.set_exception(OSError("not kept"))
            return
        for one in batch:
            if not one.done.done():
                one.done.set_result(None)
        self._on_stored()

    async def _note_round(self) -> float:
        await self.note()
        return NOTE_SECONDS

    async def note(self) -> None:
        """Writes down what came and what was refused since the last time."""
        arrived, self._arrived = self._arrived, set()
        refused, self._refused = self._refused, {}
        with contextlib.suppress(*AWAY):
            await self._accounts.note_arrivals(arrived)
            await self._accounts.note_refused(refused)
