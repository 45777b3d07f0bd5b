"""How a back-test would have come out at other values of a named number: what the desk's threshold slider draws. Exact, and
cheap: of a turn only those rules are asked again that read the number, once for all values between two of its scores."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from funnel.escalation.backtest.compare import compared, episodes
from funnel.escalation.backtest.replay import Judged, Replayed, Words
from funnel.escalation.rules.conditions import leaves_of, params_of
from funnel.escalation.rules.deciding import Holds
from funnel.escalation.rules.facts import SIGNALS
from funnel.escalation.rules.model import RuleSet

VALUES: Final = tuple(round(step / 20, 2) for step in range(1, 20))
MOST_DIALS: Final = 8
SWEPT: Final = ("newly", "earlier", "later", "no_longer")
Sweeps = dict[str, dict[str, list[int]]]
"""By parameter and value, how many episodes are newly escalated, earlier, later, no longer."""


class Dial(Struct, frozen=True):
    """A named number that scores of messages are compared with: where it stands, the scores of the message and of the last
    messages that it is compared with, and the values it may have."""

    name: str
    value: float
    facts: tuple[str, ...]
    counted: tuple[str, ...]
    values: tuple[float, ...]


def dials(rule_set: RuleSet) -> tuple[Dial, ...]:
    """The numbers of a rule set that can be swept: compared with scores only, at most eight, at the values they may have."""
    now: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for rule in rule_set.rules:
        trees = [rule.when, *([rule.unless] if rule.unless is not None else [])]
        for leaf in (leaf for tree in trees for leaf in leaves_of(tree)):
            uses = before if leaf.count_over is not None else now
            for name in params_of(leaf):
                uses.setdefault(name, set()).add(leaf.fact)
    found = []
    for name, parameter in rule_set.parameters.items():
        facts, counted = now.get(name, set()), before.get(name, set())
        if facts | counted and facts | counted <= SIGNALS:
            most = 1.0 if parameter.most is None else float(parameter.most)
            values = tuple(value for value in VALUES if value <= most)
            default = float(parameter.default)
            found.append(Dial(name, default, tuple(sorted(facts)), tuple(sorted(counted)), values))
    return tuple(found[:MOST_DIALS])


class Sweep:
    """Counts conversations at every value of every dial; for one thread at a time."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rules: dict[tuple[str, float, tuple[str, str]], dict[int, Holds]] = {}
        self.dials = dials(rule_set)

    def add(self, sweeps: Sweeps, conversation: Sequence[Judged], words: Words) -> None:
        """Adds a conversation, as it was judged by the rule set itself, to what was counted so far."""
        own = [one.replayed for one in conversation]
        plain = _counts(own)
        for dial in self.dials:
            totals = sweeps.get(dial.name)
            if totals is None:
                totals = sweeps[dial.name] = {f"{value:g}": [0] * len(SWEPT) for value in dial.values}
            cuts = [_cuts(dial, one) for one in conversation]
            ends = sorted({0, len(dial.values)}.union(*cuts))
            again = list(own)
            for first, end in pairwise(ends):
                for place, one in enumerate(conversation):
                    if first in cuts[place]:
                        again[place] = one.at(self._at(dial, dial.values[first], one), words)
                counts = plain if again == own else _counts(again)
                if any(counts):
                    _count(totals, dial.values[first:end], counts)

    def _at(self, dial: Dial, value: float, one: Judged) -> dict[int, Holds]:
        """The rules that read the number with that value, for the site and locale of the turn."""
        if one.decider is None:
            return {}
        key = (dial.name, value, one.decider.key)
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = one.decider.at(dial.name, value)
        return found


def _count(totals: dict[str, list[int]], values: Sequence[float], counts: Sequence[int]) -> None:
    for value in values:
        total = totals[f"{value:g}"]
        for place, count in enumerate(counts):
            total[place] += count


def _cuts(dial: Dial, one: Judged) -> set[int]:
    """Places among the dial's values at which a score of the turn changes sides, and the first: between two of them every
    comparison comes out the same. None where the number is compared with nothing but 0: no value is as low."""
    recorded = one.replayed.turn.recorded
    scores = [recorded.facts.get(fact) for fact in dial.facts]
    for fact in dial.counted:
        scores += [moods.get(fact) for moods in recorded.history]
    cuts: set[int] = set()
    for score in scores:
        if score and isinstance(score, float | int):
            cuts |= {0, bisect_left(dial.values, score), bisect_right(dial.values, score)}
    return cuts if dial.value > 0 else cuts | {0}


def _counts(conversation: Sequence[Replayed]) -> list[int]:
    kinds = [found.kind for turns in episodes(conversation) if (found := compared(turns)) is not None]
    return [kinds.count(kind) for kind in SWEPT]
