"""What a run found: samples to medians, medians to rows with a target and a mark, rows to a table and to JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from statistics import median
from typing import Any, Literal

from rich.table import Table

Direction = Literal["at least", "at most", "more than"]
Mark = Literal["pass", "below", "-"]


@dataclass(frozen=True)
class Target:
    """The bound a row is held to."""

    direction: Direction
    value: float

    def met_by(self, value: float) -> bool:
        """Whether the value is good enough; what is not a finite number never is."""
        if not isfinite(value):
            return False
        if self.direction == "at most":
            return value <= self.value
        return value > self.value if self.direction == "more than" else value >= self.value


@dataclass(frozen=True)
class Row:
    """One figure. Without a target it is there for reading only. `detail` holds the figures behind it."""

    group: str
    name: str
    value: float
    unit: str
    target: Target | None = None
    detail: str = ""

    @property
    def mark(self) -> Mark:
        """How it stands to its target."""
        if self.target is None:
            return "-"
        return "pass" if self.target.met_by(self.value) else "below"


def at_least(value: float) -> Target:
    """The figure must not be smaller."""
    return Target("at least", value)


def at_most(value: float) -> Target:
    """The figure must not be larger."""
    return Target("at most", value)


def more_than(value: float) -> Target:
    """The figure must be larger."""
    return Target("more than", value)


def percent(part: float, whole: float) -> float:
    """`part` in hundredths of `whole`; not a number where there is no whole."""
    return 100 * part / whole if whole else float("nan")


def ratio(part: float, whole: float) -> float:
    """How often `whole` goes into `part`; not a number where there is no whole."""
    return part / whole if whole else float("nan")


class Samples:
    """Measurements by variant, one a round, in the order they were taken."""

    def __init__(self) -> None:
        self._taken: dict[str, list[dict[str, Any]]] = {}

    def add(self, variant: str, measured: Mapping[str, Any]) -> None:
        """Another round of a variant."""
        self._taken.setdefault(variant, []).append(dict(measured))

    def median(self, variant: str, figure: str) -> float:
        """The middle of a variant's rounds; not a number where it has none."""
        values = [taken[figure] for taken in self._taken.get(variant, ()) if figure in taken]
        return median(values) if values else float("nan")

    def total(self, variant: str, figure: str) -> float:
        """The sum over a variant's rounds."""
        return sum(taken.get(figure, 0.0) for taken in self._taken.get(variant, ()))

    def notes(self, variant: str, name: str) -> dict[str, int]:
        """Counts by name (errors by status, refusals by code), summed over a variant's rounds."""
        summed: dict[str, int] = {}
        for taken in self._taken.get(variant, ()):
            for key, count in (taken.get(name) or {}).items():
                summed[key] = summed.get(key, 0) + count
        return summed

    def spread(self, variant: str, figure: str) -> str:
        """`lowest-highest`, for the reader who wonders about noise."""
        values = [taken[figure] for taken in self._taken.get(variant, ()) if figure in taken]
        return f"{min(values):.0f}-{max(values):.0f}" if values else ""


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; not a number for none."""
    if not values:
        return float("nan")
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -int(-share * len(ranked) // 1) - 1))]


def histogram_quantile(buckets: Mapping[float, float], share: float) -> float:
    """The quantile of a cumulative histogram (upper bound → count), linear inside its bucket; the last finite bound for
    what lies beyond it; not a number for an empty one."""
    ranked = sorted(buckets.items())
    total = ranked[-1][1] if ranked else 0.0
    if total <= 0:
        return float("nan")
    wanted = share * total
    below, low = 0.0, 0.0
    for bound, count in ranked:
        if count >= wanted:
            if not isfinite(bound):
                return low
            return low + (bound - low) * ((wanted - below) / (count - below) if count > below else 1.0)
        below, low = count, bound
    return low


def table(rows: Iterable[Row], caption: str = "") -> Table:
    """The rows for a terminal."""
    made = Table(caption=caption or None, caption_justify="left")
    for title in ("", "figure", "value", "target", ""):
        made.add_column(title, justify="right" if title in ("value", "target") else "left")
    made.add_column("measured", overflow="fold", style="dim")
    group = ""
    for row in rows:
        colour = {"pass": "green", "below": "red", "-": ""}[row.mark]
        mark = f"[{colour}]{row.mark}[/{colour}]" if colour else row.mark
        made.add_row(
            row.group if row.group != group else "", row.name, shown(row.value, row.unit), bound(row), mark, row.detail
        )  # fmt: skip
        group = row.group
    return made


def shown(value: float, unit: str) -> str:
    """A figure as people read it: three digits that count."""
    if not isfinite(value):
        return "not measured"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def bound(row: Row) -> str:
    """A row's target as text."""
    if row.target is None:
        return ""
    sign = {"at least": "≥", "at most": "≤", "more than": ">"}[row.target.direction]
    return f"{sign} {row.target.value:,g} {row.unit}".strip()


def as_json(rows: Iterable[Row], about: Mapping[str, Any]) -> dict[str, Any]:
    """The same for machines; figures that are missing are null."""
    listed = [
        {**asdict(row), "value": row.value if isfinite(row.value) else None, "mark": row.mark} for row in rows
    ]
    return {
        "about": dict(about),
        "rows": listed,
        "below": [row["name"] for row in listed if row["mark"] == "below"],
    }
