"""The way in over real HTTP: verified, kept, read once, whatever is repeated, shuffled, forged or broken."""

import asyncio
import json
import random
import time

import pytest

from bots.intake import counts
from bots.intake.receiving import ALARM_COUNT
from funnel.core.ids import new_id
from tests.api.channels_world import ChannelInbox, message, open_inbox, read_all
from tests.api.gateway import Gateway


async def settled(gateway: Gateway, inbox: ChannelInbox) -> None:
    """Until every kept request has been read, by the worker of the process or by us."""
    while await gateway.db.pool.fetchval("select count(*) from inbound_requests where state = 'waiting'"):
        await read_all(gateway.services.channels.intake)
        await asyncio.sleep(0.01)


async def test_a_message_becomes_a_turn_and_its_answer_a_delivery(gateway: Gateway) -> None:
    inbox = await open_inbox(gateway, "webhook")
    answer = await inbox.deliver(message("I want to talk to a person please"))
    assert answer.status_code == 200
    await settled(gateway, inbox)
    assert await inbox.said() == ["I want to talk to a person please"]
    row = await gateway.db.pool.fetchrow(
        "select c.channel, c.owner_kind, k.name from conversations c join contacts k on k.id = c.contact_id where c.inbox_id = $1::uuid",
        inbox.id,
    )
    assert tuple(row) == ("webhook", "queue", "Ada")
    outgoing = [one for one in await inbox.events() if one["direction"] == "outgoing"]
    deliveries = await gateway.db.pool.fetch(
        "select message_id::text, address, extract(epoch from expires_at - created_at)::int as lasts from deliveries where inbox_id = $1::uuid order by position",
        inbox.id,
    )
    assert [one["message_id"] for one in deliveries] == [one["message_id"] for one in outgoing]
    assert {(one["address"], one["lasts"]) for one in deliveries} == {("home", 600)}
    event = await gateway.db.pool.fetchrow(
        "select kind, conversation_id, turn_id from inbound_events where inbox_id = $1::uuid", inbox.id
    )
    assert event["kind"] == "message.created"
    assert (
        await gateway.db.pool.fetchval("select count(*) from turns where turn_id = $1", event["turn_id"]) == 1
    )


async def test_redeliveries_shuffled_in_parallel_are_one_message_each_and_one_conversation(
    gateway: Gateway,
) -> None:
    inbox = await open_inbox(gateway, "whatsapp")
    order = random.Random(7)
    bodies = [_whatsapp([(f"wamid.{n}", f"line {n}")]) for n in range(12)]
    bodies.append(_whatsapp([(f"wamid.{n}", f"line {n}") for n in range(12, 20)]))
    bodies.append(_whatsapp([(f"wamid.{n}", f"line {n}") for n in range(8, 14)]))
    sent = bodies * 4
    order.shuffle(sent)
    answers = await asyncio.gather(*(inbox.deliver(body) for body in sent))
    assert {answer.status_code for answer in answers} == {200}
    await settled(gateway, inbox)
    assert sorted(await inbox.said()) == sorted(f"line {n}" for n in range(20))
    assert await inbox.count("conversations") == 1
    assert await inbox.count("inbound_events") == 20


