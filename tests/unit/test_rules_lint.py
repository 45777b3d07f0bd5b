"""Lint, diff and the tests that rules carry."""

from typing import Any

import pytest

from bots.decider.linting import lint_and_test
from bots.decider.rule_tests import count_tests, run_tests
from funnel.escalation.rules.diffing import diff, merged, three_way
from funnel.escalation.rules.endless import stays_for_ever
from funnel.escalation.rules.findings import blocks
from funnel.escalation.rules.lint import Known, lint
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import TEST_LOCALES, complete, shipped
from tests.unit.rules_world import Json, rule, rule_set

TESTED: list[Json] = [{"says": "hello", "expect": {}}]


def codes(*rules: Json, **more: Any) -> set[tuple[str, str]]:
    """The findings about a set with the fixed rules joined."""
    return {
        (one.code, one.level)
        for one in lint(complete(rule_set(*rules, **more)))
        if one.rule in (None, *(r["id"] for r in rules))
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"when": {"fact": "rage", "gte": 0.5}}, ("fact_unknown", "error")),
        ({"when": {"fact": "anger", "gte": {"param": "nobody"}}}, ("parameter_unknown", "error")),
        ({"then": {"playbook": "nothing"}}, ("playbook_unknown", "error")),
        ({"when": {"fact": "anger", "gte": 2.0}}, ("threshold_out_of_range", "error")),
        ({"when": {"fact": "anger", "lte": -0.1}}, ("threshold_out_of_range", "error")),
        ({"when": {"fact": "anger", "count_over": {"gte": 2, "last": 2, "at_least": 1}}}, ("threshold_out_of_range", "error")),
        ({"when": {"fact": "channel", "gte": 1}}, ("type_mismatch", "error")),
        ({"when": {"fact": "anger", "matches": "x"}}, ("type_mismatch", "error")),
        ({"when": {"fact": "turn.counts", "equals": "yes"}}, ("type_mismatch", "error")),
        ({"when": {"fact": "hours.weekday", "equals": "monday"}}, ("type_mismatch", "error")),
        ({"when": {"fact": "queue.waiting", "count_over": {"gte": 1, "last": 2, "at_least": 1}}}, ("type_mismatch", "error")),
        ({"when": {"fact": "message.text", "equals": "hi"}}, ("type_mismatch", "error")),
        ({"when": {"all": [{"fact": "anger", "gte": 0.9}, {"fact": "anger", "lte": 0.1}]}}, ("unreachable", "warning")),
        ({"when": {"all": [{"fact": "channel", "equals": "web"}, {"fact": "channel", "in": ["sms"]}]}}, ("unreachable", "warning")),
        ({"when": {"at_least": 3, "of": [{"fact": "anger", "gte": 0.5}]}}, ("unreachable", "warning")),
        ({"tests": []}, ("no_test", "warning")),
    ],
)  # fmt: skip
def test_each_fault_of_a_rule_is_found(changes: Json, expected: tuple[str, str]) -> None:
    assert expected in codes({**rule(tests=TESTED), **changes})


def test_a_good_rule_has_no_findings() -> None:
    assert (
        codes(rule(tests=TESTED)) == {("parameter_unused", "warning")} or codes(rule(tests=TESTED)) == set()
    )


def test_a_rule_behind_one_that_stops_is_shadowed() -> None:
    wide = rule("wide", {"fact": "anger", "gte": 0.3}, {"limit": "answer"}, stop=True, tests=TESTED)
    assert ("shadowed", "warning") in codes(wide, rule(tests=TESTED))
    narrow = {**wide, "when": {"fact": "anger", "gte": 0.8}}
    assert ("shadowed", "warning") not in codes(narrow, rule(tests=TESTED))
    limited = {**wide, "scope": {"channels": ["sms"]}}
    assert ("shadowed", "warning") not in codes(limited, rule(tests=TESTED))


def test_two_queues_for_the_same_turn_are_a_conflict() -> None:
    first = rule("first", then={"human": {"queue": "one"}}, tests=TESTED)
    second = rule(
        "second",
        {"all": [{"fact": "anger", "gte": 0.7}, {"fact": "channel", "equals": "web"}]},
        {"human": {"queue": "two"}},
        tests=TESTED,
    )
    assert ("conflict", "warning") in codes(first, second)
    assert ("conflict", "warning") not in codes(second, first)


def test_an_offer_that_a_person_always_overrules_is_pointed_out() -> None:
    assert ("overruled", "warning") in codes(
        rule(tests=TESTED), rule("weak", then={"limit": "offer"}, tests=TESTED)
    )


