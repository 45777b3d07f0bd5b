"""Judging without reasons: always what the bench with its reasons says, and with another number what a set with it says."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.escalation.rules.deciding import Decider
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.model import parse
from funnel.escalation.rules.shipped import shipped
from tests.unit.rules_world import Json, facts, rule, rule_set
from tests.unit.test_rules_judging import NUMBERS, conditions, values

COUNTED = {"fact": "anger", "count_over": {"gte": {"param": "number"}, "last": 2, "at_least": 1}}
READING = {"fact": "fraud", "gte": {"param": "number"}}
THENS = st.sampled_from(
    [
        {"limit": "offer"},
        {"human": {"queue": "privacy"}},
        {"human": {}},
        {"priority": "high"},
        {"tags": ["x"]},
    ]
)
more = st.fixed_dictionaries(
    {},
    optional={
        "unless": conditions,
        "stop": st.booleans(),
        "enabled": st.booleans(),
        "scope": st.just({"channels": ["web"]}),
    },
)
many_rules = st.lists(
    st.tuples(conditions | st.sampled_from([COUNTED, READING]), THENS, more), min_size=1, max_size=6
)


def documents(many: list[tuple[Json, Json, Json]], number: float) -> Json:
    """Rules in this order, with one named number."""
    rules = [rule(f"r{place}", when, then, **extra) for place, (when, then, extra) in enumerate(many)]
    return {"parameters": {"number": {"default": number, "locales": {"ar": 0.4}}}, "rules": rules}


def told_of(told: dict[str, float], channel: str) -> Facts:
    """Facts with a history of two messages."""
    return facts({**told, "channel": channel}, dict.fromkeys(NUMBERS, 0.6), told)


def verdict_of(decider: Decider, found: Facts) -> tuple[Any, ...]:
    """What it comes to."""
    verdict = decider.verdict(decider.fired(found, []))
    return verdict.fired, verdict.human, verdict.queue, verdict.priority, verdict.limit, verdict.stopped_by


@settings(deadline=None)
@given(many_rules, values, st.sampled_from(["web", "sms"]), st.sampled_from(["", "ar"]))
def test_it_says_what_the_bench_says(
    many: list[tuple[Json, Json, Json]], told: dict[str, float], channel: str, locale: str
) -> None:
    document = parse(documents(many, 0.5))
    decider = Decider(document, "", locale)
    expected = Bench(document, "", locale).judge(told_of(told, channel))
    for _ in range(2):
        assert verdict_of(decider, told_of(told, channel)) == (
            expected.fired, expected.human, expected.queue, expected.priority, expected.limit, expected.stopped_by,
        )  # fmt: skip


@settings(deadline=None)
@given(many_rules, values, st.floats(0, 1), st.sampled_from(["", "ar"]))
def test_with_another_number_it_says_what_a_set_with_it_says(
    many: list[tuple[Json, Json, Json]], told: dict[str, float], value: float, locale: str
) -> None:
    decider = Decider(parse(documents(many, 0.5)), "", locale)
    found, answers = told_of(told, "web"), list[bool]()
    fired = decider.fired(found, answers)
    changed = {
        place: answer
        for place, holds in decider.at("number", value).items()
        if (answer := holds(found)) != (answers[place] if place < len(answers) else None)
    }
    expected = Bench(parse(documents(many, value)), "", locale).judge(told_of(told, "web"))
    assert decider.verdict(decider.fired_with(found, fired, answers, changed)).fired == expected.fired


def test_a_pattern_without_its_words_is_unknown_only_where_the_verdict_hangs_on_it() -> None:
    pattern = {"fact": "message.text", "matches": "elephant"}
    document = rule_set(rule(when={"all": [pattern, {"fact": "anger", "gte": 0.5}]}))
    calm, angry = facts({"anger": 0.1}), facts({"anger": 0.9})
    for found in (calm, angry):
        found.pop("message.text", None)
        assert Decider(document).fired(found, []) == ()
    assert (calm.unknown, angry.unknown) == (False, True)


def test_only_the_rules_that_read_a_number_are_compiled_for_another_value_of_it() -> None:
    readers = Decider(shipped()).at("anger_high", 0.7)
    assert 0 < len(readers) < len(shipped().rules) / 4
