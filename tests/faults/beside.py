"""Whether one kind of window is slower than another: windows in turn, and a verdict only where chance does not explain it."""

import itertools
from collections.abc import Sequence

Windows = Sequence[Sequence[float]]
ABOUT = 1.1
"""Ratios nearer than this are as good as equal: what they are divided by has a noise of its own."""


def p99(windows: Windows) -> float:
    """Of all values together, by rank; a millisecond at least, for what is faster is not told apart."""
    ranked = sorted(itertools.chain.from_iterable(windows))
    return max(ranked[max(0, int(len(ranked) * 0.99) - 1)], 1e-3) if ranked else float("inf")


def ratio(slow: Windows, plain: Windows) -> float:
    """How many times the p99 of the plain windows that of the others is."""
    return p99(slow) / p99(plain)


def chance(slow: Windows, plain: Windows) -> float:
    """The share of all ways to divide the same windows into two such kinds that give about this ratio or more: a machine that
    stalls once does so in half of them, an effect of the kind itself in the division that was made, and in hardly another."""
    least, windows = ratio(slow, plain) / ABOUT, [*slow, *plain]
    ways = list(itertools.combinations(range(len(windows)), len(slow)))
    as_much = 0
    for chosen in ways:
        first = [windows[number] for number in chosen]
        rest = [window for number, window in enumerate(windows) if number not in chosen]
        as_much += ratio(first, rest) >= least
    return as_much / len(ways)
