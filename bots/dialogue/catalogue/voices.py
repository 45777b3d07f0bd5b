"""A locale's way of writing: its texts parsed once, its numerals and plural rule. Faults in a catalogue stop the import."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from babel.core import Locale, UnknownLocaleError
from msgspec import Struct

from bots.dialogue.catalogue import ar, en, zh_hans, zh_hant
from bots.dialogue.catalogue.keys import PARAMETERS, Key
from funnel.core.locales import CATALOGUE_LOCALES, canonical_locale, resolve_locale

FSI: Final = "\u2068"
PDI: Final = "\u2069"
_HOLE = re.compile(r"\{([a-z]+)\}")
_SOURCES: Final = {"en": en, "zh-Hans": zh_hans, "zh-Hant": zh_hant, "ar": ar}
_NATIVE_DIGITS: Final = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}

Template = tuple[tuple[str, str | None], ...]
"""Literal text and the parameter that follows it."""


class Texts(Struct, frozen=True):
    """One catalogue: templates by key, forms of counted words, patterns of moments."""

    locale: str
    templates: dict[str, Template]
    holes: dict[str, frozenset[str]]
    counts: dict[str, dict[str, str]]
    moments: dict[str, str]


class Voice(Struct, frozen=True):
    """A catalogue together with the reader's own region: `babel` formats dates, `digits` turns 0-9 into its numerals."""

    texts: Texts
    babel: Locale
    digits: dict[int, str]
    plural: Callable[[int], str]

    def number(self, value: int) -> str:
        """A whole number in the reader's numerals."""
        return str(value).translate(self.digits)


def _parse(text: str) -> Template:
    pieces: list[tuple[str, str | None]] = []
    at = 0
    for hole in _HOLE.finditer(text):
        pieces.append((text[at : hole.start()], hole[1]))
        at = hole.end()
    pieces.append((text[at:], None))
    return tuple(pieces)


def _holes(template: Template) -> frozenset[str]:
    return frozenset(name for _, name in template if name is not None)


def _load(locale: str) -> Texts:
    source = _SOURCES[locale]
    missing = {key.value for key in Key} ^ set(source.TEXTS)
    if missing:
        raise ValueError(f"catalogue {locale}: keys do not match: {sorted(missing)}")
    templates = {key: _parse(text) for key, text in source.TEXTS.items()}
    holes = {key: _holes(template) for key, template in templates.items()}
    for key, names in holes.items():
        unknown = names - set(PARAMETERS)
        if unknown or "{" in "".join(piece for piece, _ in templates[key]):
            raise ValueError(f"catalogue {locale}: {key} has a broken or unknown parameter")
    wanted = set(Locale.parse(locale, sep="-").plural_form.tags) | {"other"}
    for name, forms in source.COUNTS.items():
        if set(forms) != wanted:
            raise ValueError(f"catalogue {locale}: {name} needs the plural forms {sorted(wanted)}")
    return Texts(locale, templates, holes, source.COUNTS, source.MOMENTS)


def _check(catalogues: Mapping[str, Texts]) -> None:
    english = catalogues["en"]
    for texts in catalogues.values():
        if texts.holes != english.holes or set(texts.counts) != set(english.counts):
            raise ValueError(f"catalogue {texts.locale}: parameters differ from the English ones")


_CATALOGUES: Final = {locale: _load(locale) for locale in CATALOGUE_LOCALES}
_check(_CATALOGUES)


def _babel(tag: str, fallback: str) -> Locale:
    """The reader's own locale where babel knows it and it is of the catalogue's language, else the catalogue's."""
    canonical = canonical_locale(tag)
    if canonical is not None and canonical.split("-")[0] == fallback.split("-")[0]:
        try:
            return Locale.parse(canonical, sep="-")
        except (UnknownLocaleError, ValueError):
            pass
    return Locale.parse(fallback, sep="-")


@lru_cache(maxsize=512)
def voice(tag: str) -> Voice:
    """The voice for any tag; one without a catalogue speaks English. Cached, never raises."""
    locale = resolve_locale(tag)
    babel = _babel(tag, locale)
    native = _NATIVE_DIGITS.get(babel.default_numbering_system, "")
    digits = {ord("0") + value: digit for value, digit in enumerate(native)}
    return Voice(_CATALOGUES[locale], babel, digits, babel.plural_form)
