"""The trained model at run time: a table of small integers, one row a feature, one column a head. Loaded once, numpy only."""

from functools import cache
from importlib.resources import files
from math import exp
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from funnel.escalation.signals.folding import Folded
from funnel.escalation.signals.grams import Grams, Places, distinct

FILE: Final = "judgement.npz"
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
    """`table[feature]` holds the int8 weights of all heads, four bytes in one number; each is worth `scale`. `style` weighs the
    columns of `style_of`, then the phrase lists of a head.
    `cut` holds, for each language and head, the raw score that stands for 0.5, and `slope` how fast a score rises there."""

    table: NDArray[np.int32]
    scale: tuple[float, ...]
    style: tuple[tuple[float, ...], ...]
    cut: dict[str, tuple[float, ...]]
    slope: tuple[float, ...]


class Raw(Struct, frozen=True, eq=False):
    """Raw scores of a text by head, before they are set to a language."""

    scores: tuple[float, ...]
    grams: Grams


@cache
def trained() -> Trained:
    """The shipped model; loading takes a few milliseconds and is done when the first text is measured."""
    with (files("funnel.escalation.signals") / FILE).open("rb") as file, np.load(file) as data:
        moods, topics = data["table"], data["topics"]
        wide = np.repeat(topics, len(moods) // len(topics), axis=0)
        return Trained(
            table=np.ascontiguousarray(np.column_stack([moods, wide])).view(np.int32).ravel(),
            scale=tuple(data["scale"].tolist()),
            style=tuple(map(tuple, data["style"].tolist())),
            cut={
                str(lang): tuple(map(float, row))
                for lang, row in zip(data["langs"], data["cut"], strict=True)
            },
            slope=tuple(map(float, data["slope"])),
        )


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


def raw(text: str, folded: Folded) -> Raw:
    """The raw scores of a text. Pure and linear in its length."""
    model = trained()
    grams = Grams(folded.text)
    features = distinct(grams.hashes())
    worth = 1.0 / max(len(features), 1) ** 0.5
    weights = model.table[features].view(np.int8).reshape(-1, len(HEADS))
    sums = weights.sum(axis=0, dtype=np.int32).tolist()
    scores = [total * scale * worth for total, scale in zip(sums, model.scale, strict=True)]
    for value, weighs in zip(style_of(text), model.style, strict=False):
        if value:
            scores = [score + value * weight for score, weight in zip(scores, weighs, strict=True)]
    return Raw(tuple(scores), grams)


def spans_of(raw_scores: Raw, head: int, folded: Folded) -> tuple[tuple[int, int], ...]:
    """The words that speak most for a head, at most three, as spans of the original text."""
    model = trained()
    hashes = raw_scores.grams.hashes()
    weights = model.table[hashes].view(np.int8).reshape(-1, len(HEADS))[:, head].astype(np.float32)
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


def probability(value: float, head: int, language: str) -> float:
    """A raw score as 0..1: 0.5 where calm customers of this language reach it in one text of fifty."""
    model = trained()
    cut = model.cut.get(language) or model.cut.get(language.split("-")[0]) or model.cut["*"]
    return 1.0 / (1.0 + exp(min(-model.slope[head] * (value - cut[head]), _STEEPEST)))
