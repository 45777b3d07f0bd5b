"""Every platform's double, driven by its real connector over a real socket: limits, rates, windows, who has gone, receipts."""

import asyncio
import json
import random
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from bots.connectors.registry import CONNECTORS
from funnel.channels.manners import SHIPPED
from funnel.core.ids import new_id
from funnel.turns.outbox.buckets import Buckets
from tests.api.channels_world import SECRETS, ChannelInbox, open_inbox, read_all
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_outbox import hurry, reply, send
from tests.simulators.http_double import HttpDouble, http_double
from tests.simulators.platforms import (
    Instagram,
    Line,
    Messenger,
    Platform,
    Slack,
    Telegram,
    Twilio,
    WeChat,
    WhatsApp,
)

PLATFORMS: dict[str, type[Platform]] = {
    "telegram": Telegram, "whatsapp": WhatsApp, "messenger": Messenger, "instagram": Instagram, "line": Line,
    "slack": Slack, "twilio": Twilio, "wechat": WeChat,
}  # fmt: skip
WINDOWED = {"whatsapp", "messenger", "instagram", "twilio", "wechat"}
Said = Callable[[str, str], Any]


def now_ms() -> int:
    return int(time.time() * 1000)


def of_telegram(sender: str, text: str) -> Json:
    chat = {"id": int(sender), "type": "private"}
    said = {
        "message_id": 1, "date": now_ms() // 1000, "chat": chat, "from": {**chat, "first_name": "A"}, "text": text,
    }  # fmt: skip
    return {"update_id": random.getrandbits(30), "message": said}


def of_whatsapp(sender: str, text: str) -> Json:
    said = {
        "id": new_id(),
        "from": sender,
        "timestamp": str(now_ms() // 1000),
        "type": "text",
        "text": {"body": text},
    }
    return changed(
        {"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": sender}], "messages": [said]}
    )


def changed(value: Json) -> Json:
    return {"entry": [{"changes": [{"field": "messages", "value": value}]}]}


def of_page(sender: str, text: str) -> Json:
    return paged(
        {"sender": {"id": sender}, "recipient": {"id": "1"}, "message": {"mid": new_id(), "text": text}}
    )


def paged(one: Json) -> Json:
    return {"object": "page", "entry": [{"id": "1", "messaging": [{"timestamp": now_ms(), **one}]}]}


def of_line(sender: str, text: str) -> Json:
    event = {
        "type": "message", "webhookEventId": new_id(), "timestamp": now_ms(), "mode": "active",
        "source": {"type": "user", "userId": sender}, "message": {"id": new_id(), "type": "text", "text": text},
    }  # fmt: skip
    return {"destination": "U0", "events": [event]}


def of_slack(sender: str, text: str) -> Json:
    event = {
        "type": "message", "channel": sender, "channel_type": "im", "user": f"U{sender}",
        "ts": f"{time.time():.6f}", "text": text,
    }  # fmt: skip
    return {"type": "event_callback", "event_id": new_id(), "event": event}


def of_twilio(sender: str, text: str) -> bytes:
    return urlencode(
        {"MessageSid": new_id(), "From": sender, "To": "+1", "Body": text, "NumMedia": "0"}
    ).encode()


def of_wechat(sender: str, text: str) -> bytes:
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{sender}</FromUserName><CreateTime>{now_ms() // 1000}</CreateTime>"
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{random.getrandbits(60)}</MsgId></xml>"
    ).encode()


SAYS: dict[str, Said] = {
    "telegram": of_telegram, "whatsapp": of_whatsapp, "messenger": of_page, "instagram": of_page, "line": of_line,
    "slack": of_slack, "twilio": of_twilio, "wechat": of_wechat,
}  # fmt: skip


