"""A site's words: its own texts, its locales, and helplines only while they are known to be right."""

from datetime import date
from types import MappingProxyType

from msgspec.structs import replace

from bots.dialogue.catalogue import say
from bots.dialogue.wording import site_words
from funnel.people.directory import Helpline, SiteInfo
from tests.unit.decider_world import SITE, START, directory


def site(**changes: object) -> SiteInfo:
    """The test site with something of its own."""
    return replace(directory().sites[SITE], **changes)


def test_a_sites_own_text_beats_the_catalogue_in_its_locale_only() -> None:
    words = site_words(site(texts=MappingProxyType({"greeting": {"en": "Ahoy!"}})))
    assert words.say("en", "greeting") == "Ahoy!"
    assert words.say("ar", "greeting") == say("ar", "greeting")


def test_a_language_without_a_catalogue_speaks_the_sites_default() -> None:
    words = site_words(site(locales=("ar", "en")))
    assert words.say("fr", "greeting") == say("ar", "greeting")
    assert site_words(None).say("fr", "greeting") == say("en", "greeting")


def test_a_helpline_is_told_until_its_last_day_and_never_made_up() -> None:
    lines = {"en": Helpline("0800 111", date(2026, 3, 2))}
    words = site_words(site(helplines=MappingProxyType(lines)))
    assert "0800 111" in words.safety("en", START)
    assert "0800 111" not in words.safety("en", START.replace(day=3))
    assert words.safety("ar", START) == say("ar", "safety")
