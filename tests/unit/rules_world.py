"""Small rule sets for the tests of the engine."""

from typing import Any

from funnel.escalation.rules.facts import Facts, FactValue, with_defaults
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.model import RuleSet, parse

Json = dict[str, Any]


def rule(rule_id: str = "late", when: Json | None = None, then: Json | None = None, **more: Any) -> Json:
    """A rule that fires on anger from 0.5 and brings a person, changed as asked."""
    return {
        "id": rule_id,
        "description": "A rule of a test.",
        "when": {"fact": "anger", "gte": 0.5} if when is None else when,
        "then": {"human": {}} if then is None else then,
        **more,
    }


def rule_set(*rules: Json, **more: Any) -> RuleSet:
    """A document of these rules."""
    return parse({"rules": list(rules), **more})


def bench(*rules: Json, **more: Any) -> Bench:
    """The same, ready to judge."""
    return Bench(rule_set(*rules, **more))


def facts(values: dict[str, FactValue] | None = None, *moods: dict[str, float]) -> Facts:
    """Facts of a turn."""
    return with_defaults(values or {}, moods)