class Place:
    """A channel's inbox, the platform behind it, and what agents and contacts do there. Its rates run by a clock of its own."""

    def __init__(self, gateway: Gateway, inbox: ChannelInbox, double: HttpDouble, agent: Caller) -> None:
        self.gateway = gateway
        self.double = double
        self.inbox = inbox
        platform = double.rule
        assert isinstance(platform, Platform)
        self.platform = platform
        self.agent = agent
        self.seconds = 0.0
        gateway.services.channels.outbox._buckets = Buckets(lambda: self.seconds)

    async def hear(self, body: Any) -> None:
        """A genuine request arrives and is read."""
        parts = self.gateway.services.channels
        account = await self.gateway.services.people.accounts.find(self.inbox.id)
        assert account is not None
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        assert await parts.receiver.take(account, raw)
        await read_all(parts.intake)

    async def key(self, sender: str) -> str:
        """The id of a contact's conversation."""
        found: str = await self.gateway.db.pool.fetchval(
            "select conversation_id::text from reply_addresses where inbox_id = $1::uuid and address = $2",
            *(self.inbox.id, sender),
        )
        return found

    async def marked(self, count: int) -> None:
        """Once there were so many typing and read marks."""
        while len(self.platform.marks) < count:
            self.double.came.clear()
            await asyncio.wait_for(self.double.came.wait(), 60)

    async def conversation(self, sender: str) -> str:
        """A contact's conversation that the agent has taken, with nothing left to send."""
        await self.hear(SAYS[self.inbox.channel](sender, "a person please"))
        found = await self.key(sender)
        await self.gateway.db.pool.execute("delete from deliveries where conversation_id = $1::uuid", found)
        assert (await self.agent.act(found, "claim")).status_code == 201
        return found

    async def send_all(self) -> None:
        """Sends until nothing is queued, whatever it has to wait for."""
        while await self.gateway.db.pool.fetchval("select count(*) from deliveries where state = 'queued'"):
            await hurry(self.gateway)
            self.seconds += 60
            await send(self.gateway)

    async def fates(self, conversation_id: str) -> list[tuple[str, str | None]]:
        """How the conversation's deliveries ended, in order."""
        rows = await self.gateway.db.pool.fetch(
            "select state, error from deliveries where conversation_id = $1::uuid order by position",
            conversation_id,
        )
        return [(row["state"], row["error"]) for row in rows]


