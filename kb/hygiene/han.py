"""Which of the two Chinese scripts a text is in, from the characters that only one of them uses."""

from functools import lru_cache
from importlib.resources import files

_LEAST = 3
_CLEAR = 3


@lru_cache(maxsize=1)
def _only() -> tuple[frozenset[str], frozenset[str]]:
    """Characters only simplified texts use, and those only traditional ones use, by the conversion tables of OpenCC."""
    folder = files("opencc") / "dictionary"
    simple: set[str] = set()
    full: set[str] = set()
    for name, first, second in (("STCharacters.txt", simple, full), ("TSCharacters.txt", full, simple)):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            character, _, variants = line.partition("\t")
            others = variants.split()
            if character not in others:
                first.add(character)
                second.update(one for one in others if len(one) == 1)
    both = simple & full
    return frozenset(simple - both), frozenset(full - both)


def script_of_han(text: str) -> str | None:
    """`Hans` or `Hant` where the text shows it clearly, else None."""
    hans, hant = _counts(text)
    if hans + hant < _LEAST:
        return None
    if hans > _CLEAR * hant:
        return "Hans"
    return "Hant" if hant > _CLEAR * hans else None


def likelier_script(text: str) -> str:
    """The script with more characters of its own; `Hans` where neither has more."""
    hans, hant = _counts(text)
    return "Hant" if hant > hans else "Hans"


def _counts(text: str) -> tuple[int, int]:
    simple, full = _only()
    return sum(character in simple for character in text), sum(character in full for character in text)
