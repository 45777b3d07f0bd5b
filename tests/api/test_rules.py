"""Escalation rules over REST: versions, publishing, evaluation, decisions, verdicts, back-tests, switches."""

from typing import Any

import pytest

from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway, Json
from tests.unit.rules_world import rule


async def ok(answer: Any, status: int = 200) -> Json:
    """The body of an answer that must have this status."""
    found = await answer
    assert found.status_code == status, found.text
    body: Json = found.json() if found.content else {}
    return body


async def ops(gateway: Gateway) -> Caller:
    """Somebody who edits and publishes rules."""
    return await gateway.agent(preset="ops")


def proven(rule_id: str = "sms_first") -> Json:
    """A rule that passes lint and fires in none of the shipped tests."""
    tests = [{"says": "hello", "expect": {"outcome": "question"}}]
    return rule(rule_id, {"fact": "channel", "equals": "sms"}, {"human": {}}, tests=tests)


async def draft(caller: Caller, *rules: Json) -> Json:
    """A draft of the live set and more."""
    live = await ok(caller.call("GET", "/v1/rules"))
    document = {**live["rules"], "rules": [*live["rules"]["rules"], *rules]}
    return await ok(caller.call("POST", "/v1/rules/versions", {"rules": document, "note": "more"}), 201)


async def test_from_the_published_set_to_a_new_one_and_back(gateway: Gateway) -> None:
    caller = await ops(gateway)
    live = await ok(caller.call("GET", "/v1/rules"))
    assert (live["version"], live["status"]) == (1, "live")
    made = await draft(caller, proven())
    assert (made["version"], made["status"], made["based_on"]) == (2, "draft", 1)
    lint = await ok(caller.call("POST", "/v1/rules/versions/2/lint"))
    assert lint["ok"]
    assert lint["tests"] > 100
    diff = await ok(caller.call("GET", "/v1/rules/versions/2/diff"))
    assert [(one["id"], one["kind"]) for one in diff["items"]] == [("sms_first", "added")]
    published = await ok(caller.call("POST", "/v1/rules/versions/2/publish", {"note": "go"}))
    assert published["status"] == "live"
    assert (await ok(caller.call("GET", "/v1/rules")))["version"] == 2
    await ok(caller.call("POST", "/v1/rules/rollback", {"to": 1}))
    history = await ok(caller.call("GET", "/v1/rules/history"))
    assert [one["kind"] for one in history["items"]] == ["rollback", "publish", "base"]
    versions = await ok(caller.call("GET", "/v1/rules/versions?limit=1"))
    assert [one["version"] for one in versions["items"]] == [2]
    rest = await ok(caller.call("GET", f"/v1/rules/versions?cursor={versions['next']}"))
    assert [one["status"] for one in rest["items"]] == ["live"]


async def test_the_second_of_two_gets_409_with_the_difference(gateway: Gateway) -> None:
    caller = await ops(gateway)
    await draft(caller, proven("one"))
    await draft(caller, proven("two"))
    await ok(caller.call("POST", "/v1/rules/versions/2/publish"))
    refused = await ok(caller.call("POST", "/v1/rules/versions/3/publish"), 409)
    assert refused["code"] == "rules_moved"
    assert [one["id"] for one in refused["diff"]] == ["one"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"rules": {"rules": [{**rule(), "colour": "red"}]}}, "rules_invalid"),
        ({"rules": [rule(), rule()]}, "rules_invalid"),
        ({"rules": [rule(when={"fact": "message.text", "matches": "("})]}, "rules_invalid"),
        ({"yaml": "a: &a [x]\nb: [*a, *a]"}, "yaml_invalid"),
        ({}, "rules_missing"),
        ({"rules": [rule()], "yaml": "rules: []"}, "rules_missing"),
    ],
)
async def test_a_bad_set_gets_a_clear_refusal_and_nothing_is_stored(
    gateway: Gateway, body: Json, code: str
) -> None:
    caller = await ops(gateway)
    refused = await ok(caller.call("POST", "/v1/rules/versions", body), 422)
    assert refused["code"] == code
    assert len((await ok(caller.call("GET", "/v1/rules/versions")))["items"]) == 1


