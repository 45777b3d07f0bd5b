"""Full-jitter backoff: the wait before the n-th try is uniform in 0..min(cap, start · 2^n), so that a herd spreads out."""

import random


class Backoff:
    """Waits for one connection; `reset()` after a success."""

    def __init__(self, start: float = 0.25, cap: float = 10.0, source: random.Random | None = None) -> None:
        self._start = start
        self._cap = cap
        self._tries = 0
        self._random = source or random.Random()  # noqa: S311 - jitter, not a secret

    def next(self) -> float:
        """Seconds to wait before the next try."""
        ceiling = min(self._cap, self._start * 2.0**self._tries)
        self._tries += 1
        return self._random.uniform(0, ceiling)

    def reset(self) -> None:
        """The next failure waits little again."""
        self._tries = 0
