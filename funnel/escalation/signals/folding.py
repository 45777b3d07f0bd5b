"""Text as phrase lists see it: one spelling, one word separator, and a map back to the original code points."""

import re
import unicodedata
from itertools import accumulate
from typing import Final

from funnel.escalation.signals.han import FOLDED

CLAUSE: Final = "|"
"""Stands for the end of a clause (full stop, comma, question mark, line break …) as a word of its own."""

_CLAUSE_ENDS: Final = frozenset(".,!?;:\n。،؟؛…、")
_DROPPED: Final = frozenset("'`´‘’ʼʹ\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\ufeffـ")
_ARABIC: Final = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        "ک": "ك",
        "ی": "ي",
        "ے": "ي",
    }
)
_STRETCHED = re.compile(r"([a-zа-яء-ي])\1\1+")

_IDEOGRAPHS: Final = "\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LETTERS: Final = (
    "0-9a-z\u00c0-\u1fff\u2132\u214e\u2180-\u2188\u24eb-\u24ff\u2776-\u2793\u2c00-\u2fff"
    "\u3005-\ufffb\U00010000-\U0001efff\U0001f10b\U0001f10c\U00020000-\U0003ffff"
)
"""What words of a folded text are made of, as a class of patterns: the blocks of letters and digits. The exact Unicode
classes say the same of folded text and make automata five times as large."""
_WORD, _GAP, _END, _DROP, _IDEOGRAPH, _SYMBOL = range(6)
_table: dict[str, tuple[int, str]] = {}
_TABLE_LIMIT: Final = 40_000


