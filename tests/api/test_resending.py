"""A message that did not arrive: an agent sends it again, or says it by another way, once for each failure."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from funnel.core.ids import new_id
from tests import builders
from tests.api.channels_world import ChannelInbox
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_mail import mail_inbox
from tests.api.test_outbox import conversation, reply, send, texts, webhook_inbox
from tests.simulators.http_double import Answer, HttpDouble
from tests.simulators.smtp import MailServer, mail_server


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as found:
        yield found


async def failing(gateway: Gateway, double: HttpDouble, text: str) -> tuple[ChannelInbox, str, Caller, Json]:
    """An agent's words that the platform does not take: the inbox, the conversation, the agent, what the log tells."""
    inbox = await webhook_inbox(gateway, double)
    key, agent = await conversation(gateway, inbox)
    await reply(agent, key, text)
    await fail(gateway)
    (told,) = await inbox.events("delivery.updated")
    assert (told["state"], told["error"]) == ("failed", "expired")
    return inbox, key, agent, told


async def fail(gateway: Gateway) -> None:
    """What is queued has come too late."""
    await gateway.db.pool.execute(
        "update deliveries set expires_at = now() - interval '1 second' where state = 'queued'"
    )
    await gateway.services.channels.outbox.tend()
    await gateway.services.channels.outbox.tell_all()


