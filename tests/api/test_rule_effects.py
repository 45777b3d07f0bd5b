"""What rules read and do beside the outcome, through the gateway: a contact's attributes, and a playbook that a rule begins."""

from typing import Any

from funnel.conversations.commands import Redact
from funnel.conversations.values import SYSTEM
from funnel.core.ids import new_id
from funnel.turns.lanes import Lane
from tests import builders
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_rules import draft, ok, ops
from tests.unit.rules_world import rule

PLAN: Json = {"fact": "contact.attributes.plan", "equals": "enterprise"}


async def publish(gateway: Gateway, *rules: Json) -> Caller:
    """Makes a set with these rules live; whoever did it."""
    caller = await ops(gateway)
    made = await draft(caller, *rules)
    await ok(caller.call("POST", f"/v1/rules/versions/{made['version']}/publish"))
    return caller


async def signed_in(gateway: Gateway, visitor: Caller, subject: str, **attributes: Any) -> None:
    """The visitor's site says who it is."""
    token = builders.identity_token(gateway.site, sub=subject, attributes=attributes)
    body = {"site_key": gateway.site.key, "visitor_token": visitor.token, "identity_token": token}
    await ok(visitor.call("POST", "/v1/widget/session", body))


def outcome(said: Json) -> str:
    """What the turn came to, as a visitor sees it."""
    return "human" if said["conversation"]["owner"]["kind"] == "queue" else "bot"


async def test_a_rule_reads_what_a_signed_identity_says_and_nothing_a_browser_claims(
    gateway: Gateway,
) -> None:
    tests = [
        {
            "says": "hello",
            "given": {"attributes": {"plan": "enterprise"}},
            "expect": {"outcome": "human", "queue": "support"},
        }
    ]
    await publish(gateway, rule("vip", PLAN, {"human": {"priority": "high"}, "tags": ["vip"]}, tests=tests))
    claims = await gateway.visitor()
    body = {
        "site_key": gateway.site.key,
        "visitor_token": claims.token,
        "attributes": {"plan": "enterprise"},
    }
    await ok(claims.call("POST", "/v1/widget/session", body))
    assert outcome(await claims.say("do you sell purple elephants?")) == "bot"
    visitor = await gateway.visitor()
    said = await visitor.say("do you sell purple elephants?")
    assert outcome(said) == "bot"
    await signed_in(gateway, visitor, "kim", plan="enterprise", seats=40)
    said = await visitor.say("do you sell green elephants?", said["conversation"]["id"])
    assert outcome(said) == "human"
    agent, path = await gateway.agent(), f"/v1/decisions?conversation_id={said['conversation']['id']}"
    first, second = (await ok(agent.call("GET", path)))["items"]
    assert "contact.attributes.plan" not in first["facts"]
    assert second["facts"]["contact.attributes.seats"] == 40
    fired = next(one for one in second["rules"] if one["id"] == "vip")
    assert fired["conditions"][0]["text"] == "the contact's plan is enterprise"
    assert fired["conditions"][0]["value"] == "enterprise"
    free = await gateway.visitor()
    await signed_in(gateway, free, "lee", plan="free")
    assert outcome(await free.say("do you sell purple elephants?")) == "bot"


async def test_attributes_of_contacts_are_in_the_vocabulary_in_evaluate_and_not_for_who_sees_no_contacts(
    gateway: Gateway,
) -> None:
    visitor = await gateway.visitor()
    await signed_in(gateway, visitor, "kim", plan="enterprise", beta=True, company={"Seat count": 3})
    said = await visitor.say("do you sell purple elephants?")
    conversation_id = said["conversation"]["id"]
    caller = await ops(gateway)
    facts = {one["name"]: one for one in (await ok(caller.call("GET", "/v1/rules/vocabulary")))["facts"]}
    assert facts["contact.attributes.plan"]["kind"] == "word"
    assert facts["contact.attributes.beta"]["kind"] == "flag"
    assert facts["contact.attributes.company.seat_count"]["kind"] == "number"
    unknown = {**PLAN, "fact": "contact.attributes.tier"}
    lint = await ok(caller.call("POST", "/v1/rules/lint", {"rules": [rule("a", PLAN), rule("b", unknown)]}))
    assert [one["rule"] for one in lint["findings"] if one["code"] == "attribute_unknown"] == ["b"]
    lead = await gateway.agent(preset="admin")
    body = {"rules": [rule("vip", PLAN)], "conversation_id": conversation_id, "text": "and in blue?"}
    found = await ok(lead.call("POST", "/v1/rules/evaluate", body))
    assert "vip" in {one["id"] for one in found["rules"] if one["result"] == "fired"}
    await visitor.say("I would like to talk to a person", conversation_id)
    outside = await gateway.agent(preset="outsourced")
    path = f"/v1/decisions?conversation_id={conversation_id}"
    assert "contact.attributes.plan" in (await ok(lead.call("GET", path)))["items"][0]["facts"]
    hidden = (await ok(outside.call("GET", path)))["items"][0]
    assert [name for name in hidden["facts"] if name.startswith("contact.attributes.")] == []


