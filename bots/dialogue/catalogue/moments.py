"""Times as people say them: “today at 2:30 PM”, “明天 09:00”, in the reader's zone, language and numerals."""

from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time, get_day_names

from bots.dialogue.catalogue.voices import Voice, voice

_UTC: Final = ZoneInfo("UTC")
_WEEK: Final = 6


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _UTC


def _plain(text: str) -> str:
    """Narrow and unbreakable spaces break searches and old fonts."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def _day(speaker: Voice, at: datetime, days: int) -> tuple[str, str]:
    if days == 0:
        return "today", ""
    if days == 1:
        return "tomorrow", ""
    if days == -1:
        return "yesterday", ""
    if 1 < abs(days) <= _WEEK:
        return "weekday", get_day_names("wide", locale=speaker.babel)[at.weekday()]
    return "date", format_date(
        at, "long" if days > 300 or days < 0 else _day_and_month(speaker), speaker.babel
    )


def _day_and_month(speaker: Voice) -> str:
    skeletons = speaker.babel.datetime_skeletons
    pattern = skeletons.get("MMMMd") or skeletons.get("MMMd")
    return pattern.pattern if pattern is not None else "long"


def format_moment(locale: str, at: datetime, zone: str, now: datetime) -> str:
    """The moment as a phrase that fits into the catalogue's `{when}`: today, tomorrow, yesterday, a weekday within six
    days, else the date. `at` and `now` are aware; an unknown zone counts as UTC. Never raises on locale or zone.
    """
    speaker = voice(locale)
    place = _zone(zone)
    there = at.astimezone(place)
    days = (there.date() - now.astimezone(place).date()).days
    kind, day = _day(speaker, there, days)
    time = format_time(there, "short", locale=speaker.babel)
    if speaker.babel.language == "zh":
        time = there.strftime("%H:%M")
    text = speaker.texts.moments[kind].format(time=time, weekday=day, date=day)
    return _plain(text).translate(speaker.digits)
