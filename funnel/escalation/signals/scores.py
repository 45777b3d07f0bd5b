"""From the lists that spoke to scored signals with their evidence."""

from typing import Final, Literal

from funnel.conversations.values import SignalValue
from funnel.escalation.signals.folding import Folded
from funnel.escalation.signals.lexicon import Found

Spans = tuple[tuple[int, int], ...]
PLAIN: Final = 0.9
"""The score of plain words for a matter."""
_TOPICS: Final = ("payment", "fraud", "churn", "legal", "privacy", "complaint", "minors")
_MOST_EVIDENCE: Final = 12
"""Spans kept of one signal: a text that repeats itself says no more with the hundredth."""


def evidence(found: Found, folded: Folded, *names: str) -> Spans:
    """Spans of the original text behind the lists `names`, in order."""
    if found.names.isdisjoint(names):
        return ()
    spans = {folded.span(low, high) for name in names for low, high in found.spans(name)[:_MOST_EVIDENCE]}
    return tuple(sorted(spans))[:_MOST_EVIDENCE]


def topics(found: Found, folded: Folded) -> dict[str, SignalValue]:
    """The matters that plain words name, and abuse towards staff."""
    signals: dict[str, SignalValue] = {}
    for name in _TOPICS:
        if name in found.names and (spans := evidence(found, folded, name)):
            signals[name] = SignalValue(PLAIN, spans)
    if "abuse" in found.names and (spans := evidence(found, folded, "abuse")):
        signals["abuse_to_staff"] = SignalValue(PLAIN, spans)
    return signals


def dangers(
    found: Found, folded: Folded, urgent: Literal["explicit", "figurative"] | None
) -> dict[str, SignalValue]:
    """Self-harm and danger where the urgent path is meant; a product that hurts also without it."""
    signals: dict[str, SignalValue] = {}
    danger = evidence(found, folded, "safety") if urgent == "explicit" else ()
    if urgent == "explicit":
        harm = evidence(found, folded, "self_harm")
        faint = evidence(found, folded, "faint")
        if harm or (faint and not danger):
            signals["self_harm"] = SignalValue(1.0 if harm else 0.8, harm or faint)
    product = evidence(found, folded, "product_harm")
    if danger or product:
        signals["safety"] = SignalValue(1.0 if danger else PLAIN, danger or product)
    return signals
