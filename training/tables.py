"""Plain tables for a terminal: a row is a measure, how many texts, what was reached and what is asked for."""

import sys
from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """One measured figure. `least` is the bar: a floor, or a ceiling where `below`."""

    measure: str
    of: str
    texts: int
    figure: float
    least: float | None = None
    below: bool = False

    def reached(self) -> bool:
        """Whether the bar is met; True without one."""
        if self.least is None:
            return True
        return self.figure <= self.least if self.below else self.figure >= self.least


def show(title: str, lines: Iterable[Line]) -> bool:
    """Prints a table; True where every bar is met."""
    rows = list(lines)
    if not rows:
        return True
    out = [f"\n{title}", f"{'measure':34} {'on':34} {'n':>6} {'figure':>7}  bar"]
    for line in rows:
        bar = "" if line.least is None else f"{'<=' if line.below else '>='} {line.least:g}"
        mark = "" if line.reached() else "  MISSED"
        out.append(f"{line.measure:34} {line.of:34} {line.texts:6} {line.figure:7.3f}  {bar}{mark}")
    sys.stdout.write("\n".join(out) + "\n")
    return all(line.reached() for line in rows)
