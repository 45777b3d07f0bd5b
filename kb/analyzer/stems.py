"""Stems of words in alphabets with a Snowball stemmer, and the removal of accents."""

import threading
import unicodedata
from functools import lru_cache
from typing import Final, Protocol, cast

import snowballstemmer

_ALGORITHMS: Final = {
    "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_OTHER_ALPHABETS = frozenset(
    {
        "ar",
        "be",
        "bg",
        "bn",
        "el",
        "fa",
        "he",
        "hi",
        "hy",
        "ja",
        "ka",
        "km",
        "ko",
        "lo",
        "mk",
        "my",
        "ne",
        "ru",
        "ta",
    }
    | {"th", "uk", "ur", "yi", "zh"}
)
_LETTERS_OF_THEIR_OWN = frozenset({"vi"})
_EXTRA_FOLDS: Final = str.maketrans({"ß": "ss", "ı": "i", "đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


_lock = threading.Lock()


@lru_cache(maxsize=64)
def _stemmer(language: str) -> _Stemmer | None:
    name = _ALGORITHMS.get(language)
    return None if name is None else cast("_Stemmer", snowballstemmer.stemmer(name))


def _script(word: str) -> str:
    point = ord(word[0])
    if point < 0x250 or 0x1E00 <= point < 0x1F00:
        return "latin"
    if 0x370 <= point < 0x400 or 0x1F00 <= point < 0x2000:
        return "greek"
    if 0x400 <= point < 0x530:
        return "cyrillic"
    return "devanagari" if 0x900 <= point < 0x980 else ""


def _language_for(script: str, language: str) -> str:
    """The stemmer a word gets: the article's own where it fits the alphabet, else the alphabet's most common one."""
    if script == "latin":
        return "en" if language in _OTHER_ALPHABETS else language
    if script == "cyrillic":
        return "sr" if language == "sr" else "ru"
    if script == "greek":
        return "el"
    if script == "devanagari":
        return "ne" if language == "ne" else "hi"
    return language


def fold_accents(word: str) -> str:
    """`word` without combining marks, and with the few letters that do not decompose written plainly."""
    if word.isascii():
        return word
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare.translate(_EXTRA_FOLDS))


@lru_cache(maxsize=262_144)
def stem(word: str, language: str) -> str:
    """The stem of a normalised word. Safe from several threads; never empty for a word that is not."""
    script = _script(word)
    chosen = _stemmer(_language_for(script, language))
    found = word
    if chosen is not None:
        with _lock:  # the stemmers keep the word they work on in themselves
            found = chosen.stemWord(word)
    if script in ("latin", "greek") and language not in _LETTERS_OF_THEIR_OWN:
        found = fold_accents(found)
    return found or word