def _whatsapp(messages: list[tuple[str, str]], sender: str = "4917012345") -> dict[str, object]:
    value = {
        "metadata": {"phone_number_id": "1"},
        "contacts": [{"wa_id": sender, "profile": {"name": "Bo"}}],
        "messages": [
            {"id": key, "from": sender, "timestamp": "1700000000", "type": "text", "text": {"body": text}}
            for key, text in messages
        ],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


async def test_two_spellings_of_a_number_are_one_contact(gateway: Gateway) -> None:
    inbox = await open_inbox(gateway, "whatsapp")
    for key, sender in (("a", "5541988887777"), ("b", "554188887777")):
        assert (await inbox.deliver(_whatsapp([(key, f"from {sender}")], sender))).status_code == 200
        await settled(gateway, inbox)
    assert await inbox.count("conversations") == 1
    contacts = await gateway.db.pool.fetchval(
        "select count(distinct contact_id) from identities where inbox_id = $1::uuid", inbox.id
    )
    assert contacts == 1


async def test_what_is_forged_stale_or_broken_is_refused_and_counted(gateway: Gateway) -> None:
    inbox = await open_inbox(gateway, "webhook")
    other = await open_inbox(gateway, "webhook")
    body = json.dumps(message("hello")).encode()
    good = inbox.signed(body)
    stale = inbox.signed(body, at=time.time() - 302)
    forged = [
        ({}, body),
        (good, body.replace(b": ", b":")),
        (good, body + b" "),
        ({**good, "webhook-signature": "v1,"}, body),
        ({**good, "webhook-signature": "nonsense"}, body),
        ({**good, "webhook-id": "another"}, body),
        (stale, body),
        (other.signed(body), body),
    ]
    alarms = counts.alarms.labels("webhook")._value
    before = alarms.get()
    for headers, sent in forged:
        answer = await gateway.http.post(inbox.path, content=sent, headers=headers)
        assert answer.status_code == 401
        assert answer.content == b""
    assert await inbox.count("inbound_requests") == 0
    await gateway.services.channels.receiver.note()
    health = await gateway.services.people.accounts.health(inbox.id)
    assert health is not None
    assert health.refused == len(forged)
    assert alarms.get() == before + len(forged) // ALARM_COUNT == before + 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'{"type":"message.created"}', b"\xff\xfe", b'{"type":"x","data":{},"data":{}}',
     b'{"type":"message.created","data":{"sender":{"id":1},"message":{"id":9007199254740993123,"text":"\\ud800a\\u0000"}}}'],
)  # fmt: skip
async def test_a_good_signature_is_answered_200_whatever_is_in_it(gateway: Gateway, raw: bytes) -> None:
    inbox = await open_inbox(gateway, "webhook")
    assert (await inbox.deliver(raw)).status_code == 200
    await settled(gateway, inbox)
    assert await inbox.count("inbound_events") == 1
    state = await gateway.db.pool.fetchval(
        "select state from inbound_requests where inbox_id = $1::uuid", inbox.id
    )
    assert state == "read"


async def test_addresses_that_are_none(gateway: Gateway) -> None:
    inbox = await open_inbox(gateway, "line")
    for path in (
        "/hooks/line/none",
        f"/hooks/line/{new_id()}",
        f"/hooks/slack/{inbox.id}",
        f"/hooks/web/{gateway.site.inbox_id}",
        "/hooks/",
    ):
        assert (await gateway.http.post(path, content=b"{}")).status_code == 404
    assert (await gateway.http.get(inbox.path)).status_code == 405
    assert (await gateway.http.put(inbox.path)).status_code == 405
    large = await gateway.http.post(inbox.path, content=b"x" * 4_000_001)
    assert large.status_code == 413


async def test_handshakes(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    graph = await open_inbox(gateway, "whatsapp", admin)
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": graph.secrets["verify_token"],
        "hub.challenge": "42",
    }
    answer = await gateway.http.get(graph.path, params=query)
    assert (answer.status_code, answer.text) == (200, "42")
    assert (await gateway.http.get(graph.path, params={**query, "hub.verify_token": "x"})).status_code == 401
    slack = await open_inbox(gateway, "slack", admin)
    answer = await slack.deliver({"type": "url_verification", "challenge": "abc"})
    assert (answer.status_code, answer.text) == (200, "abc")
    line = await open_inbox(gateway, "line", admin)
    assert (await line.deliver({"destination": "U1", "events": []})).status_code == 200


async def test_edits_and_deletions_come_in_any_order(gateway: Gateway) -> None:
    inbox = await open_inbox(gateway, "telegram")
    chat = {
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "first_name": "Cy"},
        "date": 1_700_000_000,
    }
    edit = {
        "update_id": 2,
        "edited_message": {**chat, "message_id": 1, "edit_date": 1_700_000_009, "text": "better"},
    }
    assert (await inbox.deliver(edit)).status_code == 200
    await read_all(gateway.services.channels.intake)
    assert await inbox.events("message.edited") == []
    assert (
        await inbox.deliver({"update_id": 1, "message": {**chat, "message_id": 1, "text": "good"}})
    ).status_code == 200
    await settled(gateway, inbox)
    (edited,) = await inbox.events("message.edited")
    (said,) = [one for one in await inbox.events() if one["direction"] == "incoming"]
    assert (edited["message_id"], edited["text"]) == (said["message_id"], "better")