async def test_five_megabytes_of_yaml_are_refused(gateway: Gateway) -> None:
    caller = await ops(gateway)
    answer = await caller.call("POST", "/v1/rules/versions", {"yaml": "x" * (5 * 1024 * 1024)})
    assert answer.status_code in (413, 422)


async def test_a_threshold_of_two_is_found_by_lint_and_refused_at_publishing(gateway: Gateway) -> None:
    caller = await ops(gateway)
    await draft(caller, {**proven(), "when": {"fact": "anger", "gte": 2.0}})
    lint = await ok(caller.call("POST", "/v1/rules/versions/2/lint"))
    assert not lint["ok"]
    assert "threshold_out_of_range" in {one["code"] for one in lint["findings"]}
    refused = await ok(caller.call("POST", "/v1/rules/versions/2/publish"), 422)
    assert refused["code"] == "lint_failed"
    assert (await ok(caller.call("GET", "/v1/rules")))["version"] == 1


CASES = [
    ("I'd like to talk to a real person please", "human", "human_requested"),
    ("我要转人工客服", "human", "human_requested"),
    ("我要轉真人客服", "human", "human_requested"),
    ("أريد التحدث مع موظف", "human", "human_requested"),
    ("My lawyer will be in touch", "human", "sensitive_topic"),
    ("I don't want to live anymore", "human", "safety"),
    ("The kettle burst and burned my hand", "human", "safety"),
    ("Do you sell purple elephants?", "question", None),
]


@pytest.mark.parametrize(("text", "outcome", "reason"), CASES)
async def test_evaluate_gives_the_whole_trace_and_stores_nothing(
    gateway: Gateway, text: str, outcome: str, reason: str | None
) -> None:
    caller = await ops(gateway)
    found = await ok(caller.call("POST", "/v1/rules/evaluate", {"text": text}))
    assert (found["outcome"], found.get("reason"), found["rule_set_version"]) == (outcome, reason, "1")
    assert {one["result"] for one in found["rules"]} <= {"fired", "near", "no"}
    assert all(
        {"text", "value", "holds", "inputs"} == set(each)
        for one in found["rules"]
        for each in one["conditions"]
    )
    assert found["signals"]["language"].keys() == {"code", "script", "score"}
    assert await gateway.db.pool.fetchval("select count(*) from conversations") == 0
    assert await gateway.db.pool.fetchval("select count(*) from decisions") == 0


async def test_evaluate_takes_turns_rules_a_version_and_a_language(gateway: Gateway) -> None:
    caller = await ops(gateway)
    turns = ["Do you sell elephants?", "And what about talking lions?"]
    body: Json = {"text": "Which star sign suits a purple carpet?", "turns": turns}
    found = await ok(caller.call("POST", "/v1/rules/evaluate", body))
    assert (found["outcome"], found["reason"]) == ("human", "loop_guard")
    own = [rule("all", {"fact": "message.length", "gte": 1}, {"human": {"priority": "high"}})]
    found = await ok(
        caller.call("POST", "/v1/rules/evaluate", {"text": "hello friend, what now?", "rules": own})
    )
    assert (found["outcome"], found["reason"], found["priority"]) == ("human", "rule", "high")
    await draft(caller, proven())
    found = await ok(caller.call("POST", "/v1/rules/evaluate", {"text": "hello", "version": 2}))
    assert found["rule_set_version"] == "2"
    arabic = await ok(
        caller.call(
            "POST", "/v1/rules/evaluate", {"text": "My lawyer will call"}, headers={"accept-language": "ar"}
        )
    )
    fired = next(one for one in arabic["rules"] if one["id"] == "legal_or_press")
    assert "تهديد" in fired["conditions"][0]["text"]
    for wrong, status in (
        ({"text": "x", "version": 99}, 404),
        ({"text": "x", "site": "nowhere"}, 422),
        ({"text": "x", "conversation_id": new_id()}, 404),
        ({"text": " "}, 422),
        ({"text": "x", "turns": ["y"] * 501}, 422),
    ):
        await ok(caller.call("POST", "/v1/rules/evaluate", wrong), status)


