"""Rule documents: what is refused, with which code, and that nothing is lost between JSON, YAML and the model."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.core.errors import FunnelError
from funnel.escalation.rules.model import RuleSet, parse, plain, schema
from funnel.escalation.rules.shipped import complete, shipped
from funnel.escalation.rules.yaml_format import MOST_BYTES, dump_yaml, load_yaml
from tests.unit.rules_world import Json, rule, rule_set


def refused(document: Any) -> list[dict[str, str]]:
    """The errors of a document that must be refused."""
    with pytest.raises(FunnelError) as caught:
        parse(document)
    assert caught.value.code == "rules_invalid"
    errors = caught.value.params["errors"]
    assert isinstance(errors, list)
    return errors


DEEP: Json = {"fact": "anger", "gte": 0.5}
for _ in range(60):
    DEEP = {"not": DEEP}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"rules": [rule(colour="red")]}, "extra_forbidden"),
        ({"rules": [rule(when={"fact": "anger", "gte": "0.5"})]}, "int_type"),
        ({"rules": [rule(when={"fact": "anger", "gte": True})]}, "int_type"),
        ({"rules": [rule(), rule()]}, "duplicate_id"),
        ({"rules": [rule(when={"fact": "message.text", "matches": "(unclosed"})]}, "pattern_invalid"),
        ({"rules": [rule(when={"fact": "message.text", "matches": r"(a)\1"})]}, "pattern_invalid"),
        ({"rules": [rule(when={"fact": "message.text", "matches": "x" * 501})]}, "string_too_long"),
        ({"rules": [rule(when={"fact": "anger", "gte": 0.5, "lte": 0.7})]}, "one_operator"),
        ({"rules": [rule(when={"fact": "anger"})]}, "one_operator"),
        ({"rules": [rule(when=DEEP)]}, "too_deep"),
        ({"rules": [rule(f"r{n}") for n in range(501)]}, "too_long"),
        ({"rules": [rule(then={})]}, "no_effect"),
        ({"rules": [rule("Bad Id")]}, "string_pattern_mismatch"),
        ({"rules": [rule(when={"fact": "matter.age", "within": "soon"})]}, "string_pattern_mismatch"),
        ({"rules": [rule(schedule={"opens": "09:00"})]}, "half_a_span"),
        ({"rules": "none"}, "list_type"),
        (None, "model_type"),
        ({"rules": [rule()], "format": 2}, "literal_error"),
        (
            {
                "rules": [rule()],
                "playbooks": [
                    {"id": "one", "steps": [{"start": "two"}]},
                    {"id": "two", "steps": [{"tag": "x"}, {"start": "one"}]},
                ],
            },
            "cyclic_playbook",
        ),
    ],
)
def test_a_bad_document_is_refused_with_the_place_and_no_values(document: Any, problem: str) -> None:
    errors = refused(document)
    assert problem in {error["code"] for error in errors}
    assert all("red" not in error["field"] and "colour" not in error["field"] for error in errors)


def test_a_document_of_a_hundred_thousand_parts_is_refused_before_it_is_validated() -> None:
    wide = {"any": [{"fact": "anger", "gte": 0.5}] * 30_000}
    assert refused({"rules": [rule(when=wide)]})[0]["code"] == "too_large"


def test_a_playbook_that_is_started_twice_is_no_circle() -> None:
    books = [
        {"id": "one", "steps": [{"start": "three"}, {"start": "two"}]},
        {"id": "two", "steps": [{"start": "three"}]},
        {"id": "three", "steps": [{"note": "Check the parcel."}]},
    ]
    assert len(rule_set(rule(), playbooks=books).playbooks) == 3


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * (5 * 1024 * 1024), "rules_too_large"),
        ("rules: [" + "a, " * (MOST_BYTES // 3), "rules_too_large"),
        (BOMB, "yaml_invalid"),
        ("rules: &anchor []", "yaml_invalid"),
        ("rules: []\nrules: []", "yaml_invalid"),
        ("rules: !!python/object/apply:os.system ['true']", "yaml_invalid"),
        ("rules: [", "yaml_invalid"),
        ("[" * 5_000, "yaml_invalid"),
        ("\x00", "yaml_invalid"),
        ("just words", "rules_invalid"),
    ],
    ids=["5 MB", "over 1 MB", "bomb", "anchor", "twice", "object", "open", "nested", "nul", "words"],
)
def test_bad_yaml_is_refused(text: str, code: str) -> None:
    with pytest.raises(FunnelError) as caught:
        load_yaml(text)
    assert caught.value.code == code


def test_the_shipped_set_survives_yaml_and_json() -> None:
    assert load_yaml(dump_yaml(shipped())) == shipped()
    assert parse(plain(shipped())) == shipped()


def test_times_and_days_of_a_schedule_stay_words_in_yaml() -> None:
    text = """
