"""What the desk shows beside the inbox: last words, unread marks, colleagues, and who is looking at a conversation."""

from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway, Json


async def waiting(gateway: Gateway, visitor: Caller, text: str = "I want a person") -> str:
    started: Json = await visitor.say(text)
    conversation_id: str = started["conversation"]["id"]
    await visitor.call("POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": new_id()})
    return conversation_id


async def glance(agent: Caller, *conversation_ids: str) -> list[Json]:
    answer = await agent.call(
        "GET", "/v1/inbox/glances", params={"conversation_ids": ",".join(conversation_ids)}
    )
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_the_last_public_words_and_whether_they_are_new(gateway: Gateway) -> None:
    visitor, noor, lin = await gateway.visitor(), await gateway.agent(), await gateway.agent()
    conversation_id = await waiting(gateway, visitor)
    (first,) = await glance(noor, conversation_id)
    assert first["unread"]
    assert first["reason"] == "human_requested"
    said = await noor.call(
        "POST", f"/v1/conversations/{conversation_id}/messages",
        {"client_message_id": new_id(), "text": "w" * 300},
    )  # fmt: skip
    await noor.act(conversation_id, "notes", {"client_message_id": new_id(), "text": "for us only"})
    (after,) = await glance(noor, conversation_id)
    assert (after["last"]["text"], after["last"]["author"]["kind"]) == ("w" * 200, "agent")
    assert after["unread"]
    await noor.call(
        "POST", f"/v1/conversations/{conversation_id}/read", {"up_to_seq": said.json()["message"]["seq"]}
    )
    assert [one["unread"] for one in await glance(noor, conversation_id)] == [False]
    assert [one["unread"] for one in await glance(lin, conversation_id)] == [True]
    await visitor.say("thank you, and one more thing", conversation_id)
    (again,) = await glance(noor, conversation_id)
    assert (again["unread"], again["last"]["author"]["kind"]) == (True, "contact")


async def test_what_one_may_not_see_is_passed_over(gateway: Gateway) -> None:
    noor = await gateway.agent()
    outsider = await gateway.agent(team_id=await builders.make_team(gateway.db))
    own = await waiting(gateway, await gateway.visitor())
    other = await waiting(gateway, await gateway.visitor())
    assert [one["conversation_id"] for one in await glance(noor, other, new_id(), own)] == [other, own]
    assert await glance(outsider, own, other) == []
    for wrong in ("x" * 36, ",".join([new_id()] * 51)):
        answer = await noor.call("GET", "/v1/inbox/glances", params={"conversation_ids": wrong})
        assert answer.status_code == 422


async def test_colleagues_and_queues_by_name(gateway: Gateway) -> None:
    team_id = await builders.make_team(gateway.db)
    await builders.make_queue(gateway.db, team_id, "Returns")
    noor = await gateway.agent(name="Noor")
    await gateway.agent(name="Abe", team_id=team_id)
    lin = await gateway.agent(name="Lin", status="online")
    await gateway.agent(name="Writer", preset="writer")
    outsourced = await gateway.agent(name="Out", preset="outsourced", team_id=team_id)
    found = (await noor.call("GET", "/v1/assignees")).json()
    assert [one["name"] for one in found["agents"]] == ["Lin", "Abe", "Noor", "Out"]
    assert found["agents"][0] == {"id": lin.id, "name": "Lin", "status": "online"}
    assert [one["name"] for one in found["queues"]] == ["Returns", "Support"]
    few = (await outsourced.call("GET", "/v1/assignees")).json()
    assert [one["name"] for one in few["agents"]] == ["Abe", "Out"]
    assert [one["name"] for one in few["queues"]] == ["Returns"]


async def test_agents_learn_who_else_looks_and_visitors_do_not(gateway: Gateway) -> None:
    visitor, noor, lin = await gateway.visitor(), await gateway.agent(name="Noor"), await gateway.agent()
    conversation_id = await waiting(gateway, visitor)
    follow = {"subscribe": [{"conversation_id": conversation_id}]}
    async with (
        gateway.socket(lin, follow) as watching,
        gateway.socket(visitor, follow) as asking,
        gateway.socket(noor) as looking,
    ):
        await watching.until("live")
        await asking.until("live")
        await looking.send({"type": "viewing", "conversation_id": conversation_id})
        frames = await watching.until("viewing")
        assert frames[-1]["actor"] == {"kind": "agent", "id": noor.id, "name": "Noor"}
        await looking.send({"type": "typing", "conversation_id": conversation_id})
        assert {frame["type"] for frame in await asking.until("typing")} == {"typing"}
        await asking.send({"type": "viewing", "conversation_id": conversation_id})
        refused = (await asking.until("nack"))[-1]
        assert refused["code"] == "bad_frame"


async def test_the_inbox_by_tag_and_priority(gateway: Gateway) -> None:
    noor = await gateway.agent()
    plain, urgent, tagged = [await waiting(gateway, await gateway.visitor()) for _ in range(3)]
    await noor.act(urgent, "priority", {"priority": "urgent"})
    await noor.act(tagged, "tags", {"add": ["vip", "100 % wool"]})

    async def listed(**wanted: str) -> set[str]:
        answer = await noor.call("GET", "/v1/inbox", params=wanted)
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["items"]}

    assert await listed(priority="urgent") == {urgent}
    assert await listed(priority="normal", view="queue") == {plain, tagged}
    assert await listed(tag="vip") == await listed(tag="100 % wool") == {tagged}
    assert await listed(tag="vi") == await listed(tag="vip", priority="urgent") == set()
    for wrong in ({"priority": "huge"}, {"tag": ""}):
        assert (await noor.call("GET", "/v1/inbox", params=wrong)).status_code == 422


async def test_what_needs_a_skill_is_left_to_who_has_it_while_they_are_there(gateway: Gateway) -> None:
    visitor, other = await gateway.visitor(), await gateway.visitor()
    plain, boss = await gateway.agent(), await gateway.agent(preset="admin")
    skilled = await gateway.agent(status="online")
    changed = await boss.call("PUT", f"/v1/agents/{skilled.id}", {"skills": ["Refunds", "refunds"]})
    assert changed.json()["skills"] == ["refunds"], changed.text
    refund = await waiting(gateway, visitor)
    assert (await boss.act(refund, "tags", {"add": ["skill:refunds"]})).status_code == 201
    anything = await waiting(gateway, other)
    path = f"/v1/queues/{gateway.queue_id}/next"
    assert (await plain.call("POST", path)).json()["conversation"]["id"] == anything, "the younger one"
    assert (await plain.call("POST", path)).status_code == 204
    await gateway.db.pool.execute("update agents set status = 'away' where id = $1::uuid", skilled.id)
    assert (await plain.call("POST", path)).json()["conversation"]["id"] == refund, "nobody waits for ever"
    again = await waiting(gateway, await gateway.visitor())
    await boss.act(again, "tags", {"add": ["skill:refunds"]})
    await gateway.db.pool.execute("update agents set status = 'online' where id = $1::uuid", skilled.id)
    assert (await skilled.call("POST", path)).json()["conversation"]["id"] == again
    assert (await boss.call("PUT", f"/v1/agents/{skilled.id}", {"skills": ["x"] * 51})).status_code == 422