@pytest.fixture
async def place(outward: Gateway, request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    platform = PLATFORMS[request.param]()
    async with http_double(platform) as double:
        SECRETS[request.param] = {**SECRETS[request.param], "api_base": double.url}
        inbox = await open_inbox(outward, request.param)
        yield Place(outward, inbox, double, await outward.agent())


every = pytest.mark.parametrize("place", sorted(PLATFORMS), indirect=True)


@every
async def test_a_platform_s_limits_rates_windows_and_losses(place: Place) -> None:
    channel, shown = place.inbox.channel, place.platform.shown
    key = await place.conversation("4917012345")
    limit = CONNECTORS[channel].capabilities.text_max
    long = "Wir haben 你好 nachgesehen. " * (min(int(limit * 1.3), 9000) // 30)
    await reply(place.agent, key, long)
    await place.send_all()
    assert re.sub(r"\s", "", "".join(text for _, text in shown)) == re.sub(r"\s", "", long)
    before = len(shown)
    place.platform.calls_left = 0
    await reply(place.agent, key, "over the rate")
    await reply(place.agent, key, "behind it")
    await send(place.gateway)
    assert len(shown) == before
    await place.send_all()
    assert [text for _, text in shown[before:]] == ["over the rate", "behind it"]
    assert {state for state, _ in await place.fates(key)} == {"sent"}
    place.platform.closed.add("4917012345")
    await reply(place.agent, key, "too late")
    await place.send_all()
    assert (await place.fates(key))[-1] == (
        "failed", "window_closed" if channel in WINDOWED else "recipient_gone",
    )  # fmt: skip
    second = await place.conversation("4917099999")
    place.platform.gone.add("4917099999")
    await reply(place.agent, second, "anybody there?")
    await reply(place.agent, second, "hello?")
    await place.send_all()
    assert await place.fates(second) == [("failed", "recipient_gone")] * 2
    assert shown[-1][1] == "behind it"
    told = (await place.inbox.events("delivery.updated"))[-1]
    assert told["state"] == "failed"
    assert told["error"].startswith("recipient_gone")


@pytest.mark.parametrize("place", sorted(PLATFORMS.keys() - {"wechat"}), indirect=True)
async def test_an_open_circuit_is_probed_by_a_call_that_shows_nothing(place: Place) -> None:
    gateway, platform = place.gateway, place.platform
    outbox = gateway.services.channels.outbox
    key = await place.conversation("4917012345")
    await reply(place.agent, key, "patience")
    platform.locked = True
    for _ in range(4):
        await hurry(gateway)
        place.seconds += 60
        await send(gateway)
    tried = sum(platform.calls.values())
    assert tried == 3
    for locked in (True, False):
        platform.locked = locked
        await outbox.tend()
        await hurry(gateway)
        assert await send(gateway) == 0
        await gateway.db.pool.execute("update inbox_health set probe_at = now()")
        await outbox.tend()
        assert platform.harmless == (1 if locked else 2)
    assert platform.shown == []
    await place.send_all()
    assert [text for _, text in platform.shown] == ["patience"]
    assert sum(platform.calls.values()) == tried + 3


@pytest.mark.parametrize("place", ["wechat"], indirect=True)
async def test_a_lent_token_that_ended_is_asked_for_once_by_all(place: Place) -> None:
    platform = place.platform
    assert isinstance(platform, WeChat)
    keys = [await place.conversation(f"open-{n}") for n in range(4)]
    for text in ("hello", "again"):
        if text == "again":
            platform.valid = "another: the one that was lent has ended"
        await asyncio.gather(*(reply(place.agent, key, text) for key in keys))
        await place.send_all()
    assert platform.tokens == 2
    assert sorted(platform.shown) == sorted(
        (f"open-{n}", text) for n in range(4) for text in ("hello", "again")
    )


@pytest.mark.parametrize("place", ["twilio", "whatsapp"], indirect=True)
async def test_what_a_turn_says_leaves_in_as_many_messages_as_the_channel_takes(place: Place) -> None:
    for sender, most in (("49170123451", SHIPPED[place.inbox.channel].bot_messages), ("49170123452", 1)):
        place.platform.shown.clear()
        own = {"manners": {"bot_messages": most, "asks_address": True}}
        admin = await place.gateway.agent(preset="admin")
        assert (await admin.call("PUT", f"/v1/inboxes/{place.inbox.id}", own)).status_code == 200
        await place.hear(SAYS[place.inbox.channel](sender, "a person please"))
        await place.send_all()
        said = await place.gateway.db.pool.fetch(
            "select e.data ->> 'text' as text from events e join reply_addresses a on a.conversation_id = e.conversation_id"
            " where a.address = $1 and e.type = 'message.created' and e.data ->> 'direction' = 'outgoing' order by e.seq",
            sender,
        )
        assert len(place.platform.shown) <= most
        shown = " ".join(re.sub(r"\s", "", text) for _, text in place.platform.shown)
        assert [one["text"] for one in said if re.sub(r"\s", "", one["text"]) not in shown] == []


def _whatsapp_states(name: str) -> list[Json]:
    states = ("sent", "delivered", "read")
    return [
        changed({"statuses": [{"id": name, "status": one, "timestamp": "1700000000", "recipient_id": "4917012345"}]})
        for one in states
    ]  # fmt: skip


def _messenger_states(name: str) -> list[Json]:
    by = {"sender": {"id": "4917012345"}, "recipient": {"id": "1"}}
    return [
        paged({**by, "delivery": {"mids": [name], "watermark": 1}}),
        paged({**by, "read": {"watermark": now_ms() + 1000}}),
    ]


def _instagram_states(name: str) -> list[Json]:
    return [paged({"sender": {"id": "4917012345"}, "recipient": {"id": "1"}, "read": {"mid": name}})]


def _twilio_states(name: str) -> list[bytes]:
    return [
        urlencode({"MessageSid": name, "MessageStatus": one, "To": "4917012345", "From": "+1"}).encode()
        for one in ("queued", "sent", "delivered")
    ]


RECEIPTS: dict[str, tuple[Callable[[str], list[Any]], str]] = {
    "whatsapp": (_whatsapp_states, "read"), "messenger": (_messenger_states, "read"),
    "instagram": (_instagram_states, "read"), "twilio": (_twilio_states, "delivered"),
}  # fmt: skip


@pytest.mark.parametrize("place", sorted(RECEIPTS), indirect=True)
async def test_receipts_that_come_twice_and_out_of_order_only_move_forward(place: Place) -> None:
    make, last = RECEIPTS[place.inbox.channel]
    key = await place.conversation("4917012345")
    await reply(place.agent, key, "hello")
    await place.send_all()
    receipts = make("out-1") * 2
    random.Random(3).shuffle(receipts)
    for receipt in receipts:
        await place.hear(receipt)
        await place.gateway.services.channels.outbox.tell_all()
    told = [one["state"] for one in await place.inbox.events("delivery.updated")]
    ranks = [("sent", "delivered", "read").index(state) for state in told]
    assert told[-1] == last
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("place", ["line"], indirect=True)
async def test_a_push_whose_answer_was_lost_shows_nothing_twice(place: Place) -> None:
    key = await place.conversation("4917012345")
    await reply(place.agent, key, "once")
    platform = place.platform
    take = platform.take

    def lose(taken: Any) -> Any:
        answer = take(taken)
        answer.breaks = platform.calls["/v2/bot/message/push"] == 1
        return answer

    platform.take = lose  # type: ignore[method-assign]
    await place.send_all()
    assert [text for _, text in platform.shown] == ["once"]
    assert await place.fates(key) == [("sent", None)]
    assert platform.calls["/v2/bot/message/push"] == 2


def test_the_scale_says_which_channels_have_a_double_and_receipts() -> None:
    def done(rule: str) -> set[str]:
        return {channel for channel, one in CONNECTORS.items() if rule in one.quality.done}

    assert done("simulator") == PLATFORMS.keys() | {"webhook", "email"}
    assert done("receipts") == RECEIPTS.keys()
