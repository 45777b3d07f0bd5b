"""What an attempt means for its delivery: sent, again later, never. Pure; the jitter comes from the caller."""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass

STEPS: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)  # seconds; then every ten minutes
LAST_STEP: Final = 600.0
RECONCILE_SECONDS: Final = 30.0
QUOTA_SECONDS: Final = 3600.0
SHORTEST_PAUSE: Final = 1.0
CIRCUIT_FAILURES: Final = 3
State = Literal["queued", "accepted", "sent", "failed"]


class Attempted(Struct, frozen=True):
    """A delivery at the end of an attempt: how many there were, when it ends, what was tried before."""

    attempts: int
    expires_at: datetime | None
    plain: bool = False
    possible_duplicate: bool = False
    reconciled: bool = False
    sent_parts: int = 0


class Settlement(Struct, frozen=True, kw_only=True):
    """What becomes of it. `pause_inbox`: the whole inbox waits that long; `clear_lane`: nothing more reaches this recipient;
    `blame_inbox`: its set-up failed, which opens the circuit after three times in five minutes."""

    state: State
    delay: float = 0.0
    error: str | None = None
    code: str = ""
    plain: bool = False
    possible_duplicate: bool = False
    reconciling: bool = False
    sent_parts: int = 0
    pause_inbox: float = 0.0
    clear_lane: bool = False
    blame_inbox: bool = False


def backoff(attempt: int, jitter: float) -> float:
    """Seconds before the next attempt: full jitter (0..1) over the step of this one (from 1)."""
    step = STEPS[attempt - 1] if attempt <= len(STEPS) else LAST_STEP
    return step * jitter


def settle(
    before: Attempted, result: DeliveryResult, capabilities: Capabilities, now: datetime, jitter: float
) -> Settlement:
    """The one place that knows what each class of error means. Nothing is tried past the delivery's end."""
    found = _settle(before, result, capabilities, jitter)
    ends = before.expires_at
    if found.state == "queued" and ends is not None and now + timedelta(seconds=found.delay) >= ends:
        return Settlement(
            state="failed", error="expired", code=found.code, pause_inbox=found.pause_inbox,
            blame_inbox=found.blame_inbox, sent_parts=found.sent_parts, possible_duplicate=found.possible_duplicate,
        )  # fmt: skip
    return found


def _settle(
    before: Attempted, result: DeliveryResult, capabilities: Capabilities, jitter: float
) -> Settlement:
    failed, code = result.failed, result.code
    sent_parts = max(before.sent_parts, result.sent_parts)
    wait = backoff(before.attempts, jitter)
    duplicate = before.possible_duplicate
    match failed:
        case None:
            return Settlement(state="sent", sent_parts=sent_parts, possible_duplicate=duplicate)
        case ErrorClass.RETRY:
            delay = result.delay if result.delay is not None else wait
            return Settlement(state="queued", delay=delay, error="retry", code=code, plain=before.plain,
                              sent_parts=sent_parts, possible_duplicate=duplicate)  # fmt: skip
        case ErrorClass.RETRY_AFTER | ErrorClass.QUOTA:
            least = QUOTA_SECONDS if failed is ErrorClass.QUOTA and result.delay is None else SHORTEST_PAUSE
            delay = max(result.delay if result.delay is not None else wait, least)
            return Settlement(state="queued", delay=delay, error=failed.value, code=code, plain=before.plain,
                              sent_parts=sent_parts, possible_duplicate=duplicate,
                              pause_inbox=0.0 if result.recipient_only else delay)  # fmt: skip
        case ErrorClass.CONFIG | ErrorClass.REAUTH:
            return Settlement(state="queued", delay=max(wait, SHORTEST_PAUSE), error="config", code=code,
                              plain=before.plain, sent_parts=sent_parts, possible_duplicate=duplicate, blame_inbox=True)  # fmt: skip
        case ErrorClass.CONTENT_INVALID if not before.plain and not sent_parts:
            return Settlement(state="queued", error="content_invalid", code=code, plain=True)
        case ErrorClass.AMBIGUOUS:
            return _unknown(before, result, capabilities, wait, sent_parts)
    gone = failed is ErrorClass.RECIPIENT_GONE
    return Settlement(state="failed", error=failed.value, code=code, sent_parts=sent_parts,
                      possible_duplicate=duplicate, clear_lane=gone)  # fmt: skip


def _unknown(
    before: Attempted, result: DeliveryResult, capabilities: Capabilities, wait: float, sent_parts: int
) -> Settlement:
    """Nobody knows whether it arrived: repeated where that is safe, else once more after a time for an echo or status."""
    code = result.code
    if capabilities.idempotent and not result.unsafe:
        return Settlement(
            state="queued",
            delay=wait,
            error="ambiguous",
            code=code,
            plain=before.plain,
            sent_parts=sent_parts,
            possible_duplicate=before.possible_duplicate,
        )
    if before.reconciled:
        return Settlement(
            state="failed", error="ambiguous", code=code, sent_parts=sent_parts, possible_duplicate=True
        )
    return Settlement(state="queued", delay=RECONCILE_SECONDS, error="ambiguous", code=code, plain=before.plain,
                      sent_parts=sent_parts, possible_duplicate=True, reconciling=True)  # fmt: skip
