"""The way out over real sockets: order, retries, fences, circuits, receipts, dead letters."""

import asyncio
import json
import time

import pytest

from funnel.channels import standard_webhooks
from funnel.channels.outbound import Capabilities, DeliveryResult
from funnel.core.ids import new_id
from funnel.turns.outbox.policy import Attempted, settle
from funnel.turns.outbox.store import OutboxStore
from tests.api.channels_world import SECRETS, ChannelInbox, message, open_inbox, read_all
from tests.api.gateway import Caller, Gateway, Json
from tests.simulators.http_double import Answer, HttpDouble, Taken, http_double


async def webhook_inbox(gateway: Gateway, double: HttpDouble) -> ChannelInbox:
    """An inbox whose app is the double."""
    SECRETS["webhook"] = {"url": f"{double.url}/in"}
    return await open_inbox(gateway, "webhook")


async def hear(gateway: Gateway, inbox: ChannelInbox, body: object) -> None:
    """A delivery of the platform, read at once."""
    assert (await inbox.deliver(body)).status_code == 200
    await read_all(gateway.services.channels.intake)


async def hurry(gateway: Gateway) -> None:
    """Everything queued is due now, nothing is paused."""
    await gateway.db.pool.execute("update deliveries set due_at = now() where state = 'queued'")
    await gateway.db.pool.execute("update inbox_health set paused_until = null")


async def send(gateway: Gateway) -> int:
    """One round of the outbox, told to the log."""
    outbox = gateway.services.channels.outbox
    count = await outbox.send_due()
    while await outbox.tell_all():
        pass
    return count


async def conversation(gateway: Gateway, inbox: ChannelInbox, sender: str = "u1") -> tuple[str, Caller]:
    """A conversation that an agent owns, with nothing left to send."""
    await hear(gateway, inbox, message("a person please", sender=sender))
    row = await gateway.db.pool.fetchval(
        "select c.id::text from conversations c join reply_addresses a on a.conversation_id = c.id where a.address = $1",
        sender,
    )
    await gateway.db.pool.execute("delete from deliveries where conversation_id = $1::uuid", row)
    agent = await gateway.agent()
    assert (await agent.act(row, "claim")).status_code == 201
    return row, agent


async def reply(agent: Caller, conversation_id: str, text: str) -> Json:
    answer = await agent.act(conversation_id, "messages", {"client_message_id": new_id(), "text": text})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()["message"]
    return found


async def states(gateway: Gateway) -> list[tuple[str, str | None]]:
    rows = await gateway.db.pool.fetch("select state, error from deliveries order by position")
    return [(row["state"], row["error"]) for row in rows]


def texts(double: HttpDouble) -> list[str]:
    return [one.json["data"]["message"]["text"] for one in double.taken]


async def test_an_answer_leaves_signed_and_its_fate_is_told(outward: Gateway, double: HttpDouble) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    said = await reply(agent, key, "Hello Ada")
    assert await send(outward) == 1
    (taken,) = double.taken
    verdict = standard_webhooks.verify(taken.headers, taken.body, [inbox.secrets["signing"]], time.time())
    assert verdict.ok
    assert taken.json["data"]["recipient"] == {"id": "u1"}
    assert taken.json["data"]["message"]["id"] == said["message_id"] if "message_id" in said else said["id"]
    (told,) = await inbox.events("delivery.updated")
    assert (told["state"], told["message_id"]) == ("sent", taken.json["data"]["message"]["id"])


async def test_order_is_kept_through_failures_and_nothing_is_lost_or_doubled(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    for n in range(4):
        await reply(agent, key, f"line {n}")
    double.script.extend(
        [Answer(500), Answer(503, headers={"retry-after": "7"}), Answer(200), Answer(429), Answer(502)]
    )
    for _ in range(12):
        await hurry(outward)
        await send(outward)
    assert await states(outward) == [("sent", None)] * 4
    assert texts(double) == ["line 0"] * 3 + ["line 1"] * 3 + ["line 2", "line 3"]
    names = {one.json["data"]["message"]["text"]: one.headers["webhook-id"] for one in double.taken}
    assert all(
        names[text] == one.headers["webhook-id"]
        for text, one in zip(texts(double), double.taken, strict=True)
    )


async def test_retry_after_pauses_the_inbox_and_no_other(outward: Gateway, double: HttpDouble) -> None:
    sick = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, sick)
    async with http_double() as other:
        well = await webhook_inbox(outward, other)
        second, colleague = await conversation(outward, well, "u2")
        double.script.append(Answer(429, headers={"retry-after": "60"}))
        await reply(agent, key, "to the sick one")
        await send(outward)
        await reply(agent, key, "behind it")
        await reply(colleague, second, "to the well one")
        assert await send(outward) == 1
        assert texts(other) == ["to the well one"]
    paused = await outward.db.pool.fetchval(
        "select paused_until - now() > interval '50 seconds' from inbox_health where inbox_id = $1::uuid",
        sick.id,
    )
    assert paused


