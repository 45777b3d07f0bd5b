"""How a back-test would have come out at other values of a named number: what the desk's threshold slider draws. Exact, and
cheap: a turn is judged again only where another value would turn one of the comparisons that read the number."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from funnel.escalation.backtest.compare import compared, episodes
from funnel.escalation.backtest.replay import Replayed, Words, replay
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.conditions import Leaf, Param, leaves_of
from funnel.escalation.rules.facts import SIGNALS
from funnel.escalation.rules.model import RuleSet

VALUES: Final = tuple(round(step / 20, 2) for step in range(1, 20))
MOST_DIALS: Final = 8
SWEPT: Final = ("newly", "earlier", "later", "no_longer")
Sweeps = dict[str, dict[str, list[int]]]
"""By parameter and value, how many episodes are newly escalated, earlier, later, no longer."""


class Dial(Struct, frozen=True):
    """A named number that scores of messages are compared with: where it stands, and the scores it is compared with."""

    name: str
    value: float
    facts: tuple[str, ...]
    values: tuple[float, ...]


def dials(rule_set: RuleSet) -> tuple[Dial, ...]:
    """The numbers of a rule set that can be swept: compared with scores only, at most eight, at the values they may have."""
    uses: dict[str, set[str]] = {}
    for rule in rule_set.rules:
        trees = [rule.when, *([rule.unless] if rule.unless is not None else [])]
        for leaf in (leaf for tree in trees for leaf in leaves_of(tree)):
            for name in _params(leaf):
                uses.setdefault(name, set()).add(leaf.fact)
    found = []
    for name, parameter in rule_set.parameters.items():
        facts = uses.get(name, set())
        if facts and facts <= SIGNALS:
            most = 1.0 if parameter.most is None else float(parameter.most)
            values = tuple(value for value in VALUES if value <= most)
            found.append(Dial(name, float(parameter.default), tuple(sorted(facts)), values))
    return tuple(found[:MOST_DIALS])


def _params(leaf: Leaf) -> list[str]:
    bounds = [leaf.gte, leaf.lte, leaf.equals, leaf.count_over.gte if leaf.count_over is not None else None]
    return [bound.param for bound in bounds if isinstance(bound, Param)]


class Sweep:
    """Judges conversations at every value of every dial; for one thread at a time."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rule_set = rule_set
        self._books: dict[tuple[str, float], RuleBook] = {}
        self.dials = dials(rule_set)

    def add(self, sweeps: Sweeps, conversation: Sequence[Replayed], words: Words) -> None:
        """Adds a conversation, as it was judged by the rule set itself, to what was counted so far."""
        for dial in self.dials:
            own = _sides(dial, conversation, dial.value)
            seen = {own: _counts(conversation)}
            for value in dial.values:
                sides = _sides(dial, conversation, value)
                if sides not in seen:
                    book = self._book(dial, value)
                    seen[sides] = _counts(
                        [
                            one if mine == theirs else replay(one.turn, book, words)
                            for one, mine, theirs in zip(conversation, own, sides, strict=True)
                        ]
                    )
                total = sweeps.setdefault(dial.name, {}).setdefault(f"{value:g}", [0] * len(SWEPT))
                for place, count in enumerate(seen[sides]):
                    total[place] += count

    def _book(self, dial: Dial, value: float) -> RuleBook:
        found = self._books.get((dial.name, value))
        if found is None:
            parameter = self._rule_set.parameters[dial.name].model_copy(update={"default": value})
            parameters = {**self._rule_set.parameters, dial.name: parameter}
            changed = self._rule_set.model_copy(update={"parameters": parameters})
            found = self._books[dial.name, value] = RuleBook(changed, f"{dial.name}={value:g}")
        return found


def _sides(dial: Dial, conversation: Sequence[Replayed], value: float) -> tuple[tuple[bool, ...], ...]:
    """For each turn on which side of the value every score lies that is compared with it: the same sides, the same verdict."""
    return tuple(
        tuple(score >= value for score in _scores(dial, one))
        + tuple(score == value for score in _scores(dial, one))
        for one in conversation
    )


def _scores(dial: Dial, one: Replayed) -> list[float]:
    recorded = one.turn.recorded
    now = [recorded.facts.get(fact) for fact in dial.facts]
    before = [moods.get(fact, 0.0) for moods in recorded.history for fact in dial.facts]
    return [float(score) if isinstance(score, int | float) else 0.0 for score in now] + before


def _counts(conversation: Sequence[Replayed]) -> list[int]:
    kinds = [found.kind for turns in episodes(conversation) if (found := compared(turns)) is not None]
    return [kinds.count(kind) for kind in SWEPT]
