"""The threshold slider's figures: the same as a back-test with that value, for every value, and not many turns judged again."""

from collections.abc import Mapping

import pytest

from funnel.escalation.backtest.compare import Tally, take
from funnel.escalation.backtest.replay import Judged, Replayed, Turn, Words, judged, replay
from funnel.escalation.backtest.sweep import SWEPT, Sweep, Sweeps, dials
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.deciding import Holds
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import complete, shipped
from tests.unit.rules_world import rule
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
        sweep.add(sweeps, [judged(turn, SHIPPED) for turn in turns], no_words)
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
    judged_again = [0]
    at = Judged.at

    def counting(one: Judged, rules: Mapping[int, Holds], words: Words) -> Replayed:
        judged_again[0] += 1
        return at(one, rules, words)

    monkeypatch.setattr(Judged, "at", counting)
    sweep, sweeps = Sweep(shipped()), Sweeps()
    for turns in month:
        sweep.add(sweeps, [judged(turn, SHIPPED) for turn in turns], no_words)
    values = sum(len(dial.values) for dial in sweep.dials)
    assert 0 < judged_again[0] < values * sum(map(len, month)) / 5


def test_a_number_that_rules_with_a_stop_or_a_pattern_read_is_swept_exactly(month: list[list[Turn]]) -> None:
    """The rule that ends the evaluation reads the number; the words of every other turn are not there any more."""

    def drafted(value: float) -> RuleBook:
        document = plain(shipped())
        enough = {"fact": "anger", "gte": {"param": "enough"}}
        named = {
            "any": [{"fact": "message.text", "matches": "elephant|order"}, {"fact": "fraud", "gte": 0.1}]
        }
        rules = [
            rule("ends", enough, {"tags": ["x"]}, stop=True),
            rule("sooner", {"all": [{"not": enough}, named]}, {"human": {}}),
        ]
        parameters = {"enough": {"default": value}, **document["parameters"]}
        return RuleBook(
            complete(parse({**document, "parameters": parameters, "rules": [*rules, *document["rules"]]})),
            "3",
        )

    def words(turn: Turn) -> str | None:
        return "where is my order?" if turn.at.minute % 2 else None

    sweep, sweeps, own = Sweep(drafted(0.5).rule_set), Sweeps(), drafted(0.5)
    for turns in month:
        sweep.add(sweeps, [judged(turn, own, words) for turn in turns], words)
    found = set()
    for value in sweep.dials[0].values[::2]:
        book, tally = drafted(value), Tally()
        for turns in month:
            take(tally, [replay(turn, book, words) for turn in turns])
        expected = [tally.counts.get(kind, 0) for kind in SWEPT]
        assert sweeps["enough"][f"{value:g}"] == expected, value
        found.add(tuple(expected))
    assert len(found) > 3
