"""Folding of Chinese characters: simplified, traditional and regional variants of one character become one."""

from collections.abc import Iterator
from importlib.resources import files

_TABLES = (
    "TSCharacters.txt",
    "STCharacters.txt",
    "TWVariants.txt",
    "TWVariantsRev.txt",
    "HKVariants.txt",
    "HKVariantsRev.txt",
)


def _pairs() -> Iterator[tuple[str, str]]:
    """Every (character, variant) that the conversion tables of OpenCC name."""
    folder = files("opencc") / "dictionary"
    for name in _TABLES:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            character, _, variants = line.partition("\t")
            for variant in variants.split():
                if len(character) == 1 and len(variant) == 1:
                    yield character, variant


def fold_table() -> dict[int, str]:
    """Code point -> the one character that stands for its whole family; for `str.translate`.

    Families are the connected characters of the conversion tables (six at most), so text converted character by
    character in either direction folds to the same string. A family is named by its lowest code point.
    """
    parent: dict[str, str] = {}

    def root(character: str) -> str:
        while (above := parent.setdefault(character, character)) != character:
            character = above
        return character

    for one, other in _pairs():
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {ord(character): root(character) for character in parent if root(character) != character}
