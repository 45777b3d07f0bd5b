"""Playbooks over HTTP: begun by a button, interrupted at will, and told to the person who takes over."""

from funnel.core.ids import new_id
from tests.api.gateway import Gateway


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
