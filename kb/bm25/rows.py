"""Rows of small whole numbers in one flat array that grows at the end, so that readers can keep looking at it."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.unsignedinteger]
_ROOM: Final = 1_024
_Kind = TypeVar("_Kind", bound=np.generic)


class RowsView(NamedTuple):
    """The rows as they were when asked for; never changes."""

    values: Codes
    starts: Ints

    @property
    def size_bytes(self) -> int:
        """What the rows take."""
        return int(self.starts[-1]) * self.values.itemsize + self.starts.nbytes

    def of(self, numbers: Ints) -> tuple[Codes, Ints]:
        """The values of some rows one behind the other, and how many each has."""
        firsts, ends = self.starts[numbers], self.starts[numbers + 1]
        if not len(numbers):
            return self.values[:0], ends - firsts
        values = (
            self.values
        )  # copying a few dozen stretches is cheaper than computing the place of every value
        spans = [values[first:end] for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)]
        return np.concatenate(spans), ends - firsts


class Rows:
    """The growing side. A full array is replaced by a larger copy, so what a view looks at stays as it was."""

    def __init__(self) -> None:
        self._values: Codes = np.zeros(_ROOM, dtype=np.uint16)
        self._starts = np.zeros(_ROOM, dtype=np.int64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, sizes: Sequence[int] | Ints, values: Sequence[int] | Ints) -> None:
        """Adds rows: how many values each has, and all of them. Values are 0..2**32-1."""
        added = np.asarray(values, dtype=np.int64)
        ends = np.cumsum(np.asarray(sizes, dtype=np.int64))
        end = int(self._starts[self._size])
        if len(added) and int(added.max()) > np.iinfo(self._values.dtype).max:
            self._values = self._values.astype(np.uint32)
        if end + len(added) > len(self._values):
            self._values = _grown(self._values, (end + len(added)) * 5 // 4)
        if self._size + len(ends) + 1 > len(self._starts):
            self._starts = _grown(self._starts, (self._size + len(ends) + 1) * 5 // 4)
        self._values[end : end + len(added)] = added
        self._starts[self._size + 1 : self._size + 1 + len(ends)] = end + ends
        self._size += len(ends)

    def view(self) -> RowsView:
        """The present rows for readers."""
        return RowsView(self._values, self._starts[: self._size + 1])


def _grown(array: NDArray[_Kind], room: int) -> NDArray[_Kind]:
    larger = np.zeros(room, dtype=array.dtype)
    larger[: len(array)] = array
    return larger
