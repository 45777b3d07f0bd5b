"""A simple queue, seeded: what more or fewer hand-overs would have meant for those who wait. Hours, several chats an agent,
and handling times as recorded. An estimate, and said to be one."""

import heapq
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

FEWEST_HANDLED: Final = 200
CHATS_AT_ONCE: Final = 3
SEED: Final = 2026
OpenFrom = Callable[[datetime], datetime]


class Handled(Struct, frozen=True):
    """A hand-over that people handled: when it came, when somebody took it, when it was done."""

    asked_at: datetime
    taken_at: datetime
    done_at: datetime
    agent_id: str


class Waits(Struct, frozen=True):
    """Expected waits in seconds with the hand-overs as they were and as they would be; None: not enough data."""

    handled: int
    now_mean: float | None = None
    now_p80: float | None = None
    draft_mean: float | None = None
    draft_p80: float | None = None


def simulate(
    handled: Sequence[Handled],
    moved: Sequence[tuple[datetime, int]],
    open_from: OpenFrom,
    *,
    seed: int = SEED,
) -> Waits:
    """Plays the recorded hand-overs, then the same with those that the draft adds (+1) and takes away (-1). `open_from` gives
    the first moment in hours from a moment on. Deterministic: the same inputs and seed give the same waits. Under 200 handled
    conversations nothing is said."""
    if len(handled) < FEWEST_HANDLED:
        return Waits(len(handled))
    lengths = [max(1.0, (one.done_at - one.taken_at).total_seconds()) for one in handled]
    slots = _slots(handled)
    arrivals = sorted(one.asked_at for one in handled)
    now = _waits(arrivals, lengths, slots, open_from, seed)
    draft = _waits(_moved(arrivals, moved), lengths, slots, open_from, seed)
    return Waits(len(handled), _mean(now), _p80(now), _mean(draft), _p80(draft))


def _slots(handled: Sequence[Handled]) -> int:
    """Chats that are handled at once: agents at work on a usual day, each with several."""
    days: dict[str, set[str]] = {}
    for one in handled:
        days.setdefault(f"{one.taken_at:%Y-%m-%d}", set()).add(one.agent_id)
    sizes = sorted(len(agents) for agents in days.values())
    return max(1, sizes[len(sizes) // 2]) * CHATS_AT_ONCE


def _moved(arrivals: Sequence[datetime], moved: Sequence[tuple[datetime, int]]) -> list[datetime]:
    """The arrivals with those added that are new, and without the nearest one to each that is taken away."""
    found = sorted([*arrivals, *(at for at, count in moved if count > 0)])
    for at, count in moved:
        if count < 0 and found:
            place = min(bisect_left(found, at), len(found) - 1)
            if place > 0 and at - found[place - 1] < found[place] - at:
                place -= 1
            del found[place]
    return found


def _waits(
    arrivals: Sequence[datetime], lengths: Sequence[float], slots: int, open_from: OpenFrom, seed: int
) -> list[float]:
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    free = [datetime.min.replace(tzinfo=UTC)] * slots
    waits: list[float] = []
    for at in arrivals:
        start = open_from(max(at, heapq.heappop(free)))
        waits.append((start - at).total_seconds())
        heapq.heappush(free, start + timedelta(seconds=chance.choice(lengths)))
    return waits


def _mean(waits: Sequence[float]) -> float:
    return round(sum(waits) / len(waits), 1) if waits else 0.0


def _p80(waits: Sequence[float]) -> float:
    return round(sorted(waits)[min(len(waits) - 1, int(0.8 * len(waits)))], 1) if waits else 0.0
