"""Locales: which tags are accepted, their canonical form, what a tag falls back to. Pure; used by gateway, knowledge base and bot."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from babel.core import Locale, get_global

DEFAULT_LOCALE: Final = "en"
CATALOGUE_LOCALES: Final = ("en", "zh-Hans", "zh-Hant", "ar")
_MAX_TAG: Final = 60
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?P<extlang>(?:-[a-z]{3}(?![a-z0-9])){0,3})"
    r"(?:-(?P<script>[a-z]{4})(?![a-z0-9]))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3})(?![a-z0-9]))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3})(?![a-z0-9]))*)"
    r"(?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_HANT_REGIONS: Final = frozenset({"TW", "HK", "MO"})
_CHINESE_EXTLANGS: Final = {"yue": "zh-Hant", "cmn": "zh-Hans"}


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if "_" not in str(code))


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    table = get_global("language_aliases")
    return {old: new.split("_")[0] for old, new in table.items() if "_" not in old}


def _repeated(parts: str) -> bool:
    pieces = [piece for piece in parts.split("-") if piece]
    return len(pieces) != len(set(pieces))


def _singletons_repeat(extensions: str) -> bool:
    singles = re.findall(r"-([0-9a-wyz])(?=-)", extensions)
    return len(singles) != len(set(singles))


def _chinese(script: str | None, region: str | None) -> str:
    if script is not None:
        return f"zh-{script}"
    return "zh-Hant" if region in _HANT_REGIONS else "zh-Hans"


@lru_cache(maxsize=4096)
def canonical_locale(tag: str) -> str | None:
    """The one spelling of a BCP 47 tag: language, script and region, in their usual case; None where it is malformed or
    its language unknown.

    Chinese becomes `zh-Hans` or `zh-Hant` (by script, else by region; mainland script where neither is given), retired
    codes become today's (`iw` → `he`), variants, extensions and private parts are dropped.
    """
    if len(tag) > _MAX_TAG or not tag.isascii():
        return None
    found = _TAG.fullmatch(tag.lower())
    if found is None or _repeated(found["variants"]) or _singletons_repeat(found["extensions"]):
        return None
    extlang = found["extlang"].lstrip("-").split("-")[0]
    if found["language"] == "zh" and extlang in _CHINESE_EXTLANGS:
        return _CHINESE_EXTLANGS[extlang]
    language = _aliases().get(found["language"], found["language"])
    if language not in _languages() or language in ("und", "mul", "zxx", "mis"):
        return None
    script = found["script"].title() if found["script"] else None
    region = found["region"].upper() if found["region"] else None
    if language == "zh":
        return _chinese(script, region)
    return "-".join(part for part in (language, script, region) if part)


def locale_chain(tag: str) -> tuple[str, ...]:
    """The tag and what it falls back to, most exact first: `pt-BR`, `pt`. Empty for a tag that is not a locale.

    The two Chinese scripts never fall back to each other here: they are different texts.
    """
    canonical = canonical_locale(tag)
    if canonical is None:
        return ()
    if canonical.startswith("zh-"):
        return (canonical,)
    if canonical.startswith("yue"):
        return (canonical, "zh-Hant")
    parts = canonical.split("-")
    return tuple("-".join(parts[:size]) for size in range(len(parts), 0, -1))


def resolve_locale(
    tag: str | None, fallbacks: Sequence[str] = (), available: Sequence[str] = CATALOGUE_LOCALES
) -> str:
    """The best of `available` for a tag: the tag's chain, then each fallback's chain (a site's locales, default first),
    then English. Never raises; an unreadable tag counts as absent.
    """
    for wanted in (tag, *fallbacks):
        if wanted is None:
            continue
        for candidate in locale_chain(wanted):
            if candidate in available:
                return candidate
    if DEFAULT_LOCALE in available or not available:
        return DEFAULT_LOCALE
    return available[0]


def language_of(tag: str) -> str:
    """The bare language of a canonical tag: `zh` of `zh-Hant`."""
    return tag.partition("-")[0]