async def test_who_lost_the_lease_cannot_settle(outward: Gateway, double: HttpDouble) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    await reply(agent, key, "once")
    store = OutboxStore(outward.db.pool)
    (slow,) = await store.claim(full=(), per_inbox=16, most=8, lease_seconds=60)
    assert await store.claim(full=(), per_inbox=16, most=8, lease_seconds=60) == []
    await outward.db.pool.execute("update deliveries set lease_until = now() - interval '1 second'")
    assert await send(outward) == 1
    found = settle(Attempted(1, None), DeliveryResult(), Capabilities(text_max=1), slow.now, 0.5)
    assert not await store.settle(slow, DeliveryResult(), found, spent=0, token_used=False, numbers=None)
    assert texts(double) == ["once"]
    assert len(await inbox.events("delivery.updated")) == 1


async def test_a_set_up_that_fails_opens_the_circuit_and_tries_again_later(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    await reply(agent, key, "patience")
    double.rule = lambda taken: Answer(410)
    for _ in range(5):
        await hurry(outward)
        await send(outward)
    assert len(double.taken) == 3
    health = await outward.services.people.accounts.health(inbox.id)
    assert health is not None
    assert health.circuit_open_since is not None
    double.rule = lambda taken: Answer(200)
    await outward.db.pool.execute("update inbox_health set probe_at = now()")
    await outward.services.channels.outbox.tend()
    await hurry(outward)
    await send(outward)
    assert await states(outward) == [("sent", None)]


async def test_what_is_past_its_time_fails_is_listed_and_sent_again(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    await reply(agent, key, "late")
    await outward.db.pool.execute("update deliveries set expires_at = now() - interval '1 second'")
    assert await send(outward) == 0
    await outward.services.channels.outbox.tend()
    await send(outward)
    assert [one["state"] for one in await inbox.events("delivery.updated")] == ["failed"]
    admin = await outward.agent(preset="admin")
    (letter,) = (await admin.call("GET", "/v1/outbox/failed")).json()["items"]
    assert letter["error"] == "expired"
    answer = await admin.call("POST", f"/v1/outbox/{letter['id']}/replay")
    assert answer.status_code == 201
    assert (await admin.call("POST", f"/v1/outbox/{letter['id']}/replay")).status_code == 404
    await send(outward)
    assert texts(double) == ["late"]
    assert [one["state"] for one in await inbox.events("delivery.updated")] == ["failed", "sent"]


async def test_receipts_only_move_forward(outward: Gateway, double: HttpDouble) -> None:
    double.rule = lambda taken: Answer(200, {"messages": [{"id": "wamid.out"}]})
    SECRETS["whatsapp"] = {
        "signing": "app",
        "access_token": "t",
        "phone_number_id": "1",
        "api_base": double.url,
    }
    inbox = await open_inbox(outward, "whatsapp")
    text = {
        "id": "w1",
        "from": "49170",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "a person please"},
    }
    value = {"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": "49170"}], "messages": [text]}
    await hear(outward, inbox, {"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    await outward.db.pool.execute(
        "delete from deliveries where position > (select min(position) from deliveries)"
    )
    await send(outward)
    assert double.taken[0].path == "/1/messages"
    assert double.taken[0].headers["authorization"] == "Bearer t"
    for state in ("read", "delivered", "sent", "read"):
        status = {
            "statuses": [
                {"id": "wamid.out", "status": state, "timestamp": "1700000000", "recipient_id": "49170"}
            ]
        }
        await hear(outward, inbox, {"entry": [{"changes": [{"field": "messages", "value": status}]}]})
        await send(outward)
    assert [one["state"] for one in await inbox.events("delivery.updated")] == ["sent", "read"]


async def test_an_unknown_outcome_waits_for_an_echo_then_is_repeated_once_and_marked(
    outward: Gateway, double: HttpDouble
) -> None:
    SECRETS["messenger"] = {"signing": "app", "access_token": "t", "page_id": "1", "api_base": double.url}
    double.rule = lambda taken: Answer(200, {"message_id": f"m{len(double.taken)}"})
    inbox = await open_inbox(outward, "messenger")
    said = {"sender": {"id": "p"}, "recipient": {"id": "1"}, "timestamp": int(time.time() * 1000)}
    await hear(
        outward,
        inbox,
        {
            "object": "page",
            "entry": [
                {"id": "1", "messaging": [{**said, "message": {"mid": "in", "text": "a person please"}}]}
            ],
        },
    )
    await outward.db.pool.execute(
        "delete from deliveries where position > (select min(position) from deliveries)"
    )
    double.script.append(Answer(breaks=True))
    await send(outward)
    row = await outward.db.pool.fetchrow(
        "select id::text, state, possible_duplicate, due_at - now() > interval '20 seconds' as waits from deliveries"
    )
    assert tuple(row)[1:] == ("queued", True, True)
    echo = {
        "sender": {"id": "1"},
        "recipient": {"id": "p"},
        "message": {"mid": "out", "is_echo": True, "metadata": row["id"]},
    }
    await hear(outward, inbox, {"object": "page", "entry": [{"id": "1", "messaging": [echo]}]})
    await hurry(outward)
    assert await send(outward) == 0
    assert [one["state"] for one in await inbox.events("delivery.updated")] == ["sent"]
    assert len(double.taken) == 1


async def test_numbered_choices_come_back_as_their_payload(outward: Gateway, double: HttpDouble) -> None:
    SECRETS["webhook"] = {"url": f"{double.url}/in"}
    inbox = await open_inbox(outward, "webhook")
    key, _ = await conversation(outward, inbox)
    numbers = json.dumps(
        [{"label": "Yes, solved", "payload": "settle:yes"}, {"label": "No", "payload": "settle:no"}]
    )
    await outward.db.pool.execute(
        "update reply_addresses set numbers = $2::text::jsonb, numbers_until = now() + interval '1 hour' where conversation_id = $1::uuid",
        key,
        numbers,
    )
    await hear(outward, inbox, message("2"))
    (last,) = [one for one in await inbox.events() if one["direction"] == "incoming"][1:]
    assert (last["text"], last["payload"]) == ("No", "settle:no")


async def test_a_closed_window_is_never_tried(outward: Gateway, double: HttpDouble) -> None:
    SECRETS["whatsapp"] = {
        "signing": "app",
        "access_token": "t",
        "phone_number_id": "1",
        "api_base": double.url,
    }
    inbox = await open_inbox(outward, "whatsapp")
    text = {"id": "w1", "from": "49171", "type": "text", "text": {"body": "a person please"}}
    text["timestamp"] = str(int(time.time()))
    value = {"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": "49171"}], "messages": [text]}
    await hear(outward, inbox, {"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    await outward.db.pool.execute(
        "update reply_addresses set window_expires_at = now() - interval '1 second'"
    )
    await send(outward)
    assert double.taken == []
    assert {error for _, error in await states(outward)} >= {"window_closed"}


async def test_a_sick_app_that_hangs_keeps_no_other_inbox_waiting(outward: Gateway) -> None:
    release, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.release()
        await release.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with http_double() as other:
        SECRETS["webhook"] = {"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"}
        sick = await open_inbox(outward, "webhook")
        hung = [await conversation(outward, sick, f"s{n}") for n in range(3)]
        well = await webhook_inbox(outward, other)
        key, agent = await conversation(outward, well, "w")
        for stuck, colleague in hung:
            await reply(colleague, stuck, "nobody answers")
        sending = asyncio.create_task(outward.services.channels.outbox.send_due())
        for _ in hung:
            await waiting.acquire()
        for n in range(5):
            await reply(agent, key, f"quick {n}")
            while texts(other) != [f"quick {m}" for m in range(n + 1)]:
                await outward.services.channels.outbox.send_due()
        assert not sending.done()
        release.set()
        await sending
    server.close()


def test_the_double_reads_what_it_took() -> None:
    assert Taken("POST", "/", {}, b'{"a": 1}').json == {"a": 1}


async def test_an_answer_leaves_at_once_and_not_with_the_next_look_at_what_is_due(
    outward: Gateway, double: HttpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    monkeypatch.setattr("funnel.turns.outbox.worker.POLL_SECONDS", 3600.0)
    outbox = outward.services.channels.outbox
    await outbox.start()
    try:
        for number in (1, 2, 3):
            await reply(agent, key, f"answer {number}")
            await double.until(number)
    finally:
        await outbox.stop()
    assert texts(double) == ["answer 1", "answer 2", "answer 3"]