async def test_it_is_sent_again_once_however_many_ask(outward: Gateway, double: HttpDouble) -> None:
    inbox, key, agent, told = await failing(outward, double, "late words")
    path = f"deliveries/{told['delivery_id']}/again"
    answers = await asyncio.gather(*(agent.act(key, path) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    bodies = [answer.json() for answer in answers]
    assert len({str(body["events"]) for body in bodies}) == 1
    (event,) = bodies[0]["events"]
    assert (event["type"], event["data"]["state"]) == ("delivery.updated", "queued")
    await send(outward)
    assert texts(double) == ["late words"]
    assert (await agent.act(key, path)).status_code == 200
    assert await send(outward) == 0
    assert [one["state"] for one in await inbox.events("delivery.updated")] == ["failed", "queued", "sent"]
    now = (await inbox.events("delivery.updated"))[-1]["delivery_id"]
    assert now == event["data"]["delivery_id"] != told["delivery_id"]
    refused = await agent.act(key, f"deliveries/{now}/again")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_failed")
    ways = await agent.call("GET", f"/v1/conversations/{key}/deliveries/{now}/ways")
    assert ways.json()["items"] == []


async def test_a_second_failure_is_answered_anew(outward: Gateway, double: HttpDouble) -> None:
    inbox, key, agent, told = await failing(outward, double, "twice late")
    assert (await agent.act(key, f"deliveries/{told['delivery_id']}/again")).status_code == 201
    await fail(outward)
    last = (await inbox.events("delivery.updated"))[-1]
    assert last["state"] == "failed"
    assert (await agent.act(key, f"deliveries/{last['delivery_id']}/again")).status_code == 201
    await send(outward)
    assert texts(double) == ["twice late"]


async def test_it_goes_by_mail_in_the_same_conversation(
    outward: Gateway, double: HttpDouble, smtp: MailServer
) -> None:
    inbox, key, agent, told = await failing(outward, double, "please call us")
    path = f"/v1/conversations/{key}/deliveries/{told['delivery_id']}"
    assert (await agent.call("GET", f"{path}/ways")).json()["items"] == []
    refused = await agent.call("POST", f"{path}/elsewhere", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_way")
    post = await mail_inbox(outward, smtp)
    await outward.db.pool.execute(
        "update contacts set reply_email = 'ada@home.example' where id = (select contact_id from conversations where id = $1::uuid)",
        key,
    )
    (way,) = (await agent.call("GET", f"{path}/ways")).json()["items"]
    assert (way["channel"], way["conversation_id"], way["address"], way["verified"]) == (
        "email", None, "ada@home.example", False,
    )  # fmt: skip
    answers = await asyncio.gather(*(agent.call("POST", f"{path}/elsewhere", {}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    await send(outward)
    assert texts(double) == []
    (mail,) = smtp.mails
    assert mail["To"] == "ada@home.example"
    assert str(mail.get_payload()).split() == ["please", "call", "us"]
    events = await inbox.events("delivery.updated")
    assert [(one["state"], one.get("channel")) for one in events[1:]] == [("queued", "email"), ("sent", None)]
    assert await post.count("conversations") == 0


async def joined(gateway: Gateway, double: HttpDouble, other: ChannelInbox, sender: str) -> str:
    """A conversation of the other inbox whose contact is the same person as that of the oldest one."""
    key, _ = await conversation(gateway, other, sender)
    await gateway.db.pool.execute(
        "update contacts set merged_into = (select contact_id from conversations order by created_at limit 1)"
        " where id = (select contact_id from conversations where id = $1::uuid)",
        key,
    )
    return key


async def test_it_is_said_in_the_same_persons_other_conversation(
    outward: Gateway, double: HttpDouble
) -> None:
    _, key, agent, told = await failing(outward, double, "by the other app")
    other = await webhook_inbox(outward, double)
    there = await joined(outward, double, other, "ada-elsewhere")
    path = f"/v1/conversations/{key}/deliveries/{told['delivery_id']}"
    assert (await agent.call("GET", f"{path}/ways")).json()["items"] == []  # a colleague talks there
    admin = await outward.agent(preset="admin")
    assert (await admin.act(there, "assign", {"queue_id": outward.queue_id})).status_code == 201
    await outward.db.pool.execute("delete from deliveries where conversation_id = $1::uuid", there)
    (way,) = (await agent.call("GET", f"{path}/ways")).json()["items"]
    assert (way["conversation_id"], way["inbox"], way["address"]) == (there, "Webhook", "ada-elsewhere")
    double.rule = lambda taken: Answer(200)
    body = {"conversation_id": there}
    answers = await asyncio.gather(*(agent.call("POST", f"{path}/elsewhere", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert {str(answer.json()["events"]) for answer in answers} == {str(answers[0].json()["events"])}
    (event,) = answers[0].json()["events"]
    assert (event["type"], event["data"]["to_conversation_id"]) == ("delivery.redirected", there)
    await send(outward)
    assert [one.json["data"]["recipient"]["id"] for one in double.taken] == ["ada-elsewhere"]
    assert texts(double) == ["by the other app"]
    assert [one["text"] for one in await other.events() if one["direction"] == "outgoing"][-1] == (
        "by the other app"
    )


async def test_of_two_ways_at_once_one_is_taken(outward: Gateway, double: HttpDouble) -> None:
    _, key, agent, told = await failing(outward, double, "only once")
    other = await webhook_inbox(outward, double)
    there = await joined(outward, double, other, "ada-elsewhere")
    admin = await outward.agent(preset="admin")
    assert (await admin.act(there, "assign", {"queue_id": outward.queue_id})).status_code == 201
    await outward.db.pool.execute("delete from deliveries where conversation_id = $1::uuid", there)
    path = f"deliveries/{told['delivery_id']}"
    double.rule = lambda taken: Answer(200)
    answers = await asyncio.gather(
        *(agent.act(key, f"{path}/again") for _ in range(3)),
        *(agent.act(key, f"{path}/elsewhere", {"conversation_id": there}) for _ in range(3)),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert sum(answer.status_code == 201 for answer in answers) == 1
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"answered_otherwise", "no_way"}
    while await send(outward):
        pass
    assert texts(double) == ["only once"]
    for way, body in (("again", {}), ("elsewhere", {"conversation_id": there})):
        assert (await agent.act(key, f"{path}/{way}", body)).status_code == 200
    assert await outward.services.channels.fates.replay(told["delivery_id"]) is None
    while await send(outward):
        pass
    assert texts(double) == ["only once"]


async def test_a_way_that_was_refused_leaves_the_others_free(outward: Gateway, double: HttpDouble) -> None:
    _, key, agent, told = await failing(outward, double, "still to say")
    ways, names = outward.services.channels.ways, ("again:x", "elsewhere:x")
    assert await ways.answer(told["delivery_id"], "mail", names)
    path = f"deliveries/{told['delivery_id']}/again"
    held = await agent.act(key, path)
    assert (held.status_code, held.json()["code"]) == (409, "answered_otherwise")
    await ways.withdraw(told["delivery_id"], "mail", names)
    assert await ways.answer(told["delivery_id"], "mail", names)  # and whoever took it dies
    await outward.db.pool.execute("update deliveries set answered_at = now() - interval '2 minutes'")
    assert (await agent.act(key, path)).status_code == 201
    await send(outward)
    assert texts(double) == ["still to say"]


async def test_who_may_not_see_it_learns_nothing(outward: Gateway, double: HttpDouble) -> None:
    _, key, agent, told = await failing(outward, double, "private")
    team_id = await builders.make_team(outward.db, "Elsewhere")
    stranger = await outward.agent(team_id=team_id)
    for what in ("again", "elsewhere"):
        answer = await stranger.act(key, f"deliveries/{told['delivery_id']}/{what}")
        assert answer.status_code == 404
    assert (await agent.act(key, f"deliveries/{new_id()}/again")).status_code == 404
    assert (
        await agent.act(key, f"deliveries/{told['delivery_id']}/elsewhere", {"conversation_id": new_id()})
    ).status_code == 404
    visitor = await outward.visitor()
    assert (await visitor.act(key, f"deliveries/{told['delivery_id']}/again")).status_code == 401
