"""Integrators hear of what a visitor who left has not seen, once for each message, and of nothing else."""

import asyncio

from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway
from tests.api.test_mail import leave
from tests.simulators.http_double import HttpDouble


async def hook(gateway: Gateway, double: HttpDouble, *events: str) -> None:
    """An integrator who wants to know."""
    await gateway.services.people.webhooks.create(name="Push", url=double.url, events=events)


async def told(gateway: Gateway, double: HttpDouble) -> list[dict[str, object]]:
    """What integrators have been told so far."""
    while await gateway.services.channels.webhooks.send_due():
        pass
    return [one.json["data"]["data"] for one in double.taken if one.json["type"] == "message.unseen"]


async def talk(gateway: Gateway) -> tuple[Caller, Caller, str]:
    visitor, agent = await gateway.visitor(external_id="user-7"), await gateway.agent()
    key = (await visitor.say("a person please"))["conversation"]["id"]
    seq = await gateway.db.pool.fetchval("select last_seq from conversations where id = $1::uuid", key)
    await visitor.call("POST", f"/v1/conversations/{key}/read", {"up_to_seq": seq})
    return visitor, agent, key


async def reply(agent: Caller, key: str, text: str) -> str:
    body = {"client_message_id": new_id(), "text": text}
    answer = await agent.act(key, "messages", body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["message"]["id"]
    return found


async def test_each_unseen_message_is_told_once_to_who_wants_to_know(
    outward: Gateway, double: HttpDouble
) -> None:
    await outward.services.channels.webhooks.stop()
    left = outward.services.channels.left
    visitor, agent, key = await talk(outward)
    first = await reply(agent, key, "It is on its way.")
    await leave(outward)
    assert await left.tell() == 0  # nobody wants to know
    await hook(outward, double, "message.unseen")
    second = await reply(agent, key, "It comes on Tuesday.")
    assert await left.tell() == 1  # the second one is not two minutes old
    assert [one["message_id"] for one in await told(outward, double)] == [first]
    await leave(outward)
    assert sorted(await asyncio.gather(left.tell(), left.tell())) in ([0, 1], [1, 1])
    assert await left.tell() == 0
    found = await told(outward, double)
    assert [(one["message_id"], one["by"], one["external_id"]) for one in found] == [
        (first, "agent", "user-7"), (second, "agent", "user-7"),
    ]  # fmt: skip
    assert {one["contact_id"] for one in found} == {visitor.id}
    seen = (await visitor.call("GET", f"/v1/conversations/{key}/events")).json()["items"]
    assert "message.unseen" not in {event["type"] for event in seen}


async def test_what_was_read_or_whose_reader_is_there_is_never_told(
    outward: Gateway, double: HttpDouble
) -> None:
    await outward.services.channels.webhooks.stop()
    left = outward.services.channels.left
    await hook(outward, double)
    visitor, agent, key = await talk(outward)
    await reply(agent, key, "Read in time.")
    seq = await outward.db.pool.fetchval("select last_seq from conversations where id = $1::uuid", key)
    await visitor.call("POST", f"/v1/conversations/{key}/read", {"up_to_seq": seq})
    await leave(outward)
    assert await left.tell() == 0
    await reply(agent, key, "Still there.")
    await leave(outward)
    await outward.db.pool.execute(
        "insert into contact_presence (contact_id, seen_at) values ($1::uuid, now())", visitor.id
    )
    assert await left.tell() == 0
    answer = await agent.act(key, "notes", {"client_message_id": new_id(), "text": "a note"})
    assert answer.status_code == 201
    await leave(outward)
    assert await left.tell() == 1  # the reply, now that the visitor has gone; not the note
    assert len(await told(outward, double)) == 1


async def test_words_of_the_bot_count_too(outward: Gateway, double: HttpDouble) -> None:
    await outward.services.channels.webhooks.stop()
    await hook(outward, double)
    visitor = await outward.visitor()
    await visitor.say("hello there, what are your opening hours?")
    await leave(outward)
    assert await outward.services.channels.left.tell() > 0
    found = await told(outward, double)
    assert {(one["by"], one.get("external_id")) for one in found} == {("bot", None)}