async def test_evaluate_survives_a_transcript_of_500_turns_and_ten_thousand_emoji(gateway: Gateway) -> None:
    caller = await ops(gateway)
    found = await ok(caller.call("POST", "/v1/rules/evaluate", {"text": "😀" * 10_000}))
    assert found["outcome"] in ("silent", "question", "answer", "human")
    long = [f"What about number {number} of your purple elephants?" for number in range(500)]
    assert (await ok(caller.call("POST", "/v1/rules/evaluate", {"text": "and now?", "turns": long})))[
        "outcome"
    ]


async def converse(gateway: Gateway) -> str:
    """A conversation that ends with a person."""
    visitor = await gateway.visitor()
    first = await visitor.say("Do you sell purple elephants?")
    conversation_id: str = first["conversation"]["id"]
    await visitor.say("My lawyer will be in touch", conversation_id)
    return conversation_id


async def test_decisions_say_why_with_evidence_by_event_and_take_verdicts(gateway: Gateway) -> None:
    conversation_id = await converse(gateway)
    agent = await gateway.agent()
    found = await ok(agent.call("GET", f"/v1/decisions?conversation_id={conversation_id}"))
    assert [one["outcome"] for one in found["items"]] == ["question", "human"]
    last = found["items"][1]
    assert (last["reason"], last["winner"], last["rule_set_version"]) == (
        "sensitive_topic",
        "legal_or_press",
        "1",
    )
    events = (await ok(agent.call("GET", f"/v1/conversations/{conversation_id}/events")))["items"]
    event_id, start, end = last["signals"]["legal"]["evidence"][0]
    said = next(one for one in events if one["id"] == event_id)
    assert "lawyer" in said["data"]["text"][start:end]
    assert {one["purpose"] for one in last["told"]} >= {"receipt"}
    for language, words in (
        ("en", "legal or press threat"),
        ("zh-Hans", "法律或媒体威胁"),
        ("zh-TW", "法律或媒體威脅"),
        ("ar-EG", "تهديد قانوني"),
    ):
        asked = agent.call(
            "GET", f"/v1/conversations/{conversation_id}/context", headers={"accept-language": language}
        )
        why = (await ok(asked))["reason"]
        assert (why["code"], why["rule"], why["rule_set_version"]) == (
            "sensitive_topic",
            "legal_or_press",
            "1",
        )
        assert words in why["conditions"][0]["text"]
        assert why["conditions"][0]["value"] == 0.9
    path = f"/v1/decisions/{last['id']}/verdict"
    await ok(
        agent.call("POST", path, {"verdict": "too_late", "from_message_id": said["data"]["message_id"]}), 204
    )
    await ok(agent.call("POST", path, {"verdict": "right"}), 204)
    again = await ok(agent.call("GET", f"/v1/decisions?conversation_id={conversation_id}"))
    assert again["items"][1]["verdict"]["verdict"] == "right"
    await ok(agent.call("POST", path, {"verdict": "too_late", "from_message_id": new_id()}), 422)
    boss = await gateway.agent(preset="admin")
    named = {"name": "Elsewhere", "origins": ["https://elsewhere.example"], "locales": ["en"]}
    elsewhere = await ok(boss.call("POST", "/v1/sites", named), 201)
    for sites, status in (([], 204), ([elsewhere["id"]], 422)):
        text = {"locale": "en", "title": f"Lamps {status}", "body": "Text.", "sites": sites}
        article = await ok(boss.call("POST", "/v1/kb/articles", text), 201)
        known = {"verdict": "answerable", "article_id": article["id"]}
        await ok(agent.call("POST", path, known), status)
        if status == 204:
            gaps = (await ok(boss.call("GET", "/v1/kb/gaps")))["items"]
            asked = [one for gap in gaps for one in gap["examples"] if one["answered_by"] is not None]
            assert [(one["conversation_id"], one["answered_by"]) for one in asked] == [
                (conversation_id, article["id"])
            ]
    await ok(agent.call("POST", path, {"verdict": "right"}), 204)
    stranger = await gateway.agent(team_id=None)
    await ok(stranger.call("GET", f"/v1/decisions?conversation_id={conversation_id}"), 404)
    await ok(stranger.call("POST", path, {"verdict": "right"}), 404)
    tally = await ok((await ops(gateway)).call("GET", "/v1/rules/verdicts"))
    assert tally["verdicts"]["right"] == {"count": 1, "n": 1, "share": None, "low": None, "high": None}


