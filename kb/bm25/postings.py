"""The documents of every term: most of them in flat arrays made at once, those that came later behind them."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Counts = NDArray[np.unsignedinteger]
_MERGE_AFTER: Final = 20_000
_MERGE_SHARE: Final = 4


class Entries(NamedTuple):
    """Occurrences as parallel arrays, by term and then by document."""

    terms: Ints
    documents: NDArray[np.int32]
    counts: Counts


class Tail:
    """The later documents of one term, growing at the end; what a reader may look at never moves or changes."""

    __slots__ = ("counts", "documents", "size")

    def __init__(self, documents: NDArray[np.int32], counts: NDArray[np.uint32]) -> None:
        self.documents = documents
        self.counts = counts
        self.size = len(documents)

    def append(self, documents: NDArray[np.int32], counts: NDArray[np.uint32]) -> None:
        """Adds documents behind the others. A full array is replaced by a larger copy, never resized in place."""
        end = self.size + len(documents)
        if end > len(self.documents):
            self.documents = np.resize(self.documents, end + end // 2)
            self.counts = np.resize(self.counts, end + end // 2)
        self.documents[self.size : end] = documents
        self.counts[self.size : end] = counts
        self.size = end


class PostingsView(NamedTuple):
    """The postings at one moment; `sizes` says how many documents of each term belong to it."""

    starts: Ints
    documents: NDArray[np.int32]
    counts: Counts
    tails: dict[int, Tail]
    sizes: NDArray[np.int32]

    @property
    def size_bytes(self) -> int:
        """What they take, later ones included."""
        flat = self.starts.nbytes + self.documents.nbytes + self.counts.nbytes + self.sizes.nbytes
        return flat + sum(tail.documents.nbytes + tail.counts.nbytes for tail in list(self.tails.values()))

    def of(self, term: int) -> tuple[NDArray[np.int32], Counts]:
        """Documents, ascending, and counts of a term; both empty for one that came later."""
        if not 0 <= term < len(self.sizes):
            return self.documents[:0], self.counts[:0]
        first, end = (
            (int(self.starts[term]), int(self.starts[term + 1])) if term + 1 < len(self.starts) else (0, 0)
        )
        later = int(self.sizes[term]) - (end - first)
        if later <= 0:
            return self.documents[first:end], self.counts[first:end]
        tail = self.tails[term]
        documents = np.concatenate([self.documents[first:end], tail.documents[:later]])
        return documents, np.concatenate([self.counts[first:end], tail.counts[:later]])


class Postings:
    """The changing side; one thread at a time."""

    def __init__(self) -> None:
        self._starts = np.zeros(1, dtype=np.int64)
        self._documents = np.zeros(0, dtype=np.int32)
        self._counts: Counts = np.zeros(0, dtype=np.uint8)
        self._tails: dict[int, Tail] = {}
        self._sizes = np.zeros(0, dtype=np.int32)
        self._later = 0

    def add(self, new: Entries, vocabulary: int) -> None:
        """Adds occurrences in documents later than all others; `vocabulary` is how many terms there are now."""
        sizes = np.zeros(vocabulary, dtype=np.int32)
        sizes[: len(self._sizes)] = self._sizes
        sizes += np.bincount(new.terms, minlength=vocabulary).astype(np.int32)
        self._sizes = sizes
        self._later += len(new.terms)
        if self._later > max(_MERGE_AFTER, len(self._documents) // _MERGE_SHARE):
            self._merge(new)
            return
        firsts = np.flatnonzero(np.diff(new.terms, prepend=-1))
        ends = np.append(firsts, len(new.terms))[1:]
        for term, first, end in zip(new.terms[firsts].tolist(), firsts.tolist(), ends.tolist(), strict=True):
            documents, counts = new.documents[first:end], new.counts[first:end].astype(np.uint32)
            tail = self._tails.get(term)
            if tail is None:
                self._tails[term] = Tail(documents.copy(), counts)
            else:
                tail.append(documents, counts)

    def _merge(self, new: Entries) -> None:
        """Makes flat arrays of everything; readers keep the old ones."""
        tails = list(self._tails.values())
        sizes = np.fromiter((tail.size for tail in tails), dtype=np.int64, count=len(tails))
        later = np.fromiter(self._tails, dtype=np.int64, count=len(tails))
        flat = np.repeat(np.arange(len(self._starts) - 1), np.diff(self._starts))
        documents = [self._documents, *(tail.documents[: tail.size] for tail in tails)]
        counts = [self._counts.astype(np.uint32), *(tail.counts[: tail.size] for tail in tails)]
        every = np.concatenate([flat, np.repeat(later, sizes), new.terms])
        order = np.argsort(every, kind="stable")
        self._documents = np.concatenate([*documents, new.documents])[order]
        self._counts = _small(np.concatenate([*counts, new.counts.astype(np.uint32)])[order])
        self._starts = np.concatenate([[0], np.cumsum(self._sizes, dtype=np.int64)])
        self._tails = {}
        self._later = 0

    def view(self) -> PostingsView:
        """The present state for readers."""
        return PostingsView(self._starts, self._documents, self._counts, self._tails, self._sizes)


def _small(counts: NDArray[np.uint32]) -> Counts:
    """Counts in the narrowest type that holds them."""
    most = int(counts.max(initial=0))
    return counts.astype(np.uint8 if most < 256 else np.uint16 if most < 65_536 else np.uint32)
