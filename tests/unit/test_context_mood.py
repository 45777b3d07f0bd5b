"""How the context bundle words the course of a mood."""

import pytest

from api.operations.context import RAISED, _trend


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (0.0, RAISED - 0.01, "steady"),
        (RAISED - 0.01, 0.0, "steady"),
        (RAISED, RAISED + 0.05, "steady"),
        (0.0, RAISED, "rising"),
        (RAISED, 0.0, "falling"),
    ],
)
def test_a_calm_mood_neither_rises_nor_falls(before: float, now: float, said: str) -> None:
    assert _trend(before, now) == said
