"""Documents as bags of small codes, two bytes each: too many to search by, cheap to weigh a few dozen documents with."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.bm25.rows import Rows, RowsView

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_K1: Final = 1.2
_B: Final = 0.75
_MOST_TIMES: Final = 4
_CODE_BITS: Final = 14
_KINDS: Final = 1 << _CODE_BITS


class Bags:
    """The bags at one moment; never changes, safe from any thread."""

    def __init__(
        self, rows: RowsView, frequencies: NDArray[np.int32], lengths: NDArray[np.int32], live: int
    ) -> None:
        self._rows = rows
        self._frequencies = frequencies
        self._lengths = lengths
        self._live = live
        average = float(frequencies.sum()) / live if live else 1.0
        self._norms = np.asarray(_K1 * (1 - _B + _B * lengths / max(1.0, average)), dtype=np.float64)
        self._rarities: Floats = np.log1p((live - frequencies + 0.5) / (frequencies + 0.5))

    @property
    def size_bytes(self) -> int:
        """What the bags take."""
        return self._rows.size_bytes + self._frequencies.nbytes + self._lengths.nbytes + self._norms.nbytes

    def without(self, numbers: Ints) -> "Bags":
        """This state as it would be if living documents had never come."""
        packed, _ = self._rows.of(numbers)
        gone = np.bincount(packed & (_KINDS - 1), minlength=_KINDS).astype(np.int32)
        return Bags(self._rows, self._frequencies - gone, self._lengths, self._live - len(numbers))

    def weights(self, codes: Ints) -> Floats:
        """How much each code says: the fewer documents have it, the more; always positive."""
        return self._rarities[codes]

    def scores(self, numbers: Ints, codes: Ints) -> Floats:
        """The BM25 score of some documents for different codes, as a share of the greatest, 0..1."""
        total = float(self.weights(codes).sum()) * (_K1 + 1)
        if not len(codes) or not len(numbers) or total <= 0:
            return np.zeros(len(numbers))
        packed, sizes = self._rows.of(numbers)
        asked = np.zeros(_KINDS, dtype=np.bool_)
        asked[codes] = True
        hit = asked.take(packed & (_KINDS - 1)).nonzero()[0]
        found = packed[hit]
        rows = sizes.cumsum().searchsorted(hit, side="right")
        times = (found >> _CODE_BITS) + 1.0
        gains = times * (_K1 + 1) / (times + self._norms[numbers][rows])
        gains *= self._rarities[found & (_KINDS - 1)]
        return np.bincount(rows, weights=gains, minlength=len(numbers)) / total


class BagWriter:
    """The changing side; one thread at a time."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._frequencies = np.zeros(_KINDS, dtype=np.int32)
        self._lengths = np.zeros(0, dtype=np.int32)
        self._live = 0

    def extend(self, documents: Iterable[Sequence[int]]) -> None:
        """Adds documents by the codes (0..16383) in them, repeats counted up to four."""
        given = list(documents)
        if not given:
            return
        sizes = np.array(list(map(len, given)), dtype=np.int64)
        codes = np.fromiter(chain.from_iterable(given), dtype=np.int64, count=int(sizes.sum()))
        keys, times = np.unique(np.repeat(np.arange(len(given)), sizes) * _KINDS + codes, return_counts=True)
        rows, different = np.divmod(keys, _KINDS)
        packed = different | (np.minimum(times, _MOST_TIMES) - 1) << _CODE_BITS
        kinds = np.bincount(rows, minlength=len(given))
        self._rows.extend(kinds, packed)
        self._frequencies = self._frequencies + np.bincount(different, minlength=_KINDS).astype(np.int32)
        self._lengths = np.concatenate([self._lengths, kinds.astype(np.int32)])
        self._live += len(given)

    def remove(self, numbers: Sequence[int]) -> None:
        """Takes living documents out of the weights; each may be given once only."""
        packed, _ = self._rows.view().of(np.array(numbers, dtype=np.int64))
        gone = np.bincount(packed & (_KINDS - 1), minlength=_KINDS).astype(np.int32)
        self._frequencies = self._frequencies - gone
        self._live -= len(numbers)

    def view(self) -> Bags:
        """The present state for readers."""
        return Bags(self._rows.view(), self._frequencies, self._lengths, self._live)
