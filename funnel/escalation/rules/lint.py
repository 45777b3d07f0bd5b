"""Lint of a rule set without running it: names, types, ranges, what can never fire, what contradicts, what is untested."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from funnel.escalation.rules.attributes import spec_of
from funnel.escalation.rules.conditions import Leaf, Param, leaves_of, placed_leaves
from funnel.escalation.rules.endless import stays_for_ever
from funnel.escalation.rules.facts import SIGNALS, FactSpec
from funnel.escalation.rules.findings import Finding
from funnel.escalation.rules.logic import impossible, shadows
from funnel.escalation.rules.model import Rule, RuleSet
from funnel.escalation.rules.parameters import UnknownParameterError, Values

Observed = Mapping[str, tuple[float, float]]
"""The lowest and highest score each signal had in practice."""


class Known(Struct, frozen=True):
    """What exists in an installation; None: not known, and not looked at. `queues` are names and ids, `skills` those that an
    agent has, `attributes` the facts that contacts have, `guides` the playbooks that a rule can lead a contact into."""

    queues: Collection[str] | None = None
    skills: Collection[str] | None = None
    attributes: Collection[str] | None = None
    observed: Observed = {}
    guides: Collection[str] = ()


NOTHING_KNOWN: Final = Known()


def lint(rule_set: RuleSet, known: Known = NOTHING_KNOWN) -> list[Finding]:
    """Everything that is wrong or doubtful, in the order of the rules. Pure; linear but for pairs of rules."""
    findings = [*_parameters(rule_set)]
    for place, rule in enumerate(rule_set.rules):
        at = f"rules.{place}"
        findings += _names(rule, rule_set, at, known)
        findings += _people(rule, at, known)
        findings += _leaves(rule, rule_set, at, known.observed)
        if not rule.tests:
            findings.append(_warning("no_test", rule, at, "This rule carries no test."))
    if any(one.level == "error" for one in findings):
        return findings
    findings += _pairs(rule_set)
    stuck = stays_for_ever(rule_set)
    if stuck is not None:
        findings.append(
            Finding(
                "endless",
                "error",
                f"A conversation could stay with the bot for ever: {stuck}.",
                None,
                "rules",
            )
        )
    return findings


def _error(code: str, rule: Rule, at: str, detail: str) -> Finding:
    return Finding(code, "error", detail, rule.id, at)


def _warning(code: str, rule: Rule, at: str, detail: str) -> Finding:
    return Finding(code, "warning", detail, rule.id, at)


def _placed(rule: Rule, at: str) -> list[tuple[str, Leaf]]:
    """Every comparison with its place in the document, like `rules.3.when.all.1`."""
    found = placed_leaves(rule.when, f"{at}.when")
    return [*found, *(placed_leaves(rule.unless, f"{at}.unless") if rule.unless is not None else ())]


def _all_leaves(rule: Rule) -> list[Leaf]:
    return [*leaves_of(rule.when), *(leaves_of(rule.unless) if rule.unless is not None else ())]


def _params_of(leaf: Leaf) -> Iterator[Param]:
    values = [leaf.gte, leaf.lte, leaf.equals, leaf.count_over.gte if leaf.count_over is not None else None]
    yield from (value for value in values if isinstance(value, Param))


def _parameters(rule_set: RuleSet) -> Iterator[Finding]:
    used = {
        param.param for rule in rule_set.rules for leaf in _all_leaves(rule) for param in _params_of(leaf)
    }
    for name in rule_set.parameters:
        if name not in used:
            yield Finding(
                "parameter_unused", "warning", f"No rule uses the parameter {name}.", None, "parameters"
            )


def _names(rule: Rule, rule_set: RuleSet, at: str, known: Known) -> Iterator[Finding]:
    for place, leaf in _placed(rule, at):
        spec = spec_of(leaf.fact)
        if spec is None:
            yield _error("fact_unknown", rule, place, f"There is no fact {leaf.fact}.")
        elif spec.kind == "attribute" and known.attributes is not None and leaf.fact not in known.attributes:
            yield _warning("attribute_unknown", rule, place, f"No contact has {leaf.fact} yet.")
        for param in _params_of(leaf):
            if param.param not in rule_set.parameters:
                yield _error("parameter_unknown", rule, place, f"There is no parameter {param.param}.")
    books = {*known.guides, *(one.id for one in rule_set.playbooks)}
    if rule.then.playbook is not None and rule.then.playbook not in books:
        yield _error("playbook_unknown", rule, at, f"There is no playbook {rule.then.playbook}.")


def _people(rule: Rule, at: str, known: Known) -> Iterator[Finding]:
    """Queues and skills that a hand-over names and nobody has."""
    human = rule.then.human
    if human is None:
        return
    if human.queue is not None and _missing(human.queue, known.queues):
        yield _warning(
            "queue_unknown", rule, at, f"There is no queue {human.queue}: the inbox's own queue is used."
        )
    for skill in human.skills:
        if _missing(skill, known.skills):
            yield _warning("skill_unknown", rule, at, f"No agent has the skill {skill}: anybody may take it.")


def _missing(name: str, known: Collection[str] | None) -> bool:
    return known is not None and name.casefold() not in {one.casefold() for one in known}


def _leaves(rule: Rule, rule_set: RuleSet, at: str, observed: Observed) -> Iterator[Finding]:
    for place, leaf in _placed(rule, at):
        spec = spec_of(leaf.fact)
        if spec is None:
            continue
        problem = _type_problem(leaf, spec)
        if problem is not None:
            yield _error("type_mismatch", rule, place, problem)
            continue
        for value in _thresholds(leaf, rule_set):
            if (spec.low is not None and value < spec.low) or (spec.high is not None and value > spec.high):
                yield _error(
                    "threshold_out_of_range",
                    rule,
                    place,
                    f"{leaf.fact} lies between {spec.low:g} and {spec.high or 'any number'}.",
                )
            elif leaf.fact in observed and leaf.lte is None and value > observed[leaf.fact][1]:
                most = observed[leaf.fact][1]
                yield _warning(
                    "threshold_never_observed", rule, place, f"{leaf.fact} has never been above {most:g}."
                )


def _thresholds(leaf: Leaf, rule_set: RuleSet) -> Iterator[float]:
    """Every number the fact is compared with anywhere."""
    bound = (
        leaf.count_over.gte
        if leaf.count_over is not None
        else next((one for one in (leaf.gte, leaf.lte, leaf.equals) if one is not None), None)
    )
    if isinstance(bound, Param):
        parameter = rule_set.parameters.get(bound.param)
        yield from parameter.values() if parameter is not None else ()
    elif isinstance(bound, int | float) and not isinstance(bound, bool):
        yield bound


def _type_problem(leaf: Leaf, spec: FactSpec) -> str | None:
    operator, kind = leaf.operator, spec.kind
    fits = {
        "gte": ("number", "attribute"), "lte": ("number", "attribute"),
        "equals": ("number", "flag", "word", "attribute"), "in": ("word", "words", "attribute"),
        "matches": ("text",), "within": ("age",), "count_over": ("number",),
    }[operator]  # fmt: skip
    if kind not in fits:
        return f"{leaf.fact} is a {kind}; {operator} cannot be asked of it."
    if operator == "count_over" and leaf.fact not in SIGNALS:
        return f"{leaf.fact} is no signal; only signals are counted over messages."
    words = [leaf.equals] if operator == "equals" else leaf.in_ or []
    if operator in ("equals", "in") and kind in ("flag", "word", "words", "number"):
        return _value_problem(leaf.fact, spec, words)
    return None


def _value_problem(fact: str, spec: FactSpec, values: Iterable[object]) -> str | None:
    for value in values:
        if isinstance(value, Param):
            if spec.kind != "number":
                return f"{fact} is a {spec.kind}; a parameter is a number."
            continue
        wanted = {"flag": bool, "number": (int, float)}.get(spec.kind, str)
        if not isinstance(value, wanted) or (spec.kind == "number" and isinstance(value, bool)):  # type: ignore[arg-type]
            return f"{fact} is a {spec.kind}, the value is not."
        if spec.choices and value not in ("", *spec.choices):
            return f"{fact} is one of {', '.join(spec.choices)}."
    return None


def _pairs(rule_set: RuleSet) -> Iterator[Finding]:
    """What can never fire, and rules that make others pointless or contradict them."""
    values = Values(rule_set.parameters)
    rules = [rule for rule in rule_set.rules if rule.enabled or rule.fixed]
    for place, rule in enumerate(rules):
        at = f"rules.{rule_set.rules.index(rule)}"
        try:
            if impossible(rule.when, values):
                yield _warning("unreachable", rule, at, "Its conditions can never hold together.")
        except UnknownParameterError:
            continue
        for earlier in rules[:place]:
            yield from _between(earlier, rule, at, values)


def _between(earlier: Rule, rule: Rule, at: str, values: Values) -> Iterator[Finding]:
    plain = earlier.unless is None and earlier.scope is None and earlier.schedule is None
    if not plain or not shadows(earlier.when, rule.when, values):
        return
    if earlier.stop and not rule.fixed:
        yield _warning("shadowed", rule, at, f"{earlier.id} always fires first and stops the evaluation.")
        return
    first, then = earlier.then.human, rule.then.human
    if first is not None and then is not None and first.queue and then.queue and first.queue != then.queue:
        yield _warning("conflict", rule, at, f"{earlier.id} always fires with it and names another queue.")
    if first is not None and then is None and rule.then.limit not in (None, "answer"):
        yield _warning("overruled", rule, at, f"{earlier.id} always fires with it and brings a person.")
