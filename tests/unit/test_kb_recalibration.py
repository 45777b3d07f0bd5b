"""Feedback moves confidence: towards what happened, never far, each language by itself, no vote counted twice."""

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from api.trust import shifts_of
from funnel.insight.questions import Question, Went
from kb.recalibration import MOST, Rated, Shift, shift_in_force, shift_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RATED = st.builds(Rated, st.floats(0, 1), st.floats(-MOST, MOST), st.booleans())


def moved(confidence: float, logits: float) -> float:
    return 1 / (1 + math.exp(-(math.log(confidence / (1 - confidence)) + logits)))


def question(number: int, went: Went, locale: str = "en", confidence: float | None = 0.8) -> Question:
    return Question(
        conversation_id="c", event_id=str(number), at=NOW + timedelta(hours=number), site_id="s", locale=locale,
        text="?", went=went, confidence=confidence,
    )  # fmt: skip


@given(st.lists(RATED, max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_shift_is_bounded_and_one_more_vote_moves_it_the_right_way(rated: list[Rated]) -> None:
    shift = shift_of(rated)
    assert -MOST <= shift <= MOST
    assert shift_of([*rated, Rated(0.8, 0.0, helped=True)]) >= shift - 1e-9
    assert shift_of([*rated, Rated(0.8, 0.0, helped=False)]) <= shift + 1e-9


def test_many_votes_bring_confidence_to_the_share_that_helped() -> None:
    votes = [Rated(0.8, 0.0, helped=number % 10 < 7) for number in range(2_000)]
    assert abs(moved(0.8, shift_of(votes)) - 0.7) < 0.01
    assert abs(shift_of(votes[:10])) < abs(shift_of(votes))
    assert shift_of([]) == 0


def test_what_was_given_with_a_shift_is_judged_without_it() -> None:
    """Confidence that was moved and came true needs the same shift, not that shift once more."""
    shift = -0.4
    given_with = moved(0.85, shift)
    votes = [Rated(given_with, shift, helped=number < given_with * 2_000) for number in range(2_000)]
    assert abs(shift_of(votes) - shift) < 0.03


def test_each_language_moves_by_its_own_votes() -> None:
    asked = [question(n, "unhelpful") for n in range(6)] + [
        question(n, "helpful", "zh-Hant") for n in range(6)
    ]
    asked += [
        question(9, "unrated", "ar"),
        question(9, "unhelpful", "ar", None),
        question(9, "unhelpful", "ar", 0.4),
    ]
    shifts = shifts_of(asked, [Shift("de", NOW, 0.3)])
    assert shifts["en"] < 0 < shifts["zh"]
    assert set(shifts) == {"en", "zh", "de"}
    assert shifts["de"] == 0  # nobody said anything for 90 days: back to what was fitted


def test_the_shift_of_a_time_is_the_last_one_before_it() -> None:
    history = [Shift("en", NOW + timedelta(days=day), day / 10) for day in (3, 1)]
    found = [shift_in_force(history, "en", NOW + timedelta(days=day)) for day in (0, 1, 2, 5)]
    assert found == [0.0, 0.1, 0.1, 0.3]
    assert shift_in_force(history, "ar", NOW + timedelta(days=5)) == 0
