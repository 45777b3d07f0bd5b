"""Judging a turn with a rule set: every rule says fired, near or no."""

from collections.abc import Callable

from msgspec import Struct

from funnel.escalation.rules.compiling import Measure, Test, compile_condition, compiled_leaves
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.in_force import in_force
from funnel.escalation.rules.model import Rule, RuleSet
from funnel.escalation.rules.parameters import Values
from funnel.escalation.rules.verdict import Ruling, Verdict, added_up, notes_of


class Told(Struct, frozen=True):
    """One comparison of a rule, what it was compared with in this turn, and whether it held."""

    test: Test
    value: object
    holds: bool


class _Compiled(Struct, frozen=True):
    rule: Rule
    when: Measure
    unless: Measure | None
    in_force: Callable[[Facts], bool] | None
    leaves: tuple[tuple[Test, Measure], ...]


class Bench:
    """A rule set for one site and locale, ready to judge. Immutable; safe from any thread."""

    __slots__ = ("_books", "_by_id", "_rules")

    def __init__(self, rule_set: RuleSet, site: str = "", locale: str = "") -> None:
        """Raises UnknownParameterError where a rule names a parameter that is not there."""
        values = Values(rule_set.parameters, site, locale)
        ordered = [rule for rule in rule_set.rules if rule.fixed]
        ordered += [rule for rule in rule_set.rules if not rule.fixed and rule.enabled]
        self._rules = tuple(_compiled(rule, values) for rule in ordered)
        self._by_id = {one.rule.id: one for one in self._rules}
        self._books = notes_of(rule_set)

    def judge(self, facts: Facts) -> Verdict:
        """The verdict on a turn. Fixed rules are judged first and by all means; `stop` ends the others.

        Pure but for `facts.patterns`, where it leaves what patterns said.
        """
        rulings: list[Ruling] = []
        fired: list[Rule] = []
        stopped: str | None = None
        for one in self._rules:
            if stopped is not None and not one.rule.fixed:
                break
            ruling = _ruling(one, facts)
            rulings.append(ruling)
            if ruling.result == "fired":
                fired.append(one.rule)
                if one.rule.stop and not one.rule.fixed:
                    stopped = one.rule.id
        return added_up(tuple(rulings), fired, self._books, stopped)

    def told(self, rule_id: str, facts: Facts) -> tuple[Told, ...]:
        """Every comparison of a rule with its value: what *why* is told with. Empty for an unknown rule."""
        found = self._by_id.get(rule_id)
        if found is None:
            return ()
        return tuple(Told(test, test.value(facts), not measure(facts)) for test, measure in found.leaves)


def _compiled(rule: Rule, values: Values) -> _Compiled:
    return _Compiled(
        rule=rule,
        when=compile_condition(rule.when, values),
        unless=compile_condition(rule.unless, values) if rule.unless is not None else None,
        in_force=in_force(rule.scope, rule.schedule),
        leaves=tuple(compiled_leaves(rule.when, values)),
    )


def _ruling(one: _Compiled, facts: Facts) -> Ruling:
    if one.in_force is not None and not one.in_force(facts):
        return Ruling(one.rule.id, "no")
    missing = one.when(facts)
    if missing:
        near = len(missing) == 1 and missing[0].is_close(facts)
        return Ruling(one.rule.id, "near", missing) if near else Ruling(one.rule.id, "no")
    if one.unless is not None and not one.unless(facts):
        return Ruling(one.rule.id, "near", blocked=True)
    return Ruling(one.rule.id, "fired")
