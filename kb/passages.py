"""Markdown to passages: cut at headings and by length, as plain text. Pure; linear in the length of the text."""

import re
from typing import Final

import msgspec

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_QUOTE = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+")
_TABLE_LINE = re.compile(r"[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}(?: \"[^\"\n]{0,300}\")?\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}(?: \"[^\"\n]{0,300}\")?\)")
_REFERENCE = re.compile(r"\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,300}\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|<!--[^\n]{0,2000}?-->")
_CODE = re.compile(r"`{1,3}([^`\n]{1,1000})`{1,3}")
_STRONG = re.compile(r"(\*{1,3}|~~)(?=\S)([^*~\n]{1,1000}?)(?<=\S)\1")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_\n]{1,1000}?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])")

LONGEST: Final = 1_200
_WIDE: Final = 0x2E80
_SHELTER: Final = 0xE000
_SHELTERED: Final = {_SHELTER + point: point for point in range(0x21, 0x7F)}


class Passage(msgspec.Struct, frozen=True):
    """The smallest piece that is retrieved: plain text under the headings it stands below (empty at the top)."""

    heading: str
    text: str


def _inline(line: str) -> str:
    """One line without the marks of Markdown; what a backslash protects is put out of their reach meanwhile."""
    line = _ESCAPE.sub(lambda found: chr(_SHELTER + ord(found[1])), line)
    line = _IMAGE.sub(r"\1", line)
    line = _LINK.sub(r"\1", line)
    line = _REFERENCE.sub(r"\1", line)
    line = _AUTOLINK.sub(r"\1", line)
    line = _TAG.sub("", line)
    line = _CODE.sub(r"\1", line)
    line = _STRONG.sub(r"\2", line)
    line = _STRONG.sub(r"\2", line)
    line = _UNDERSCORES.sub(r"\2", line)
    return line.translate(_SHELTERED).rstrip()


def _plain_line(line: str) -> str:
    line = _QUOTE.sub("", line, count=1)
    if _RULE.match(line) or _TABLE_LINE.match(line):
        return ""
    line = _BULLET.sub(r"\1• ", line, count=1)
    stripped = line.strip()
    if len(stripped) > 1 and stripped[0] == "|" and stripped[-1] == "|":
        line = " · ".join(cell.strip() for cell in stripped[1:-1].split("|"))
    return _inline(line).strip()


def plain(markdown: str) -> str:
    """The whole text without marks, headings on lines of their own; for display and previews."""
    return "\n\n".join(
        f"{heading}\n{text}" if heading and text else heading or text for heading, text in _sections(markdown)
    ).strip()


class _Sections:
    """The walk over the lines: which headings are open, and the paragraphs since the last one."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[int, str]] = []
        self._lines: list[str] = []

    def heading(self, level: int, title: str) -> None:
        self.close()
        self._open = [(above, text) for above, text in self._open if above < level]
        self._open.append((level, title))

    def line(self, text: str) -> None:
        self._lines.append(text)

    def underlined(self, level: int) -> bool:
        """The line before was a heading, if it was text; a rule or the end of a list otherwise."""
        if not self._lines or not self._lines[-1] or self._lines[-1].startswith("•"):
            return False
        title = self._lines.pop()
        self.heading(level, title)
        return True

    def close(self) -> None:
        text = "\n".join(self._lines).strip("\n")
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        if text.strip():
            self.found.append((" › ".join(title for _, title in self._open if title), text))
        self._lines = []


def _sections(markdown: str) -> list[tuple[str, str]]:
    """(headings above, plain text) for each stretch between headings; a fenced block is taken as it stands."""
    sections = _Sections()
    fence = ""
    for line in markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
            else:
                sections.line(line)
        elif mark:
            fence = mark[1]
        elif heading := _HEADING.match(line):
            sections.heading(len(heading[1]), _inline(heading[2]).strip())
        elif not ((under := _UNDERLINE.match(line)) and sections.underlined(1 if under[1][0] == "=" else 2)):
            sections.line(_plain_line(line))
    sections.close()
    return sections.found


def _weight(text: str) -> int:
    """Length as a reader feels it: a Chinese or Japanese character holds about two letters."""
    return len(text) if text.isascii() else len(text) + sum(ord(c) >= _WIDE for c in text)


def _cut(paragraph: str) -> list[str]:
    """A paragraph too long for a passage, cut at sentences, else at white space, else anywhere."""
    if _weight(paragraph) <= LONGEST:
        return [paragraph]
    return [piece for sentence in _SENTENCE.split(paragraph) for piece in _cut_sentence(sentence) if piece]


def _cut_sentence(sentence: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    while len(sentence) - start > LONGEST or _weight(sentence[start:]) > LONGEST:
        room = LONGEST if _weight(sentence[start : start + LONGEST]) <= LONGEST else LONGEST // 2
        space = sentence.rfind(" ", start + room // 2, start + room)
        end = space if space > 0 else start + room
        pieces.append(sentence[start:end].strip())
        start = end
    return [*pieces, sentence[start:].strip()]


def _joint(before: str) -> str:
    return "" if ord(before[-1]) >= _WIDE else " "


def _packed(text: str) -> list[str]:
    """Neighbouring paragraphs put together while they fit in one passage."""
    passages: list[str] = []
    for paragraph in text.split("\n\n"):
        for number, piece in enumerate(_cut(paragraph)):
            if passages and _weight(passages[-1]) + _weight(piece) < LONGEST:
                passages[-1] += ("\n\n" if number == 0 else _joint(passages[-1])) + piece
            elif piece.strip():
                passages.append(piece.strip())
    return passages


def split(markdown: str) -> list[Passage]:
    """The passages of an article's body, in order. The same text always gives the same passages; never raises."""
    return [Passage(heading, text) for heading, body in _sections(markdown) for text in _packed(body)]