def test_a_threshold_nobody_ever_reached_is_pointed_out() -> None:
    found = lint(rule_set(rule(tests=TESTED)), Known(observed={"anger": (0.0, 0.42)}))
    assert [(one.code, one.level) for one in found][:1] == [("threshold_never_observed", "warning")]


def test_a_queue_that_is_not_there_is_pointed_out() -> None:
    document = rule_set(rule(then={"human": {"queue": "Billing"}}, tests=TESTED))
    assert "queue_unknown" in {one.code for one in lint(document, Known(queues=["Support"]))}
    assert "queue_unknown" not in {one.code for one in lint(document, Known(queues=["billing"]))}


def test_a_skill_that_nobody_has_is_pointed_out() -> None:
    document = rule_set(rule(then={"human": {"skills": ["Refunds"]}}, tests=TESTED))
    assert "skill_unknown" in {one.code for one in lint(document, Known(skills=["arabic"]))}
    assert "skill_unknown" not in {one.code for one in lint(document, Known(skills=["refunds"]))}
    assert "skill_unknown" not in {one.code for one in lint(document)}


def test_a_set_without_a_guard_could_keep_somebody_for_ever() -> None:
    assert stays_for_ever(rule_set(rule())) is not None
    assert "endless" in {one.code for one in lint(rule_set(rule(tests=TESTED)))}
    assert stays_for_ever(complete(rule_set(rule()))) is None
    no_turns = plain(shipped())
    no_turns["rules"] = [one for one in no_turns["rules"] if one["id"] != "loop_guard"]
    assert stays_for_ever(parse(no_turns)) is not None


def test_a_failing_test_blocks() -> None:
    wrong = rule(tests=[{"says": "how are you today my friend", "expect": {"outcome": "human"}}])
    found = lint_and_test(complete(rule_set(wrong)))
    assert [one.rule for one in found if one.code == "test_failed"] == ["late"]
    assert blocks(found)
    right = rule(
        tests=[
            {
                "says": "hello",
                "given": {"signals": {"anger": 0.9}},
                "expect": {"outcome": "human", "fired": ["late"]},
            }
        ]
    )
    assert not blocks(lint_and_test(complete(rule_set(right))))


def test_the_shipped_set_is_clean_and_tested_in_four_languages() -> None:
    assert lint_and_test(shipped()) == []
    for one in shipped().rules:
        assert {test.locale for test in one.tests} == set(TEST_LOCALES), one.id
    assert {one.row for one in shipped().rules} == set(range(19))
    assert count_tests(shipped()) >= 100


def test_rule_tests_end_the_same_each_time() -> None:
    wrong = rule(tests=[{"says": ["hello there", "what is this"], "expect": {"outcome": "human"}}])
    document = complete(rule_set(wrong))
    assert list(run_tests(document)) == list(run_tests(document))


def test_a_diff_names_what_changed() -> None:
    before = rule_set(rule("a"), rule("b"), rule("c"), parameters={"p": {"default": 1}})
    after = rule_set(rule("c"), rule("a", owner="Ada"), rule("d"), parameters={"p": {"default": 2}})
    found = {(one.part, one.id): (one.kind, one.fields) for one in diff(before, after)}
    assert found[("rule", "a")] == ("changed", ("owner",))
    assert found[("rule", "b")][0] == "removed"
    assert found[("rule", "c")][0] == "moved"
    assert found[("rule", "d")][0] == "added"
    assert found[("parameter", "p")] == ("changed", ("default",))
    assert diff(before, before) == ()


def test_a_new_base_never_overwrites_what_was_changed() -> None:
    base = rule_set(rule("a"), rule("b"), rule("gone"))
    ours = rule_set(rule("a", {"fact": "anger", "gte": 0.9}), rule("b"), rule("gone"), rule("own"))
    theirs = rule_set(rule("a", {"fact": "anger", "gte": 0.4}), rule("b", owner="Base"), rule("new"))
    states = {one.id: one.state for one in three_way(base, ours, theirs)}
    assert states == {"a": "conflict", "b": "take_theirs", "gone": "take_theirs", "new": "take_theirs"}
    document, conflicts = merged(base, ours, theirs)
    result = parse(document)
    assert [one.id for one in conflicts] == ["a"]
    assert result.rule("a") == ours.rule("a")
    assert result.rule("b") == theirs.rule("b")
    assert [one.id for one in result.rules] == ["a", "b", "own", "new"]
