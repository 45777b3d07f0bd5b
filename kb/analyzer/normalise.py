"""One canonical form of any text: compatibility forms, case, digits, invisible marks and Chinese variants folded."""

import re
import unicodedata
from typing import Final

from kb.analyzer.han import fold_table

_INVISIBLE = (
    "\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180e\ufeff"
    + "".join(map(chr, range(0x200B, 0x2010)))
    + "".join(map(chr, range(0x202A, 0x202F)))
    + "".join(map(chr, range(0x2060, 0x2070)))
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_QUOTES = "\u2018\u2019\u201b\u02bc\u02b9\u00b4\u2032"


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict(fold_table())
    table.update((ord(mark), None) for mark in _INVISIBLE)
    table.update((ord(quote), "'") for quote in _QUOTES)
    for digit in re.findall(r"\d", "".join(map(chr, range(0x80, 0x1FBFA)))):
        table[ord(digit)] = str(unicodedata.digit(digit))
    return table


_FOLD: Final = _fold_table()
_MOST_PASSES = 4


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", text.translate(_FOLD)).replace("i\u0307", "i")


def normalise(text: str) -> str:
    """The canonical form of `text`. Never raises, also on lone surrogates and NUL; normalising twice changes nothing."""
    if text.isascii():
        return text.lower()
    for _ in range(_MOST_PASSES):
        after = _once(text)
        if after == text:
            break
        text = after
    return text
