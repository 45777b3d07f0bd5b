"""Playbooks over HTTP: begun by a button, interrupted at will, and told to the person who takes over."""

from bots.dialogue.playbooks.shelf import shipped_documents
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway


async def test_a_playbook_is_written_linted_published_and_taken_back(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    good = shipped_documents()["return"].replace("Which order is it about?", "Tell me the order.")
    bad = good.replace("next: fault", "next: nowhere")
    found = (await writer.call("POST", "/v1/playbooks/lint", {"document": bad})).json()
    assert (found["good"], found["key"], len(found["problems"])) == (False, "return", 1)
    draft = (await writer.call("POST", "/v1/playbooks", {"document": bad, "note": "a first try"})).json()
    path = f"/v1/playbooks/return/versions/{draft['version']}"
    refused = await writer.call("POST", f"{path}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "playbook_faulty")
    changed = await writer.call("PUT", path, {"document": good, "revision": draft["revision"]})
    assert changed.status_code == 200, changed.text
    visitor, conversation_id, asked = await _begun(gateway)
    assert "Which order is it about?" in asked
    published = await writer.call("POST", f"{path}/publish", {"revision": changed.json()["revision"]})
    assert published.json()["live"] is True, published.text
    # What was begun before goes on in its own version.
    assert "Why would you like" in str((await visitor.say("#4711", conversation_id))["events"][-1]["data"])
    assert "Tell me the order." in (await _begun(gateway))[2]
    back = await writer.call("POST", "/v1/playbooks/return/rollback", {"to": 1})
    assert (back.status_code, back.json()["version"]) == (200, 1)
    assert "Which order is it about?" in (await _begun(gateway))[2]
    assert (await writer.call("PUT", path, {"document": good, "revision": 2})).status_code == 409


async def _begun(gateway: Gateway) -> tuple[Caller, str, str]:
    """A visitor who has begun to return something: who, where, and what they are asked."""
    visitor = await gateway.visitor()
    conversation_id = (await visitor.say("hello there, a question"))["conversation"]["id"]
    body = {"client_message_id": new_id(), "text": "Return", "payload": "playbook:return"}
    answer = await visitor.call("POST", f"/v1/conversations/{conversation_id}/messages", body)
    return visitor, conversation_id, str(answer.json()["events"][-1]["data"]["text"])


async def test_a_playbook_is_begun_and_its_replies_reach_the_person(gateway: Gateway) -> None:
    writer, visitor, agent = (
        await gateway.agent(preset="writer"),
        await gateway.visitor(),
        await gateway.agent(),
    )
    listed = (await writer.call("GET", "/v1/playbooks")).json()["items"]
    assert [one["key"] for one in listed] == ["order-status", "password-reset", "return"]
    assert (await agent.call("GET", "/v1/playbooks")).status_code == 403
    begun = await visitor.say("hello there, a question")
    conversation_id = begun["conversation"]["id"]
    path = f"/v1/conversations/{conversation_id}/messages"
    body = {"client_message_id": new_id(), "text": "Return", "payload": listed[2]["payload"]}
    started = await visitor.call("POST", path, body)
    assert "order" in started.json()["events"][-1]["data"]["text"]
    for text in ("it is #4711", "1", "the glass is broken"):
        said = await visitor.say(text, conversation_id)
    handed = next(event for event in said["events"] if event["type"] == "conversation.handed_over")
    assert handed["data"]["reason"] == "other"
    assert said["conversation"]["owner"]["kind"] == "queue"
    claimed = await agent.act(conversation_id, "claim")
    assert claimed.status_code == 201, claimed.text
    bundle = (await agent.call("GET", f"/v1/conversations/{conversation_id}/context")).json()
    (card,) = bundle["cards"]
    assert (card["kind"], card["key"], card["title"]["en"]) == ("playbook", "return", "Return")
    assert [(step["step"], step["reply"]) for step in card["steps"]] == [
        ("number", "it is #4711"), ("why", "1"), ("fault", "the glass is broken"),
    ]  # fmt: skip
