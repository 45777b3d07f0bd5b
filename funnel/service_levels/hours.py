"""Arithmetic over opening hours: pure, exact over clock changes, because it counts real seconds and only asks the wall
clock which of them are open. An hour that the clock repeats is open twice, an hour it skips is never open."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from funnel.core.calendar import Calendar, Holiday, Opening, always_open

__all__ = [
    "Calendar",
    "Holiday",
    "Opening",
    "add_open_time",
    "always_open",
    "is_open",
    "next_open",
    "open_seconds",
]

DAY_SECONDS = 86_400
HORIZON_DAYS = 1_100
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_PROBES = range(0, DAY_SECONDS + 1, DAY_SECONDS // 4)

Span = tuple[int, int]


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the wall clock of the calendar's zone shows an open minute at `at` (aware)."""
    now = at.timestamp()
    return any(start <= now < end for start, end in _open_spans(calendar, int(now // DAY_SECONDS)))


def next_open(calendar: Calendar, at: datetime) -> datetime | None:
    """`at` itself when open, else the first open instant after it; None when there is none within three years."""
    now = at.timestamp()
    for start, end in _spans_from(calendar, at):
        if end > now:
            return at if start <= now else _instant(start)
    return None


def add_open_time(calendar: Calendar, at: datetime, seconds: float) -> datetime | None:
    """The first instant by which `seconds` open seconds have passed since `at`; with none to pass, the next open instant.

    None when the calendar does not hold that much open time within three years.
    """
    if seconds <= 0:
        return next_open(calendar, at)
    now, left = at.timestamp(), seconds
    for start, end in _spans_from(calendar, at):
        begin = max(start, now)
        if end <= begin:
            continue
        if end - begin >= left:
            return _instant(begin + left)
        left -= end - begin
    return None


def open_seconds(calendar: Calendar, since: datetime, until: datetime) -> float:
    """How many open seconds lie between two instants; 0 when `until` is not later. Counts three years at most."""
    low, high = since.timestamp(), until.timestamp()
    total = 0.0
    for start, end in _spans_from(calendar, since):
        if start >= high:
            break
        total += max(0.0, min(end, high) - max(start, low))
    return total


def _instant(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def _spans_from(calendar: Calendar, at: datetime) -> Iterator[Span]:
    first = int(at.timestamp() // DAY_SECONDS)
    for day in range(first, first + HORIZON_DAYS):
        yield from _open_spans(calendar, day)


@lru_cache(maxsize=8192)
def _open_spans(calendar: Calendar, day: int) -> tuple[Span, ...]:
    """The open spans of one UTC day (counted from 1970), in epoch seconds, sorted."""
    zone = ZoneInfo(calendar.zone)
    spans: list[Span] = []
    for begin, end, offset in _steady(zone, day * DAY_SECONDS):
        for local_day in range((begin + offset) // DAY_SECONDS, (end - 1 + offset) // DAY_SECONDS + 1):
            midnight = local_day * DAY_SECONDS - offset
            for opening in _openings(calendar, date.fromordinal(_EPOCH_ORDINAL + local_day)):
                low = max(begin, midnight + opening.start * 60)
                high = min(end, midnight + opening.end * 60)
                if low < high:
                    spans.append((low, high))
    return tuple(sorted(spans))


def _openings(calendar: Calendar, day: date) -> tuple[Opening, ...]:
    for holiday in calendar.holidays:
        if holiday.day == day:
            return holiday.openings
    return calendar.weekly[day.weekday()]


def _steady(zone: ZoneInfo, begin: int) -> Iterator[tuple[int, int, int]]:
    """The stretches (start, end, offset) of one UTC day within which the zone's offset stays the same."""
    start, offset = begin, _offset(zone, begin)
    for probe in _PROBES:
        moment = begin + probe
        if _offset(zone, moment) == offset:
            continue
        change = _first_change(zone, start, moment, offset)
        yield start, change, offset
        start, offset = change, _offset(zone, change)
    if start < begin + DAY_SECONDS:
        yield start, begin + DAY_SECONDS, offset


def _first_change(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The second in (low, high] from which the offset differs."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, timestamp: int) -> int:
    delta = datetime.fromtimestamp(timestamp, zone).utcoffset()
    return round(delta.total_seconds()) if delta is not None else 0
