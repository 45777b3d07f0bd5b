"""Normalised text to tokens: words by stem, Chinese, Japanese, Korean and Thai by n-grams, codes kept whole."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from kb.analyzer.arabic import light_stem
from kb.analyzer.function_words import FUNCTION_WORDS
from kb.analyzer.normalise import normalise
from kb.analyzer.runs import ASCII_RUNS, LONGEST_WORD, RUNS, clusters, pairs
from kb.analyzer.stems import stem

_SPACES: Final = re.compile(r"[\W_]+")
_CONNECTORS: Final = re.compile(r"[-._/]+")
_PARTS: Final = re.compile(r"[0-9]+|[^0-9\-._/]+")
_LONGEST_CODE = 40
_SHORT_PREFIX = 3
_GRAM = "#"


def _han(run: str, _: str) -> list[str]:
    return [*run, *pairs(run)] if len(run) > 1 else [run]


def _kana(run: str, _: str) -> list[str]:
    return pairs(run)


def _hangul(run: str, _: str) -> list[str]:
    return [*pairs(run, _GRAM), run[:LONGEST_WORD]]


def _unspaced(run: str, _: str) -> list[str]:
    """Pairs and triples of written clusters: a base letter with the marks on it counts as one."""
    written = clusters(run)
    if len(written) <= 2:
        return [_GRAM + "".join(written)]
    grams = [_GRAM + "".join(written[i : i + 3]) for i in range(len(written) - 2)]
    return grams + [_GRAM + "".join(written[i : i + 2]) for i in range(len(written) - 1)]


def _arabic(run: str, _: str) -> list[str]:
    return [light_stem(run[:LONGEST_WORD])]


@lru_cache(maxsize=65_536)
def _word(run: str, language: str) -> tuple[str, ...]:
    """A word, a hyphenated word or a code such as `xk-4711/b`: codes give themselves and their parts."""
    if run.isalpha():
        return (stem(run[:LONGEST_WORD], language),)
    parts = _PARTS.findall(run)
    tokens = [part if part.isdecimal() else stem(part[:LONGEST_WORD], language) for part in parts]
    joined = _CONNECTORS.sub("", run)
    has_digit = any(part.isdecimal() for part in parts)
    if len(parts) > 1 and has_digit and len(joined) <= _LONGEST_CODE:
        tokens.append(run if joined.isdecimal() and "-" not in run else joined)
    elif len(parts) == 2 and not has_digit and len(parts[0]) <= _SHORT_PREFIX:
        tokens.append(stem(joined[:LONGEST_WORD], language))
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
        for run in ASCII_RUNS.findall(text):
            tokens += _word(run, language)
        return tokens
    for found in RUNS.finditer(text):
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
    return content_of(analyse(text, locale), locale)


def content_of(tokens: list[str], locale: str, otherwise: list[str] | None = None) -> list[str]:
    """The tokens of an analysed question without the words that carry no matter; if nothing is left `otherwise`, or all."""
    empty = _function_tokens(language_of(locale))
    left = [token for token in tokens if token not in empty]
    return left or (tokens if otherwise is None else otherwise)  # the same list where nothing is left
