"""The features of the trained model: every word, pair of words and short run of characters of a folded text, each hashed to a
number. Pure; the same text gives the same numbers on every machine.
"""

from functools import cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]

BITS: Final = 20
"""Hashes are numbers below two to this power; a smaller table takes their upper bits."""
LONGEST: Final = 2_200
"""Code points of a folded text that are looked at; a text that is measured has no more (`excerpt`)."""
_BASE: Final = 0x9E3779B97F4A7C15
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_SHIFT: Final = np.uint64(64 - BITS)
_FOLD: Final = np.uint64(29)
_MODULUS: Final = 1 << 64
_SPACE: Final = 32
_IDEOGRAPHS_FROM: Final = 0x3041
_SPACED: Final = (2, 3, 4, 5)
_UNSPACED: Final = (1, 2, 3, 4)


def _powers(base: int) -> Numbers:
    values = [1] * (LONGEST + 1)
    for at in range(1, len(values)):
        values[at] = values[at - 1] * base % _MODULUS
    return np.array(values, dtype=np.uint64)


_POWERS: Final = _powers(_BASE)
_INVERSES: Final = _powers(pow(_BASE, -1, _MODULUS))


@cache
def salt_of(language: str) -> int:
    """What sets the features of a language apart from the same letters in another: the languages share one table, and hardly
    an entry of it. Both Chinese scripts are one language here."""
    return crc32(language.split("-")[0].encode()) >> (32 - BITS)


class Grams:
    """The hashed features of one folded text with the places they came from, half-open, in the folded text. `salt` as of
    `salt_of`."""

    __slots__ = ("_salt", "_size", "_sums", "_widths", "separated", "spaces")

    def __init__(self, folded: str, salt: int = 0) -> None:
        self._salt = np.uint64(salt)
        codes = np.frombuffer(folded[:LONGEST].encode("utf-32-le", "replace"), dtype=np.uint32)
        size = len(codes)
        self._size = size
        self._sums = np.zeros(size + 1, np.uint64)
        np.cumsum(codes * _POWERS[:size], out=self._sums[1:])
        self.spaces: Places = np.flatnonzero(codes == _SPACE)
        self.separated = folded.isascii() or not size or int(codes.max()) < _IDEOGRAPHS_FROM
        self._widths = _SPACED if self.separated else _UNSPACED

    def hashes(self) -> Numbers:
        """All features, with repeats; aligned with `places`."""
        sums, size = self._sums, self._size
        widths = [width for width in self._widths if size >= width]
        runs = sum(size + 1 - width for width in widths)
        count = len(self.spaces)
        mixed = np.empty(runs + max(count - 1, 0) + max(count - 2, 0), np.uint64)
        at = 0
        for width in widths:
            part = mixed[at : at + size + 1 - width]
            np.subtract(sums[width:], sums[:-width], out=part)
            part *= _INVERSES[: size + 1 - width]
            at += size + 1 - width
        if count > 1:
            after = sums[self.spaces + 1]
            before, back = sums[self.spaces], _INVERSES[self.spaces]
            for step in (1, 2)[: count - 1]:
                part = mixed[at : at + count - step]
                np.subtract(after[step:], before[:-step], out=part)
                part *= back[:-step]
                at += count - step
        mixed ^= mixed >> _FOLD
        mixed *= _MIX
        mixed >>= _SHIFT
        mixed ^= self._salt
        return mixed

    def places(self) -> tuple[Places, Places]:
        """Starts and ends of the features."""
        size = self._size
        starts = [np.arange(size - width + 1) for width in self._widths if size >= width]
        ends = [one + width for one, width in zip(starts, self._widths, strict=False)]
        for step in (1, 2):
            starts.append(self.spaces[:-step])
            ends.append(self.spaces[step:] + 1)
        return np.concatenate(starts), np.concatenate(ends)


def distinct(hashes: Numbers) -> NDArray[np.uint32]:
    """Each feature once: a text that repeats itself says no more."""
    ordered = hashes.astype(np.uint32)
    ordered.sort()
    if len(ordered) < 2:
        return ordered
    kept = np.empty(len(ordered), np.bool_)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]
