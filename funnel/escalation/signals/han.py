"""Which Chinese characters belong to one script only, and the folding of traditional onto simplified ones (OpenCC's tables)."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Final


def _rows(table: str) -> Iterator[tuple[str, list[str]]]:
    text = (files("opencc") / "dictionary" / f"{table}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        left, _, right = line.partition("\t")
        if right:
            yield left, right.split()


_TO_SIMPLIFIED = dict(_rows("TSCharacters"))
_TO_TRADITIONAL = dict(_rows("STCharacters"))

SIMPLIFIED_OF: Final[dict[str, str]] = {
    old: new[0] for old, new in _TO_SIMPLIFIED.items() if old not in new and len(new[0]) == 1
}
"""Traditional character → simplified character, where the traditional one is not also written in simplified text."""

FOLDED: Final[dict[str, str]] = {
    **SIMPLIFIED_OF,
    **{
        old: next(c for c in new if c != old)
        for old, new in _TO_SIMPLIFIED.items()
        if old in new and len(new) > 1
    },
    "妳": "你",
    "著": "着",
    "裏": "里",
    "喫": "吃",
}
"""As `SIMPLIFIED_OF`, with the characters that simplified text writes either way; for comparing, never for showing."""

ONLY_HANT: Final = frozenset(SIMPLIFIED_OF)
ONLY_HANS: Final = frozenset(char for char, old in _TO_TRADITIONAL.items() if char not in old)
