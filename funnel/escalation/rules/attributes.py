"""What a site's own systems say of a verified contact (plan, tier …) as facts that rules read: `contact.attributes.plan`."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from funnel.escalation.rules.facts import FACTS, FactSpec, FactValue

PREFIX: Final = "contact.attributes."
MOST: Final = 50
LONGEST_NAME: Final = 60 - len(PREFIX)
LONGEST_WORD: Final = 64
"""Longer texts are prose and no facts; they are neither compared nor kept with a decision."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_OTHERS: Final = re.compile(r"[^a-z0-9_]+")


def attribute_facts(attributes: Mapping[str, Any]) -> dict[str, FactValue]:
    """The first fifty flags, numbers, words and lists of words as facts. Names in lower case with `_` for what is no letter
    or digit, dots between levels: `{"Company": {"Seat count": 3}}` is `contact.attributes.company.seat_count`."""
    found: dict[str, FactValue] = {}
    for name, value in _flat(attributes, ""):
        if len(found) == MOST:
            break
        fits = _fact(value)
        if fits is not None and len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
            found.setdefault(PREFIX + name, fits)
    return found


def spec_of(name: str) -> FactSpec | None:
    """What a fact is, a contact's attributes included; None where there is no such fact."""
    found = FACTS.get(name)
    if found is None and name.startswith(PREFIX) and _NAME.fullmatch(name[len(PREFIX) :]):
        return FactSpec(name, "attribute")
    return found


def _flat(attributes: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in attributes.items():
        name = before + _OTHERS.sub("_", str(key).strip().casefold())
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _fact(value: Any) -> FactValue:
    match value:
        case bool():
            return value
        case int() | float() if math.isfinite(value):
            return value
        case str() if len(value) <= LONGEST_WORD:
            return value
        case [*words] if words and all(isinstance(one, str) and len(one) <= LONGEST_WORD for one in words):
            return tuple(words[:MOST])
    return None