async def test_a_backtest_of_the_live_set_changes_nothing_and_of_a_draft_tells_what_it_would(
    gateway: Gateway,
) -> None:
    await converse(gateway)
    caller = await ops(gateway)
    span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    runner = gateway.services.judgement.runner
    await runner.stop()

    async def run(body: Json) -> Json:
        made = await ok(caller.call("POST", "/v1/rules/backtests", {**span, **body}), 201)
        assert made["status"] == "queued"
        await runner.work()
        return await ok(caller.call("GET", f"/v1/rules/backtests/{made['id']}"))

    same = await run({"version": 1})
    assert (same["status"], same["done"], same["total"]) == ("done", 2, 2)
    assert all(
        same["result"][kind]["n"] == 0 for kind in ("newly", "no_longer", "earlier", "later", "diverged")
    )
    anew = await run({"version": 1, "recompute": True})
    assert anew["result"] == same["result"], "the same detectors over the same words"
    worded = await run({"rules": [rule("worded", {"fact": "message.text", "matches": "."}, {"human": {}})]})
    assert (worded["result"]["earlier"]["n"], worded["result"]["words_missing"]) == (1, 0)
    sooner = rule("sooner", {"fact": "progress.missed", "equals": True}, {"human": {}})
    earlier = await run({"rules": [sooner]})
    assert earlier["result"]["earlier"]["n"] == 1
    assert earlier["result"]["earlier"]["samples"][0]["by"] == 1
    fewer = await run({"rules": []})
    assert fewer["result"]["no_longer"]["samples"][0]["unknown_after_turn"] == 2
    assert fewer["result"]["expected_wait"] != {}
    for wrong, status in (
        ({**span, "version": 99}, 404),
        ({**span, "from": span["to"], "version": 1}, 422),
        ({**span}, 422),
        ({**span, "version": 1, "sample": 0}, 422),
    ):
        await ok(caller.call("POST", "/v1/rules/backtests", wrong), status)
    await draft(caller, {**sooner, "tests": []})
    begun = await ok(caller.call("POST", "/v1/rules/backtests", {**span, "version": 2}), 201)
    await ok(caller.call("DELETE", "/v1/rules/versions/2"), 204)
    await ok(caller.call("POST", "/v1/rules/backtests", {**span, "version": 2}), 404)
    await runner.work()
    ended = await ok(caller.call("GET", f"/v1/rules/backtests/{begun['id']}"))
    assert (ended["status"], ended["result"]["earlier"]["n"]) == ("done", 1), (
        "it keeps what it was begun with"
    )
    waiting = await ok(caller.call("POST", "/v1/rules/backtests", {**span, "version": 1}), 201)
    cancelled = await ok(caller.call("POST", f"/v1/rules/backtests/{waiting['id']}/cancel"))
    assert cancelled["status"] == "cancelled"
    listed = await ok(caller.call("GET", "/v1/rules/backtests?limit=2"))
    assert [one["status"] for one in listed["items"]] == ["cancelled", "done"]
    assert listed["next"]


