"""What is known of a contact as facts of rules: names, values, lint, tests that rules carry, and words in four languages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.decider.linting import lint_and_test
from funnel.escalation.rules.attributes import LONGEST_WORD, MOST, PREFIX, attribute_facts, spec_of
from funnel.escalation.rules.facts import FactValue
from funnel.escalation.rules.lint import Known, lint
from funnel.escalation.rules.shipped import complete
from funnel.escalation.rules.telling import shown
from tests.unit.rules_world import Json, bench, facts, rule, rule_set

PLAN: Json = {"fact": "contact.attributes.plan", "equals": "enterprise"}


def test_flags_numbers_words_and_lists_of_words_are_facts_under_plain_names() -> None:
    told = {
        "plan": "enterprise", "Seat count": 40, "beta": True, "company": {"Tier": "gold", "since": 2019.5},
        "roles": ["admin", "billing"], "empty": [], "mixed": ["a", 1], "nothing": None, "essay": "x" * (LONGEST_WORD + 1),
        "计划": "专业版", "9lives": 1,
    }  # fmt: skip
    assert attribute_facts(told) == {
        "contact.attributes.plan": "enterprise",
        "contact.attributes.seat_count": 40,
        "contact.attributes.beta": True,
        "contact.attributes.company.tier": "gold",
        "contact.attributes.company.since": 2019.5,
        "contact.attributes.roles": ("admin", "billing"),
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=70), json_values, max_size=60))
def test_whatever_an_identity_says_makes_facts_that_rules_can_name(told: dict[str, Any]) -> None:
    found = attribute_facts(told)
    assert len(found) <= MOST
    for name, value in found.items():
        spec = spec_of(name)
        assert spec is not None
        assert spec.kind == "attribute"
        assert isinstance(value, bool | int | float | str | tuple)
        assert rule_set(rule(when={"fact": name, "equals": "x"})).rules


@pytest.mark.parametrize(
    ("when", "value", "fires"),
    [
        (PLAN, "enterprise", True),
        (PLAN, "free", False),
        (PLAN, None, False),
        ({"not": PLAN}, None, True),
        ({"fact": "contact.attributes.plan", "in": ["pro", "enterprise"]}, "pro", True),
        ({"fact": "contact.attributes.roles", "in": ["admin"]}, ("user", "admin"), True),
        ({"fact": "contact.attributes.seats", "gte": 10}, 40, True),
        ({"fact": "contact.attributes.seats", "gte": 10}, "forty", False),
        ({"fact": "contact.attributes.seats", "gte": 0}, True, False),
        ({"fact": "contact.attributes.beta", "equals": True}, True, True),
    ],
)
def test_rules_compare_them_and_one_that_is_not_there_holds_nowhere(
    when: Json, value: FactValue, fires: bool
) -> None:
    name = (when.get("not") or when)["fact"]
    told = {} if value is None else {name: value}
    assert bench(rule(when=when)).judge(facts(told)).human is fires


def codes(when: Json, known: Known) -> set[tuple[str, str]]:
    """Findings about one rule."""
    tests: list[Json] = [{"says": "hello", "expect": {}}]
    return {
        (one.code, one.level)
        for one in lint(complete(rule_set(rule(when=when, tests=tests))), known)
        if one.rule == "late"
    }


def test_lint_knows_their_names_and_says_which_nobody_has() -> None:
    assert codes(PLAN, Known()) == set()
    assert codes(PLAN, Known(attributes=["contact.attributes.plan"])) == set()
    assert codes(PLAN, Known(attributes=["contact.attributes.tier"])) == {("attribute_unknown", "warning")}
    assert codes({"fact": "contact.plan", "equals": "x"}, Known()) == {("fact_unknown", "error")}
    assert codes({"fact": f"{PREFIX}9", "equals": "x"}, Known()) == {("fact_unknown", "error")}
    assert codes({"fact": f"{PREFIX}plan", "matches": "x"}, Known()) == {("type_mismatch", "error")}
    assert codes({"fact": f"{PREFIX}plan", "within": "7d"}, Known()) == {("type_mismatch", "error")}


def test_two_words_of_a_list_are_no_contradiction() -> None:
    both = [{"fact": f"{PREFIX}roles", "in": ["admin"]}, {"fact": f"{PREFIX}roles", "in": ["billing"]}]
    assert codes({"all": both}, Known()) == set()


def test_a_rule_about_a_plan_carries_tests_of_contacts_who_have_it() -> None:
    says = "How long does delivery take?"
    tests = [
        {"says": says, "given": {"answer": "answer", "attributes": {"plan": "enterprise"}}, "expect": {"outcome": "human", "fired": ["late"]}},
        {"says": says, "given": {"answer": "answer", "attributes": {"plan": "free"}}, "expect": {"outcome": "answer", "not_fired": ["late"]}},
        {"says": says, "given": {"answer": "answer"}, "expect": {"outcome": "answer"}},
    ]  # fmt: skip
    found = lint_and_test(complete(rule_set(rule(when=PLAN, tests=tests))))
    assert [one for one in found if one.rule == "late"] == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "the contact's plan is enterprise"),
        ("zh-Hans", "联系人的 plan为 enterprise"),
        ("zh-Hant", "聯絡人的 plan為 enterprise"),
        ("ar", "plan لجهة الاتصال: enterprise"),
    ],
)
def test_why_you_tells_them_in_four_languages_and_hides_them_where_contacts_are_masked(
    locale: str, words: str
) -> None:
    condition = {
        "fact": PLAN["fact"],
        "operator": "equals",
        "wanted": "enterprise",
        "value": "enterprise",
        "holds": True,
    }
    told = shown(condition, locale)
    assert (told["text"], told["value"]) == (words, "enterprise")
    assert shown(condition, locale, masked=True)["value"] is None