class Folded:
    """`text` starts and ends with a space, words are separated by one space. Immutable to its users; the way back to the
    original is worked out when it is first asked for.
    """

    __slots__ = ("_letters", "_origins", "_passed", "original", "text")

    def __init__(self, text: str, original: str) -> None:
        self.text = text
        self.original = original
        self._origins: list[int] | None = None
        self._letters: list[int] | None = None
        self._passed: list[int] = []

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original text behind `text[start:end]`, which must hold at least one character."""
        letters = self._plain_letters()
        if letters:
            before, through = self._passed[start], self._passed[end]
            if through > before:
                return letters[before], letters[through - 1] + 1
        if self._origins is None:
            self._origins = _traced(self.original)[1]
        first = self._origins[start]
        return first, max(min(self._origins[end - 1] + 1, len(self.original)), first)

    def _plain_letters(self) -> list[int]:
        """Where the letters and digits of a text are, if they follow each other in both texts: each of them was folded to
        one, and none was dropped."""
        if self._letters is None:
            original = self.original
            found = [index for index, char in enumerate(original) if char.isalnum()]
            self._passed = [0, *accumulate(map(str.isalnum, self.text))]
            same = len(found) == self._passed[-1] and (original.isascii() or _ODD.isdisjoint(original))
            self._letters = found if same else []
        return self._letters


def _is_ideograph(char: str) -> bool:
    """Also kana: Japanese words mix both without a space."""
    return (
        "\u3041" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def _kind_of(char: str) -> tuple[int, str]:
    if char in _DROPPED or "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return _DROP, ""
    if char in _CLAUSE_ENDS:
        return _END, CLAUSE
    folded = unicodedata.normalize("NFKC", char).casefold().translate(_ARABIC)
    folded = "".join(FOLDED.get(c, c) for c in folded if unicodedata.category(c) != "Mn" and not c.isspace())
    if not folded:
        return (_GAP, "") if char.isspace() or unicodedata.category(char)[0] in "SZ" else (_DROP, "")
    if folded in _CLAUSE_ENDS:
        return _END, CLAUSE
    ideographs = sum(map(_is_ideograph, folded))
    if ideographs == len(folded):
        return _IDEOGRAPH, folded
    if folded.isdecimal() and len(folded) == 1:
        return _WORD, str(int(folded))
    if (folded[0].isalnum() or unicodedata.category(folded[0]) == "Mc") and not ideographs:
        return _WORD, "".join(c for c in folded if c.isalnum() or unicodedata.category(c) == "Mc")
    if unicodedata.category(char) in ("So", "Sk") or char in "<>":
        return _SYMBOL, char
    return _GAP, ""


def _lookup(char: str) -> tuple[int, str]:
    known = _table.get(char)
    if known is None:
        known = _kind_of(char)
        if len(_table) < _TABLE_LIMIT:
            _table[char] = known
    return known


def fold_letters(pattern: str) -> str:
    """The same folding for the letters of a phrase pattern; its Latin letters and operators are left alone."""
    folded = "".join(
        _lookup(c)[1] if not c.isascii() and _lookup(c)[0] in (_WORD, _IDEOGRAPH, _DROP) else c
        for c in pattern
    )
    return folded.replace(r"\w", f"[{LETTERS}]")


def _unstretch(text: str, origins: list[int]) -> tuple[str, list[int]]:
    """A letter written three times or more is written once, so that `heeelp` is `help`."""
    kept: list[str] = []
    kept_origins: list[int] = []
    at = 0
    for run in _STRETCHED.finditer(text):
        kept.append(text[at : run.start() + 1])
        kept_origins += origins[at : run.start() + 1]
        at = run.end()
    kept.append(text[at:])
    return "".join(kept), kept_origins + origins[at:]


def _traced(text: str) -> tuple[str, list[int]]:
    """The folded text with the index that each of its characters came from."""
    pieces: list[str] = [" "]
    origins: list[int] = [0]
    previous = _GAP
    for index, char in enumerate(text):
        kind, folded = _lookup(char)
        if kind == _DROP or (kind == _GAP and previous == _GAP):
            continue
        if kind == _END and previous == _GAP and len(pieces) > 1 and pieces[-2] == CLAUSE:
            continue
        if kind == _GAP or (previous != _GAP and (kind != previous or kind in (_SYMBOL, _END))):
            pieces.append(" ")
            origins.append(index)
        previous = kind
        if kind != _GAP:
            pieces += folded
            origins += [index] * len(folded)
        if kind == _END:
            pieces.append(" ")
            origins.append(index)
            previous = _GAP
    if previous != _GAP:
        pieces.append(" ")
        origins.append(max(len(text) - 1, 0))
    joined = "".join(pieces)
    return _unstretch(joined, origins) if _STRETCHED.search(joined) else (joined, origins)


class _Table(dict[int, str]):
    """What `str.translate` puts in a character's place; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        kind, folded = _lookup(chr(code))
        text = " " if kind == _GAP else f" {folded} " if kind in (_END, _SYMBOL) else folded
        if len(text) != 1 and chr(code).isalnum():
            _ODD.add(chr(code))
        if len(self) < _TABLE_LIMIT:
            self[code] = text
        return text


_TRANSLATION: Final = _Table()
_ODD: Final[set[str]] = set()
"""Letters and digits met so far that are not folded to one character."""
_SEAM = re.compile(f"(?<=[{_IDEOGRAPHS}])(?=[^{_IDEOGRAPHS} ])|(?<=[^{_IDEOGRAPHS} ])(?=[{_IDEOGRAPHS}])")
_DOUBLED = f"{CLAUSE} {CLAUSE}"


def fold(text: str) -> Folded:
    """Compatibility forms, case, Arabic spellings and traditional characters folded; apostrophes and marks dropped;
    punctuation turned into one space or a clause mark; emoji, ideographs and letters apart. Never raises.
    """
    words = text.translate(_TRANSLATION)
    if not text.isascii():
        words = _SEAM.sub(" ", words)
    joined = " ".join(words.split())
    while _DOUBLED in joined:
        joined = joined.replace(_DOUBLED, CLAUSE)
    joined = f" {joined} " if joined else " "
    return Folded(_STRETCHED.sub(r"\1", joined), text)
