"""The reading side of the index: scores, filters and the best k, from arrays that never change."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_BLOCK: Final = 64
_CACHED_POSTINGS: Final = 8_000_000
_DENSE: Final = 4
_KEPT_SATURATIONS: Final = 100_000


class Parameters(NamedTuple):
    """`k1`, `b`, `epsilon` as rank_bm25 names them; with fewer than `smooth_below` documents the idf is smoothed.

    The Okapi idf of a word in half of the documents is zero and a collection of a handful has little else, so there
    log(1 + (n - df + .5) / (df + .5)) is used. With `smooth_below` 0 scores are always rank_bm25's.
    """

    k1: float = 1.5
    b: float = 0.75
    epsilon: float = 0.25
    smooth_below: int = 0


class Posting:
    """The documents of one term, growing at the end; what a reader may look at never moves or changes."""

    __slots__ = ("counts", "documents", "size")

    def __init__(self, documents: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
        self.documents = documents
        self.counts = counts
        self.size = len(documents)

    def append(self, documents: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
        """Adds documents behind the others. A full array is replaced by a larger copy, never resized in place."""
        end = self.size + len(documents)
        if end > len(self.documents):
            self.documents = _grown(self.documents, end + end // 2)
            self.counts = _grown(self.counts, end + end // 2)
        self.documents[self.size : end] = documents
        self.counts[self.size : end] = counts
        self.size = end


def _grown(array: NDArray[np.int32], room: int) -> NDArray[np.int32]:
    larger = np.zeros(room, dtype=np.int32)
    larger[: len(array)] = array
    return larger


class Bm25Index:
    """What a reader sees: one state of the index, unchanged for ever whatever the writer does. Safe from any thread.

    Documents are numbered in the order they were added; a removed one keeps its number and scores nothing.
    """

    def __init__(
        self,
        terms: dict[str, int],
        postings: list[Posting],
        sizes: NDArray[np.int32],
        frequencies: NDArray[np.int32],
        lengths: NDArray[np.int32],
        alive: Bools,
        parameters: Parameters,
    ) -> None:
        self._terms = terms
        self._postings = postings
        self._sizes = sizes
        self._frequencies = frequencies
        self._parameters = parameters
        self.alive = alive
        self.size = len(lengths)
        self.live = int(np.count_nonzero(alive))
        self._whole = self.live == self.size
        self._norms = self._length_norms(lengths)
        self._cached: dict[int, tuple[Ints | None, Floats]] = {}
        self._room = _CACHED_POSTINGS
        self._average: float | None = None
        self._saturations: dict[tuple[str, int], float] = {}

    def _length_norms(self, lengths: NDArray[np.int32]) -> Floats:
        total = int(lengths[self.alive].sum(dtype=np.int64))
        if not self.live or not total:
            return np.ones(self.size)
        k1, b = self._parameters.k1, self._parameters.b
        return np.asarray(k1 * (1 - b + b * lengths / (total / self.live)), dtype=np.float64)

    def idf(self, term: str) -> float:
        """The weight of a term; one that no document has weighs as the rarest possible."""
        number = self._terms.get(term, -1)
        known = 0 <= number < len(self._frequencies)
        return self._idf(int(self._frequencies[number]) if known else 0)

    def document_frequency(self, term: str) -> int:
        """In how many live documents the term occurs."""
        number = self._terms.get(term, -1)
        return int(self._frequencies[number]) if 0 <= number < len(self._frequencies) else 0

    def saturation(self, term: str, document: int) -> float:
        """How much of a term's greatest possible share a document earns, 0..1; 0 where the term does not occur."""
        found = self._saturations.get((term, document))
        if found is None:
            found = self._saturated(term, document)
            if term in self._terms:  # the words of questions are endless, those of documents are not
                if len(self._saturations) >= _KEPT_SATURATIONS:
                    self._saturations = {}
                self._saturations[term, document] = found
        return found

    def _saturated(self, term: str, document: int) -> float:
        number = self._terms.get(term, -1)
        if not 0 <= number < len(self._sizes):
            return 0.0
        posting = self._postings[number]
        documents = posting.documents[: int(self._sizes[number])]
        place = int(documents.searchsorted(document))
        if place == len(documents) or documents[place] != document:
            return 0.0
        count = float(posting.counts[place])
        return count / (count + float(self._norms[document]))

    def _idf(self, frequency: int) -> float:
        n = self.live
        if n < self._parameters.smooth_below:
            return math.log(1 + (n - frequency + 0.5) / (frequency + 0.5))
        value = math.log(n - frequency + 0.5) - math.log(frequency + 0.5)
        return value if value >= 0 else self._parameters.epsilon * self._average_idf()

    def _average_idf(self) -> float:
        """The mean idf of the vocabulary, summed by frequency; rank_bm25 sums by word, so the last digits may differ."""
        if self._average is None:
            counts = np.bincount(self._frequencies[self._frequencies > 0])
            present = np.flatnonzero(counts)
            idfs = np.log(self.live - present + 0.5) - np.log(present + 0.5)
            self._average = float((counts[present] * idfs).sum() / counts[present].sum())
        return self._average

    def _contributions(self, term: str) -> tuple[Ints | None, Floats] | None:
        """Documents of a term and what it adds to each; without documents the second part has a place for every one.

        Kept, so that the next question with this term pays one addition.
        """
        number = self._terms.get(term, -1)
        if not 0 <= number < len(self._frequencies) or not self._frequencies[number]:
            return None
        found = self._cached.get(number)
        if found is None:
            found = self._computed(number)
            self._room -= len(found[1])
            if self._room < 0:
                self._cached = {}
                self._room = _CACHED_POSTINGS - len(found[1])
            self._cached[number] = found
        return found

    def _computed(self, number: int) -> tuple[Ints | None, Floats]:
        size = int(self._sizes[number])
        posting = self._postings[number]
        documents = posting.documents[:size].astype(np.int64)
        counts = posting.counts[:size].astype(np.float64)
        weights: Floats = counts * (self._parameters.k1 + 1) / (counts + self._norms[documents])
        weights *= self._idf(int(self._frequencies[number]))
        if size * _DENSE < self.size:
            return documents, weights
        return None, np.bincount(documents, weights=weights, minlength=self.size).astype(
            np.float64, copy=False
        )

    def knows(self, query: Sequence[str]) -> bool:
        """Whether any living document has any of the words."""
        return any(map(self.document_frequency, query))

    def scores(self, query: Sequence[str]) -> Floats:
        """The score of every document, zero where removed; a word said twice in the query counts twice."""
        parts = [part for part in map(self._contributions, query) if part is not None]
        sparse = [(documents, weights) for documents, weights in parts if documents is not None]
        if sparse:
            documents = np.concatenate([part[0] for part in sparse])
            weights = np.concatenate([part[1] for part in sparse])
            scores = np.bincount(documents, weights=weights, minlength=self.size).astype(
                np.float64, copy=False
            )
        else:
            scores = np.zeros(self.size)
        for documents_or_all, weights in parts:
            if documents_or_all is None:
                scores += weights
        return scores if self._whole else np.where(self.alive, scores, 0.0)

    def top(self, query: Sequence[str], k: int, allowed: Bools | None = None) -> list[tuple[int, float]]:
        """The best `k` documents of those allowed, best first, ties by number; exact. Filters before it ranks."""
        scores = self.scores(query)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        return [(int(document), float(scores[document])) for document in best(scores, k)]


def best(scores: Floats, k: int) -> Ints:
    """The positions of the `k` largest scores that are not zero, largest first, ties by position; exact.

    The k-th largest maximum of a block bounds the k-th largest score from below, so only what reaches it is sorted.
    """
    blocks = len(scores) // _BLOCK
    candidates = None
    if blocks > k * 4:
        maxima = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        floor = np.partition(maxima, blocks - k)[blocks - k]
        if floor > 0:
            candidates = np.flatnonzero(scores >= floor)
    if candidates is None:
        candidates = np.flatnonzero(scores)
    return candidates[np.argsort(-scores[candidates], kind="stable")[:k]]
