"""Condition trees as closures. One call says what a turn is short of: nothing, one condition, or more."""

import hashlib
from collections.abc import Callable
from typing import Final

import re2
from msgspec import Struct

from funnel.escalation.rules.conditions import (
    All,
    AnyOf,
    AtLeast,
    Leaf,
    Not,
    Operator,
    pattern_options,
    seconds_of,
)
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.parameters import Values

MOST_TEXT: Final = 10_000
CLOSE: Final = 0.7
"""A number is nearly there from this share of its threshold on."""
Node = Leaf | All | AnyOf | Not | AtLeast
Measure = Callable[[Facts], tuple["Test", ...]]
"""The tests that are missing for the condition to hold: () it holds, one: it is one short, two: it is far away."""


class Test(Struct, frozen=True):
    """One leaf as compiled. `threshold` is the number or value after parameters; `backed` tells that it stands beside others
    that must hold with it, `negated` that it must not hold."""

    __test__ = False

    leaf: Leaf
    threshold: object
    backed: bool = False
    negated: bool = False
    operator: Operator = "equals"
    key: str = ""

    def value(self, facts: Facts) -> object:
        """What it compares: the fact, or how many of the last messages reached the score."""
        counted = self.leaf.count_over
        if counted is not None:
            return _reached(facts, self.leaf.fact, _number(self.threshold), counted.last)
        return facts.patterns.get(self.key, False) if self.key else facts.get(self.leaf.fact)

    def is_close(self, facts: Facts) -> bool:
        """Whether this one missing condition makes the rule a near miss."""
        leaf = self.leaf
        value = self.value(facts)
        if leaf.count_over is not None:
            return isinstance(value, int) and value >= max(1, leaf.count_over.at_least - 1)
        if leaf.gte is not None:
            limit = _number(self.threshold)
            return _is_number(value) and limit > 0 and value >= CLOSE * limit  # type: ignore[operator]
        return self.backed


_FAR_LEAF: Final = Leaf(fact="far", equals=True)
FAR: Final[tuple[Test, ...]] = (Test(_FAR_LEAF, True), Test(_FAR_LEAF, True))


def digest(fact: str, pattern: str) -> str:
    """The short name under which a pattern's result is kept with a decision."""
    return hashlib.blake2b(f"{fact}\0{pattern}".encode(), digest_size=6).hexdigest()


def compile_condition(node: Node, values: Values, *, backed: bool = False) -> Measure:
    """The condition as a closure over facts. Patterns come last among siblings. Raises UnknownParameterError."""
    match node:
        case Leaf():
            return _leaf(node, values, backed)
        case Not():
            return _not(node, values, backed)
        case All():
            return _all(
                [
                    compile_condition(one, values, backed=len(node.all) > 1 or backed)
                    for one in cheapest(node.all)
                ]
            )
        case AnyOf():
            return _any([compile_condition(one, values, backed=backed) for one in cheapest(node.any)])
        case AtLeast():
            measures = [
                compile_condition(one, values, backed=node.at_least > 1 or backed)
                for one in cheapest(node.of)
            ]
            return _at_least(measures, node.at_least)


def cheapest(children: list[Node]) -> list[Node]:
    """Siblings with those last that look at a text; else in the document's order."""
    return sorted(children, key=_has_pattern)


def _has_pattern(node: Node) -> bool:
    match node:
        case Leaf():
            return node.matches is not None
        case Not():
            return _has_pattern(node.not_)
        case All():
            return any(map(_has_pattern, node.all))
        case AnyOf():
            return any(map(_has_pattern, node.any))
        case AtLeast():
            return any(map(_has_pattern, node.of))


def _all(measures: list[Measure]) -> Measure:
    def measure(facts: Facts) -> tuple[Test, ...]:
        missing: tuple[Test, ...] = ()
        for one in measures:
            found = one(facts)
            if found:
                missing += found
                if len(missing) > 1:
                    return FAR
        return missing

    return measure


def _any(measures: list[Measure]) -> Measure:
    def measure(facts: Facts) -> tuple[Test, ...]:
        best = FAR
        for one in measures:
            found = one(facts)
            if not found:
                return found
            if len(found) < len(best) or (len(found) == 1 and found[0].is_close(facts)):
                best = found
        return best

    return measure


