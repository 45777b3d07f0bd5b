"""The changing side of the index: documents added and removed without touching what readers hold."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.bm25.index import Bm25Index, Parameters
from kb.bm25.postings import Entries, Postings
from kb.bm25.rows import Rows

BREAK: Final = "\n"
"""Not a word: the end of a sentence in a document's tokens. It is neither counted nor found."""


class Bm25Writer:
    """The changing side. One thread at a time; what `index` returned before stays as it was."""

    def __init__(self, parameters: Parameters = Parameters()) -> None:  # noqa: B008 - an immutable tuple
        self._parameters = parameters
        self._terms: dict[str, int] = {BREAK: 0}
        self._postings = Postings()
        self._sequences = Rows()
        self._frequencies = np.zeros(0, dtype=np.int32)
        self._lengths = np.zeros(0, dtype=np.int32)
        self._alive = np.zeros(0, dtype=np.bool_)
        self._index: Bm25Index | None = None

    @property
    def size(self) -> int:
        """How many numbers have been given out, removed documents included."""
        return len(self._sequences)

    @property
    def vocabulary(self) -> dict[str, int]:
        """Every term ever seen with its number, in the order of the numbers; only ever grows."""
        return self._terms

    @property
    def dead_share(self) -> float:
        """The share of numbers whose document was removed, 0..1; past a third a new writer is cheaper."""
        return 1 - float(self._alive.mean()) if len(self._alive) else 0.0

    def extend(self, documents: Iterable[Sequence[str]]) -> range:
        """Adds documents (their tokens in order, `BREAK` between sentences) and returns their numbers."""
        first = self.size
        given = [list(map(self._number, tokens)) for tokens in documents]
        if not given:
            return range(first, first)
        sizes = np.array(list(map(len, given)), dtype=np.int64)
        sequence = np.fromiter(chain.from_iterable(given), dtype=np.int64, count=int(sizes.sum()))
        self._sequences.extend(sizes, sequence)
        numbers = np.repeat(np.arange(len(given)), sizes)
        words = sequence != 0
        lengths = np.bincount(numbers[words], minlength=len(given)).astype(np.int32)
        keys, counts = np.unique(sequence[words] * len(given) + numbers[words], return_counts=True)
        terms, places = np.divmod(keys, len(given))
        documents_of = (places + first).astype(np.int32)
        self._postings.add(Entries(terms, documents_of, counts.astype(np.uint32)), len(self._terms))
        self._frequencies = self._moved(terms, 1)
        self._lengths = np.concatenate([self._lengths, lengths])
        self._alive = np.concatenate([self._alive, np.ones(len(given), dtype=np.bool_)])
        self._index = None
        return range(first, self.size)

    def _number(self, token: str) -> int:
        return self._terms.setdefault(token, len(self._terms))

    def _moved(self, terms: NDArray[np.int64], step: int) -> NDArray[np.int32]:
        """Frequencies with `step` added for each term, in a new array: readers keep theirs."""
        moved = np.bincount(terms, minlength=len(self._terms)).astype(np.int32) * np.int32(step)
        moved[: len(self._frequencies)] += self._frequencies
        return moved

    def remove(self, numbers: Iterable[int]) -> None:
        """Takes documents out. Idempotent; raises IndexError for a number never given out."""
        alive = self._alive.copy()
        sequences = self._sequences.view()
        gone: list[NDArray[np.int64]] = []
        for number in numbers:
            if alive[number]:
                alive[number] = False
                values, _ = sequences.of(np.array([number], dtype=np.int64))
                distinct = np.unique(values).astype(np.int64)
                gone.append(distinct[distinct != 0])
        self._alive = alive
        if gone:
            self._frequencies = self._moved(np.concatenate(gone), -1)
            self._index = None

    def index(self) -> Bm25Index:
        """The present state for readers; the same object until something changes."""
        if self._index is None:
            self._index = Bm25Index(
                self._terms, self._postings.view(), self._sequences.view(), self._frequencies, self._lengths,
                self._alive, self._parameters,
            )  # fmt: skip
        return self._index
