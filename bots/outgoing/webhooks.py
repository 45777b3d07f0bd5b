"""Sending events to integrators: signed by Standard Webhooks, in order for each conversation, for three days."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from funnel.channels import standard_webhooks
from funnel.channels.judging import retry_after
from funnel.conversations.events import Logged
from funnel.core.logging import get_logger
from funnel.core.loops import AWAY, Flights, Loops
from funnel.people.webhooks import Webhooks
from funnel.turns.outbox.subscriptions import DueWebhook, Subscriptions

SCHEDULE: Final = (
    5,
    300,
    1800,
    7200,
    18_000,
    36_000,
    50_400,
    72_000,
    86_400,
)  # seconds after the first attempt, the second …
JITTER: Final = 0.1
MOST: Final = 64
PER_WEBHOOK: Final = 16
LEASE_SECONDS: Final = 60.0
SECONDS: Final = 20.0
MOST_ANSWER: Final = 64_000
POLL_SECONDS: Final = 1.0
SPACING_SECONDS: Final = 0.02
log = get_logger(__name__)
Render = Callable[[Logged], bytes]


class Outcome(Struct, frozen=True):
    """What became of an attempt."""

    state: str
    delay: float = 0.0
    status: int | None = None
    error: str | None = None
    disables: bool = False


def judge(status: int, headers: dict[str, str], attempts: int, jitter: float) -> Outcome:
    """2xx is success, 410 ends the subscription, everything else is tried again by the schedule or as asked. Pure."""
    if 200 <= status < 300:
        return Outcome("delivered", status=status)
    if status == 410:
        return Outcome("failed", status=status, error="gone", disables=True)
    wait = pause(attempts, jitter)
    asked = retry_after(headers) if status in (429, 503) else None
    return Outcome("queued", max(wait, asked or 0.0), status, f"answered {status}")


def pause(attempts: int, jitter: float) -> float:
    """Seconds before the next attempt; `jitter` in -1..1 moves it by a tenth."""
    step = SCHEDULE[min(attempts, len(SCHEDULE)) - 1]
    return step * (1 + JITTER * jitter)


class WebhookWorker:
    """Any number may run on one database: a lane has one delivery in flight, a lost lease cannot settle."""

    def __init__(
        self, subscriptions: Subscriptions, webhooks: Webhooks, egress: Egress, render: Render
    ) -> None:
        self._subscriptions = subscriptions
        self._webhooks = webhooks
        self._egress = egress
        self._render = render
        self._flying: Counter[str] = Counter()
        self._sends = Flights()
        self._loops = Loops(webhooks=self._round)

    async def start(self) -> None:
        """Begins to expand and to send."""
        self._loops.start()

    async def stop(self) -> None:
        """Stops; what is under way is left to its lease. Idempotent."""
        await self._loops.stop()
        await self._sends.stop()

    def wake(self) -> None:
        """Looks again now."""
        self._loops.wake("webhooks")

    async def send_due(self) -> int:
        """Expands, sends what is due now and waits for it; returns how many deliveries there were."""
        await self._subscriptions.expand()
        claimed = await self._claim()
        await asyncio.gather(*(self._send(due, event) for due, event in claimed))
        return len(claimed)

    async def tend(self) -> None:
        """Gives up what is past its time."""
        await self._subscriptions.tend()

    async def _round(self) -> float:
        await self._subscriptions.expand()
        claimed = await self._claim()
        for due, event in claimed:
            self._sends.begin(self._send(due, event))
        if not claimed:
            await self.tend()
        return SPACING_SECONDS if claimed else POLL_SECONDS

    async def _claim(self) -> list[tuple[DueWebhook, Logged | None]]:
        full = [webhook_id for webhook_id, flying in self._flying.items() if flying >= PER_WEBHOOK]
        claimed = await self._subscriptions.claim(
            full=full, per_webhook=PER_WEBHOOK, most=MOST, lease_seconds=LEASE_SECONDS
        )
        events = await self._subscriptions.events(claimed) if claimed else {}
        for due in claimed:
            self._flying[due.webhook_id] += 1
        return [(due, events.get((due.conversation_id or "", due.seq or 0))) for due in claimed]

    async def _send(self, due: DueWebhook, event: Logged | None) -> None:
        try:
            outcome = await self._attempt(due, event)
            written = await self._subscriptions.settle(
                due, outcome.state, outcome.delay, outcome.status, outcome.error
            )
            if written and outcome.disables:
                await self._subscriptions.disable(due.webhook_id, "its address answered 410 Gone")
        except AWAY as error:
            log.warning("webhook_unsettled", error_type=type(error).__name__)
        except Exception:
            log.exception("webhook_broke", webhook_id=due.webhook_id)
        finally:
            self._flying[due.webhook_id] -= 1
            if not self._flying[due.webhook_id]:
                del self._flying[due.webhook_id]
            self._loops.wake("webhooks")

    async def _attempt(self, due: DueWebhook, event: Logged | None) -> Outcome:
        jitter = random.uniform(-1, 1)  # noqa: S311 - jitter
        if due.seq is not None and event is None:
            return Outcome("failed", error="the event is gone")
        body = self._body(due, event)
        secrets = self._webhooks.secrets(due.webhook_id, due.secrets)
        headers = standard_webhooks.sign(secrets, due.id, int(due.now.timestamp()), body)
        try:
            reply = await self._egress.call(
                "POST",
                due.url,
                headers={**headers, "content-type": "application/json"},
                content=body,
                most_bytes=MOST_ANSWER,
                seconds=SECONDS,
            )
        except RefusedAddressError as error:
            return Outcome("failed", error=f"refused: {error}")
        except (NotSentError, UnknownOutcomeError) as error:
            return Outcome("queued", pause(due.attempts, jitter), error=str(error))
        return judge(reply.status, dict(reply.headers), due.attempts, jitter)

    def _body(self, due: DueWebhook, event: Logged | None) -> bytes:
        at = (event.at if event is not None else due.now).isoformat()
        data = msgspec.Raw(self._render(event)) if event is not None else msgspec.Raw(b"{}")
        return msgspec.json.encode({"type": due.type, "timestamp": at, "data": data})
