"""The part of a long text that signals are looked for in: its beginning and its end."""

from typing import Final

from msgspec import Struct

Span = tuple[int, int]
HEAD: Final = 1_500
TAIL: Final = 500
"""Code points heard of a longer text: so many from its start, so many from its end."""
_SEAM: Final = "\n"
_LONGEST_WORD: Final = (
    40  # a word cut in two at the seam is left out as a whole, unless it is longer than words are
)


class Excerpt(Struct, frozen=True):
    """`text` is the whole, or its head and tail with a line break between. `head` code points stand where they stood;
    those behind the line break stood `moved` later.
    """

    text: str
    head: int
    moved: int = 0

    def origin(self, span: Span) -> Span:
        """A half-open span of `text` as one of the whole; one across the seam covers what was left out too."""
        start, end = span
        return (
            start if start < self.head else start + self.moved,
            end if end <= self.head else end + self.moved,
        )


def excerpt_of(text: str) -> Excerpt:
    """What is heard of a text: all of it up to 2,000 code points, else the first 1,500 and the last 500 of them without
    the words that were cut."""
    if len(text) <= HEAD + TAIL:
        return Excerpt(text, len(text))
    head, tail = text[:HEAD], text[-TAIL:]
    if not text[HEAD].isspace():
        head = head[: _last_space(head)]
    if not text[-TAIL - 1].isspace():
        tail = tail[_first_space(tail) :]
    start = len(text) - len(tail)
    return Excerpt(f"{head}{_SEAM}{tail}", len(head), start - len(head) - len(_SEAM))


def _last_space(text: str) -> int:
    low = len(text) - _LONGEST_WORD
    return next((at for at in range(len(text) - 1, low, -1) if text[at].isspace()), len(text))


def _first_space(text: str) -> int:
    return next((at for at in range(_LONGEST_WORD) if text[at].isspace()), 0)
