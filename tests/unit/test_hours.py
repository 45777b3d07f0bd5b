"""Opening hours against a slow oracle that asks the wall clock minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.core.calendar import Calendar, Holiday, Opening, always_open
from funnel.service_levels.hours import add_open_time, is_open, next_open, open_seconds

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/Havana", "Africa/Cairo", "Africa/Casablanca", "Pacific/Apia", "Asia/Beirut", "America/St_Johns",
]  # fmt: skip
OFFICE = tuple((Opening(540, 1020),) if day < 5 else () for day in range(7))
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slow_is_open(calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    openings = calendar.weekly[local.weekday()]
    for holiday in calendar.holidays:
        if holiday.day == local.date():
            openings = holiday.openings
    return any(opening.start <= minute < opening.end for opening in openings)


@st.composite
def openings(draw: st.DrawFn) -> tuple[Opening, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=4)))
    if len(edges) % 2:
        edges.pop()
    return tuple(Opening(edges[i], edges[i + 1]) for i in range(0, len(edges), 2))


@st.composite
def calendars_and_times(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone = draw(st.sampled_from(ZONES))
    around = draw(
        st.sampled_from(
            [
                "2026-03-29",
                "2026-10-25",
                "2026-03-08",
                "2026-11-01",
                "2026-04-24",
                "2026-04-05",
                "2025-10-05",
                "2026-07-01",
            ]
        )
    )
    at = utc(around) + timedelta(minutes=draw(st.integers(-2880, 1440)))
    holidays = tuple(
        Holiday(day=(at + timedelta(days=offset)).date(), openings=draw(openings()))
        for offset in draw(st.sets(st.integers(-1, 3), max_size=2))
    )
    return Calendar(zone=zone, weekly=tuple(draw(openings()) for _ in range(7)), holidays=holidays), at


@given(calendars_and_times())
@settings(max_examples=120, deadline=None)
def test_agrees_with_the_wall_clock_over_two_days(case: tuple[Calendar, datetime]) -> None:
    calendar, at = case
    truth = [slow_is_open(calendar, at + MINUTE * i) for i in range(2880)]
    assert [is_open(calendar, at + MINUTE * i) for i in range(0, 2880, 7)] == truth[::7]
    assert open_seconds(calendar, at, at + MINUTE * 2880) == 60 * sum(truth)
    found = next_open(calendar, at)
    if True in truth:
        assert found == at + MINUTE * truth.index(True)
    else:
        assert found is None or found >= at + MINUTE * 2880


@given(calendars_and_times(), st.integers(1, 600))
@settings(max_examples=100, deadline=None)
def test_added_time_ends_when_the_oracle_has_counted_it(
    case: tuple[Calendar, datetime], minutes: int
) -> None:
    calendar, at = case
    left, moment = minutes, at
    while left and moment < at + timedelta(days=3):
        left -= slow_is_open(calendar, moment)
        moment += MINUTE
    found = add_open_time(calendar, at, minutes * 60)
    if left == 0:
        assert found == moment
    else:
        assert found is None or found > at + timedelta(days=3)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-06-05T14:59", "2026-06-05T14:59"),  # Friday, one minute before closing in Berlin
        ("2026-06-05T15:00", "2026-06-08T07:00"),  # closing is exclusive: Monday morning
        ("2026-03-27T16:00", "2026-03-30T07:00"),  # over the spring change, an hour earlier in UTC
        ("2026-10-23T15:00", "2026-10-26T08:00"),  # over the autumn change
    ],
)
def test_next_opening_of_an_office(at: str, expected: str) -> None:
    assert next_open(Calendar("Europe/Berlin", OFFICE), utc(at)) == utc(expected)


def test_holidays_replace_the_weekday() -> None:
    calendar = Calendar(
        "Europe/Berlin",
        OFFICE,
        (Holiday(date(2026, 12, 24), (Opening(540, 720),)), Holiday(date(2026, 12, 25))),
    )
    assert is_open(calendar, utc("2026-12-24T10:59"))
    assert not is_open(calendar, utc("2026-12-24T11:00"))
    assert next_open(calendar, utc("2026-12-24T11:00")) == utc("2026-12-28T08:00")


def test_a_holiday_on_a_closed_weekday_may_open_it() -> None:
    calendar = Calendar("UTC", OFFICE, (Holiday(date(2026, 6, 6), (Opening(600, 660),)),))
    assert next_open(calendar, utc("2026-06-05T18:00")) == utc("2026-06-06T10:00")


def test_a_calendar_that_never_opens_has_no_next_opening() -> None:
    closed = Calendar("UTC", ((),) * 7)
    assert next_open(closed, utc("2026-01-01T00:00")) is None
    assert add_open_time(closed, utc("2026-01-01T00:00"), 60) is None
    assert open_seconds(closed, utc("2026-01-01T00:00"), utc("2026-02-01T00:00")) == 0


def test_always_open_adds_plain_time() -> None:
    at = utc("2026-03-29T00:30")
    assert add_open_time(always_open("Europe/Berlin"), at, 7200) == at + timedelta(hours=2)
    assert add_open_time(always_open(), at, 0) == at


def test_time_that_does_not_fit_a_day_goes_on_the_next_one() -> None:
    calendar = Calendar("Asia/Shanghai", OFFICE)
    friday_half_past_four = utc("2026-06-05T08:30")
    assert add_open_time(calendar, friday_half_past_four, 3600) == utc("2026-06-08T01:30")


def test_no_open_time_passes_backwards() -> None:
    assert open_seconds(always_open(), utc("2026-01-02T00:00"), utc("2026-01-01T00:00")) == 0
