"""Gaps: questions put together by what they ask, counted by week, with a draft that names nobody."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kb.gaps import Asked, gaps

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def asked(number: int, text: str, locale: str = "en", days: int = 0, **more: object) -> Asked:
    return Asked(
        conversation_id="c",
        event_id=f"e{number:03}",
        at=MONDAY + timedelta(days=days),
        locale=locale,
        text=text,
        **more,
    )  # type: ignore[arg-type]


def test_questions_that_ask_the_same_are_one_gap() -> None:
    found = gaps(
        [
            asked(1, "Do you engrave names on lamps?", waited=60.0, reply="Yes, for 5 euro. Write to mia@shop.example."),
            asked(2, "Can a lamp be engraved with my name?", days=1, waited=120.0),
            asked(3, "engraving names on a lamp possible", days=8),
            asked(4, "Do you ship to Iceland?"),
            asked(5, "可以刻字吗", "zh-Hans"),
            asked(6, "灯可以刻字吗", "zh-Hans"),
        ]
    )  # fmt: skip
    assert [(one.locale, one.count) for one in found] == [("en", 3), ("zh-Hans", 2), ("en", 1)]
    engraving = found[0]
    assert engraving.weeks == ((date(2026, 11, 2), 2), (date(2026, 11, 9), 1))
    assert engraving.waited == 180.0
    assert {one.event_id for one in engraving.examples} == {"e001", "e002", "e003"}
    assert "mia@" not in engraving.draft.body
    assert engraving.draft.body.startswith("Yes, for 5 euro")
    assert len(engraving.draft.example_questions) == 3


@given(st.lists(st.text(max_size=40), max_size=25), st.randoms(use_true_random=False))
def test_every_question_is_in_one_gap_whatever_the_order(texts: list[str], random: object) -> None:
    many = [asked(number, text) for number, text in enumerate(texts)]
    found = gaps(many)
    assert sum(one.count for one in found) == len(many)
    assert sum(count for one in found for _, count in one.weeks) == len(many)
    assert gaps(list(reversed(many))) == found
