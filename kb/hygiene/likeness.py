"""Near-duplicates, and numbers in which two of them contradict each other. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from zlib import crc32

import msgspec
import numpy as np

from kb.analyzer import normalise
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.units import Unit, units

NEAR: Final = 0.7
_SAME_UNIT: Final = 0.6
_BANDS: Final = 12
_ROWS: Final = 4
_SHINGLE: Final = 3
_LEAST_SHINGLES: Final = 8
_PRIME: Final = np.uint64((1 << 61) - 1)
_TOKENS: Final = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]|[^\W\d_]+")
_NUMBERS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_random = np.random.default_rng(20261127)
_FACTORS: Final = _random.integers(1, 1 << 31, size=(_BANDS * _ROWS, 1), dtype=np.uint64)
_SHIFTS: Final = _random.integers(0, 1 << 31, size=(_BANDS * _ROWS, 1), dtype=np.uint64)


class Rival(msgspec.Struct, frozen=True):
    """Another article of the same locale that shares a band."""

    id: str
    title: str
    body: str


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
    return len(one & other) / len(one | other) if one and other else 0.0


def rivalries(body: str, rivals: Iterable[Rival], own: frozenset[int] | None = None) -> Iterator[Finding]:
    """What an article has in common with others: near-duplicates, and where those give other numbers."""
    own = shingles(body) if own is None else own
    for rival in rivals:
        share = overlap(own, shingles(rival.body))
        if share < NEAR:
            continue
        yield Finding(
            kind=Kind.NEAR_DUPLICATE, start=0, end=len(body), other_id=rival.id,
            reason=f"{round(share * 100)} percent of the text also stand in another article.",
        )  # fmt: skip
        yield from _contradictions(units(body), units(rival.body), rival.id)


def _contradictions(own: Sequence[Unit], others: Sequence[Unit], other_id: str) -> Iterator[Finding]:
    """Passages that say the same with other numbers."""
    numbered = [(shingles(unit.text), _NUMBERS.findall(unit.text)) for unit in others]
    for unit in own:
        mine = _NUMBERS.findall(unit.text)
        if not mine:
            continue
        words = shingles(unit.text)
        shares = [(overlap(words, theirs), found) for theirs, found in numbered if found]
        best, theirs = max(shares, key=lambda pair: pair[0], default=(0.0, []))
        if best >= _SAME_UNIT and sorted(theirs) != sorted(mine):
            only, other = _differing(mine, theirs)
            yield Finding(
                kind=Kind.CONTRADICTION, start=unit.start, end=unit.end, other_id=other_id,
                reason=f"This says {only or 'no number'} where another article says {other or 'none'}.",
            )  # fmt: skip


def _differing(mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, str]:
    return (
        ", ".join(dict.fromkeys(one for one in mine if one not in theirs)),
        ", ".join(dict.fromkeys(one for one in theirs if one not in mine)),
    )
