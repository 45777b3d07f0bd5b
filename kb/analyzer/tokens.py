"""Normalised text to tokens: words by stem, Chinese, Japanese, Korean and Thai by n-grams, codes kept whole."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Final

from kb.analyzer.arabic import light_stem
from kb.analyzer.function_words import FUNCTION_WORDS
from kb.analyzer.normalise import normalise
from kb.analyzer.stems import stem


def _marks() -> str:
    """The combining marks as ranges of a character class: the regular expressions' own word class leaves them out."""
    spans: list[list[int]] = []
    for point in chain(
        range(0x300, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x1E950)
    ):  # no mark in between
        if unicodedata.category(chr(point))[0] != "M":
            continue
        if spans and spans[-1][1] == point - 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


_HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
_ARABIC = (
    "\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06fc\u06ff"
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08ff"
)
_LETTER = rf"(?:[^\W_{_HAN}{_KANA}{_HANGUL}{_UNSPACED}{_ARABIC}]|[{_marks()}])"
_RUNS: Final = re.compile(
    rf"([{_HAN}]+)|([{_KANA}]+)|([{_HANGUL}]+)|([{_UNSPACED}]+)|([{_ARABIC}]+)|({_LETTER}+(?:[-._/]+{_LETTER}+)*)"
)
_ASCII_RUNS: Final = re.compile(r"[a-z0-9]+(?:[-._/]+[a-z0-9]+)*")
_SPACES: Final = re.compile(r"[\W_]+")
_CONNECTORS: Final = re.compile(r"[-._/]+")
_PARTS: Final = re.compile(r"[0-9]+|[^0-9\-._/]+")
_LONGEST_CODE = 40
_LONGEST_WORD = 64
_SHORT_PREFIX = 3
_GRAM = "#"


def _pairs(run: str, mark: str = "") -> list[str]:
    if len(run) == 1:
        return [mark + run]
    return [mark + run[i : i + 2] for i in range(len(run) - 1)]


def _han(run: str, _: str) -> list[str]:
    return [*run, *_pairs(run)] if len(run) > 1 else [run]


def _kana(run: str, _: str) -> list[str]:
    return _pairs(run)


def _hangul(run: str, _: str) -> list[str]:
    return [*_pairs(run, _GRAM), run[:_LONGEST_WORD]]


def _unspaced(run: str, _: str) -> list[str]:
    """Pairs and triples of written clusters: a base letter with the marks on it counts as one."""
    clusters: list[str] = []
    for character in run:
        if clusters and unicodedata.category(character)[0] == "M":
            clusters[-1] += character
        else:
            clusters.append(character)
    if len(clusters) <= 2:
        return [_GRAM + "".join(clusters)]
    grams = [_GRAM + "".join(clusters[i : i + 3]) for i in range(len(clusters) - 2)]
    return grams + [_GRAM + "".join(clusters[i : i + 2]) for i in range(len(clusters) - 1)]


def _arabic(run: str, _: str) -> list[str]:
    return [light_stem(run[:_LONGEST_WORD])]


@lru_cache(maxsize=65_536)
def _word(run: str, language: str) -> tuple[str, ...]:
    """A word, a hyphenated word or a code such as `xk-4711/b`: codes give themselves and their parts."""
    if run.isalpha():
        return (stem(run[:_LONGEST_WORD], language),)
    parts = _PARTS.findall(run)
    tokens = [part if part.isdecimal() else stem(part[:_LONGEST_WORD], language) for part in parts]
    joined = _CONNECTORS.sub("", run)
    has_digit = any(part.isdecimal() for part in parts)
    if len(parts) > 1 and has_digit and len(joined) <= _LONGEST_CODE:
        tokens.append(run if joined.isdecimal() and "-" not in run else joined)
    elif len(parts) == 2 and not has_digit and len(parts[0]) <= _SHORT_PREFIX:
        tokens.append(stem(joined[:_LONGEST_WORD], language))
    return tuple(tokens)


def _other(run: str, language: str) -> list[str]:
    return list(_word(run, language))


_READERS: Final[tuple[Callable[[str, str], list[str]], ...]] = (
    _han,
    _kana,
    _hangul,
    _unspaced,
    _arabic,
    _other,
)


def is_piece(token: str) -> bool:
    """Whether a token is a piece cut from a run without spaces: it may cross words, so that nobody has it says little."""
    return token[0] == _GRAM or (len(token) == 2 and ord(token[0]) >= 0x2E80)


def wording(text: str) -> str:
    """The words of a text as written, without case, spacing and punctuation: equal where two say literally the same."""
    return _SPACES.sub(" ", normalise(text)).strip()


def language_of(locale: str) -> str:
    """The language part of a locale tag, lower case."""
    return locale.partition("-")[0].lower()


def analyse(text: str, locale: str) -> list[str]:
    """The tokens of `text`, in order, repeats kept. Never raises; the same for any spelling `normalise` makes equal."""
    language = language_of(locale)
    tokens: list[str] = []
    text = normalise(text)
    if text.isascii():
        for run in _ASCII_RUNS.findall(text):
            tokens += _word(run, language)
        return tokens
    for found in _RUNS.finditer(text):
        group = found.lastindex
        if group is not None:
            tokens += _READERS[group - 1](found.group(group), language)
    return tokens


@lru_cache(maxsize=64)
def _function_tokens(language: str) -> frozenset[str]:
    words = FUNCTION_WORDS.get(language, "").split()
    analysed = ((word, analyse(word, language)) for word in words)
    return frozenset(tokens[-1] for _, tokens in analysed if tokens)


def content_tokens(text: str, locale: str) -> list[str]:
    """The tokens of a question without the words that carry no matter ("how do I"); all of them if nothing is left."""
    tokens = analyse(text, locale)
    empty = _function_tokens(language_of(locale))
    return [token for token in tokens if token not in empty] or tokens