async def test_groups_standby_echoes_and_machines_are_kept_and_not_answered(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    telegram, page = (
        await open_inbox(gateway, "telegram", admin),
        await open_inbox(gateway, "messenger", admin),
    )
    group = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1,
            "text": "hi",
            "chat": {"id": -5, "type": "group"},
            "from": {"id": 5},
        },
    }
    assert (await telegram.deliver(group)).status_code == 200
    said = {"sender": {"id": "p"}, "recipient": {"id": "1"}, "timestamp": 1_700_000_000_000}
    entry = {
        "id": "1",
        "standby": [{**said, "message": {"mid": "m1", "text": "for another app"}}],
        "messaging": [{**said, "message": {"mid": "m2", "text": "ours", "is_echo": True}}],
    }
    assert (await page.deliver({"object": "page", "entry": [entry]})).status_code == 200
    mail = await open_inbox(gateway, "email", admin)
    raw = b"From: a@b.example\r\nTo: help@shop.example\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <x@b>\r\n\r\nI am away"
    assert (await mail.deliver(raw)).status_code == 200
    await settled(gateway, telegram)
    for inbox, events in ((telegram, 1), (page, 2), (mail, 1)):
        assert await inbox.count("conversations") == 0
        assert await inbox.count("inbound_events") == events


async def test_an_inbox_that_is_archived_takes_nothing_more_and_loses_nothing(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    inbox = await open_inbox(gateway, "webhook", admin)
    assert (await inbox.deliver(message("before"))).status_code == 200
    assert (await admin.call("DELETE", f"/v1/inboxes/{inbox.id}")).status_code == 204
    assert (await inbox.deliver(message("after"))).status_code == 404
    await settled(gateway, inbox)
    assert await inbox.count("inbound_requests") == 1


async def test_secrets_never_come_out(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    inbox = await open_inbox(gateway, "whatsapp", admin)
    for path in (f"/v1/inboxes/{inbox.id}", "/v1/inboxes", f"/v1/inboxes/{inbox.id}/health", "/v1/channels"):
        answer = await admin.call("GET", path)
        assert answer.status_code == 200
        assert not any(inbox.secrets[name] in answer.text for name in ("verify_token",))
        assert '"app"' not in answer.text
    shown = (await admin.call("GET", f"/v1/inboxes/{inbox.id}")).json()
    assert shown["config"] == {"phone_number_id": "1"}
    assert shown["webhook_url"].endswith(inbox.path)
    sealed = await gateway.db.pool.fetchval("select secrets from inboxes where id = $1::uuid", inbox.id)
    assert inbox.secrets["verify_token"].encode() not in sealed


async def test_rotation_keeps_the_old_secret_beside_the_new(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    inbox = await open_inbox(gateway, "line", admin)
    answer = await admin.call("PUT", f"/v1/inboxes/{inbox.id}", {"secrets": {"signing": "newer"}})
    assert answer.status_code == 200
    for secret in ("channel", "newer"):
        inbox.secrets["signing"] = secret
        assert (await inbox.deliver({"events": []})).status_code == 200
    for secrets, code in (({"nonsense": "x"}, "secret_unknown"), ({"signing": "a\nb"}, "secret_invalid")):
        refusal = await admin.call("PUT", f"/v1/inboxes/{inbox.id}", {"secrets": secrets})
        assert (refusal.status_code, refusal.json()["code"]) == (422, code)
    missing = await admin.call(
        "POST",
        "/v1/inboxes",
        {"site_id": gateway.site.id, "channel": "line", "name": "L", "queue_id": gateway.queue_id},
    )
    assert (missing.status_code, missing.json()["code"]) == (422, "secret_missing")


async def test_a_reader_that_dies_right_after_the_turn_leaves_no_answer_without_an_address(
    outward: Gateway,
) -> None:
    inbox = await open_inbox(outward, "webhook")
    assert (await inbox.deliver(message("a person please"))).status_code == 200
    await read_all(outward.services.channels.intake)
    for table in ("reply_addresses", "channel_messages"):
        await outward.db.pool.execute(f"delete from {table}")  # noqa: S608 - a table of ours
    await outward.db.pool.execute("update inbound_requests set state = 'waiting', due_at = now()")
    await read_all(outward.services.channels.intake)
    assert await inbox.said() == ["a person please"]
    assert await inbox.count("reply_addresses") == 1
    assert await inbox.count("channel_messages") == 1
