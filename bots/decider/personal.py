"""What is personal in an answer: the variables of its text, filled with what is known for sure and safe to say. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bots.dialogue.catalogue import span
from bots.dialogue.hearing import Candidate, Found, Heard, Prepared
from funnel.conversations.judgement import Moment
from funnel.conversations.state import State
from funnel.core.calendar import DAY_MINUTES, Calendar
from funnel.people.directory import SiteInfo
from kb.variables import fill, named

CALM_BELOW: Final = 0.5
_PLAN: Final = "plan"
_WAIT: Final = "site.reply_time"
_LONGEST_PLAN: Final = 60
_MARK: Final = "{{"
_HEATED: Final = ("anger", "distress", "dissatisfied", "self_harm", "safety")


def personal(
    prepared: Prepared,
    state: State | None,
    site: SiteInfo | None,
    moment: Moment,
    wait: Callable[[], float | None],
) -> Prepared:
    """The findings with their variables filled: the site's name, today's hours and the usual wait for a person (`wait`, in seconds,
    asked only where a text says it), and the name and the plan of a verified contact.

    The name is said in the first answer of an episode only, and not where the words show anger or distress. A variable
    without a value gives its fallback, or disappears.
    """
    fields = ("found_line", "found_whole", "found_before", "found_together")
    found: dict[str, Found] = {name: getattr(prepared, name) for name in fields}
    if not any(_MARK in one.text for many in found.values() for one in many.candidates):
        return prepared
    values = _values(prepared, state, site, moment)
    shown = [one for many in found.values() for one in many.candidates]
    shown += [prepared.tapped] if prepared.tapped is not None else []
    seconds = wait() if any(_WAIT in named(one.text) for one in shown) else None
    filled = {
        name: replace(many, candidates=tuple(_filled(one, values, seconds) for one in many.candidates))
        for name, many in found.items()
    }
    tapped = _filled(prepared.tapped, values, seconds) if prepared.tapped is not None else None
    return replace(prepared, tapped=tapped, **filled)


def _filled(one: Candidate, values: Mapping[str, str], seconds: float | None) -> Candidate:
    """The wait is told in the language of the article, whatever the reader's is."""
    if _MARK not in one.text:
        return one
    wait = {_WAIT: span(one.locale, seconds)} if seconds is not None else {}
    return replace(one, text=fill(one.text, {**values, **wait}))


def _values(prepared: Prepared, state: State | None, site: SiteInfo | None, moment: Moment) -> dict[str, str]:
    values: dict[str, str] = {}
    if site is not None:
        values = {"site.name": site.name, "site.hours": hours_of(site.calendar, moment.at)}
    if not (_heated(prepared.line) or _heated(prepared.whole)) and (name := _name(state)):
        values["contact.name"] = name
    plan = moment.attributes.get(_PLAN)
    if (
        state is not None
        and state.contact_verified
        and isinstance(plan, str | int)
        and not isinstance(plan, bool)
    ):
        values["contact.plan"] = " ".join(str(plan).split())[:_LONGEST_PLAN]
    return values


def _name(state: State | None) -> str | None:
    """The name of a verified contact whom the bot has not answered in this episode."""
    fresh = state is not None and state.contact_verified and state.episode.bot_turns == 0
    return state.contact_name if fresh and state is not None else None


def _heated(heard: Heard) -> bool:
    return heard.urgent or any(
        name in heard.signals and heard.signals[name].score >= CALM_BELOW for name in _HEATED
    )


def hours_of(calendar: Calendar, at: datetime) -> str:
    """The opening hours of the day in the site's zone, such as `09:00–12:00, 13:00–17:00`; empty on a day without any and
    where it is always open.
    """
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    holiday = next((one for one in calendar.holidays if one.day == today), None)
    openings = calendar.weekly[today.weekday()] if holiday is None else holiday.openings
    if any(one.end - one.start == DAY_MINUTES for one in openings):
        return ""
    return ", ".join(f"{_clock(one.start)}–{_clock(one.end)}" for one in openings)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
