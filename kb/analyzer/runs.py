"""A normalised text cut into runs of one script, and the pieces of scripts that are written without spaces."""

import re
import unicodedata
from itertools import chain
from typing import Final

LONGEST_WORD: Final = 64


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
RUNS: Final = re.compile(
    rf"([{_HAN}]+)|([{_KANA}]+)|([{_HANGUL}]+)|([{_UNSPACED}]+)|([{_ARABIC}]+)|({_LETTER}+(?:[-._/]+{_LETTER}+)*)"
)
"""Groups: 1 Chinese characters, 2 kana, 3 Hangul, 4 Thai, Lao, Burmese and Khmer, 5 Arabic, 6 anything else of letters and digits."""

ASCII_RUNS: Final = re.compile(r"[a-z0-9]+(?:[-._/]+[a-z0-9]+)*")
"""The same for a normalised text of ASCII alone."""


def pairs(run: str, mark: str = "") -> list[str]:
    """Every two neighbouring characters, each pair with `mark` before it; a single character is its own."""
    if len(run) == 1:
        return [mark + run]
    return [mark + run[i : i + 2] for i in range(len(run) - 1)]


def clusters(run: str) -> list[str]:
    """The written clusters of a run: a base letter with the marks on it counts as one."""
    found: list[str] = []
    for character in run:
        if found and unicodedata.category(character)[0] == "M":
            found[-1] += character
        else:
            found.append(character)
    return found
