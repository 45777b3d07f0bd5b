"""The changing side of the index: documents added and removed without touching what readers hold."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.bm25.index import Bm25Index, Parameters, Posting


class Bm25Writer:
    """The changing side. One thread at a time; what `index` returned before stays as it was."""

    def __init__(self, parameters: Parameters = Parameters()) -> None:  # noqa: B008 - an immutable tuple
        self._parameters = parameters
        self._terms: dict[str, int] = {}
        self._postings: list[Posting] = []
        self._sizes = np.zeros(0, dtype=np.int32)
        self._frequencies = np.zeros(0, dtype=np.int32)
        self._lengths = np.zeros(0, dtype=np.int32)
        self._alive = np.zeros(0, dtype=np.bool_)
        self._words: list[NDArray[np.int32]] = []
        self._index: Bm25Index | None = None

    @property
    def size(self) -> int:
        """How many numbers have been given out, removed documents included."""
        return len(self._words)

    @property
    def dead_share(self) -> float:
        """The share of numbers whose document was removed, 0..1; past a third a new writer is cheaper."""
        return 1 - float(self._alive.mean()) if len(self._alive) else 0.0

    def extend(self, documents: Iterable[Sequence[str]]) -> range:
        """Adds documents (their tokens in order) and returns their numbers."""
        first = self.size
        lengths: list[int] = []
        times: list[int] = []
        for tokens in documents:
            lengths.append(len(tokens))
            counts = Counter(tokens)
            words = [self._terms.setdefault(word, len(self._terms)) for word in counts]
            self._words.append(np.array(words, dtype=np.int32))
            times.extend(counts.values())
        added = range(first, self.size)
        if lengths:
            words_of = self._words[first:]
            numbers = np.repeat(
                np.arange(first, self.size, dtype=np.int32), [len(words) for words in words_of]
            )
            flat = np.concatenate(words_of)
            self._append(flat, numbers, np.array(times, dtype=np.int32))
            self._lengths = np.concatenate([self._lengths, np.array(lengths, dtype=np.int32)])
            self._alive = np.concatenate([self._alive, np.ones(len(lengths), dtype=np.bool_)])
            self._index = None
        return added

    def _append(self, words: NDArray[np.int32], numbers: NDArray[np.int32], times: NDArray[np.int32]) -> None:
        """Puts each word's new documents behind its old ones, one slice a word."""
        order = np.argsort(words, kind="stable")
        words, numbers, times = words[order], numbers[order], times[order]
        starts = np.flatnonzero(np.diff(words, prepend=-1))
        ends = np.append(starts, len(words))[1:]
        for word, start, end in zip(words[starts].tolist(), starts.tolist(), ends.tolist(), strict=True):
            if word == len(self._postings):
                self._postings.append(Posting(numbers[start:end].copy(), times[start:end].copy()))
            else:
                self._postings[word].append(numbers[start:end], times[start:end])
        self._sizes = self._moved(self._sizes, words, 1)
        self._frequencies = self._moved(self._frequencies, words, 1)

    def _moved(self, totals: NDArray[np.int32], words: NDArray[np.int32], step: int) -> NDArray[np.int32]:
        """Totals by term with `step` added for each word, in a new array: readers keep theirs."""
        moved = np.zeros(len(self._terms), dtype=np.int32)
        moved[: len(totals)] = totals
        np.add.at(moved, words, step)
        return moved

    def remove(self, numbers: Iterable[int]) -> None:
        """Takes documents out. Idempotent; raises IndexError for a number never given out."""
        alive = self._alive.copy()
        gone: list[NDArray[np.int32]] = []
        for number in numbers:
            if alive[number]:
                alive[number] = False
                gone.append(self._words[number])
        self._alive = alive
        if gone:
            self._frequencies = self._moved(self._frequencies, np.concatenate(gone), -1)
            self._index = None

    def index(self) -> Bm25Index:
        """The present state for readers; the same object until something changes."""
        if self._index is None:
            self._index = Bm25Index(
                self._terms,
                self._postings,
                self._sizes,
                self._frequencies,
                self._lengths,
                self._alive,
                self._parameters,
            )
        return self._index
