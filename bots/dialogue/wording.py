"""The words of one site: the catalogue in the reader's language, the site's own texts where it has them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from bots.dialogue.catalogue import format_moment, resolve_locale, say
from bots.dialogue.playbooks import PLAYBOOK, Playbooks, shipped_playbooks


class Helpline(Protocol):
    """A helpline's text and its last sure day."""

    @property
    def text(self) -> str:
        """What to say."""
        ...

    @property
    def valid_until(self) -> date:
        """After this day it is not said any more."""
        ...


class SiteTexts(Protocol):
    """What a site says in its own words."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The site's locales, default first."""
        ...

    @property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Own texts by key and locale."""
        ...

    @property
    def helplines(self) -> Mapping[str, Helpline]:
        """Helplines by locale."""
        ...


class SiteWords:
    """Says the catalogue's texts for one site; of no site, the catalogue alone."""

    __slots__ = ("_playbooks", "_site")

    def __init__(self, site: SiteTexts | None, playbooks: Playbooks) -> None:
        self._site = site
        self._playbooks = playbooks

    def say(self, locale: str, key: str, **params: str | int) -> str:
        """The site's own text where it has one that takes no parameters, else the catalogue's, or the playbook's that the key
        names, with what a hook gave for it. Raises as `catalogue.say`."""
        tag = self._locale(locale)
        if (
            key.startswith(PLAYBOOK)
            and (words := self._playbooks.words_of(key, tag, _values(params))) is not None
        ):
            return words
        if self._site is not None and not params:
            own = self._site.texts.get(key, {}).get(tag)
            if own:
                return own
        return say(tag, key, **params)

    def own(self, locale: str, texts: Mapping[str, str]) -> str:
        """In the reader's language, else the site's default, else whatever there is."""
        tag = self._locale(locale)
        defaults = self._site.locales if self._site is not None else ()
        return next((texts[one] for one in (locale, tag, *defaults, *texts) if one in texts), "")

    def when(self, locale: str, at: datetime, now: datetime, zone: str) -> str:
        """A moment in the reader's zone and numerals."""
        return format_moment(self._locale(locale), at, zone, now)

    def safety(self, locale: str, at: datetime) -> str:
        """The fixed text; a helpline follows only while its date holds, it is never made up."""
        tag = self._locale(locale)
        text = say(tag, "safety")
        helpline = self._site.helplines.get(tag) if self._site is not None else None
        if helpline is None or helpline.valid_until < at.date():
            return text
        return f"{text}\n\n{say(tag, 'safety_helpline', helpline=helpline.text)}"

    def _locale(self, locale: str) -> str:
        """Keeps a region the catalogue speaks (numerals), falls back to the site's default, then English."""
        known = resolve_locale(locale, self._site.locales if self._site is not None else ())
        return locale if locale.split("-")[0] == known.split("-")[0] and not known.startswith("zh") else known


def _values(params: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}


def site_words(site: SiteTexts | None, playbooks: Playbooks | None = None) -> SiteWords:
    """The words of a site; without `playbooks` it knows those that come with the product."""
    return SiteWords(site, playbooks or shipped_playbooks())
