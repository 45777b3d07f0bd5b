"""Words of the base that look like a word it does not have: what a slip of the keyboard was probably meant to be."""

import zlib
from collections.abc import Iterable
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from kb.analyzer import GRAM_KINDS, folded, is_piece
from kb.bm25 import Ints, Rows

SHORTEST: Final = 4
LIKE: Final = 0.57
_MOST: Final = 3
_KEPT: Final = 20_000
_UNSORTED: Final = 500
_UNSORTED_SHARE: Final = 20


def may_be_misspelt(word: str) -> bool:
    """Whether a word is long enough to be told from others, and written in letters."""
    return len(word) >= SHORTEST and word.isalpha() and not is_piece(word)


def _pairs(word: str) -> list[int]:
    """The different pairs of neighbouring letters, the ends marked, as codes: a slip spoils two or three of them."""
    marked = f"<{folded(word)}>".encode("utf-16-le", "surrogatepass")
    return sorted({zlib.crc32(marked[i : i + 4]) % GRAM_KINDS for i in range(0, len(marked) - 2, 2)})


class _Sorted(NamedTuple):
    """The first so many words by their pieces: `members` of a piece begin at its place in `heads`."""

    heads: Ints
    members: Ints
    words: int


class _Later(NamedTuple):
    """The pieces of the words after those, and which word each is of."""

    codes: Ints
    owners: Ints


class Spellings:
    """The words of one state of an index by their pieces. Never changes; safe from any thread."""

    def __init__(self, words: list[str], sorted_by: _Sorted, later: _Later, pieces: Ints) -> None:
        self._words = words
        self._sorted = sorted_by
        self._later = later
        self._pieces = pieces
        self._known: dict[str, tuple[tuple[str, float], ...]] = {}

    def like(self, word: str) -> tuple[tuple[str, float], ...]:
        """The closest words, at most three, best first, each with its likeness, 0.57..1."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known = {}
            found = self._known[word] = self._closest(word) if may_be_misspelt(word) else ()
        return found

    def _closest(self, word: str) -> tuple[tuple[str, float], ...]:
        codes = _pairs(word)
        heads, members, _ = self._sorted
        spans = [members[heads[code] : heads[code + 1]] for code in codes]
        spans.append(self._later.owners[np.isin(self._later.codes, codes)])
        common = np.bincount(np.concatenate(spans), minlength=len(self._pieces))
        likeness = 2 * common / (len(codes) + self._pieces)
        close = np.flatnonzero(likeness >= LIKE)
        order = close[np.argsort(-likeness[close], kind="stable")][:_MOST]
        return tuple((self._words[number], float(likeness[number])) for number in order.tolist())


class SpellingsWriter:
    """The changing side; one thread at a time. Words only ever come."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._rows = Rows()
        self._have: dict[str, None] = {}
        self._sorted = _by_piece(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        self._view = self._made()

    def add(self, words: Iterable[str]) -> None:
        """Takes in words; those it has are passed over."""
        new = [word for word in words if word not in self._have and may_be_misspelt(word)]
        if new:
            self._have.update(dict.fromkeys(new))
            new = list(self._have)[len(self._words) :]
            codes = [_pairs(word) for word in new]
            self._rows.extend(list(map(len, codes)), list(chain.from_iterable(codes)))
            self._words.extend(new)
            self._view = self._made()

    def _made(self) -> Spellings:
        """Sorting everything takes long beside one article's words, so that a few thousand wait for it behind the others."""
        rows = self._rows.view()
        sizes = np.diff(rows.starts)
        if len(sizes) - self._sorted.words > max(_UNSORTED, self._sorted.words // _UNSORTED_SHARE):
            self._sorted = _by_piece(rows.values[: int(rows.starts[-1])].astype(np.int64), sizes)
        first = self._sorted.words
        later = rows.values[int(rows.starts[first]) : int(rows.starts[-1])].astype(np.int64)
        owners = np.repeat(np.arange(first, len(sizes)), sizes[first:])
        return Spellings(self._words, self._sorted, _Later(later, owners), sizes)

    def view(self) -> Spellings:
        """The present words for readers."""
        return self._view


def _by_piece(codes: Ints, sizes: Ints) -> _Sorted:
    """Words by their pieces, from all pieces one behind the other and how many each word has."""
    order = np.argsort(codes, kind="stable")
    members = np.repeat(np.arange(len(sizes)), sizes)[order]
    return _Sorted(np.searchsorted(codes[order], np.arange(GRAM_KINDS + 1)), members, len(sizes))
