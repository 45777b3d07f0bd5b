"""Conditions as sentences: from a decision's record to what people read, in their language."""

from typing import Any, Final

from funnel.core.locales import resolve_locale
from funnel.escalation.rules.attributes import PREFIX
from funnel.escalation.rules.words import FACT_WORDS, OPERATOR_WORDS, fact_words

_DAY: Final = 86_400


def told(condition: dict[str, Any], locale: str) -> str:
    """A recorded condition (`fact`, `operator`, `wanted`, …) as a phrase of the catalogue's language for `locale`."""
    tag = resolve_locale(locale)
    name, wanted = str(condition.get("fact")), condition.get("wanted")
    fact = fact_words(name, tag)
    if isinstance(wanted, bool) and name in FACT_WORDS:
        # The words of a flag say it themselves: "asks for a person", not "... is yes".
        holds = wanted is not bool(condition.get("negated"))
        return fact if holds else OPERATOR_WORDS["not"][tag].format(text=fact)
    text = OPERATOR_WORDS[str(condition.get("operator"))][tag].format(
        fact=fact,
        wanted=_value(wanted, tag, str(condition.get("operator"))),
        last=condition.get("last"),
        at_least=condition.get("at_least"),
    )
    return OPERATOR_WORDS["not"][tag].format(text=text) if condition.get("negated") else text


def _value(value: Any, tag: str, operator: str) -> str:
    if isinstance(value, bool):
        return OPERATOR_WORDS["yes" if value else "no"][tag]
    if operator == "within" and isinstance(value, int) and value % _DAY == 0:
        return OPERATOR_WORDS["day"][tag].format(n=value // _DAY)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def shown(condition: dict[str, Any], locale: str, *, masked: bool = False) -> dict[str, Any]:
    """A condition as the API gives it: its phrase, what it was in this turn, whether it held, and what it was made of. To
    whom contacts are `masked` what is known of them is not told."""
    inputs = {
        name: condition[name]
        for name in ("fact", "operator", "wanted", "last", "at_least")
        if name in condition
    }
    hidden = masked and str(condition.get("fact")).startswith(PREFIX)
    return {
        "text": told(condition, locale),
        "value": None if hidden else condition.get("value"),
        "holds": bool(condition.get("holds")) is not bool(condition.get("negated")),
        "inputs": inputs,
    }
