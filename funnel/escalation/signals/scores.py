"""From the lists that spoke to scored signals with their evidence."""

from typing import Final, Literal

from funnel.conversations.values import SignalValue
from funnel.escalation.signals.lexicon import MOST_EVIDENCE, Found

Spans = tuple[tuple[int, int], ...]
PLAIN: Final = 0.9
"""The score of plain words for a matter."""
_TOPICS: Final = ("payment", "fraud", "churn", "legal", "privacy", "complaint", "minors")


def evidence(found: Found, *names: str) -> Spans:
    """Spans of the original text behind the lists `names`, in order."""
    if found.names.isdisjoint(names):
        return ()
    spans = {span for name in names for span in found.evidence(name)}
    return tuple(sorted(spans))[:MOST_EVIDENCE]


def topics(found: Found) -> dict[str, SignalValue]:
    """The matters that plain words name, and abuse towards staff."""
    signals: dict[str, SignalValue] = {}
    for name in _TOPICS:
        if name in found.names and (spans := evidence(found, name)):
            signals[name] = SignalValue(PLAIN, spans)
    if "abuse" in found.names and (spans := evidence(found, "abuse")):
        signals["abuse_to_staff"] = SignalValue(PLAIN, spans)
    return signals


def dangers(found: Found, urgent: Literal["explicit", "figurative"] | None) -> dict[str, SignalValue]:
    """Self-harm and danger where the urgent path is meant; a product that hurts also without it."""
    signals: dict[str, SignalValue] = {}
    danger = evidence(found, "safety") if urgent == "explicit" else ()
    if urgent == "explicit":
        harm = evidence(found, "self_harm")
        faint = evidence(found, "faint")
        if harm or (faint and not danger):
            signals["self_harm"] = SignalValue(1.0 if harm else 0.8, harm or faint)
    product = evidence(found, "product_harm")
    if danger or product:
        signals["safety"] = SignalValue(1.0 if danger else PLAIN, danger or product)
    return signals
