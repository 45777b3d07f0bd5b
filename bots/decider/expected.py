"""When a person will reply: opening hours plus the 80th percentile of this queue's first replies, rounded up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bots.dialogue.scene import Promise
from funnel.routing.estimates import QueueEstimate, Reply
from funnel.service_levels.hours import Calendar, add_open_time, is_open, open_seconds

FEWEST_SAMPLES = 20
PERCENTILE = 0.8
ROUNDING = timedelta(minutes=5)
LONG_WAIT = timedelta(minutes=10)
LAST_POSITION = 10
STATED_SECONDS = {"web": 300}
STATED_ELSEWHERE = 4 * 3600


def usual_wait(replies: Sequence[Reply], calendar: Calendar) -> float | None:
    """The 80th percentile of the open time (seconds) contacts waited for a first reply; None below 20 samples."""
    if len(replies) < FEWEST_SAMPLES:
        return None
    waits = sorted(open_seconds(calendar, one.asked_at, one.replied_at) for one in replies)
    return waits[min(len(waits) - 1, int(PERCENTILE * len(waits)))]


class Waits:
    """Remembers each queue's usual wait as long as its replies and the calendar are the same objects. Kept by a process over
    its bundles; only a cache."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, tuple[Sequence[Reply], Calendar, float | None]] = {}

    def usual(self, queue_id: str, replies: Sequence[Reply], calendar: Calendar) -> float | None:
        """As `usual_wait`."""
        known = self._known.get(queue_id)
        if known is None or known[0] is not replies or known[1] != calendar:
            known = self._known[queue_id] = (replies, calendar, usual_wait(replies, calendar))
        return known[2]


def rounded_up(at: datetime) -> datetime:
    """The next full five minutes."""
    step = int(ROUNDING.total_seconds())
    seconds = int(at.timestamp())
    whole = seconds + (at.microsecond > 0)
    return datetime.fromtimestamp(-(-whole // step) * step, UTC)


def promise_for(
    estimate: QueueEstimate, calendar: Calendar, wait_seconds: float, at: datetime, *, stretch: int = 1
) -> Promise:
    """What a contact that joins this queue at `at` may be told. No time where the calendar never opens again."""
    reply_at = add_open_time(calendar, at, wait_seconds * stretch)
    online = estimate.agents_online
    position = estimate.waiting + 1
    return Promise(
        expected_reply_at=rounded_up(reply_at) if reply_at is not None else None,
        position=position if online > 0 and position <= LAST_POSITION else None,
        crowded=reply_at is None or reply_at - at > LONG_WAIT,
        open=is_open(calendar, at),
        agents_online=online,
        inputs={"wait_seconds": wait_seconds, "waiting": estimate.waiting, "agents_online": online},
    )
