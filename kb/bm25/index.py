"""The reading side of the index: scores, filters and the best k, from arrays that never change."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.bm25.postings import PostingsView
from kb.bm25.rows import RowsView

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_BLOCK: Final = 64
_CACHED_POSTINGS: Final = 2_000_000
_DENSE: Final = 4


class Parameters(NamedTuple):
    """`k1`, `b`, `epsilon` as rank_bm25 names them; with `smooth` the idf is log(1 + (n - df + .5) / (df + .5)), n at least `smooth`.

    The plain Okapi idf of a word in half of the documents is zero, which a small collection has little else than; the
    smoothed one is never negative, and a collection of a handful is weighed as if it were larger. Without `smooth` scores are always rank_bm25's.
    """

    k1: float = 1.5
    b: float = 0.75
    epsilon: float = 0.25
    smooth: int = 0


class Bm25Index:
    """What a reader sees: one state of the index, unchanged for ever whatever the writer does. Safe from any thread.

    Documents are numbered in the order they were added; a removed one keeps its number and scores nothing.
    """

    def __init__(
        self,
        terms: dict[str, int],
        postings: PostingsView,
        sequences: RowsView,
        frequencies: NDArray[np.int32],
        lengths: NDArray[np.int32],
        alive: Bools,
        parameters: Parameters,
    ) -> None:
        self._terms = terms
        self._postings = postings
        self._frequencies = frequencies
        self._lengths = lengths
        self._parameters = parameters
        self.sequences = sequences
        self.alive = alive
        self.size = len(lengths)
        self.live = int(np.count_nonzero(alive))
        self._whole = self.live == self.size
        self._norms = self._length_norms(lengths)
        self._cached: dict[str, tuple[Ints | None, Floats]] = {}
        self._room = _CACHED_POSTINGS
        self._average: float | None = None

    def _length_norms(self, lengths: NDArray[np.int32]) -> Floats:
        total = int(lengths[self.alive].sum(dtype=np.int64))
        if not self.live or not total:
            return np.ones(self.size)
        k1, b = self._parameters.k1, self._parameters.b
        return np.asarray(k1 * (1 - b + b * lengths / (total / self.live)), dtype=np.float64)

    @property
    def size_bytes(self) -> int:
        """What postings, sequences and lengths take, without the words and what was kept of earlier questions."""
        whole = self._postings.size_bytes + self.sequences.size_bytes
        return (
            whole + self._norms.nbytes + self._lengths.nbytes + self._frequencies.nbytes + self.alive.nbytes
        )

    def without(self, documents: Ints) -> "Bm25Index":
        """This state as it would be if living documents had never come; costs as much as the vocabulary is large."""
        values, sizes = self.sequences.of(documents)
        owners = np.repeat(np.arange(len(documents)), sizes)
        terms = np.unique(owners * len(self._frequencies) + values) % max(1, len(self._frequencies))
        gone = np.bincount(terms[terms != 0], minlength=len(self._frequencies)).astype(np.int32)
        alive = self.alive.copy()
        alive[documents] = False
        return Bm25Index(
            self._terms, self._postings, self.sequences, self._frequencies - gone, self._lengths, alive,
            self._parameters,
        )  # fmt: skip

    def number(self, term: str) -> int:
        """The number of a term in the sequences, -1 for one that this state does not have."""
        number = self._terms.get(term, -1)
        return number if 0 < number < len(self._frequencies) else -1

    def idf(self, term: str) -> float:
        """The weight of a term; one that no document has weighs as the rarest possible."""
        return self._idf(self.document_frequency(term))

    def document_frequency(self, term: str) -> int:
        """In how many live documents the term occurs."""
        number = self.number(term)
        return int(self._frequencies[number]) if number > 0 else 0

    def term(self, term: str) -> tuple[int, int]:
        """Its number, or -1, and in how many live documents it occurs."""
        number = self._terms.get(term, -1)
        return (number, int(self._frequencies[number])) if 0 < number < len(self._frequencies) else (-1, 0)

    def totals(self, least: int) -> Floats:
        """The sum of the smoothed idfs of each document's words, of a collection taken to be at least so large."""
        n = max(self.live, least)
        rarities = np.log1p((n - self._frequencies + 0.5) / (self._frequencies + 0.5))
        values, starts = self.sequences
        ends = np.zeros(int(starts[-1]) + 1)
        rarities.take(values[: int(starts[-1])]).cumsum(out=ends[1:])
        return np.asarray(ends[starts[1:]] - ends[starts[:-1]], dtype=np.float64)

    def _idf(self, frequency: int) -> float:
        n = self.live
        if self._parameters.smooth:
            n = max(n, self._parameters.smooth)
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
        found = self._cached.get(term)
        if found is None:
            number, frequency = self.term(term)
            if not frequency:
                return None
            found = self._computed(number)
            self._room -= len(found[1])
            if self._room < 0:
                self._cached = {}
                self._room = _CACHED_POSTINGS - len(found[1])
            self._cached[term] = found
        return found

    def _computed(self, number: int) -> tuple[Ints | None, Floats]:
        numbers, times = self._postings.of(number)
        documents, counts = numbers.astype(np.int64), times.astype(np.float64)
        weights: Floats = counts * (self._parameters.k1 + 1) / (counts + self._norms[documents])
        weights *= self._idf(int(self._frequencies[number]))
        if len(documents) * _DENSE < self.size:
            return documents, weights
        dense: Floats = np.zeros(self.size)
        dense[documents] = weights
        return None, dense

    def knows(self, query: Sequence[str]) -> bool:
        """Whether any living document has any of the words."""
        return any(map(self.document_frequency, query))

    def scores(self, query: Sequence[str], weights: Sequence[float] | None = None) -> Floats:
        """The score of every document, zero where removed; a word said twice in the query counts twice.

        `weights` gives each word of the query a factor of its own.
        """
        factors = weights if weights is not None else [1.0] * len(query)
        parts = [
            (*part, factor)
            for part, factor in zip(map(self._contributions, query), factors, strict=True)
            if part is not None
        ]
        sparse = [(documents, added, factor) for documents, added, factor in parts if documents is not None]
        if sparse:
            numbers = np.concatenate([part[0] for part in sparse])
            added = np.concatenate([part[1] if part[2] == 1 else part[1] * part[2] for part in sparse])
            scores = np.bincount(numbers, weights=added, minlength=self.size).astype(np.float64, copy=False)
        else:
            scores = np.zeros(self.size)
        for documents, added, factor in parts:
            if documents is None:
                scores += added if factor == 1 else added * factor
        return scores if self._whole else np.where(self.alive, scores, 0.0)

    def top(self, query: Sequence[str], k: int, allowed: Bools | None = None) -> list[tuple[int, float]]:
        """The best `k` documents of those allowed, best first, ties by number; exact. Filters before it ranks."""
        scores = self.scores(query)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        return [(int(document), float(scores[document])) for document in best(scores, k)]


def best(scores: Floats, k: int) -> Ints:
    """The positions of the `k` largest scores that are not zero, largest first, ties by position; exact.

    The k-th largest maximum of a block bounds the k-th largest score from below, so only what reaches it is sorted. A block is
    every so many-th score, not neighbours: the maxima of rows are found several times faster than those of columns.
    """
    blocks = len(scores) // _BLOCK
    candidates = None
    if blocks > k * 4:
        maxima = scores[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(axis=0)
        floor = np.partition(maxima, blocks - k)[blocks - k]
        if floor > 0:
            candidates = (scores >= floor).nonzero()[0]
    if candidates is None:
        candidates = scores.nonzero()[0]
    return candidates[(-scores[candidates]).argsort(kind="stable")[:k]]
