"""The whole way: a visitor asks, the bot answers, a person is wanted, an agent takes over, answers and resolves; by socket too."""

from tests.api.gateway import Gateway


async def test_from_the_first_word_to_resolved(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent(status="online")
    first = await visitor.say("Where can I read about returns?")
    conversation_id = first["conversation"]["id"]
    assert first["message"]["text"] == "Where can I read about returns?"
    assert [event["type"] for event in first["events"]][:2] == ["conversation.started", "message.created"]
    assert any(event["actor"]["kind"] == "bot" for event in first["events"])
    assert "subject" not in first["conversation"]

    asked = await visitor.call(
        "POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": "button"}
    )
    assert asked.status_code == 201
    assert asked.json()["conversation"]["owner"] == {"kind": "queue"}
    assert any(event["type"] == "conversation.handed_over" for event in asked.json()["events"])

    queues = (await agent.call("GET", "/v1/queues")).json()["items"]
    assert [(queue["id"], queue["waiting"]) for queue in queues] == [(gateway.queue_id, 1)]
    taken = await agent.call("POST", f"/v1/queues/{gateway.queue_id}/next")
    assert taken.status_code == 201
    assert taken.json()["conversation"]["owner"]["id"] == agent.id
    assert taken.json()["conversation"]["subject"] == "Where can I read about returns?"
    listed = (await agent.call("GET", "/v1/inbox")).json()["items"]
    assert [one["subject"] for one in listed] == ["Where can I read about returns?"]
    assert (await agent.call("POST", f"/v1/queues/{gateway.queue_id}/next")).status_code == 204

    context = await agent.call("GET", f"/v1/conversations/{conversation_id}/context")
    assert context.status_code == 200, context.text
    assert context.json()["question"] == "Where can I read about returns?"
    assert context.json()["reason"]["code"] == "human_requested"

    note = await agent.act(conversation_id, "notes", {"client_message_id": "n1", "text": "a regular"})
    assert note.status_code == 201
    reply = await agent.say("Here you are.", conversation_id)
    assert reply["message"]["visibility"] == "public"
    ended = await agent.act(conversation_id, "resolve", {"need_met": "yes"})
    assert ended.json()["conversation"]["status"] == "resolved"
    assert (await agent.act(conversation_id, "resolve")).status_code == 200

    log = (await visitor.call("GET", f"/v1/conversations/{conversation_id}/events")).json()
    assert "a regular" not in str(log)
    previous = 0
    for event in log["items"]:
        assert event["prev"] == previous
        previous = event["seq"]
    assert log["items"][-1]["type"] in ("conversation.resolved", "rating.requested", "message.created")


async def test_a_socket_follows_and_resumes(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent(status="online")
    conversation_id = (await visitor.say("hello, I need a person"))["conversation"]["id"]
    hello = {"subscribe": [{"conversation_id": conversation_id}]}
    async with gateway.socket(visitor, hello) as wire:
        frames = await wire.until("live")
        seen = [frame["event"]["seq"] for frame in frames if frame["type"] == "event"]
        assert seen
        await wire.send(
            {
                "type": "message.send",
                "conversation_id": conversation_id,
                "client_message_id": "m1",
                "text": "please",
            }
        )
        frames = await wire.until("ack", client_message_id="m1")
        ack = frames[-1]
        assert ack["dup"] is False
        cursor = next((frame["cursor"] for frame in reversed(frames) if frame["type"] == "event"), None)
        while cursor is None:
            frame = await wire.receive()
            cursor = frame.get("cursor")
    await agent.act(conversation_id, "claim")
    await agent.say("I am here", conversation_id)
    hello = {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
    async with gateway.socket(visitor, hello) as wire:
        frames = await wire.until("live")
        texts = [f["event"]["data"].get("text") for f in frames if f["type"] == "event"]
        assert "I am here" in texts
        assert not any(frame["type"] == "reset" for frame in frames)
