"""What the desk's rule editor asks for: the vocabulary, YAML in and out, a draft brought up to date, names of people."""

from tests.api.gateway import Gateway
from tests.api.test_rules import draft, ok, ops, proven
from tests.unit.rules_world import rule


async def test_facts_come_with_their_names_in_the_asked_language(gateway: Gateway) -> None:
    caller = await ops(gateway)
    answer = await ok(caller.call("GET", "/v1/rules/vocabulary", headers={"accept-language": "zh-TW"}))
    facts = {one["name"]: one for one in answer["facts"]}
    assert facts["anger"]["words"] == "憤怒"
    assert (facts["anger"]["low"], facts["anger"]["high"], facts["anger"]["signal"]) == (0, 1, True)
    assert facts["answer.outcome"]["choices"] == ["answer", "suggestions", "none"]
    assert "web" in answer["channels"]
    assert {"id", "key", "name"} == set(answer["sites"][0])
    assert answer["queues"]


async def test_a_document_goes_to_yaml_and_comes_back_the_same(gateway: Gateway) -> None:
    caller = await ops(gateway)
    live = await ok(caller.call("GET", "/v1/rules"))
    there = await ok(caller.call("POST", "/v1/rules/format", {"rules": live["rules"]}))
    back = await ok(caller.call("POST", "/v1/rules/format", {"yaml": there["yaml"]}))
    assert back["rules"] == live["rules"]
    both = {"rules": [], "yaml": "rules: []"}
    assert (await ok(caller.call("POST", "/v1/rules/format", both), 422))["code"] == "rules_missing"


async def test_what_went_live_meanwhile_is_taken_into_a_draft_and_what_both_changed_is_told(
    gateway: Gateway,
) -> None:
    first, second = await ops(gateway), await ops(gateway)
    await draft(first, proven("one"), {**proven("both"), "description": "Theirs"})
    mine = await draft(second, proven("two"), {**proven("both"), "description": "Mine"})
    await ok(first.call("POST", "/v1/rules/versions/2/publish"))
    await ok(second.call("POST", "/v1/rules/versions/3/publish"), 409)
    rebased = await ok(second.call("POST", "/v1/rules/versions/3/rebase", {"revision": mine["revision"]}))
    ids = [one["id"] for one in rebased["version"]["rules"]["rules"]]
    assert {"one", "two", "both"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert [(one["id"], one["state"]) for one in rebased["conflicts"]] == [("both", "conflict")]
    assert (
        next(one for one in rebased["version"]["rules"]["rules"] if one["id"] == "both")["description"]
        == "Mine"
    )
    stale = await ok(second.call("POST", "/v1/rules/versions/3/rebase", {"revision": mine["revision"]}), 409)
    assert stale["code"] == "revision_moved"
    published = await ok(second.call("POST", "/v1/rules/versions/3/publish"))
    assert published["status"] == "live"
    history = await ok(second.call("GET", "/v1/rules/history"))
    assert history["items"][0]["by_name"] == published["author_name"]
    assert (await ok(second.call("POST", "/v1/rules/versions/3/rebase"), 409))["code"] == "immutable"


async def test_a_finding_names_the_comparison_and_the_test_it_is_about(gateway: Gateway) -> None:
    caller = await ops(gateway)
    wrong = rule("odd", {"all": [{"fact": "anger", "gte": 0.5}, {"not": {"fact": "nonsense", "gte": 1}}]})
    lint = await ok(caller.call("POST", "/v1/rules/lint", {"rules": [wrong]}))
    # The fixed rules join in front of what was sent.
    places = {one["code"]: one["at"] for one in lint["findings"] if one["rule"] == "odd"}
    assert places["fact_unknown"].endswith(".when.all.1.not")
    failing = {**proven(), "tests": [*proven()["tests"], {"says": "hello", "expect": {"outcome": "human"}}]}
    lint = await ok(caller.call("POST", "/v1/rules/lint", {"rules": [failing]}))
    found = next(one for one in lint["findings"] if one["code"] == "test_failed")
    assert found["at"].endswith(".tests.1")


async def test_the_trace_names_the_text_that_its_evidence_counts_in(gateway: Gateway) -> None:
    caller = await ops(gateway)
    body = {"text": "My card is 4111 1111 1111 1111 and I want a person"}
    found = await ok(caller.call("POST", "/v1/rules/evaluate", body))
    assert "4111" not in found["text"]
    start, end = found["signals"]["wants_person"]["evidence"][0]
    assert "person" in found["text"][start:end]
