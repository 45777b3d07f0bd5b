"""Token buckets of one process: how long the next send of an inbox or a recipient must wait. Bounded; never blocks."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_KEYS: Final = 20_000
SHARE: Final = 0.8  # of the rate a platform publishes


class Buckets:
    """Slots by the generic cell rate algorithm: at most `burst` at once, then one every `1 / rate` seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._next: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, rate: float, burst: int) -> float:
        """Takes the next slot of this key; the seconds until it comes."""
        if rate <= 0:
            return 0.0
        now, step = self._now(), 1 / rate
        slot = max(self._next.get(key, 0.0), now - step * (burst - 1))
        self._next[key] = slot + step
        self._next.move_to_end(key)
        if len(self._next) > MOST_KEYS:
            self._next.popitem(last=False)
        return max(0.0, slot - now)

    def spare(self, key: str, rate: float, burst: int) -> bool:
        """Takes a slot only where half of the burst stays for others; whether it did."""
        taken = self._next.get(key)
        if rate > 0 and taken is not None and taken > self._now() - (burst // 2) / rate:
            return False
        self.take(key, rate, burst)
        return True

    def give_back(self, key: str, rate: float) -> None:
        """The slot taken last was not used."""
        if rate > 0 and key in self._next:
            self._next[key] -= 1 / rate
