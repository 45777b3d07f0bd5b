"""How far the best passage can be trusted to answer, 0..1, from measures that do not depend on the size of the base."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from funnel.core.locales import language_of
from kb.analyzer import is_piece
from kb.shelf import CARD_WEIGHT, Found, Shelf


class Measures(msgspec.Struct, frozen=True):
    """What the confidence rests on, each 0..1.

    `coverage`: share of the question's weight (rare words weigh more) that the article holds. `strength`: the same
    share, with how often and in how short a text. `margin`: how far the second article lies behind. `asked`: likeness
    to the closest title or example question of the article; `title`: to its title; `contained`: how much of one of them
    the question holds, whatever else it says. `words`: how much it says, 1 from six different words on.
    """

    coverage: float
    strength: float
    margin: float
    asked: float
    title: float
    words: float
    contained: float


class Rule(NamedTuple):
    """The weights of the logistic rule; `offsets` by language, `other` for every language that has none of its own."""

    bias: float
    strength: float
    covered_margin: float
    asked: float
    title: float
    words: float
    contained: float
    offsets: Mapping[str, float]
    other: float


# Written by benchmarks/fit_confidence.py, which says on what: the example questions of the demo articles with the
# question left out and with the article left out, and public question sets (their licences and authors are named there).
RULE: Final = Rule(-3.54, 2.54, 4.14, 0.15, 2.03, 1.44, 0.83, {"ar": 0.25, "en": -0.61, "zh": -0.48}, -0.28)
ANSWER: Final = 0.5
SUGGEST: Final = 0.25
SAID: Final = 0.95
"""The least confidence when the title or an example question of the best article is literally the question."""
_UNKNOWN_PIECE: Final = 0.2
_UNKNOWN_WORD: Final = 0.6
_ENOUGH_WORDS: Final = 6
_SPOKEN: Final = 4
_TELLING: Final = 6.0


class Question:
    """A question against one state of a shelf: its tokens and what each of them weighs."""

    def __init__(self, shelf: Shelf, tokens: Sequence[str]) -> None:
        self._shelf = shelf
        self._index = shelf.index
        self._weights = {token: self._weight(token) for token in tokens}
        self._total = sum(self._weights.values())

    def _weight(self, token: str) -> float:
        """What a word says; one that no article has says less, as it may be anything."""
        weight = self._shelf.rarity(token)
        if self._index.document_frequency(token):
            return weight
        return weight * (_UNKNOWN_PIECE if is_piece(token) else _UNKNOWN_WORD)

    def likeness(self, found: Found) -> float:
        """Weighted overlap with the closest title or example question of an article, 0..1 (1: the same words)."""
        return max(self._likenesses(found, self._overlaps(found)).values(), default=0.0)

    def _likenesses(self, found: Found, overlaps: Mapping[int, float]) -> dict[int, float]:
        weights = self._shelf.asked(found).weights
        return {n: min(1.0, 2 * weight / (self._total + weights[n])) for n, weight in overlaps.items()}

    def _contained(self, found: Found, overlaps: Mapping[int, float]) -> float:
        """The most of a title or example question that this question holds, whatever else it says."""
        weights = self._shelf.asked(found).weights
        shares = (weight / weights[n] * min(1.0, weight / _TELLING) for n, weight in overlaps.items())
        return min(1.0, max(shares, default=0.0))

    def _overlaps(self, found: Found) -> dict[int, float]:
        """The weight shared with each title or example question, by its number; those without any left out."""
        having = self._shelf.asked(found).having
        common: dict[int, float] = {}
        for token, weight in self._weights.items():
            numbers = having.get(token)
            if numbers is not None:
                for number in numbers:
                    common[number] = common.get(number, 0.0) + weight
        return common

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
        overlaps = self._overlaps(best)
        likenesses = self._likenesses(best, overlaps)
        return Measures(
            coverage=held / self._total if self._total else 0.0,
            strength=earned / (self._total * (1 + CARD_WEIGHT)) if self._total else 0.0,
            margin=(best.score - second) / best.score if best.score > 0 else 0.0,
            asked=max(likenesses.values(), default=0.0),
            contained=self._contained(best, overlaps),
            title=likenesses.get(0, 0.0),
            words=min(len(self._weights), _ENOUGH_WORDS) / _ENOUGH_WORDS,
        )


def features(measures: Measures) -> tuple[float, float, float, float, float, float]:
    """What the rule weighs, in the order of its fields.

    A margin counts as far as the question is covered, a likeness as far as there are words to be alike.
    """
    spoken = min(1.0, measures.words * _ENOUGH_WORDS / _SPOKEN)
    return (
        measures.strength,
        measures.margin * measures.coverage,
        measures.asked * spoken,
        measures.title,
        measures.words,
        measures.contained,
    )


def confidence(measures: Measures, locale: str) -> float:
    """The measures as one number, 0..1, by a logistic rule with an offset of the language."""
    offset = RULE.offsets.get(language_of(locale), RULE.other)
    total = RULE.bias + offset
    for weight, value in zip(RULE[1:7], features(measures), strict=True):
        total += weight * value
    return 1 / (1 + math.exp(-total))
