"""How far the best passage can be trusted to answer, 0..1, from measures that do not depend on the size of the base."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from kb.analyzer import is_piece
from kb.shelf import CARD_WEIGHT, Found, Shelf


class Measures(msgspec.Struct, frozen=True):
    """What the confidence rests on, each 0..1.

    `coverage`: share of the question's weight (rare words weigh more) that the article holds. `strength`: the same
    share, with how often and in how short a text. `margin`: how far the second article lies behind. `asked`: likeness to the
    closest title or example question of the article.
    """

    coverage: float
    strength: float
    margin: float
    asked: float


# Fitted by hand on the example questions of the demo articles, each searched with itself left out, with its article
# left out, and beside questions about other matters, in English, both Chinese scripts and Arabic.
_STRENGTH: Final = 5.0
_COVERED_MARGIN: Final = 4.0
_ASKED: Final = 1.0
_BIAS: Final = -2.6
ANSWER: Final = 0.5
SUGGEST: Final = 0.3
_UNKNOWN_PIECE: Final = 0.2


class Question:
    """A question against one state of a shelf: its tokens and what each of them weighs."""

    def __init__(self, shelf: Shelf, tokens: Sequence[str]) -> None:
        self._shelf = shelf
        self._index = shelf.index
        self._weights = {token: self._weight(token) for token in tokens}
        self._total = sum(self._weights.values())

    def _weight(self, token: str) -> float:
        weight = self._shelf.rarity(token)
        return (
            weight * _UNKNOWN_PIECE
            if is_piece(token) and not self._index.document_frequency(token)
            else weight
        )

    def likeness(self, asked: Sequence[frozenset[str]]) -> float:
        """Weighted overlap with the closest of other questions, 0..1 (1: the same words)."""
        closest = 0.0
        rarity = self._shelf.rarity
        for other in asked:
            common = sum([weight for token, weight in self._weights.items() if token in other])
            if 2 * common > closest * (
                self._total + common
            ):  # else no question could come closer than the closest
                own = sum([rarity(token) for token in other])
                closest = max(closest, 2 * common / (self._total + own))
        return min(1.0, closest)

    def measure(self, found: Sequence[Found]) -> Measures:
        """The measures of the best of `found`, which is not empty."""
        best = found[0]
        held = earned = 0.0
        for token, weight in self._weights.items():
            passage = self._index.saturation(token, best.document)
            card = self._index.saturation(token, best.card)
            held += weight if passage or card else 0.0
            earned += weight * (passage + CARD_WEIGHT * card)
        second = found[1].score if len(found) > 1 else 0.0
        return Measures(
            coverage=held / self._total if self._total else 0.0,
            strength=earned / (self._total * (1 + CARD_WEIGHT)) if self._total else 0.0,
            margin=(best.score - second) / best.score if best.score > 0 else 0.0,
            asked=best.asked,
        )


def confidence(measures: Measures) -> float:
    """The measures as one number by a logistic rule; a wide margin counts only as far as the question is covered."""
    total = (
        _BIAS
        + _STRENGTH * measures.strength
        + _COVERED_MARGIN * measures.margin * measures.coverage
        + _ASKED * measures.asked
    )
    return 1 / (1 + math.exp(-total))