rules:
  - id: season
    description: Before the holidays.
    when: {fact: anger, gte: 0.5}
    then: {limit: offer}
    schedule: {first_day: 12-01, last_day: 12-31, opens: 09:30, closes: 22:30}
"""
    schedule = load_yaml(text).rules[0].schedule
    assert schedule is not None
    assert (schedule.first_day, schedule.opens, schedule.closes) == ("12-01", "09:30", "22:30")


def test_the_schema_is_published_and_knows_every_operator() -> None:
    published = schema()
    assert published["properties"].keys() == {"format", "parameters", "playbooks", "rules"}
    assert published["$defs"]["Leaf"]["properties"].keys() >= {"gte", "in", "matches", "within", "count_over"}
    assert published["$defs"]["Rule"]["additionalProperties"] is False


def fixed_ids(document: RuleSet) -> set[str]:
    """Ids of the fixed rules of a document."""
    return {one.id for one in document.rules if one.fixed}


def test_fixed_rules_join_every_set_by_themselves() -> None:
    whole = complete(rule_set(rule()))
    assert fixed_ids(whole) == fixed_ids(shipped())
    assert whole.rules[-1].id == "late"
    assert complete(whole) == whole
    assert complete(shipped()) is shipped()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"when": {"fact": "anger", "gte": 0.9}}, "fixed_rule_changed"),
        ({"enabled": False}, "fixed_rule_changed"),
        ({"scope": {"sites": ["elsewhere"]}}, "fixed_rule_changed"),
        ({"unless": {"fact": "hours.open", "equals": False}}, "fixed_rule_changed"),
        ({"fixed": False}, "fixed_rule_changed"),
    ],
)
def test_a_fixed_rule_cannot_be_changed(change: Json, problem: str) -> None:
    document = plain(shipped())
    guard = next(one for one in document["rules"] if one["id"] == "loop_guard")
    guard.update(change)
    with pytest.raises(FunnelError) as caught:
        complete(parse(document))
    errors = caught.value.params["errors"]
    assert isinstance(errors, list)
    assert [error["code"] for error in errors] == [problem]


@pytest.mark.parametrize("value", [4, 0, -1])
def test_the_numbers_of_the_guard_are_only_tightened(value: int) -> None:
    tighter = complete(rule_set(rule(), parameters={"guard_misses_in_row": {"default": 2}}))
    assert tighter.parameters["guard_misses_in_row"].default == 2
    for parameter in (
        {"default": value},
        {"default": 2, "sites": {"shop": value}},
        {"default": 2, "most": 99, "locales": {"en": value}},
    ):
        with pytest.raises(FunnelError):
            complete(rule_set(rule(), parameters={"guard_misses_in_row": parameter}))


def test_a_rule_of_ones_own_cannot_call_itself_fixed() -> None:
    with pytest.raises(FunnelError):
        complete(rule_set(rule(fixed=True)))


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["rules", "id", "when", "then", "fact", "gte", "all", "not", "human"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(deadline=None)
@given(documents)
def test_whatever_is_sent_is_a_rule_set_or_a_clear_refusal(document: Any) -> None:
    try:
        found = parse(document)
    except FunnelError as refusal:
        code = refusal.code
    else:
        code = "rules_invalid"
        assert parse(plain(found)) == found
    assert code == "rules_invalid"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_whatever_yaml_is_sent_is_a_rule_set_or_a_clear_refusal(text: str) -> None:
    code = "rules_invalid"
    try:
        load_yaml(text)
    except FunnelError as refusal:
        code = refusal.code
    assert code in ("rules_invalid", "yaml_invalid")
