"""The shipped rule set: the base layer under every other one, with its tests in four languages."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from funnel.escalation.rules.model import Rule, RuleSet, parse, rules_invalid

TEST_LOCALES: Final = ("en", "zh-Hans", "zh-Hant", "ar")
BASE: Final = "1"
"""Number of this base layer; it rises with every release that changes a rule."""


@cache
def shipped() -> RuleSet:
    """The shipped document. The same object each time."""
    document = _read("rules.yaml")
    by_rule: dict[str, list[Any]] = {}
    for locale in TEST_LOCALES:
        for rule_id, tests in _read(f"tests_{locale}.yaml").items():
            by_rule.setdefault(rule_id, []).extend({"locale": locale, **test} for test in tests)
    unknown = by_rule.keys() - {rule["id"] for rule in document["rules"]}
    if unknown:
        raise ValueError(f"tests of unknown rules: {sorted(unknown)}")
    for rule in document["rules"]:
        rule["tests"] = by_rule.get(rule["id"], [])
    return parse(document)


def _read(name: str) -> Any:
    return yaml.safe_load((files(__package__) / name).read_text(encoding="utf-8"))


def _without_tests(rule: Rule) -> Rule:
    return rule.model_copy(update={"tests": [], "owner": None})


def complete(document: RuleSet) -> RuleSet:
    """The document with the fixed rules and the parameters of the shipped set that it does not state itself.

    Fixed rules cannot be changed and their parameters only be tightened: raises 422 `rules_invalid` naming the place.
    """
    base = shipped()
    errors = [*_changed_fixed(document, base), *_loosened(document, base)]
    if errors:
        raise rules_invalid(errors)
    missing = [rule for rule in base.rules if rule.fixed and document.rule(rule.id) is None]
    parameters = {**base.parameters, **document.parameters}
    if not missing and parameters == document.parameters:
        return document
    return document.model_copy(update={"rules": [*missing, *document.rules], "parameters": parameters})


def _error(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}


def _changed_fixed(document: RuleSet, base: RuleSet) -> list[dict[str, str]]:
    found = []
    for place, rule in enumerate(document.rules):
        own = base.rule(rule.id)
        is_fixed = own is not None and own.fixed
        if is_fixed and own is not None and _without_tests(rule) != _without_tests(own):
            found.append(_error(f"rules.{place}", "fixed_rule_changed", "A fixed rule cannot be changed."))
        elif rule.fixed and not is_fixed:
            found.append(
                _error(f"rules.{place}.fixed", "not_a_fixed_rule", "Only rules of the product are fixed.")
            )
    return found


def _loosened(document: RuleSet, base: RuleSet) -> list[dict[str, str]]:
    found = []
    for name, parameter in document.parameters.items():
        own = base.parameters.get(name)
        most = own.most if own is not None else None
        if most is not None and (max(parameter.values()) > most or min(parameter.values()) <= 0):
            found.append(
                _error("parameters", "fixed_parameter_loosened", "This number can only be tightened.")
            )
    return found
