"""The outbox worker: claims what is due, sends it, settles it under its fence, and tells the log."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

import msgspec

from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass, Rendered
from funnel.channels.port import Account
from funnel.conversations.commands import UpdateDelivery
from funnel.conversations.values import SYSTEM
from funnel.core.errors import FunnelError
from funnel.core.failpoints import hit
from funnel.core.logging import get_logger
from funnel.core.loops import AWAY, Flights, Loops
from funnel.core.settings import Settings
from funnel.turns.lanes import Lane
from funnel.turns.outbox import counts
from funnel.turns.outbox.buckets import SHARE, Buckets
from funnel.turns.outbox.circuits import Circuits
from funnel.turns.outbox.composing import Link, rendered
from funnel.turns.outbox.policy import Attempted, settle
from funnel.turns.outbox.store import Due, OutboxStore, Untold
from funnel.turns.pipeline import Pipeline

MOST: Final = 512  # on their way at once: thirty inboxes that hang fill it
MOST_CLAIMED: Final = 128
PER_INBOX: Final = 16
TOLD_AT_ONCE: Final = 128
SPACING_SECONDS: Final = 0.01  # between claims, so that one fetches what several sends made room for
POLL_SECONDS: Final = 1.0
LONGEST_SEND: Final = 25.0
RENEWALS: Final = 3  # of a lease while its send lasts
LAST_SECONDS: Final = 2.0
SHORTEST_REST: Final = 0.005
LONGEST_SLOT: Final = 1.0
RECIPIENT_BURST: Final = 3
NO_ADDRESS_SECONDS: Final = (
    0.05,
    1.0,
)  # as long again as it waited already, so that the usual moment costs no more
log = get_logger(__name__)


class Sender(Protocol):
    """One channel's way out."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can show and promise."""
        ...

    async def send(self, rendered: Rendered, account: Account, first_part: int) -> DeliveryResult:
        """Sends the parts from `first_part` on. Raises nothing that a result could say."""
        ...

    async def probe(self, account: Account) -> bool | None:
        """Whether a call that changes nothing goes well; None where there is no such call."""
        ...


Accounts = Callable[[str], Awaitable[Account | None]]


