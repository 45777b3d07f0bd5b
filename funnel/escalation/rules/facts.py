"""The vocabulary of rules: every fact a condition may read, its kind and its range. Names are public and never renamed."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from funnel.escalation.signals.registry import SCORES as SIGNALS
from funnel.escalation.signals.registry import SIGNALS as MEASURED
from funnel.escalation.signals.registry import Signal

__all__ = [
    "FACTS",
    "SIGNALS",
    "SPECS",
    "FactSpec",
    "FactValue",
    "Facts",
    "History",
    "recorded",
    "restored",
    "with_defaults",
]

FactKind = Literal["number", "flag", "word", "words", "text", "age", "attribute"]
FactValue = float | bool | str | tuple[str, ...] | None
History = tuple[Mapping[str, float], ...]
"""Scores of the last contact messages (bursts), oldest first, the one being judged last."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FactSpec(Struct, frozen=True):
    """What a fact is. `low` and `high` bound a number (None: open); `choices` are all the words it may be (empty: any).

    `recorded` is false for the words of a message: they are never copied into a decision. An `attribute` is whatever a site's
    own systems say of a contact: a flag, a number, a word or words.
    """

    name: str
    kind: FactKind
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    recorded: bool = True


def _numbers(names: Iterable[str], high: float | None = None) -> list[FactSpec]:
    return [FactSpec(name, "number", 0, high) for name in names]


def _flags(*names: str) -> list[FactSpec]:
    return [FactSpec(name, "flag") for name in names]


def _words(name: str, *choices: str) -> FactSpec:
    return FactSpec(name, "word", choices=choices)


def _of_signal(signal: Signal) -> FactSpec:
    """A measured signal as a fact; what is measured anew is a fact without a change here."""
    if signal.kind == "text":
        return FactSpec(signal.name, "word", choices=signal.values)
    return FactSpec(signal.name, "flag" if signal.kind == "flag" else "number", signal.low, signal.high)


_OUTCOMES: Final = ("answer", "answer_and_offer", "question", "offer", "human", "silent")
SPECS: Final[tuple[FactSpec, ...]] = (
    *map(_of_signal, MEASURED.values()),
    *_flags("language.unsure"),
    _words("progress.miss", "none_found", "rejected", "repeated", "dissatisfied", "unusable_reply"),
    *_flags("progress.missed", "progress.positive", "progress.new_need"),
    *_numbers(
        f"progress.{name}"
        for name in ("account_misses", "needs")
    ),
    _words("answer.outcome", "answer", "suggestions", "none"),
    FactSpec("answer.confidence", "number", 0, 1),
    *_flags("answer.protective"),
    _words("turn.about", "need", "unclear", "small_talk", "unreadable", "unsure_language"),
    _words("turn.proposal", *_OUTCOMES),
    *_flags("turn.counts", "turn.asks_person", "turn.danger", "turn.useful_question", "turn.account"),
    FactSpec("message.text", "text", recorded=False),
    *_numbers(("message.length", "message.questions")),
    *_flags("conversation.boundary_told", "conversation.reopened"),
    _words("conversation.priority", "low", "normal", "high", "urgent"),
    FactSpec("conversation.tags", "words"),
    FactSpec("conversation.age", "age"),
    *_flags("contact.verified"),
    *_flags("matter.repeated"),
    FactSpec("matter.age", "age"),
    _words("brake", "bot_off", "everything_to_people"),
    *_flags("answer.held"),
    FactSpec("site", "word"),
    FactSpec("channel", "word"),
    FactSpec("locale", "word"),
    *_flags("hours.open"),
    _words("hours.weekday", *WEEKDAYS),
    FactSpec("hours.minute", "number", 0, 1440),
    FactSpec("hours.month_day", "word"),
    *_numbers(("queue.waiting", "queue.agents_online", "queue.expected_wait_seconds")),
)  # fmt: skip
FACTS: Final[Mapping[str, FactSpec]] = {spec.name: spec for spec in SPECS}


class Facts(dict[str, FactValue]):
    """The facts of one turn by name; a name that is absent is unknown and no condition over it holds.

    `history` are the scores of the last messages. `patterns` remembers what each text pattern said, so that a replay
    without the text gives the same; a pattern that was never tried and has no text leaves `unknown` true.
    """

    __slots__ = ("history", "patterns", "unknown")

    def __init__(
        self,
        values: Mapping[str, FactValue],
        history: History = (),
        patterns: Mapping[str, bool] | None = None,
    ) -> None:
        super().__init__(values)
        self.history = history
        self.patterns: dict[str, bool] = dict(patterns or {})
        self.unknown = False


_EMPTY: Final = (None, False, 0, "", ())


def recorded(facts: Facts) -> dict[str, FactValue]:
    """What a decision keeps: everything but words of messages and what says nothing (0, false, empty)."""
    return {name: value for name, value in facts.items() if value not in _EMPTY and _is_kept(name)}


def _is_kept(name: str) -> bool:
    spec = FACTS.get(name)
    return spec is None or spec.recorded


def restored(values: Mapping[str, FactValue], history: History, patterns: Mapping[str, bool]) -> Facts:
    """The facts as they were judged, from what a decision keeps."""
    facts = Facts(_DEFAULTS, history, patterns)
    facts.update(values)
    return facts


_ZERO: Final[Mapping[FactKind, FactValue]] = {"number": 0, "flag": False, "word": "", "words": ()}
_DEFAULTS: Final[Mapping[str, FactValue]] = {
    spec.name: _ZERO[spec.kind] for spec in SPECS if spec.kind in _ZERO
}


def with_defaults(values: Mapping[str, FactValue], history: History = ()) -> Facts:
    """Facts of a turn: what is not given says nothing; ages and texts that are not given are unknown."""
    facts = Facts(_DEFAULTS, history)
    facts.update(values)
    return facts
