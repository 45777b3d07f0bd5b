"""Warming up: whatever a knowledge base is asked, nothing breaks, and it ends."""

from collections.abc import Iterator
from itertools import repeat

import pytest

from bots.decider.ears import SignalEars
from bots.decider.warming import HEARD, warm_up
from tests.unit.decider_world import bundle

ODD = [
    "",
    " ",
    "\0",
    "\ud800",
    "?" * 5_000,
    "😡" * 300,
    "我要转人工",
    "أريد التحدث مع موظف",
    "I want a person now",
    "stop",
]


@pytest.mark.parametrize("text", ODD)
def test_any_question_is_taken(text: str) -> None:
    assert warm_up(bundle(ears=SignalEars()), [("en", text), ("und", text), ("", text)]) == 3


def test_an_empty_knowledge_base_is_nothing_to_wait_for() -> None:
    assert warm_up(bundle(ears=SignalEars()), []) == 0


def test_a_knowledge_base_of_any_size_is_asked_so_many_questions() -> None:
    drawn = 0

    def endless() -> Iterator[tuple[str, str]]:
        nonlocal drawn
        for one in repeat(("en", "hi")):
            drawn += 1
            yield one

    assert warm_up(bundle(ears=SignalEars()), endless()) == HEARD
    assert drawn == HEARD