def _at_least(measures: list[Measure], wanted: int) -> Measure:
    def measure(facts: Facts) -> tuple[Test, ...]:
        short, best = wanted, FAR
        for one in measures:
            found = one(facts)
            if not found:
                short -= 1
                if short == 0:
                    return ()
            elif len(found) < len(best) or (len(found) == 1 and found[0].is_close(facts)):
                best = found
        return best if short == 1 else FAR

    return measure


def _not(node: Not, values: Values, backed: bool) -> Measure:
    inner = compile_condition(node.not_, values)
    leaf = node.not_ if isinstance(node.not_, Leaf) else _FAR_LEAF
    single = isinstance(node.not_, Leaf)
    missing = (as_test(leaf, values, backed=backed, negated=True),) if single else FAR
    return lambda facts: () if inner(facts) else missing


def compiled_leaves(node: Node, values: Values, *, negated: bool = False) -> list[tuple[Test, Measure]]:
    """Every comparison of a tree with its closure, in the document's order; below a `not` it is meant not to hold."""
    match node:
        case Leaf():
            return [(as_test(node, values, negated=negated), _leaf(node, values, backed=False))]
        case Not():
            return compiled_leaves(node.not_, values, negated=not negated)
        case All():
            children = node.all
        case AnyOf():
            children = node.any
        case AtLeast():
            children = node.of
    return [one for child in children for one in compiled_leaves(child, values, negated=negated)]


def as_test(leaf: Leaf, values: Values, *, backed: bool = False, negated: bool = False) -> Test:
    """The leaf as compiled; `key` names a pattern's result."""
    key = digest(leaf.fact, leaf.matches) if leaf.matches is not None else ""
    return Test(leaf, _threshold(leaf, values), backed, negated, leaf.operator, key)


def _threshold(leaf: Leaf, values: Values) -> object:
    if leaf.count_over is not None:
        return values.of(leaf.count_over.gte)
    if leaf.within is not None:
        return seconds_of(leaf.within)
    return values.of(leaf.operand(leaf.operator))


def _leaf(leaf: Leaf, values: Values, backed: bool) -> Measure:
    test = as_test(leaf, values, backed=backed)
    missing = (test,)
    holds = comparison(test)
    return lambda facts: () if holds(facts) else missing


def comparison(test: Test) -> Callable[[Facts], bool]:
    """The leaf as a closure that says whether it holds."""
    leaf, name, wanted = test.leaf, test.leaf.fact, test.threshold
    match leaf.operator:
        case "gte":
            return _no_less(name, _number(wanted))
        case "lte" | "within":
            return _no_more(name, _number(wanted))
        case "equals":
            return lambda facts: facts.get(name) == wanted
        case "in":
            return _among(name, frozenset(leaf.in_ or ()))
        case "count_over":
            return _counter(test)
        case "matches":
            return _matcher(name, leaf.matches or "")


def _no_less(name: str, least: float) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        value = facts.get(name)
        return (value.__class__ in _PLAIN or _is_number(value)) and value >= least  # type: ignore[operator]

    return holds


def _no_more(name: str, most: float) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        value = facts.get(name)
        return (value.__class__ in _PLAIN or _is_number(value)) and value <= most  # type: ignore[operator]

    return holds


def _among(name: str, words: frozenset[object]) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        value = facts.get(name)
        return not words.isdisjoint(value) if isinstance(value, tuple) else value in words

    return holds


def _counter(test: Test) -> Callable[[Facts], bool]:
    counted, name, least = test.leaf.count_over, test.leaf.fact, _number(test.threshold)
    if counted is None:
        raise ValueError("not a counting condition")
    last, wanted = counted.last, counted.at_least
    return lambda facts: _reached(facts, name, least, last) >= wanted


def _reached(facts: Facts, name: str, least: float, last: int) -> int:
    return sum(scores.get(name, 0) >= least for scores in facts.history[-last:])


def _matcher(name: str, pattern: str) -> Callable[[Facts], bool]:
    search = re2.compile(pattern, pattern_options()).search
    key = digest(name, pattern)

    def holds(facts: Facts) -> bool:
        known = facts.patterns.get(key)
        if known is None:
            text = facts.get(name)
            if not isinstance(text, str):
                facts.unknown = True
                return False
            known = facts.patterns[key] = search(text[:MOST_TEXT].translate(_SURROGATES)) is not None
        return known

    return holds


_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


_PLAIN: Final = frozenset({int, float})
"""Nearly every number is one of these; asking for the class costs a tenth of `isinstance` with two."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise ValueError("a number is needed")
