"""Every signal by name: its group, what it is, the range it was seen in, and the version of the detector behind it. Rules, lint and
the API read this list; a name is never changed or reused.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

Group = Literal["emotion", "intent", "sensitive", "complexity", "progress", "language", "entities"]
Kind = Literal["score", "count", "flag", "text"]


class Signal(Struct, frozen=True):
    """One signal. `low` and `high` bound what it is ever seen at, so that a threshold outside of them never fires; None for
    counts without an upper bound and for texts. `values` are the texts it can be, where they are few.
    """

    name: str
    group: Group
    kind: Kind
    detector: str
    low: float = 0.0
    high: float | None = 1.0
    values: tuple[str, ...] = ()


class Detector(Struct, frozen=True):
    """What measures signals. The version rises with every change that may move a score."""

    name: str
    version: int
    module: str


_DETECTORS: Final = (
    Detector("emotion", 4, "funnel.escalation.signals.emotion"),
    Detector("wishes", 6, "funnel.escalation.signals.wants_person"),
    Detector("small_talk", 2, "funnel.escalation.signals.small_talk"),
    Detector("verdicts", 3, "funnel.escalation.signals.verdicts"),
    Detector("money", 3, "funnel.escalation.signals.money"),
    Detector("claims", 1, "funnel.escalation.signals.claims"),
    Detector("harm", 1, "funnel.escalation.signals.harm"),
    Detector("urgent", 4, "funnel.escalation.signals.urgent"),
    Detector("complexity", 1, "funnel.escalation.signals.complexity"),
    Detector("progress", 1, "funnel.escalation.signals.progress"),
    Detector("language", 4, "funnel.escalation.signals.language"),
    Detector("entities", 2, "funnel.escalation.signals.entities"),
)


def _score(name: str, group: Group, detector: str, high: float = 1.0) -> Signal:
    return Signal(name, group, "score", detector, 0.0, high)


def _count(name: str, group: Group, high: float | None = None) -> Signal:
    return Signal(name, group, "count", group, 0.0, high)


_SIGNALS: Final = (
    _score("anger", "emotion", "emotion"),
    _score("distress", "emotion", "emotion"),
    _score("dissatisfied", "intent", "verdicts"),
    _score("wants_person", "intent", "wishes"),
    _score("thanks", "intent", "small_talk"),
    _score("greeting", "intent", "small_talk"),
    _score("churn", "intent", "claims"),
    _score("complaint", "intent", "claims"),
    _score("legal", "sensitive", "claims"),
    _score("privacy", "sensitive", "claims"),
    _score("payment", "sensitive", "money"),
    _score("fraud", "sensitive", "money"),
    _score("security", "sensitive", "money"),
    _score("safety", "sensitive", "harm"),
    _score("self_harm", "sensitive", "urgent"),
    _score("minors", "sensitive", "harm"),
    _score("abuse_to_staff", "sensitive", "harm"),
    _score("complexity", "complexity", "complexity"),
    _count("progress.misses", "progress", 4),
    _count("progress.misses_in_row", "progress", 3),
    _count("progress.rejected", "progress", 2),
    _count("progress.bot_turns", "progress"),
    _count("progress.turns_on_need", "progress", 5),
    _count("progress.turns_without_sign", "progress"),
    _count("progress.offers", "progress"),
    _count("progress.unreadable", "progress", 2),
    _count("progress.unsure_language", "progress", 2),
    Signal("progress.anger_peak", "progress", "score", "progress"),
    Signal("progress.anger_trend", "progress", "score", "progress", -1.0, 1.0),
    _count("progress.anger_in_row", "progress"),
    Signal("progress.distress_peak", "progress", "score", "progress"),
    Signal("progress.distress_trend", "progress", "score", "progress", -1.0, 1.0),
    _count("progress.distress_in_row", "progress"),
    Signal("language.code", "language", "text", "language", 0.0, None),
    Signal("language.script", "language", "text", "language", 0.0, None),
    Signal("language.score", "language", "score", "language"),
    _count("entities.orders", "entities"),
    _count("entities.amounts", "entities"),
    _count("entities.dates", "entities"),
    _count("entities.emails", "entities"),
    _count("entities.phones", "entities"),
    _count("entities.urls", "entities"),
)

DETECTORS: Final[Mapping[str, Detector]] = MappingProxyType({one.name: one for one in _DETECTORS})
SIGNALS: Final[Mapping[str, Signal]] = MappingProxyType({one.name: one for one in _SIGNALS})
SCORES: Final = frozenset(one.name for one in _SIGNALS if one.kind == "score" and "." not in one.name)
"""The names under which `measure` reports."""


RAISED: Final = 0.5
"""From this score a signal is raised: rules and counts start there unless they say otherwise."""
HIGH: Final = 0.8
"""From this score anger or distress is high: nine of ten texts above it are meant so."""


def detector_of(signal: str) -> Detector:
    """The detector behind a signal. KeyError for an unknown name."""
    return DETECTORS[SIGNALS[signal].detector]


def versions() -> dict[str, int]:
    """Detector name → version, as stored with a decision."""
    return {name: one.version for name, one in DETECTORS.items()}
