"""What follows from conditions without looking at facts: that one can never hold, that one makes another hold."""

from funnel.escalation.rules.attributes import spec_of
from funnel.escalation.rules.conditions import All, AnyOf, AtLeast, Leaf, Not, seconds_of
from funnel.escalation.rules.facts import FACTS, FactKind
from funnel.escalation.rules.parameters import Values

Node = Leaf | All | AnyOf | Not | AtLeast


def impossible(node: Node, values: Values) -> bool:
    """Whether it can never hold. Says so only where it is sure."""
    match node:
        case Leaf():
            return _out_of_reach(node, values)
        case All():
            return any(impossible(one, values) for one in node.all) or _contradicts(
                _conjunction(node), values
            )
        case AnyOf():
            return all(impossible(one, values) for one in node.any)
        case AtLeast():
            return sum(not impossible(one, values) for one in node.of) < node.at_least
        case Not():
            return False


def shadows(wide: Node, narrow: Node, values: Values) -> bool:
    """Whether `wide` holds whenever `narrow` does. Says so only where it is sure."""
    if isinstance(wide, AnyOf):
        return any(shadows(one, narrow, values) for one in wide.any)
    if isinstance(narrow, AnyOf):
        return all(shadows(wide, one, values) for one in narrow.any)
    given = _conjunction(narrow)
    return all(_follows(wanted, given, values) for wanted in _conjunction(wide))


def _follows(wanted: Node, given: list[Node], values: Values) -> bool:
    if isinstance(wanted, AnyOf):
        return any(all(_follows(part, given, values) for part in _conjunction(one)) for one in wanted.any)
    return any(_implies(one, wanted, values) for one in given)


def _conjunction(node: Node) -> list[Node]:
    """The parts that must all hold."""
    if isinstance(node, All):
        return [part for child in node.all for part in _conjunction(child)]
    return [node]


def _number(value: object, values: Values) -> float | None:
    found = values.of(value)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _implies(one: Node, other: Node, values: Values) -> bool:
    if one == other:
        return True
    if not isinstance(one, Leaf) or not isinstance(other, Leaf) or one.fact != other.fact:
        return False
    low, high = _interval(one, values)
    wanted_low, wanted_high = _interval(other, values)
    if other.operator not in ("gte", "lte", "within") or one.operator not in (
        "gte",
        "lte",
        "within",
        "equals",
    ):
        return False
    above = wanted_low is None or (low is not None and low >= wanted_low)
    below = wanted_high is None or (high is not None and high <= wanted_high)
    return above and below


def _interval(leaf: Leaf, values: Values) -> tuple[float | None, float | None]:
    match leaf.operator:
        case "gte":
            return _number(leaf.gte, values), None
        case "lte":
            return None, _number(leaf.lte, values)
        case "within":
            return None, seconds_of(leaf.within or "1s")
        case "equals":
            exact = _number(leaf.equals, values)
            return exact, exact
        case _:
            return None, None


def _out_of_reach(leaf: Leaf, values: Values) -> bool:
    if leaf.count_over is not None:
        return leaf.count_over.at_least > leaf.count_over.last
    spec = FACTS.get(leaf.fact)
    low, high = _interval(leaf, values)
    if spec is None:
        return False
    above = low is not None and spec.high is not None and low > spec.high
    below = high is not None and spec.low is not None and high < spec.low
    return above or below


def _contradicts(parts: list[Node], values: Values) -> bool:
    by_fact: dict[str, list[Leaf]] = {}
    for part in parts:
        if isinstance(part, Leaf):
            by_fact.setdefault(part.fact, []).append(part)
        if isinstance(part, Not) and part.not_ in parts:
            return True
    return any(len(leaves) > 1 and _disjoint(leaves, values) for leaves in by_fact.values())


def _disjoint(leaves: list[Leaf], values: Values) -> bool:
    intervals = [_interval(leaf, values) for leaf in leaves]
    lows = [low for low, _ in intervals if low is not None]
    highs = [high for _, high in intervals if high is not None]
    if lows and highs and max(lows) > min(highs):
        return True
    allowed = [_words(leaf) for leaf in leaves if _kind(leaf.fact) not in ("words", "attribute")]
    sets = [words for words in allowed if words is not None]
    return len(sets) > 1 and not frozenset.intersection(*sets)


def _kind(fact: str) -> FactKind | None:
    spec = spec_of(fact)
    return spec.kind if spec is not None else None


def _words(leaf: Leaf) -> frozenset[object] | None:
    if leaf.operator == "in":
        return frozenset(leaf.in_ or ())
    if leaf.operator == "equals" and isinstance(leaf.equals, str | bool):
        return frozenset((leaf.equals,))
    return None
