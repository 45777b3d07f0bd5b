"""Overlapping pieces of words, as small numbers: they survive inflection, compounding and most slips of the keyboard."""

import re
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

from kb.analyzer.arabic import fold_letters
from kb.analyzer.function_words import FUNCTION_WORDS
from kb.analyzer.normalise import normalise
from kb.analyzer.runs import ASCII_RUNS, LONGEST_WORD, RUNS, clusters, pairs
from kb.analyzer.stems import fold_accents

GRAM_BITS: Final = 14
GRAM_KINDS: Final = 1 << GRAM_BITS
"""How many different codes there are; two pieces share one by chance so rarely that it does not measure."""
_LENGTH: Final = 4
_CONNECTORS: Final = re.compile(r"[-._/]+")


def _code(piece: str) -> int:
    return zlib.crc32(piece.encode("utf-8", "surrogatepass")) & (GRAM_KINDS - 1)


@lru_cache(maxsize=131_072)
def word_codes(word: str) -> tuple[int, ...]:
    """The codes of a folded word's pieces of four characters, its two ends marked."""
    marked = f"<{word}>"
    if len(marked) <= _LENGTH:
        return (_code(marked),)
    return tuple(_code(marked[i : i + _LENGTH]) for i in range(len(marked) - _LENGTH + 1))


@lru_cache(maxsize=65_536)
def _codes(piece: str) -> tuple[int, ...]:
    return (_code(piece),)


def _wide(run: str) -> list[str]:
    return pairs(run)


def _hangul(run: str) -> list[str]:
    return [*pairs(run), run]


def _unspaced(run: str) -> list[str]:
    written = clusters(run)
    return ["".join(written[i : i + 3]) for i in range(max(1, len(written) - 2))]


_PIECES: Final[tuple[Callable[[str], list[str]], ...]] = (_wide, _wide, _hangul, _unspaced)


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """An alphabetic word as its pieces are taken from it: accents, Arabic spellings and over-length gone."""
    return fold_accents(fold_letters(word[:LONGEST_WORD]))


@lru_cache(maxsize=64)
def _function_words(language: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in FUNCTION_WORDS.get(language, "").split())


def gram_codes(normalised: str, language: str) -> list[int]:
    """The codes of a normalised text in order, repeats kept; words that carry no matter left out. Never raises."""
    empty = _function_words(language)
    codes: list[int] = []
    if normalised.isascii():  # words and codes only, and a class of a few dozen letters instead of thousands
        for run in ASCII_RUNS.findall(normalised):
            if run not in empty:
                codes += _run_codes(run)
        return codes
    for found in RUNS.finditer(normalised):
        group = found.lastindex
        run = found.group()
        if group is None or run in empty:
            continue
        if group <= len(_PIECES):
            for piece in _PIECES[group - 1](run):
                codes += _codes(piece)
        else:
            codes += _run_codes(run)
    return codes


def _run_codes(run: str) -> Iterable[int]:
    """The codes of a word, or of the parts of a joined one."""
    if run.isalnum():
        return word_codes(folded(run))
    return chain.from_iterable(word_codes(folded(word)) for word in _CONNECTORS.split(run))
