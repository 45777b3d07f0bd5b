"""Saying one text of the catalogue."""

from bots.dialogue.catalogue.keys import PARAMETERS
from bots.dialogue.catalogue.voices import FSI, PDI, Voice, voice
from funnel.core.locales import CATALOGUE_LOCALES, language_of

_DAY_MINUTES = 24 * 60
_LANGUAGES = frozenset(map(language_of, CATALOGUE_LOCALES))
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"))


def isolate(text: str) -> str:
    """Foreign words that keep their own direction inside a sentence; marks of direction in them are dropped."""
    return f"{FSI}{text.translate(_MARKS)}{PDI}"


def _counted(speaker: Voice, name: str, value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is a whole number from 0")
    forms = speaker.texts.counts.get(name)
    if forms is None:
        return speaker.number(value)
    return forms[speaker.plural(value)].replace("{n}", speaker.number(value))


def _rendered(speaker: Voice, name: str, value: object) -> str:
    kind = PARAMETERS[name]
    if kind == "count":
        return _counted(speaker, name, value)
    if not isinstance(value, str):
        raise ValueError(f"{name} is a text")
    return isolate(value) if kind == "isolated" else value


def span(locale: str, seconds: float) -> str:
    """A wait as people say it: minutes in steps of five, from an hour on whole hours, always rounded up. Empty for more than a day,
    which no round number tells well, and in a language that the catalogue does not speak."""
    if language_of(locale) not in _LANGUAGES:
        return ""
    minutes = max(-(-int(seconds) // 300) * 5, 5)
    if minutes > _DAY_MINUTES:
        return ""
    unit, count = ("minutes", minutes) if minutes < 60 else ("hours", -(-minutes // 60))
    return _counted(voice(locale), unit, count)


def say(locale: str, key: str, **params: str | int) -> str:
    """The text of `key` in the catalogue's best language for `locale` (any BCP 47 tag; its region decides numerals).

    Parameters are exactly those of the key (`keys.PARAMETERS` tells their kinds). Raises KeyError for an unknown key
    and ValueError for parameters that do not fit; both are faults of the caller, never of a visitor's words.
    """
    speaker = voice(locale)
    template = speaker.texts.templates.get(key)
    if template is None:
        raise KeyError(key)
    if params.keys() != speaker.texts.holes[key]:
        raise ValueError(f"{key} takes {sorted(speaker.texts.holes[key])}, got {sorted(params)}")
    if not params:
        return template[0][0]
    pieces: list[str] = []
    for literal, name in template:
        pieces.append(literal)
        if name is not None:
            pieces.append(_rendered(speaker, name, params[name]))
    return "".join(pieces)
