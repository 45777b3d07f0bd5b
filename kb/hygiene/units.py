"""An article's body as units, the smallest parts that can be kept back: paragraphs, list items, headings, table rows."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_STARTS: Final = re.compile(r"[ \t]*(?:[-*+•♦][ \t]|\d{1,3}[.)、][ \t]?|#{1,6}[ \t]|\||>)")
_MARKS: Final = re.compile(r"[ \t]*(?:[-*+•♦][ \t]+|\d{1,3}[.)、][ \t]*|#{1,6}[ \t]+|[|>][ \t]*)?")
_HEADING: Final = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")


class Unit(msgspec.Struct, frozen=True):
    """A part of a body: its span, and its text as it stands. `code` units are examples and are judged for secrets only."""

    start: int
    end: int
    text: str
    code: bool = False

    @property
    def plain(self) -> str:
        """The text without the sign of a list, quotation or heading in front."""
        return _MARKS.sub("", self.text, count=1).strip()

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return _HEADING.match(self.text) is not None


def units(body: str) -> list[Unit]:
    """The units of a body in order; together they hold every line that is not blank. Linear in the length."""
    found: list[Unit] = []
    lines: list[tuple[int, str]] = []
    fence = ""

    def close(*, code: bool = False) -> None:
        if lines:
            start, (last, text) = lines[0][0], lines[-1]
            end = last + len(text)
            found.append(Unit(start, end, body[start:end], code))
            lines.clear()

    for start, line in _lines(body):
        mark = _FENCE.match(line)
        if fence:
            lines.append((start, line))
            if mark and mark[1].startswith(fence):
                fence = ""
                close(code=True)
        elif mark:
            close()
            fence = mark[1]
            lines.append((start, line))
        elif not line.strip():
            close()
        else:
            if _STARTS.match(line):
                close()
            lines.append((start, line))
            if _HEADING.match(line):
                close()
    close(code=bool(fence))
    return found


def _lines(body: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start <= len(body):
        end = body.find("\n", start)
        end = len(body) if end < 0 else end
        yield start, body[start:end]
        start = end + 1