async def test_a_rule_begins_a_playbook_once_and_its_end_reaches_a_person(gateway: Gateway) -> None:
    when = {"fact": "message.text", "matches": "(?i)hippo"}
    tests = [{"says": "my hippo is broken", "expect": {"outcome": "question", "fired": ["broken"]}}]
    await publish(
        gateway,
        rule("broken", when, {"playbook": "return", "tags": ["hippos"], "priority": "high"}, tests=tests),
    )
    visitor, agent = await gateway.visitor(), await gateway.agent()
    begun = await visitor.say("my hippo came broken")
    conversation_id = begun["conversation"]["id"]
    asked = [one for one in begun["events"] if one["type"] == "message.created"][-1]
    assert "order" in asked["data"]["text"]
    assert asked["actor"]["kind"] == "bot"
    offered = next(one for one in begun["events"] if one["type"] == "answer.offered")
    assert offered["data"]["kind"] == "question"
    for text in ("it is #4711", "1", "the trunk is off"):
        said = await visitor.say(text, conversation_id)
    assert outcome(said) == "human"
    await agent.act(conversation_id, "claim")
    bundle = await ok(agent.call("GET", f"/v1/conversations/{conversation_id}/context"))
    (card,) = bundle["cards"]
    assert (card["key"], [step["reply"] for step in card["steps"]]) == (
        "return",
        ["it is #4711", "1", "the trunk is off"],
    )
    shown = await ok(agent.call("GET", f"/v1/conversations/{conversation_id}"))
    assert {"hippos", "playbook:return"} <= set(shown["tags"])
    assert shown["priority"] == "high"
    decided = (await ok(agent.call("GET", f"/v1/decisions?conversation_id={conversation_id}")))["items"]
    assert decided[0]["outcome"] == "question"
    span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "version": 2}
    caller, runner = await ops(gateway), gateway.services.judgement.runner
    await runner.stop()
    job = await ok(caller.call("POST", "/v1/rules/backtests", span), 201)
    await runner.work()
    result = (await ok(caller.call("GET", f"/v1/rules/backtests/{job['id']}")))["result"]
    assert {kind: result[kind]["n"] for kind in ("newly", "no_longer", "earlier", "later", "diverged")} == dict.fromkeys(
        ("newly", "no_longer", "earlier", "later", "diverged"), 0
    ), "a replay of what was live comes to the same"  # fmt: skip


async def test_a_playbook_is_not_begun_twice_nor_where_a_person_comes(gateway: Gateway) -> None:
    when = {"fact": "message.text", "matches": "(?i)hippo"}
    tests = [{"says": "my hippo", "expect": {"outcome": "question"}}]
    await publish(gateway, rule("broken", when, {"playbook": "order-status"}, tests=tests))
    visitor = await gateway.visitor()
    begun = await visitor.say("an hippo?")
    conversation_id = begun["conversation"]["id"]
    texts = [[one["data"]["text"] for one in begun["events"] if one["type"] == "message.created"][-1]]
    for text in ("what is a hippo anyway?", "hippo hippo"):
        said = await visitor.say(text, conversation_id)
        texts.append([one["data"]["text"] for one in said["events"] if one["type"] == "message.created"][-1])
    assert texts.count(texts[0]) == 1
    other = await gateway.visitor()
    person = await other.say("I want to talk to a person about my hippo")
    assert outcome(person) == "human"


async def test_a_playbook_that_nobody_has_is_refused(gateway: Gateway) -> None:
    caller = await ops(gateway)
    made = await draft(caller, rule("odd", {"fact": "channel", "equals": "sms"}, {"playbook": "no-such"}))
    refused = await ok(caller.call("POST", f"/v1/rules/versions/{made['version']}/publish"), 422)
    assert refused["code"] == "lint_failed"
    assert "playbook_unknown" in {one["code"] for one in refused["findings"]}
    body = {"client_message_id": new_id(), "text": "still here"}
    assert (await (await gateway.visitor()).call("POST", "/v1/conversations", body)).status_code == 201


async def test_erasing_a_message_reaches_evidence_and_back_tests_at_once(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    said = await visitor.say("I am furious, you charged me twice")
    conversation_id = said["conversation"]["id"]
    path = f"/v1/decisions?conversation_id={conversation_id}"
    before = (await ok(agent.call("GET", path)))["items"][0]
    assert before["signals"]["anger"]["evidence"]
    message = next(one for one in said["events"] if one["type"] == "message.created")
    command = Redact(
        command_id=new_id(),
        actor=SYSTEM,
        conversation_id=conversation_id,
        message_id=message["data"]["message_id"],
        event_seq=message["seq"],
    )
    await gateway.services.pipeline.submit(command, Lane.AGENT)
    after = (await ok(agent.call("GET", path)))["items"][0]
    assert all(one["evidence"] == [] for one in after["signals"].values())
    assert after["signals"]["anger"]["score"] == before["signals"]["anger"]["score"]
    caller, runner = await ops(gateway), gateway.services.judgement.runner
    await runner.stop()
    worded = rule("worded", {"fact": "message.text", "matches": "furious"}, {"human": {}})
    span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "rules": [worded]}
    job = await ok(caller.call("POST", "/v1/rules/backtests", span), 201)
    await runner.work()
    found = await ok(caller.call("GET", f"/v1/rules/backtests/{job['id']}"))
    assert found["result"]["words_missing"] == 1