async def test_a_shadow_lists_where_it_differs(gateway: Gateway) -> None:
    caller = await ops(gateway)
    await draft(caller, rule("sooner", {"fact": "progress.missed", "equals": True}, {"human": {}}, tests=[]))
    await ok(caller.call("POST", "/v1/rules/versions/2/shadow"))
    shadow = gateway.services.judgement.shadow
    await shadow.stop()
    await shadow.look()
    await converse(gateway)
    await shadow.look()
    found = await ok(caller.call("GET", "/v1/rules/shadow"))
    assert [(one["live"], one["shadow"], "sooner" in one["rules"]) for one in found["items"]] == [
        ("question", "human", True)
    ]
    await converse(gateway)
    await shadow.look()
    newest = await ok(caller.call("GET", "/v1/rules/shadow?limit=1"))
    older = await ok(caller.call("GET", f"/v1/rules/shadow?limit=1&cursor={newest['next']}"))
    assert (older["items"], older["next"]) == (found["items"], None)
    settings = await ok(caller.call("POST", "/v1/rules/versions/2/shadow", {"on": False}))
    assert settings["shadow_version"] is None
    assert (await ok(caller.call("GET", "/v1/rules/shadow")))["items"] == []


async def test_switches_are_put_as_a_whole_and_brake_at_once(gateway: Gateway) -> None:
    caller = await ops(gateway)
    put = await ok(
        caller.call("PUT", "/v1/switches", {"items": [{"kind": "everything_to_people", "reason": "drill"}]})
    )
    first = await (await gateway.visitor()).say("Do you sell purple elephants?")
    assert first["conversation"]["owner"]["kind"] == "queue"
    kept = {"id": put["items"][0]["id"], "kind": "everything_to_people", "reason": "drill"}
    more = await ok(
        caller.call(
            "PUT",
            "/v1/switches",
            {"items": [kept, {"kind": "announce", "reason": "late", "texts": {"en": "Late."}}]},
        )
    )
    assert [one["kind"] for one in more["items"]] == ["everything_to_people", "announce"]
    assert (await ok(caller.call("PUT", "/v1/switches", {"items": []})))["items"] == []
    second = await (await gateway.visitor()).say("Do you sell purple elephants?")
    assert second["conversation"]["owner"]["kind"] == "bot"
    await ok(caller.call("PUT", "/v1/switches", {"items": [{**kept, "id": new_id()}]}), 422)
    await ok(caller.call("PUT", "/v1/switches", {"items": [{"kind": "topic_hold", "reason": "x"}]}), 422)


async def test_who_only_talks_to_contacts_changes_no_rules(gateway: Gateway) -> None:
    agent = await gateway.agent()
    for method, path, body in (
        ("GET", "/v1/rules", None),
        ("POST", "/v1/rules/evaluate", {"text": "x"}),
        ("PUT", "/v1/switches", {"items": []}),
        ("POST", "/v1/rules/rollback", {"to": 1}),
    ):
        await ok(agent.call(method, path, body), 403)
    await ok(gateway.anonymous().call("GET", "/v1/rules"), 401)


async def test_reviews_answers_and_settings(gateway: Gateway) -> None:
    caller = await ops(gateway)
    assert (await ok(caller.call("GET", "/v1/rules/reviews")))["items"] == []
    await ok(caller.call("POST", f"/v1/rules/reviews/{new_id()}", {"should_have": "no"}), 404)
    settings = await ok(caller.call("PUT", "/v1/rules/settings", {"second_person": True}))
    assert settings["second_person"]
    assert (await ok(caller.call("GET", "/v1/rules/settings")))["second_person"]
    assert (await ok(caller.call("GET", "/v1/rules/schema")))["title"] == "RuleSet"
    upgrade = await ok(caller.call("GET", "/v1/rules/upgrade"))
    assert upgrade["items"] == []
