"""The trained model at run time: for each language a table of small integers, one row a feature, one column a head. Each is loaded
once, numpy only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import exp
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from funnel.escalation.signals.folding import Folded
from funnel.escalation.signals.grams import Grams, Places, distinct, salt_of

FILE: Final = "judgement.npz"
TABLE: Final = "moods_"
"""With a language: the weights of its moods in the file."""
HEADS: Final = ("anger", "distress", "security", "person")
STYLE: Final = 5
_QUESTIONS: Final = "?？؟"
_MOST_SPANS: Final = 3
_TRIED: Final = 8
_RUN: Final = 4
_MANY: Final = 4
_LETTERS: Final = 6
_STEEPEST: Final = 700.0  # the highest power of e that is a number


class Trained(Struct, frozen=True, eq=False):
    """For each language that was learned, `scale` is what a weight of each head is worth, `style` weighs the columns of `style_of`,
    then the phrase lists of a head, and `cut` holds for each head the raw score that stands for 0.5; `slope` is how fast a score
    rises there."""

    file: Any
    topics: NDArray[np.int8]
    tables: dict[str, NDArray[np.int32]]
    scale: dict[str, tuple[float, ...]]
    style: dict[str, tuple[tuple[float, ...], ...]]
    cut: dict[str, tuple[float, ...]]
    slope: tuple[float, ...]

    def table(self, language: str) -> NDArray[np.int32]:
        """The int8 weights of all heads by feature, four bytes in one number. Read from the file when a language is first met, in a
        few milliseconds; two threads that meet it at once read it twice."""
        known = self.tables.get(language)
        if known is None:
            moods = self.file[TABLE + language]
            pairs = np.empty((len(moods), 2), np.int16)
            pairs[:, 0] = moods.view(np.int16)[:, 0]
            pairs[:, 1] = np.repeat(self.topics.view(np.int16)[:, 0], len(moods) // len(self.topics))
            known = self.tables[language] = pairs.view(np.int32).ravel()
        return known


class Raw(Struct, frozen=True, eq=False):
    """Raw scores of a text by head in a language; None where the language was not learned."""

    scores: tuple[float, ...] | None
    language: str
    grams: Grams


@cache
def _shipped() -> Trained:
    with (files("funnel.escalation.signals") / FILE).open("rb") as file:
        return _read(file.read())


def _read(packed: bytes) -> Trained:
    data = np.load(BytesIO(packed))
    langs = data["langs"].tolist()
    return Trained(
        file=data,
        topics=data["topics"],
        tables={},
        scale=dict(zip(langs, map(tuple, data["scale"].tolist()), strict=True)),
        style={
            lang: tuple(map(tuple, rows)) for lang, rows in zip(langs, data["style"].tolist(), strict=True)
        },
        cut=dict(zip(langs, map(tuple, data["cut"].tolist()), strict=True)),
        slope=tuple(data["slope"].tolist()),
    )


_in_use: ContextVar[Trained | None] = ContextVar("a model under test", default=None)


def trained() -> Trained:
    """The shipped model; loading takes a few milliseconds and is done when the first text is measured."""
    return _in_use.get() or _shipped()


@contextmanager
def replaced(path: Path) -> Iterator[None]:
    """Measures with another file inside of this block: how a model is checked before it is shipped."""
    token = _in_use.set(_read(path.read_bytes()))
    try:
        yield
    finally:
        _in_use.reset(token)


def style_of(text: str) -> tuple[float, ...]:
    """How a text is written, each 0..1: exclamation marks, question marks, capitals, both marks, dots that trail off."""
    exclaims = text.count("!") + text.count("！")
    asks = sum(map(text.count, _QUESTIONS))
    capitals = 0.0
    if text != text.lower():
        letters = sum(map(str.isalpha, text))
        if letters >= _LETTERS:
            capitals = sum(map(str.isupper, text)) / letters
    trails = float("..." in text or "…" in text)
    return (
        min(exclaims, _MANY) / _MANY,
        min(asks, 3) / 3,
        capitals,
        float(exclaims > 0 and asks > 0),
        trails,
    )


def raw(text: str, folded: Folded, language: str) -> Raw:
    """The raw scores of a text. Pure and linear in its length."""
    model = trained()
    language = language.split("-")[0]
    grams = Grams(folded.text, salt_of(language))
    style = model.style.get(language)
    if style is None:
        return Raw(None, language, grams)
    features = distinct(grams.hashes())
    worth = 1.0 / max(len(features), 1) ** 0.5
    weights = model.table(language)[features].view(np.int8).reshape(-1, len(HEADS))
    sums = weights.sum(axis=0, dtype=np.int32).tolist()
    scores = [total * scale * worth for total, scale in zip(sums, model.scale[language], strict=True)]
    for value, weighs in zip(style_of(text), style, strict=False):
        if value:
            scores = [score + value * weight for score, weight in zip(scores, weighs, strict=True)]
    return Raw(tuple(scores), language, grams)


def spans_of(raw_scores: Raw, head: int, folded: Folded) -> tuple[tuple[int, int], ...]:
    """The words that speak most for a head, at most three, as spans of the original text; none in a language that was not
    learned."""
    if raw_scores.scores is None:
        return ()
    table = trained().table(raw_scores.language)
    hashes = raw_scores.grams.hashes()
    weights = table[hashes].view(np.int8).reshape(-1, len(HEADS))[:, head].astype(np.float32)
    return tuple(
        sorted({folded.span(low, high) for low, high in _best(raw_scores.grams, weights, folded.text)})
    )


def _best(grams: Grams, weights: NDArray[np.float32], text: str) -> list[tuple[int, int]]:
    """Every character takes its share of the features it is in; the heaviest words, or runs of ideographs, are kept."""
    starts, ends = grams.places()
    share = np.zeros(len(text) + 2, np.float32)
    part = weights / (ends - starts)
    np.add.at(share, starts + 1, part)
    np.subtract.at(share, ends + 1, part)
    sums = np.cumsum(np.cumsum(share))  # of the shares of all characters before a place
    lows, highs = _pieces(grams)
    found: list[tuple[int, int]] = []
    if not len(lows):
        return found
    worth = sums[highs] - sums[lows]
    for at in np.argsort(-worth, kind="stable")[: _TRIED * _MOST_SPANS].tolist():
        low, high = int(lows[at]), int(highs[at])
        if worth[at] <= 0 or len(found) == _MOST_SPANS:
            break
        if _says(text[low:high]) and not any(low < end and start < high for start, end in found):
            found.append((low, high))
    return found


def _pieces(grams: Grams) -> tuple[Places, Places]:
    """Where words lie; every run of four ideographs where words are not separated."""
    spaces = grams.spaces
    lows, highs = spaces[:-1] + 1, spaces[1:]
    if grams.separated or not len(lows):
        return lows, highs
    last = int(spaces[-1])
    inside = np.arange(int(spaces[0]) + 1, max(last - _RUN + 1, 1))
    blanks = np.searchsorted(spaces, inside + _RUN, "left") - np.searchsorted(spaces, inside, "left")
    windows = inside[blanks == 0]
    short = highs - lows < _RUN
    return np.concatenate((lows[short], windows)), np.concatenate((highs[short], windows + _RUN))


def _says(piece: str) -> bool:
    """A word or a symbol, not a mark of punctuation."""
    return any(map(str.isalnum, piece)) or not piece.isascii()


def probability(heard: Raw, head: int, added: float = 0.0) -> float:
    """A raw score, with what the phrase lists add to it, as 0..1: 0.5 where hardly a calm customer of this language reaches it;
    0 in a language that was not learned."""
    if heard.scores is None:
        return 0.0
    model = trained()
    above = heard.scores[head] + added - model.cut[heard.language][head]
    return 1.0 / (1.0 + exp(min(-model.slope[head] * above, _STEEPEST)))


def listed(heard: Raw, head: int, at: int) -> float:
    """What the phrase list of a head at this place adds to its raw score."""
    style = trained().style.get(heard.language)
    return 0.0 if style is None else style[STYLE + at][head]
