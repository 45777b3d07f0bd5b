"""Bytes to text: UTF-8 and what announces itself, else the likeliest encoding, which is said in the report. Pure."""

import codecs
from typing import Final

import charset_normalizer
import msgspec

from funnel.core.locales import language_of
from kb.hygiene.language import scripts

_MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_USUAL: Final = {
    "zh-Hans": ("gb18030", "han"),
    "zh-Hant": ("big5hkscs", "han"),
    "ar": ("cp1256", "arabic"),
    "fa": ("cp1256", "arabic"),
    "ru": ("cp1251", "cyrillic"),
    "ja": ("cp932", "kana"),
    "ko": ("cp949", "hangul"),
    "el": ("cp1253", "greek"),
    "th": ("cp874", "thai"),
    "he": ("cp1255", "hebrew"),
}
_SAMPLE: Final = 64_000
_ENOUGH: Final = 0.25


class Decoded(msgspec.Struct, frozen=True):
    """A text, and the encoding where it had to be guessed."""

    text: str
    guessed: str | None = None


class UndecodableError(Exception):
    """No encoding fits; `line` is the first one that is not UTF-8."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def decode(data: bytes, locale: str | None = None) -> Decoded:
    """The text of a file. `locale`, where known, says which old encoding is likely. Raises UndecodableError."""
    for mark, name in _MARKED:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(name))
            except UnicodeDecodeError:
                raise UndecodableError(1) from None
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    found = _usual(data, locale) or _likeliest(data)
    if found is None:
        raise UndecodableError(line)
    return found


def _usual(data: bytes, locale: str | None) -> Decoded | None:
    """The encoding that texts of this locale had, if it gives a text in the locale's script."""
    name, script = _USUAL.get(locale or "", _USUAL.get(language_of(locale or ""), ("", "")))
    if not name:
        return None
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    found = scripts(text[:_SAMPLE])
    return Decoded(text, name) if found[script] >= _ENOUGH * max(1, found.total()) else None


def _likeliest(data: bytes) -> Decoded | None:
    if b"\0" in data:
        return None
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    if best is None or best.encoding in ("ascii", "utf_8"):
        best = charset_normalizer.from_bytes(data).best()
    if best is None or best.chaos > 0.2:
        return None
    try:
        return Decoded(data.decode(best.encoding), best.encoding)
    except UnicodeDecodeError:
        return None
