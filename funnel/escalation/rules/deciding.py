"""Judging without the reasons: which rules fire and what they come to, as a back-test asks it of millions of turns. The same
answer as `Bench.judge`, without what nearly fired."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from funnel.escalation.rules.compiling import Node, as_test, cheapest, comparison
from funnel.escalation.rules.conditions import All, AnyOf, AtLeast, Leaf, Not, leaves_of, params_of
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.in_force import in_force
from funnel.escalation.rules.model import Rule, RuleSet
from funnel.escalation.rules.parameters import Values
from funnel.escalation.rules.verdict import Ruling, Verdict, added_up, notes_of

Holds = Callable[[Facts], bool]
_MOST_VERDICTS: Final = 4_096


class _Swift(Struct, frozen=True):
    rule: Rule
    holds: Holds
    stops: bool


class Decider:
    """A rule set for one site and locale. What is remembered of verdicts is bounded; for one thread at a time."""

    __slots__ = ("_books", "_rules", "_stops", "_values", "_verdicts", "key")

    def __init__(self, rule_set: RuleSet, site: str = "", locale: str = "") -> None:
        """Raises UnknownParameterError where a rule names a parameter that is not there."""
        self.key = (site, locale)
        self._values = Values(rule_set.parameters, site, locale)
        ordered = [rule for rule in rule_set.rules if rule.fixed]
        ordered += [rule for rule in rule_set.rules if not rule.fixed and rule.enabled]
        self._rules = tuple(
            _Swift(rule, _rule_holds(rule, self._values), rule.stop and not rule.fixed) for rule in ordered
        )
        self._stops = any(one.stops for one in self._rules)
        self._books = notes_of(rule_set)
        self._verdicts: dict[tuple[int, ...], Verdict] = {}

    def fired(self, facts: Facts, answers: list[bool]) -> tuple[int, ...]:
        """Places of the rules that fire; `answers` gets what each rule said, up to the one that ended it."""
        fired = []
        for place, one in enumerate(self._rules):
            answer = one.holds(facts)
            answers.append(answer)
            if answer:
                fired.append(place)
                if one.stops:
                    break
        return tuple(fired)

    def fired_with(
        self, facts: Facts, fired: tuple[int, ...], answers: Sequence[bool], changed: Mapping[int, bool]
    ) -> tuple[int, ...]:
        """The same where the rules of `changed` say the opposite of what they said then (or were not asked)."""
        if not self._stops:
            return tuple(sorted(changed.keys() ^ set(fired)))
        return self._stopped(facts, answers, changed)

    def _stopped(self, facts: Facts, answers: Sequence[bool], changed: Mapping[int, bool]) -> tuple[int, ...]:
        fired = []
        for place, one in enumerate(self._rules):
            answer = changed.get(place)
            if answer is None:
                answer = answers[place] if place < len(answers) else one.holds(facts)
            if answer:
                fired.append(place)
                if one.stops:
                    break
        return tuple(fired)

    def verdict(self, fired: tuple[int, ...]) -> Verdict:
        """What these rules together come to; its rulings are those that fired."""
        found = self._verdicts.get(fired)
        if found is None:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts = {}
            rules = [self._rules[place] for place in fired]
            stopped = next((one.rule.id for one in rules if one.stops), None)
            rulings = tuple(Ruling(one.rule.id, "fired") for one in rules)
            found = added_up(rulings, [one.rule for one in rules], self._books, stopped)
            self._verdicts[fired] = found
        return found

    def at(self, name: str, value: float) -> dict[int, Holds]:
        """The rules that read a named number, by their places, as they would be if its default were `value`."""
        values = self._values.at(name, value)
        return {
            place: _rule_holds(one.rule, values)
            for place, one in enumerate(self._rules)
            if any(name in params_of(leaf) for leaf in _leaves(one.rule))
        }


def _leaves(rule: Rule) -> list[Leaf]:
    return [*leaves_of(rule.when), *(leaves_of(rule.unless) if rule.unless is not None else ())]


def _rule_holds(rule: Rule, values: Values) -> Holds:
    checks = [_holds(rule.when, values)]
    if rule.unless is not None:
        checks.append(_opposite(_holds(rule.unless, values)))
    place = in_force(rule.scope, rule.schedule)
    return _all([place, *checks] if place is not None else checks)


def _holds(node: Node, values: Values) -> Holds:
    """The condition as a closure that only says whether it holds. Patterns come last among siblings."""
    match node:
        case Leaf():
            return comparison(as_test(node, values))
        case Not():
            return _opposite(_holds(node.not_, values))
        case All():
            return _all([_holds(one, values) for one in cheapest(node.all)])
        case AnyOf():
            return _any([_holds(one, values) for one in cheapest(node.any)])
        case AtLeast():
            return _at_least([_holds(one, values) for one in cheapest(node.of)], node.at_least)


def _opposite(inner: Holds) -> Holds:
    return lambda facts: not inner(facts)


def _all(checks: list[Holds]) -> Holds:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda facts: first(facts) and second(facts)

    def holds(facts: Facts) -> bool:
        for check in checks:  # noqa: SIM110 - a generator costs more than most comparisons
            if not check(facts):
                return False
        return True

    return holds


def _any(checks: list[Holds]) -> Holds:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda facts: first(facts) or second(facts)

    def holds(facts: Facts) -> bool:
        for check in checks:  # noqa: SIM110 - a generator costs more than most comparisons
            if check(facts):
                return True
        return False

    return holds


def _at_least(checks: list[Holds], wanted: int) -> Holds:
    def holds(facts: Facts) -> bool:
        short = wanted
        for check in checks:
            if check(facts):
                short -= 1
                if short == 0:
                    return True
        return False

    return holds
