"""Expected replies: hours, percentile, rounding, place."""

from datetime import datetime, timedelta

import pytest

from bots.decider.expected import promise_for, rounded_up, usual_wait
from funnel.core.calendar import Calendar, always_open
from funnel.routing.estimates import QueueEstimate, Reply
from tests.unit.decider_world import OFFICE, START


def replies(*minutes: float, at: datetime = START) -> tuple[Reply, ...]:
    """First replies after so many minutes."""
    return tuple(Reply(at, at + timedelta(minutes=one)) for one in minutes)


def test_twenty_samples_are_needed() -> None:
    assert usual_wait(replies(*[5] * 19), always_open()) is None
    assert usual_wait(replies(*[5] * 20), always_open()) == 300


def test_the_80th_percentile_of_open_time() -> None:
    waits = replies(*range(1, 101))
    assert usual_wait(waits, always_open()) == 81 * 60
    overnight = tuple(
        Reply(START.replace(hour=16, minute=50), START.replace(day=3, hour=9, minute=10)) for _ in range(20)
    )
    assert usual_wait(overnight, OFFICE) == 20 * 60


@pytest.mark.parametrize(
    ("minute", "second", "rounded"), [(0, 0, 0), (0, 1, 5), (4, 59, 5), (5, 0, 5), (56, 0, 60)]
)
def test_rounded_up_to_five_minutes(minute: int, second: int, rounded: int) -> None:
    at = START.replace(minute=minute, second=second)
    assert rounded_up(at) == START + timedelta(minutes=rounded)


def test_a_place_is_told_up_to_ten_and_while_somebody_is_online() -> None:
    def place(waiting: int, online: int) -> int | None:
        return promise_for(QueueEstimate(waiting, online), always_open(), 240, START).position

    assert (place(0, 1), place(9, 1), place(10, 1), place(0, 0)) == (1, 10, None, None)


def test_more_than_ten_minutes_is_crowded_and_a_calendar_that_never_opens_promises_nothing() -> None:
    assert not promise_for(QueueEstimate(), always_open(), 600, START).crowded
    assert promise_for(QueueEstimate(), always_open(), 601, START).crowded
    never = promise_for(QueueEstimate(), Calendar("UTC", ((),) * 7), 60, START)
    assert (never.expected_reply_at, never.open, never.crowded) == (None, False, True)


def test_out_of_hours_counts_from_the_next_opening() -> None:
    saturday = START + timedelta(days=5)
    promise = promise_for(QueueEstimate(), OFFICE, 240, saturday)
    assert promise.expected_reply_at == datetime.fromisoformat("2026-03-09T09:05:00+00:00")
    assert not promise.open
