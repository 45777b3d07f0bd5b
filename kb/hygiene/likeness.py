"""Near-duplicates, and numbers in which two of them contradict each other. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final
from zlib import crc32

import numpy as np

from kb.analyzer import normalise
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import Unit, units

NEAR: Final = 0.7
MOST_CONTRADICTIONS: Final = 10
_SAME_UNIT: Final = 0.6
_BANDS: Final = 12
_ROWS: Final = 4
_SHINGLE: Final = 3
_LEAST_SHINGLES: Final = 8
_PRIME: Final = np.uint64((1 << 61) - 1)
_TOKENS: Final = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]|[^\W\d_]+")
_DIGIT: Final = re.compile(r"\d")
_NUMBERS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_random = np.random.default_rng(20261127)
_FACTORS: Final = _random.integers(1, 1 << 31, size=(_BANDS * _ROWS, 1), dtype=np.uint64)
_SHIFTS: Final = _random.integers(0, 1 << 31, size=(_BANDS * _ROWS, 1), dtype=np.uint64)


class Text:
    """A text made ready to be compared, once, however often that is done."""

    __slots__ = ("body", "numbered", "passages", "shingles")

    def __init__(self, body: str) -> None:
        self.body = body
        self.shingles = shingles(body)
        self.passages = [_Numbered(unit) for unit in units(body) if _DIGIT.search(unit.text)]
        self.numbered = frozenset(one.unit.text for one in self.passages)


class _Numbered:
    """A passage with numbers; its shingles are made when they are first wanted."""

    __slots__ = ("_shingles", "numbers", "unit")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.numbers = _NUMBERS.findall(unit.text)
        self._shingles: frozenset[int] | None = None

    @property
    def shingles(self) -> frozenset[int]:
        if self._shingles is None:
            self._shingles = shingles(self.unit.text)
        return self._shingles


def shingles(text: str) -> frozenset[int]:
    """The text as a set of hashed runs of three words (three characters in Chinese, Japanese and Korean), numbers left out."""
    tokens = _TOKENS.findall(normalise(text))
    if len(tokens) < _SHINGLE:
        return frozenset((crc32("\0".join(tokens).encode("utf-8", "replace")),)) if tokens else frozenset()
    runs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return frozenset(crc32("\0".join(run).encode("utf-8", "replace")) for run in runs)


def bands(found: frozenset[int]) -> list[int]:
    """Twelve numbers; two texts that share seven tenths of their shingles share at least one of them in 96 of 100 cases.

    Empty for a text too short to be told from others.
    """
    if len(found) < _LEAST_SHINGLES:
        return []
    hashes = np.fromiter(found, dtype=np.uint64, count=len(found))
    least = ((_FACTORS * hashes + _SHIFTS) % _PRIME).min(axis=1).reshape(_BANDS, _ROWS)
    return [crc32(bytes([band]) + least[band].tobytes()) & 0x7FFF_FFFF for band in range(_BANDS)]


def overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the shingles that both have, 0..1 (Jaccard)."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def rivalries(own: Text, rivals: Iterable[tuple[str, Text]]) -> Iterator[Finding]:
    """What an article has in common with others, by their ids: near-duplicates, and where those give other numbers.

    Of the contradictions at most MOST_CONTRADICTIONS are given: who sees ten will look at both articles.
    """
    left = MOST_CONTRADICTIONS
    for rival_id, rival in rivals:
        share = _near(own.shingles, rival.shingles)
        if share < NEAR:
            continue
        yield Finding(
            kind=Kind.NEAR_DUPLICATE, start=0, end=len(own.body), other_id=rival_id,
            why=because("duplicate", percent=round(share * 100)),
        )  # fmt: skip
        for found in islice(_contradictions(own, rival, rival_id), left):
            left -= 1
            yield found


def _near(one: frozenset[int], other: frozenset[int]) -> float:
    """Their overlap; 0 where their sizes alone say that it is too small."""
    less, more = sorted((len(one), len(other)))
    return overlap(one, other) if less >= NEAR * more else 0.0


def _contradictions(own: Text, rival: Text, rival_id: str) -> Iterator[Finding]:
    """Passages that say the same with other numbers; those that stand in both word by word contradict nothing."""
    for mine in own.passages:
        if mine.unit.text in rival.numbered:
            continue
        shares = ((overlap(mine.shingles, other.shingles), other.numbers) for other in rival.passages)
        best, theirs = max(shares, key=lambda pair: pair[0], default=(0.0, []))
        if best >= _SAME_UNIT and sorted(theirs) != sorted(mine.numbers):
            yield Finding(
                kind=Kind.CONTRADICTION, start=mine.unit.start, end=mine.unit.end, other_id=rival_id,
                why=_differing(mine.numbers, theirs),
            )  # fmt: skip


def _differing(mine: Sequence[str], theirs: Sequence[str]) -> Why:
    here = ", ".join(dict.fromkeys(one for one in mine if one not in theirs))
    there = ", ".join(dict.fromkeys(one for one in theirs if one not in mine))
    if here and there:
        return because("numbers_differ", mine=here, theirs=there)
    return because("numbers_only_here", mine=here) if here else because("numbers_only_there", theirs=there)
