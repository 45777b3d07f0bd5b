"""The threshold slider's figures: the same as a back-test with that value, for every value, and not many turns judged again."""

import pytest

from funnel.escalation.backtest.compare import Tally, take
from funnel.escalation.backtest.replay import Turn, replay
from funnel.escalation.backtest.sweep import SWEPT, Sweep, Sweeps, dials
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import complete, shipped
from tests.unit.test_backtest import SHIPPED, generated


def no_words(turn: Turn) -> str | None:
    """The words are not at hand."""
    return None


@pytest.fixture(scope="module")
def month() -> list[list[Turn]]:
    """A month of conversations as the shipped set judged them."""
    return generated(7, conversations=60)


def with_value(name: str, value: float) -> RuleBook:
    """The shipped set with another number."""
    document = plain(shipped())
    parameters = {**document["parameters"], name: {**document["parameters"][name], "default": value}}
    return RuleBook(complete(parse({**document, "parameters": parameters})), f"{name}={value}")


def test_every_value_counts_what_a_back_test_with_it_counts(month: list[list[Turn]]) -> None:
    sweep, sweeps = Sweep(shipped()), Sweeps()
    for turns in month:
        sweep.add(sweeps, [replay(turn, SHIPPED) for turn in turns], no_words)
    differing = 0
    for dial in sweep.dials:
        for value in dial.values[::3]:
            book, tally = with_value(dial.name, value), Tally()
            for turns in month:
                take(tally, [replay(turn, book) for turn in turns])
            expected = [tally.counts.get(kind, 0) for kind in SWEPT]
            assert sweeps[dial.name][f"{value:g}"] == expected, (dial.name, value)
            differing += any(expected)
    assert differing > 5


def test_a_number_is_swept_where_only_scores_are_compared_with_it_and_never_past_what_it_may_be() -> None:
    found = {dial.name: dial for dial in dials(shipped())}
    assert {"anger_raised", "anger_high", "sensitive", "wish"} <= set(found)
    assert not {"guard_misses", "strained_wait_seconds", "turns_before_offer"} & set(found)
    assert max(found["wish"].values) == 0.5
    assert max(found["anger_high"].values) == 0.95


def test_turns_are_judged_again_only_where_a_score_changes_sides(
    month: list[list[Turn]], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = [0]

    def counting(turn: Turn, book: RuleBook, words: object = None) -> object:
        judged[0] += 1
        return replay(turn, book)

    monkeypatch.setattr("funnel.escalation.backtest.sweep.replay", counting)
    sweep, sweeps = Sweep(shipped()), Sweeps()
    for turns in month:
        sweep.add(sweeps, [replay(turn, SHIPPED) for turn in turns], no_words)
    values = sum(len(dial.values) for dial in sweep.dials)
    assert judged[0] < values * sum(map(len, month)) / 5
