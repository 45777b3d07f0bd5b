"""The intake: kept requests are claimed, read into events in order, and marked; what cannot be read is put aside alone."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bots.intake import counts
from bots.intake.opening import events_of
from bots.intake.reading import NotYetError, Reader
from funnel.channels.inbound import InboundEvent
from funnel.channels.port import Account, Connector
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import Loops
from funnel.core.settings import Settings
from funnel.people.accounts import Accounts
from funnel.people.sealing import Unsealer
from funnel.turns.arrivals import Arrivals, Waiting

BATCH: Final = 64
SUSPECTS: Final = 16  # read in one round, so that what came meanwhile does not wait behind them
LANES: Final = 32
MOST_ATTEMPTS: Final = 5
NOT_YET_ATTEMPTS: Final = 4
LATER_SECONDS: Final = (1.0, 2.0, 5.0, 15.0)
FORGET_SECONDS: Final = 600.0
POLL_SECONDS: Final = 1.0
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
log = get_logger(__name__)


class _Read(Struct):
    """A claimed request, what it belongs to, its events, and why it is not done: a fault of its own (`problem`), something that
    has not come yet, or a service that is busy."""

    request: Waiting
    connector: Connector
    account: Account
    events: Sequence[InboundEvent]
    problem: str = ""
    not_yet: bool = False
    busy: bool = False


class Intake:
    """Any number may run on one database. What was never begun is read in batches. A request that was begun and not done (its
    reader died, or it failed) comes back after its lease, and is then claimed and read alone: a death counts once against
    all of a batch, and from then on against the one that was being read, so none is put aside for what a neighbour did."""

    def __init__(
        self,
        arrivals: Arrivals,
        accounts: Accounts,
        sealer: Unsealer,
        connectors: Mapping[str, Connector],
        reader: Reader,
        settings: Settings,
    ) -> None:
        self._arrivals = arrivals
        self._accounts = accounts
        self._sealer = sealer
        self._connectors = connectors
        self._reader = reader
        self._lease_seconds = settings.turns.lease_seconds
        self._loops = Loops(intake=self._round, forgets=self._forget)

    async def start(self) -> None:
        """Begins to read."""
        self._loops.start()

    async def stop(self) -> None:
        """Stops; what was claimed is left to its lease. Idempotent."""
        await self._loops.stop()

    def wake(self) -> None:
        """Looks again now."""
        self._loops.wake("intake")

    async def read_due(self) -> int:
        """Reads what is due now; returns how many requests were claimed."""
        fresh = await self._arrivals.claim(BATCH, self._lease_seconds)
        if fresh:
            await self._read(fresh)
        suspects = 0
        while suspects < SUSPECTS and (suspect := await self._arrivals.claim_suspect(self._lease_seconds)):
            suspects += 1
            await self._read([suspect])
        return len(fresh) + suspects

    async def _round(self) -> float:
        return 0.0 if await self.read_due() >= SUSPECTS else POLL_SECONDS

    async def _forget(self) -> float:
        await self._arrivals.forget_old()
        return FORGET_SECONDS

    async def _read(self, claimed: Sequence[Waiting]) -> None:
        opened = [found for request in claimed if (found := await self._open(request)) is not None]
        lanes: dict[tuple[str, str], list[tuple[_Read, InboundEvent]]] = defaultdict(list)
        known = await self._arrivals.known(
            [(found.account.inbox_id, event.dedup_key) for found in opened for event in found.events]
        )
        for found in opened:
            inbox_id = found.account.inbox_id
            for event in found.events:
                if (inbox_id, event.dedup_key) not in known:
                    lanes[(inbox_id, _lane(event))].append((found, event))
                elif found.request.attempts > 1:
                    await self._reader.recover(found.connector, found.account, event)
        free = asyncio.Semaphore(LANES)
        await asyncio.gather(*(self._read_lane(free, lane) for lane in lanes.values()))
        await self._arrivals.done([one.request for one in opened if not one.problem and not one.not_yet])
        for found in opened:
            await self._finish(found)

    async def _open(self, request: Waiting) -> _Read | None:
        account = await self._accounts.find(request.inbox_id)
        connector = self._connectors.get(account.channel) if account is not None else None
        if account is None or connector is None:
            await self._arrivals.done([request])  # the inbox was closed while it waited
            return None
        if request.attempts > MOST_ATTEMPTS:
            await self._put_aside(request, account, "its reader died or failed again and again")
            return None
        try:
            events = await events_of(self._sealer, connector, account, request.id, request.body)
        except Exception as error:
            log.exception("webhook_unreadable", inbox_id=request.inbox_id)
            await self._put_aside(request, account, f"reading raised {type(error).__name__}")
            return None
        return _Read(request, connector, account, [_not_ahead(event, request.at) for event in events])

    async def _read_lane(self, free: asyncio.Semaphore, lane: Sequence[tuple[_Read, InboundEvent]]) -> None:
        """Events of one place, in the order in which they were said."""
        async with free:
            for found, event in sorted(lane, key=lambda pair: pair[1].occurred_at or _NEVER):
                await self._read_event(found, event)

    async def _read_event(self, found: _Read, event: InboundEvent) -> None:
        outcome = "later"
        try:
            outcome = await self._reader.read(found.connector, found.account, event, found.request.id)
        except NotYetError:
            if found.request.attempts >= NOT_YET_ATTEMPTS:
                await self._reader.give_up(found.account, event, found.request.id)
                outcome = "ignored"
            else:
                found.not_yet = True
        except FunnelError as refusal:
            if refusal.kind in (ErrorKind.UNAVAILABLE, ErrorKind.THROTTLED, ErrorKind.CONFLICT):
                found.problem, found.busy = refusal.code, True
            else:
                log.warning("inbound_event_refused", code=refusal.code, inbox_id=found.account.inbox_id)
                await self._reader.give_up(found.account, event, found.request.id)
                outcome = "refused"
        except Exception as error:
            log.exception("inbound_event_failed", inbox_id=found.account.inbox_id)
            found.problem = f"raised {type(error).__name__}"
        counts.events.labels(found.account.channel, event.kind, outcome).inc()

    async def _finish(self, found: _Read) -> None:
        request = found.request
        if not found.problem and not found.not_yet:
            return
        if found.busy:
            await self._arrivals.later(request, LATER_SECONDS[0], found.problem, counts=False)
        elif request.attempts >= MOST_ATTEMPTS:
            await self._put_aside(request, found.account, found.problem or "about something unknown")
        else:
            seconds = LATER_SECONDS[min(request.attempts, len(LATER_SECONDS)) - 1]
            await self._arrivals.later(request, seconds, found.problem or "not yet")

    async def _put_aside(self, request: Waiting, account: Account, problem: str) -> None:
        counts.poisoned.labels(account.channel).inc()
        log.error("webhook_put_aside", inbox_id=account.inbox_id, reason=problem)
        await self._arrivals.poison(request, problem)


def _lane(event: InboundEvent) -> str:
    return event.place.external_id if event.place is not None else ""


def _not_ahead(event: InboundEvent, received_at: datetime) -> InboundEvent:
    """Nothing was said after it came: a platform's clock that runs ahead orders nothing and opens no window for longer."""
    if event.occurred_at is None or event.occurred_at <= received_at:
        return event
    return replace(event, occurred_at=received_at)
