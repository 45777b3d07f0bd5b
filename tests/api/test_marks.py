"""Typing and read marks: shown on every platform that has them, once for their time, and left out wherever they could cost something."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bots.connectors.registry import CONNECTORS
from tests.api.channels_world import SECRETS, message, open_inbox
from tests.api.gateway import Gateway
from tests.api.test_outbox import conversation, hear, hurry, reply, send
from tests.api.test_simulators import PLATFORMS, SAYS, Place
from tests.simulators.http_double import HttpDouble, http_double

SENDER = "4917012345"
MARKED = sorted(channel for channel in PLATFORMS if CONNECTORS[channel].marks is not None)


@asynccontextmanager
async def placed(gateway: Gateway, channel: str) -> AsyncIterator[Place]:
    """An inbox of the channel and the platform behind it."""
    async with http_double(PLATFORMS[channel]()) as double:
        SECRETS[channel] = {**SECRETS[channel], "api_base": double.url}
        admin = await gateway.agent(preset="admin")
        yield Place(gateway, await open_inbox(gateway, channel, admin), double, admin)


@pytest.fixture
async def messenger(outward: Gateway) -> AsyncIterator[Place]:
    async with placed(outward, "messenger") as place:
        yield place


async def test_bot_and_agents_are_seen_typing_and_agents_reading_on_every_platform_that_has_marks(
    outward: Gateway,
) -> None:
    outward.services.channels.marker.start(outward.services.feed.watch_whispers)
    for channel in MARKED:
        async with placed(outward, channel) as place:
            await bot_and_agents_are_seen(place)


async def bot_and_agents_are_seen(place: Place) -> None:
    """Typing and reading of both, shown by the place's platform once each."""
    gateway, platform, channel = place.gateway, place.platform, place.inbox.channel
    said = SAYS[channel](SENDER, "my parcel is late")
    if channel == "line":
        said["events"][0]["message"]["markAsReadToken"] = "read-token"
    await place.hear(said)
    await place.marked(1)
    names = {
        "whatsapp": said["entry"][0]["changes"][0]["value"]["messages"][0]["id"] if channel == "whatsapp" else "",
        "line": "read-token",
    }  # fmt: skip
    typed = ("typing", names["whatsapp"] or SENDER)
    assert platform.marks == [typed]
    key = await place.key(SENDER)
    marker = gateway.services.channels.marker
    lasts = "update reply_addresses set typed_at = now() + $1::int * interval '1 hour'"
    await gateway.db.pool.execute(lasts, 1)  # however slow this machine is
    assert not await marker.mark(key, "typing", "bot")
    await gateway.db.pool.execute(lasts, 0)
    assert (await place.agent.act(key, "claim")).status_code == 201
    await reply(place.agent, key, "I will look")
    assert not await marker.mark(key, "typing", "agent")
    await place.send_all()
    async with gateway.socket(place.agent, {"subscribe": [{"conversation_id": key}]}) as desk:
        await desk.until("live")
        await desk.send({"type": "typing", "conversation_id": key})
        await place.marked(2)
        assert platform.marks == [typed, typed]
        await desk.send({"type": "read", "conversation_id": key, "up_to_seq": 2})
        if channel in ("telegram", "wechat"):
            return
        await place.marked(3)
    assert platform.marks[2:] == [("read", names.get(channel) or SENDER)]
    assert not await marker.mark(key, "read", "agent")
    assert await gateway.db.pool.fetchval("select count(*) from deliveries where state <> 'sent'") == 0


async def test_a_mark_is_left_out_where_it_could_cost_something(messenger: Place) -> None:
    place = messenger
    gateway, platform = place.gateway, place.platform
    key, pool, marker = await place.conversation(SENDER), gateway.db.pool, gateway.services.channels.marker
    await pool.execute(
        "insert into inbox_health (inbox_id) values ($1::uuid) on conflict do nothing", place.inbox.id
    )
    for wrong, right in (
        (
            "update inbox_health set circuit_open_since = now()",
            "update inbox_health set circuit_open_since = null",
        ),
        (
            "update inbox_health set paused_until = now() + interval '1 hour'",
            "update inbox_health set paused_until = null",
        ),
        (
            "update reply_addresses set window_expires_at = now()",
            "update reply_addresses set window_expires_at = null",
        ),
        ("update reply_addresses set quota_left = 0", "update reply_addresses set quota_left = null"),
    ):
        await pool.execute(wrong)
        assert not await marker.mark(key, "typing", "agent")
        await pool.execute(right)
    admin = await gateway.agent(preset="admin")
    for wanted in (False, True):
        body = {"manners": {"marks": wanted}}
        assert (await admin.call("PUT", f"/v1/inboxes/{place.inbox.id}", body)).status_code == 200
        await gateway.services.directory.refresh()
        assert await marker.mark(key, "typing", "agent") == wanted
        await pool.execute("update reply_addresses set typed_at = null")
    capabilities = CONNECTORS["messenger"].capabilities
    while gateway.services.channels.outbox.room(place.inbox.id, capabilities):
        pass
    assert not await marker.mark(key, "typing", "agent")
    place.seconds += 60
    await pool.execute("update reply_addresses set typed_at = null")
    heard = await asyncio.gather(*(marker.mark(key, "typing", "agent") for _ in range(8)))
    assert sorted(heard) == [False] * 7 + [True]
    assert platform.marks == [("typing", SENDER)] * 2


async def test_a_refused_mark_is_not_repeated_and_holds_no_message_back(messenger: Place) -> None:
    place = messenger
    gateway, platform = place.gateway, place.platform
    key, marker = await place.conversation(SENDER), gateway.services.channels.marker
    platform.locked = True
    assert not await marker.mark(key, "typing", "agent")
    platform.locked = False
    await gateway.db.pool.execute("update reply_addresses set typed_at = null")
    assert not await marker.mark(key, "typing", "agent")
    assert sum(platform.calls.values()) == 1
    health = await gateway.db.pool.fetchval("select coalesce(max(failures), 0) from inbox_health")
    assert health == 0
    await reply(place.agent, key, "hello")
    await place.send_all()
    assert [text for _, text in platform.shown] == ["hello"]


async def test_an_app_of_one_s_own_gets_marks_as_events(outward: Gateway, double: HttpDouble) -> None:
    SECRETS["webhook"] = {"url": f"{double.url}/hook"}
    inbox = await open_inbox(outward, "webhook")
    key, agent = await conversation(outward, inbox)
    await hear(outward, inbox, message("still there?", "m-7"))
    await reply(agent, key, "yes")
    await hurry(outward)
    await send(outward)
    marker = outward.services.channels.marker
    assert await marker.mark(key, "typing", "agent")
    assert await marker.mark(key, "read", "agent")
    typing, read = (one.json for one in double.taken[-2:])
    assert (typing["type"], typing["data"]["author"]) == ("typing", "agent")
    assert (read["type"], read["data"]["message_id"]) == ("read", "m-7")
    assert {one["data"]["recipient"]["id"] for one in (typing, read)} == {"u1"}
    assert all(one.headers["webhook-signature"].startswith("v1,") for one in double.taken[-2:])
