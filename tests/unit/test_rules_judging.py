"""Judging: each operator, near misses, unless, stop, scope, schedule, parameters, and how effects add up."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.facts import FACTS, recorded, restored
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.shipped import shipped
from tests.unit.rules_world import Json, bench, facts, rule, rule_set


def result(when: Json, values: dict[str, Any], *moods: dict[str, float], **more: Any) -> str:
    """What one rule says."""
    return bench(rule(when=when, **more)).judge(facts(values, *moods)).rulings[0].result


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        ({"fact": "anger", "gte": 0.5}, {"anger": 0.5}, "fired"),
        ({"fact": "anger", "gte": 0.5}, {"anger": 0.4}, "near"),
        ({"fact": "anger", "gte": 0.5}, {"anger": 0.1}, "no"),
        ({"fact": "answer.confidence", "lte": 0.4}, {"answer.confidence": 0.3}, "fired"),
        ({"fact": "channel", "equals": "web"}, {"channel": "web"}, "fired"),
        ({"fact": "channel", "equals": "web"}, {"channel": "email"}, "no"),
        ({"fact": "turn.counts", "equals": True}, {"turn.counts": True}, "fired"),
        ({"fact": "progress.misses", "equals": 2}, {"progress.misses": 2}, "fired"),
        ({"fact": "channel", "in": ["web", "sms"]}, {"channel": "sms"}, "fired"),
        ({"fact": "conversation.tags", "in": ["vip"]}, {"conversation.tags": ("new", "vip")}, "fired"),
        ({"fact": "conversation.tags", "in": ["vip"]}, {"conversation.tags": ()}, "no"),
        ({"fact": "message.text", "matches": "(?i)chargeback"}, {"message.text": "A CHARGEBACK!"}, "fired"),
        ({"fact": "message.text", "matches": "chargeback"}, {"message.text": "no"}, "no"),
        ({"fact": "matter.age", "within": "7d"}, {"matter.age": 7 * 86400}, "fired"),
        ({"fact": "matter.age", "within": "7d"}, {"matter.age": 7 * 86400 + 1}, "no"),
        ({"fact": "matter.age", "within": "7d"}, {}, "no"),
        ({"not": {"fact": "channel", "equals": "web"}}, {"channel": "sms"}, "fired"),
        ({"not": {"fact": "channel", "equals": "web"}}, {"channel": "web"}, "no"),
        ({"at_least": 2, "of": [{"fact": name, "gte": 0.5} for name in ("anger", "fraud", "legal")]}, {"anger": 1, "legal": 1}, "fired"),
        ({"at_least": 2, "of": [{"fact": name, "gte": 0.5} for name in ("anger", "fraud", "legal")]}, {"anger": 1, "legal": 0.4}, "near"),
        ({"at_least": 2, "of": [{"fact": name, "gte": 0.5} for name in ("anger", "fraud", "legal")]}, {"anger": 1}, "no"),
        ({"all": [{"fact": "anger", "gte": 0.5}, {"fact": "channel", "equals": "web"}]}, {"anger": 0.9, "channel": "sms"}, "near"),
        ({"all": [{"fact": "anger", "gte": 0.5}, {"fact": "channel", "equals": "web"}]}, {"anger": 0.1, "channel": "sms"}, "no"),
        ({"any": [{"fact": "anger", "gte": 0.9}, {"fact": "fraud", "gte": 0.9}]}, {"fraud": 0.8}, "near"),
        ({"any": [{"fact": "anger", "gte": 0.9}, {"fact": "fraud", "gte": 0.9}]}, {"fraud": 0.95}, "fired"),
    ],
)  # fmt: skip
def test_operators_and_near_misses(when: Json, values: dict[str, Any], expected: str) -> None:
    assert result(when, values) == expected


RUNNING = {"fact": "anger", "count_over": {"gte": 0.5, "last": 2, "at_least": 2}}


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        ([{"anger": 0.6}, {"anger": 0.7}], "fired"),
        ([{"anger": 0.6}, {}, {"anger": 0.7}], "near"),
        ([{"anger": 0.6}, {"anger": 0.6}, {}], "near"),
        ([{"anger": 0.6}, {}, {}], "no"),
        ([], "no"),
    ],
)
def test_a_signal_is_counted_over_the_last_messages(moods: list[dict[str, float]], expected: str) -> None:
    assert result(RUNNING, {}, *moods) == expected


def test_the_missing_condition_of_a_near_miss_is_named() -> None:
    ruling = bench(rule()).judge(facts({"anger": 0.45})).rulings[0]
    assert [(test.leaf.fact, test.threshold) for test in ruling.missing] == [("anger", 0.5)]


def test_unless_takes_it_back_and_says_so() -> None:
    judge = bench(rule(unless={"fact": "contact.verified", "equals": True}))
    assert judge.judge(facts({"anger": 0.9})).human
    verdict = judge.judge(facts({"anger": 0.9, "contact.verified": True}))
    assert (verdict.human, verdict.rulings[0].result, verdict.rulings[0].blocked) == (False, "near", True)


@pytest.mark.parametrize(
    ("schedule", "values", "fires"),
    [
        ({"first_day": "12-01", "last_day": "12-31"}, {"hours.month_day": "12-24"}, True),
        ({"first_day": "12-01", "last_day": "12-31"}, {"hours.month_day": "11-30"}, False),
        ({"first_day": "11-15", "last_day": "01-06"}, {"hours.month_day": "01-02"}, True),
        ({"first_day": "11-15", "last_day": "01-06"}, {"hours.month_day": "06-02"}, False),
        ({"opens": "22:00", "closes": "06:00"}, {"hours.minute": 23 * 60}, True),
        ({"opens": "22:00", "closes": "06:00"}, {"hours.minute": 6 * 60}, False),
        ({"opens": "09:00", "closes": "17:00"}, {"hours.minute": 17 * 60}, False),
        ({"weekdays": ["sat", "sun"]}, {"hours.weekday": "sat"}, True),
        ({"weekdays": ["sat", "sun"]}, {"hours.weekday": "mon"}, False),
        ({"hours": "closed"}, {"hours.open": False}, True),
        ({"hours": "closed"}, {"hours.open": True}, False),
    ],
)
def test_a_schedule_says_when(schedule: Json, values: dict[str, Any], fires: bool) -> None:
    assert bench(rule(schedule=schedule)).judge(facts({"anger": 1, **values})).human is fires


@pytest.mark.parametrize(
    ("scope", "fires"),
    [
        ({"sites": ["s"]}, True),
        ({"sites": ["other"]}, False),
        ({"channels": ["web"]}, True),
        ({"channels": ["sms"]}, False),
        ({"locales": ["zh"]}, True),
        ({"locales": ["zh-Hant"]}, True),
        ({"locales": ["zh-Hans"]}, False),
        ({"sites": ["s"], "channels": ["sms"]}, False),
    ],
)
def test_a_scope_says_where(scope: Json, fires: bool) -> None:
    values = {"anger": 1, "site": "s", "channel": "web", "locale": "zh-Hant-HK"}
    assert bench(rule(scope=scope)).judge(facts(values)).human is fires


def test_parameters_are_inherited_from_deployment_to_site_to_locale() -> None:
    document = rule_set(
        rule(when={"fact": "anger", "gte": {"param": "limit"}}),
        parameters={"limit": {"default": 0.5, "sites": {"shop": 0.7}, "locales": {"ar": 0.9, "zh": 0.3}}},
    )
    book = RuleBook(document, "1")

    def fires(site: str, locale: str, anger: float) -> bool:
        return book.bench(site, locale).judge(facts({"anger": anger})).human

    assert [fires("", "en", 0.5), fires("shop", "en", 0.5), fires("shop", "en", 0.7)] == [True, False, True]
    assert [fires("shop", "ar", 0.7), fires("shop", "ar-EG", 0.9), fires("other", "zh-Hant-HK", 0.3)] == [
        False,
        True,
        True,
    ]
    assert book.bench("shop", "en") is book.bench("shop", "fr")


def test_effects_add_up_and_the_strictest_outcome_wins() -> None:
    judge = bench(
        rule("one", then={"limit": "answer_and_offer", "tags": ["a"]}),
        rule(
            "two",
            then={"human": {"queue": "first", "reason": "complex", "raise_one": True}, "tags": ["b", "a"]},
        ),
        rule(
            "three",
            then={
                "human": {"queue": "second", "reason": "sensitive_topic", "priority": "high"},
                "say": "stop_use",
            },
        ),
        rule("four", then={"limit": "offer", "priority": "low", "notify": {"by": ["email"]}, "due_days": 30}),
    )
    verdict = judge.judge(facts({"anger": 1}))
    assert (verdict.human, verdict.limit, verdict.reason, verdict.winner) == (
        True,
        "offer",
        "sensitive_topic",
        "three",
    )
    assert (verdict.queue, verdict.priority, verdict.raise_one) == ("first", "high", True)
    assert (verdict.tags, verdict.says, verdict.due_days) == (("a", "b"), ("stop_use",), 30)
    assert [alarm.rule_id for alarm in verdict.alarms] == ["four"]
    assert verdict.fired == ("one", "two", "three", "four")


def test_stop_ends_the_evaluation_of_all_but_fixed_rules() -> None:
    judge = Bench(
        rule_set(
            rule("first", then={"limit": "answer"}, stop=True), rule("second"), rule("guard", fixed=True)
        )
    )
    verdict = judge.judge(facts({"anger": 1}))
    assert verdict.fired == ("guard", "first")
    assert verdict.stopped_by == "first"


def test_a_rule_that_is_off_says_nothing() -> None:
    assert bench(rule(enabled=False)).judge(facts({"anger": 1})).rulings == ()


def test_abuse_gains_no_priority_by_its_anger() -> None:
    judge = bench(rule(then={"human": {"raise_one": True}}), rule("calm", then={"keep_priority": True}))
    assert not judge.judge(facts({"anger": 1})).raise_one


def test_a_playbook_leaves_its_notes_and_tags_and_those_it_starts() -> None:
    books = [
        {"id": "parcel", "steps": [{"note": "Ask for a photo."}, {"start": "carrier"}, {"tag": "parcel"}]},
        {"id": "carrier", "steps": [{"note": "Call the carrier."}, {"tag": "carrier"}]},
    ]
    verdict = bench(rule(then={"playbook": "parcel"}), playbooks=books).judge(facts({"anger": 1}))
    assert verdict.notes == ("Ask for a photo.", "Call the carrier.")
    assert verdict.tags == ("carrier", "parcel")


def test_a_pattern_is_remembered_and_the_words_are_not() -> None:
    judge = bench(rule(when={"fact": "message.text", "matches": "secret"}))
    said = facts({"message.text": "my secret", "anger": 0.5})
    assert judge.judge(said).human
    kept = recorded(said)
    assert "message.text" not in kept
    again = restored(kept, said.history, said.patterns)
    assert judge.judge(again).human
    assert not again.unknown
    other = bench(rule(when={"fact": "message.text", "matches": "another"}))
    blind = restored(kept, said.history, said.patterns)
    assert not other.judge(blind).human
    assert blind.unknown


HOSTILE = ["(a+)+$", "(a|aa)+$", "(.*)*x", "([a-z]+)*=", "(?:a?){50}a{50}"]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_patterns_are_linear(pattern: str) -> None:
    judge = bench(rule(when={"fact": "message.text", "matches": pattern}))
    for text in ("a" * 10_000 + "!", "😀" * 10_000, "\ud800" * 100):
        judge.judge(facts({"message.text": text}))


NUMBERS = sorted(name for name, spec in FACTS.items() if spec.kind == "number" and spec.high == 1)
values = st.dictionaries(st.sampled_from(NUMBERS), st.floats(0, 1, allow_nan=False), max_size=6)
conditions = st.recursive(
    st.builds(lambda fact, least: {"fact": fact, "gte": least}, st.sampled_from(NUMBERS), st.floats(0, 1)),
    lambda inner: (
        st.builds(lambda many: {"all": many}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda many: {"any": many}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda one: {"not": one}, inner)
        | st.builds(
            lambda many: {"at_least": 1 + len(many) // 2, "of": many}, st.lists(inner, min_size=1, max_size=3)
        )
    ),
    max_leaves=8,
)


def holds(node: Json, told: dict[str, float]) -> bool:
    """The meaning of a condition, said as plainly as can be."""
    if "fact" in node:
        return bool(told.get(node["fact"], 0) >= node["gte"])
    if "not" in node:
        return not holds(node["not"], told)
    if "of" in node:
        return sum(holds(one, told) for one in node["of"]) >= node["at_least"]
    many = [holds(one, told) for one in node.get("all", node.get("any"))]
    return all(many) if "all" in node else any(many)


@settings(deadline=None)
@given(conditions, values)
def test_a_compiled_condition_means_what_it_says(node: Json, told: dict[str, float]) -> None:
    assert bench(rule(when=node)).judge(facts(dict(told))).human is holds(node, told)


LIMITS = st.sampled_from(
    [{"limit": "answer"}, {"limit": "answer_and_offer"}, {"limit": "offer"}, {"human": {}}, {"tags": ["x"]}]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(conditions, LIMITS), min_size=1, max_size=5), values, st.randoms(use_true_random=False)
)
def test_the_order_of_rules_never_changes_the_outcome(
    many: list[tuple[Json, Json]], told: dict[str, float], shuffle: Any
) -> None:
    rules = [rule(f"r{number}", when, then) for number, (when, then) in enumerate(many)]
    first = bench(*rules).judge(facts(dict(told)))
    shuffle.shuffle(rules)
    second = bench(*rules).judge(facts(dict(told)))
    assert (first.human, first.limit, set(first.tags)) == (second.human, second.limit, set(second.tags))


def test_the_shipped_set_says_nothing_of_a_calm_question() -> None:
    verdict = Bench(shipped()).judge(
        facts({"answer.outcome": "answer", "turn.counts": True, "message.text": "hello"})
    )
    assert (verdict.human, verdict.limit, verdict.fired) == (False, "answer", ())
