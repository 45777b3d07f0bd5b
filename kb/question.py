"""A question against one state of a shelf: its words, what each of them weighs, and the pieces of its words."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from kb.analyzer import is_piece
from kb.bm25 import Bm25Index, Floats, Ints
from kb.classifier import features_of
from kb.shelf import LEAST_SIZE, Shelf
from kb.spellings import Spellings
from kb.synonyms import NO_SYNONYMS, Synonyms

_UNKNOWN_PIECE: Final = 0.2
_UNKNOWN_WORD: Final = 0.6
_MOST_WORDS: Final = 160
_MOST_CODES: Final = 600


class Words:
    """Different words in order, with what each weighs in one index; one that it does not have keeps a share of its weight.

    Such a word stands for up to three of the index that look like it: they are searched with (`searched`, `factors`) and
    count as it; so does what a word is a synonym of. `unknown` is the share of the weight that such words make up. `numbers`, ascending, are the words in the
    numbers of the index, `places` which word each is. Only the first 160 different words count.
    """

    def __init__(
        self, index: Bm25Index, spellings: Spellings, tokens: Sequence[str], synonyms: Synonyms = NO_SYNONYMS
    ) -> None:
        self.tokens = list(dict.fromkeys(tokens))[:_MOST_WORDS]
        self.searched = list(self.tokens)
        self.factors = [1.0] * len(self.tokens)
        weights: list[float] = []
        known: list[tuple[int, int]] = []
        unknown = 0.0
        meant = synonyms.meant(self.tokens)
        named = {place: n for place, other, _ in meant if (n := index.document_frequency(other))}
        size = max(index.live, LEAST_SIZE)
        for place, word in enumerate(self.tokens):
            number, frequency = index.term(word)
            if frequency:
                known.append((number, place))
                weights.append(_rarity(size, frequency))
            elif place in named:  # the base calls it by another name only
                weights.append(_rarity(size, named[place]))
            else:
                like = spellings.like(word)
                factor = _UNKNOWN_PIECE if is_piece(word) else max(_UNKNOWN_WORD, like[0][1] if like else 0.0)
                self.searched += [other for other, _ in like]
                self.factors += [likeness * likeness for _, likeness in like]
                known += [(number, place) for other, _ in like if (number := index.number(other)) > 0]
                weights.append(factor * _rarity(size, 0))
                unknown += weights[-1]
        for place, other, factor in meant:
            if (number := index.number(other)) > 0:
                self.searched.append(other)
                self.factors.append(factor)
                known.append((number, place))
        self.weights: Floats = np.array(weights, dtype=np.float64)
        self.total = sum(weights)
        self.unknown = unknown / self.total if self.total > 0 else 0.0
        known.sort()
        self.numbers: Ints = np.array([number for number, _ in known], dtype=np.int64)
        self.places: Ints = np.array([place for _, place in known], dtype=np.int64)

    def scores(self, index: Bm25Index) -> Floats:
        """The BM25 score of every document for these words."""
        return index.scores(self.searched, self.factors)


class Question:
    """A question in three readings: the words of its matter for passages, all of them for titles and example questions,
    the codes of the pieces of its words for both."""

    def __init__(
        self, shelf: Shelf, content: Sequence[str], tokens: Sequence[str], codes: Sequence[int]
    ) -> None:
        self.matter = Words(shelf.passages.words, shelf.spellings, content, shelf.synonyms)
        self.wording = Words(shelf.asked.words, shelf.spellings, tokens, shelf.synonyms)
        self.codes: Ints = np.array(list(dict.fromkeys(codes))[:_MOST_CODES], dtype=np.int64)
        self._read = (tokens, codes, shelf.synonyms)

    def features(self) -> list[int]:
        """What the linear model of a shelf goes by."""
        tokens, codes, synonyms = self._read
        return features_of(tokens, codes, synonyms.matters(tokens))


def _rarity(size: int, frequency: int) -> float:
    """How much a word says, always positive: the fewer of so many documents have it, the more."""
    return math.log1p((size - frequency + 0.5) / (frequency + 0.5))