class Outbox:
    """Any number may run on one database: a lane has one delivery in flight, and who lost its lease cannot settle."""

    def __init__(
        self,
        store: OutboxStore,
        circuits: Circuits,
        senders: Mapping[str, Sender],
        accounts: Accounts,
        pipeline: Pipeline,
        settings: Settings,
        link: Link,
    ) -> None:
        self._store = store
        self._circuits = circuits
        self._senders = senders
        self._accounts = accounts
        self._pipeline = pipeline
        self._lease_seconds = settings.turns.lease_seconds
        self._link = link
        self._buckets = Buckets(time.monotonic)
        self._flying: Counter[str] = Counter()
        self._held: dict[str, int] = {}
        self._sent: set[str] = set()
        self._sends = Flights()
        self._loops = Loops(
            sends=self._send_round, tells=self._tell_round, tends=self._tend_round, renews=self._renew_round
        )

    async def start(self) -> None:
        """Begins to send and to tell, what a turn of this process queued at once, that of others when it is looked for."""
        self._pipeline.on_delivery(self.wake)
        self._loops.start()

    async def stop(self) -> None:
        """Stops claiming; sends under way get two seconds, then their lease. Idempotent."""
        await self._loops.stop()
        await self._sends.stop(LAST_SECONDS)

    def wake(self) -> None:
        """Looks again now."""
        self._loops.wake("sends")

    def room(self, inbox_id: str, capabilities: Capabilities) -> bool:
        """Whether the inbox's rate has room for a call that may as well be left out; it is taken then."""
        rate = capabilities.rate_per_second * SHARE
        return self._buckets.spare(inbox_id, rate, max(1, int(rate)))

    def told_by_platform(self) -> None:
        """A receipt was written: the log is told soon."""
        self._loops.wake("tells")

    async def send_due(self) -> int:
        """Sends what is due now and waits for it; returns how many deliveries there were."""
        claimed = await self._claim()
        await asyncio.gather(*(self._send(due) for due in claimed))
        return len(claimed)

    async def tell_all(self) -> int:
        """Tells the log what it does not know yet; returns how many deliveries there were."""
        untold = await self._store.untold(TOLD_AT_ONCE)
        heard = await asyncio.gather(*(self._tell(one) for one in untold))
        await self._store.told([one for one, did in zip(untold, heard, strict=True) if did])
        return len(untold)

    async def _send_round(self) -> float:
        claimed = await self._claim()
        for due in claimed:
            self._sends.begin(self._send(due))
        if claimed:
            await asyncio.sleep(SPACING_SECONDS)
            return 0.0
        soon = await self._store.next_due(POLL_SECONDS)
        return POLL_SECONDS if soon is None else max(soon, SHORTEST_REST)

    async def _renew_round(self) -> float:
        """Who works on a delivery keeps it; who died or was stopped loses it when its lease ends."""
        await self._store.renew(self._held, self._lease_seconds)
        return self._lease_seconds / RENEWALS

    async def _claim(self) -> list[Due]:
        full = [inbox_id for inbox_id, flying in self._flying.items() if flying >= PER_INBOX]
        room = min(MOST - sum(self._flying.values()), MOST_CLAIMED)
        if room <= 0:
            return []
        claimed = await self._store.claim(
            full=full, per_inbox=PER_INBOX, most=room, lease_seconds=self._lease_seconds
        )
        for due in claimed:
            self._flying[due.inbox_id] += 1
            self._held[due.id] = due.fence
        return claimed

    async def _send(self, due: Due) -> None:
        try:
            await self._attempt(due)
        except AWAY as error:
            log.warning("delivery_unsettled", delivery_id=due.id, error_type=type(error).__name__)
        except Exception:
            log.exception("delivery_broke", delivery_id=due.id)
        finally:
            self._held.pop(due.id, None)
            self._flying[due.inbox_id] -= 1
            if not self._flying[due.inbox_id]:
                del self._flying[due.inbox_id]
            self._loops.wake("sends")

    async def _attempt(self, due: Due) -> None:
        account = await self._accounts(due.inbox_id)
        sender = self._senders.get(account.channel) if account is not None else None
        if account is None or sender is None:
            failed = DeliveryResult(
                failed=ErrorClass.DROP, code="inbox_closed" if account is None else "no_sender"
            )
            await self._settle(due, failed, Capabilities(text_max=1), None)
            return
        if due.address is None:
            # The turn is ahead of the note where it came from.
            least, most = NO_ADDRESS_SECONDS
            await self._store.release(due, min(max(due.waited, least), most))
            return
        if not await self._slot(due, sender.capabilities):
            return
        shown = rendered(due, sender.capabilities, self._link)
        if isinstance(shown, DeliveryResult):
            await self._settle(due, shown, sender.capabilities, None)
            return
        await hit("outbox_before_send")
        result = await self._try(sender, shown, account, due)
        await hit("outbox_after_send_before_mark")
        await self._settle(due, result, sender.capabilities, shown)

    async def _slot(self, due: Due, capabilities: Capabilities) -> bool:
        """Waits for the inbox's and the recipient's turn; a wait over a second gives the claim back."""
        rate = capabilities.rate_per_second * SHARE
        wait = self._buckets.take(due.inbox_id, rate, max(1, int(rate)))
        if capabilities.recipient_seconds:
            recipient = f"{due.inbox_id}:{due.address}"
            wait = max(
                wait, self._buckets.take(recipient, 1 / capabilities.recipient_seconds, RECIPIENT_BURST)
            )
        if wait > LONGEST_SLOT:
            self._buckets.give_back(due.inbox_id, rate)
            if capabilities.recipient_seconds:
                self._buckets.give_back(f"{due.inbox_id}:{due.address}", 1 / capabilities.recipient_seconds)
            await self._store.release(due, wait)
            return False
        if wait:
            await asyncio.sleep(wait)
        return True

    async def _try(self, sender: Sender, shown: Rendered, account: Account, due: Due) -> DeliveryResult:
        try:
            async with asyncio.timeout(LONGEST_SEND):
                return await sender.send(shown, account, due.sent_parts)
        except TimeoutError:
            return DeliveryResult(failed=ErrorClass.AMBIGUOUS, code="timeout")
        except Exception as error:
            log.exception("sender_broke", channel=account.channel)
            return DeliveryResult(failed=ErrorClass.AMBIGUOUS, code=f"raised {type(error).__name__}")

    async def _settle(
        self, due: Due, result: DeliveryResult, capabilities: Capabilities, shown: Rendered | None
    ) -> None:
        before = Attempted(
            due.attempts, due.expires_at, due.plain, due.possible_duplicate, due.reconciled, due.sent_parts
        )
        found = settle(before, result, capabilities, due.now, random.random())  # noqa: S311 - jitter
        sent = found.state == "sent"
        numbers = msgspec.json.encode(shown.numbers).decode() if sent and shown and shown.numbers else None
        spent = len(shown.parts) if sent and shown else 0
        used = shown is not None and shown.message.reply_token is not None
        written = await self._store.settle(due, result, found, spent=spent, token_used=used, numbers=numbers)
        if not written:
            counts.stale.inc()
            log.warning("delivery_lease_lost", delivery_id=due.id)
            return
        counts.attempts.labels(result.failed.value if result.failed else "ok").inc()
        if sent:
            self._sent.add(due.inbox_id)
        if found.pause_inbox:
            await self._circuits.pause(due.inbox_id, found.pause_inbox)
        if found.blame_inbox and await self._circuits.blame(
            due.inbox_id, f"{found.error}: {found.code}"[:200]
        ):
            log.error("inbox_circuit_open", inbox_id=due.inbox_id, code=found.code)
        if found.state != "queued":
            self._loops.wake("tells")

    async def _tell_round(self) -> float:
        return POLL_SECONDS if await self.tell_all() < TOLD_AT_ONCE else 0.0

    async def _tell(self, one: Untold) -> bool:
        """Whether the log took it."""
        command = UpdateDelivery(
            command_id=f"delivery:{one.id}:{one.state}",
            actor=SYSTEM,
            conversation_id=one.conversation_id,
            delivery_id=one.id,
            message_id=one.message_id,
            state=one.state,
            error=":".join(filter(None, (one.error, one.code))) or None
            if one.state in ("delayed", "failed")
            else None,
        )
        try:
            await self._pipeline.submit(command, Lane.AGENT)
        except FunnelError as refusal:
            log.warning("delivery_not_told", code=refusal.code, delivery_id=one.id)
            return False
        return True

    async def _tend_round(self) -> float:
        await self.tend()
        return POLL_SECONDS

    async def tend(self) -> None:
        """Ends what is past its time, probes open circuits, writes down who sent."""
        sent, self._sent = self._sent, set()
        await self._circuits.note_sent(sent)
        await self._store.expire()
        for inbox_id in await self._circuits.to_probe():
            await self._probe(inbox_id)

    async def _probe(self, inbox_id: str) -> None:
        """An open circuit closes when a harmless call goes well; where the channel has none, a delivery must try."""
        account = await self._accounts(inbox_id)
        sender = self._senders.get(account.channel) if account is not None else None
        if account is None or sender is None or await sender.probe(account) is False:
            return
        await self._circuits.half_open(inbox_id)
        self._loops.wake("sends")
