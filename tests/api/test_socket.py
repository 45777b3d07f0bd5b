"""The socket: hello, refusals, close codes, streams without hole or repeat, other people's conversations, typing and reading."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from funnel.core.database import open_database
from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import ORIGIN, Gateway, Json, Wire, open_gateway
from tests.configuration import make_settings


def _send(conversation_id: str, text: str = "hi", client_message_id: str | None = None) -> Json:
    return {
        "type": "message.send",
        "conversation_id": conversation_id,
        "client_message_id": client_message_id or new_id(),
        "text": text,
    }


async def test_what_ends_a_socket_at_once(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    for frame in ("no json", "[]", "7", '{"type": "dance"}', '{"type": 7}', "{}", "x" * 65_537, b"\x00\x01"):
        async with gateway.socket(visitor) as wire:
            await wire.connection.send(frame)
            assert await wire.closed() == 4400, frame[:20]
        async with gateway.socket(None) as wire:
            await wire.connection.send(frame)
            assert await wire.closed() == 4400, frame[:20]
    exactly = json.dumps({"type": "ping", "x": ""})
    exactly = exactly[:-2] + "y" * (65_536 - len(exactly)) + exactly[-2:]
    async with gateway.socket(visitor) as wire:
        await wire.connection.send(exactly)
        assert (await wire.receive())["code"] == "bad_frame"


async def test_credentials_and_origins(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    other_site = await builders.make_site(gateway.db, origins=["https://other.example"])
    await gateway.services.directory.refresh()
    _, foreign = await builders.make_visitor(gateway.db, other_site)

    async def code(token: Any, origin: str | None, **more: Any) -> int:
        headers = {"origin": origin} if origin else {}
        async with gateway.socket(None, additional_headers={**headers, **more}) as wire:
            try:
                await wire.send({"type": "hello", **({"token": token} if token is not None else {})})
                return 0 if (await wire.receive())["type"] == "ready" else 1
            except Exception:  # noqa: BLE001 - closed, whichever way
                return await wire.closed()

    own = gateway.base_url
    assert await code("nonsense", None) == 4401
    assert await code(None, None) == 4401
    assert await code(visitor.token, None) == 0
    assert await code(visitor.token, ORIGIN) == 0
    assert await code(visitor.token, "https://other.example") == 4403
    assert await code(foreign, ORIGIN) == 4403
    for wrong in (
        "null",
        "https://shop.example.evil",
        "http://shop.example",
        "https://shop.example:8443",
        "https://evilshop.example",
    ):
        assert await code(visitor.token, wrong) == 4403, wrong
    assert await code(agent.token, own) == 0
    assert await code(agent.token, ORIGIN) == 4403
    assert await code(None, own, cookie=f"funnel_session={agent.token}") == 0
    assert await code(None, None, cookie=f"funnel_session={agent.token}") == 4403
    assert await code(None, ORIGIN, cookie=f"funnel_session={agent.token}") == 4403


async def test_hello_comes_first(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    async with gateway.socket(None) as wire:
        await wire.send({"type": "ping"})
        assert await wire.closed() == 4408
    async with gateway.socket(None) as wire:
        await wire.send({"type": "hello", "token": 7})
        assert (await wire.receive())["code"] == "bad_frame"
        await wire.send({"type": "hello", "token": visitor.token})
        assert (await wire.receive())["type"] == "ready"
        await wire.send({"type": "hello", "token": visitor.token})
        assert (await wire.receive())["code"] == "bad_frame"
        await wire.send({"type": "ping"})
        assert (await wire.receive()) == {"type": "pong"}


async def test_refusals_name_what_they_refuse_and_twenty_are_enough(gateway: Gateway) -> None:
    visitor, stranger = await gateway.visitor(), await gateway.visitor()
    conversation_id = (await stranger.say("mine"))["conversation"]["id"]
    async with gateway.socket(visitor, {"subscribe": [{"conversation_id": conversation_id}]}) as wire:
        refused = await wire.receive()
        assert (refused["code"], refused["conversation_id"]) == ("not_found", conversation_id)
        await wire.send(_send(conversation_id, client_message_id="m"))
        refused = await wire.receive()
        assert (refused["code"], refused["client_message_id"]) == ("not_found", "m")
        await wire.send(_send(conversation_id, "\ud800", client_message_id="n"))
        refused = await wire.receive()
        assert (refused["code"], refused["client_message_id"]) == ("text_invalid", "n")
        for kind in ("typing", "subscribe"):
            await wire.send({"type": kind, "conversation_id": conversation_id})
            assert (await wire.receive())["code"] == "not_found"
        await wire.send({"type": "read", "conversation_id": conversation_id, "up_to_seq": 1})
        assert (await wire.receive())["code"] == "not_found"
        for _ in range(14):
            await wire.send({"type": "typing"})
            assert (await wire.receive())["code"] == "bad_frame"
        assert await wire.closed() == 4429


async def _whole(frames: list[Json], last: int = 0) -> int:
    for frame in frames:
        if frame["type"] == "event":
            assert frame["event"]["prev"] == last
            last = frame["event"]["seq"]
    return last


async def test_streams_are_whole_over_any_cut(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent(status="online")
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    await agent.act(conversation_id, "claim")
    seen: dict[str, tuple[int, str]] = {}

    async def write() -> None:
        for number in range(30):
            if number % 3 == 0:
                await agent.act(conversation_id, "notes", {"client_message_id": f"n{number}", "text": "note"})
            await agent.say(f"line {number}", conversation_id)

    async def watch(name: str, caller: Any, cuts: int) -> None:
        last, cursor = 0, None
        for cut in range(cuts):
            hello = {
                "subscribe": [
                    {"conversation_id": conversation_id, "after": cursor}
                    if cursor
                    else {"conversation_id": conversation_id}
                ]
            }
            async with gateway.socket(caller, hello) as wire:
                taken = 0
                while taken < 4 or cut == cuts - 1:
                    frame = await wire.receive()
                    if frame["type"] == "event":
                        last = await _whole([frame], last)
                        cursor = frame["cursor"]
                        taken += 1
                        if frame["event"]["data"].get("text") == "line 29":
                            seen[name] = (last, cursor)
                            return
                    assert frame["type"] != "reset"

    await asyncio.gather(
        write(), watch("visitor", visitor, 6), watch("agent", agent, 6), watch("second", visitor, 1)
    )
    assert seen["visitor"][0] == seen["second"][0] == seen["agent"][0]


async def test_cursors_of_others_reset(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    page = (await agent.call("GET", f"/v1/conversations/{conversation_id}/events")).json()
    for cursor in (page["cursor"], "zzz", page["cursor"][:-1] + "_", "x" * 200):
        async with gateway.socket(
            visitor, {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
        ) as wire:
            frames = await wire.until("live")
            assert frames[0]["type"] == "reset"
            assert await _whole(frames) > 0
        answer = await visitor.call(
            "GET", f"/v1/conversations/{conversation_id}/events", params={"after": cursor}
        )
        assert answer.json()["reset"] is True
        assert answer.json()["items"][0]["seq"] == 1


async def test_notes_typing_reading_and_the_inbox(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(name="Kim"), await gateway.agent(status="online", name="Ada")
    async with gateway.socket(agent, {"inbox": True}) as desk:
        conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
        told = (await desk.until("inbox"))[-1]["conversation"]
        assert told["id"] == conversation_id
        assert told["queue"]["id"] == gateway.queue_id
        async with gateway.socket(visitor, {"subscribe": [{"conversation_id": conversation_id}]}) as wire:
            await wire.until("live")
            await desk.send({"type": "subscribe", "conversation_id": conversation_id})
            await desk.until("live")
            await desk.send({"type": "typing", "conversation_id": conversation_id})
            assert (await wire.receive()) == {
                "type": "typing",
                "conversation_id": conversation_id,
                "actor": {"kind": "agent", "name": "Ada"},
            }
            await wire.send({"type": "read", "conversation_id": conversation_id, "up_to_seq": 1})
            read = (await desk.until("read"))[-1]
            assert (read["actor"]["kind"], read["up_to_seq"]) == ("contact", 1)
            await agent.act(conversation_id, "notes", {"client_message_id": "n", "text": "canary-note"})
            note = (await desk.until("event"))[-1]
            assert note["event"]["data"]["visibility"] == "private"
            await wire.send(_send(conversation_id, client_message_id="m"))
            frames = await wire.until("ack", client_message_id="m")
            assert "canary-note" not in str(frames)
            await wire.send(_send(conversation_id, client_message_id="m"))
            assert (await wire.until("ack", client_message_id="m"))[-1]["dup"] is True
            await wire.send(_send(conversation_id, "else", client_message_id="m"))
            assert (await wire.until("nack"))[-1]["code"] == "id_reused"


async def test_rights_end_with_the_session_and_the_team(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    async with gateway.socket(agent, {"subscribe": [{"conversation_id": conversation_id}]}) as wire:
        await wire.until("live")
        assert (await agent.call("POST", "/v1/auth/logout")).status_code == 204
        async with asyncio.timeout(60):
            assert await wire.closed() == 4401
    other_queue = await builders.make_queue(gateway.db)
    first, lead = await gateway.agent(), await gateway.agent(preset="admin")
    async with gateway.socket(
        first, {"subscribe": [{"conversation_id": conversation_id}], "inbox": True}
    ) as wire:
        await wire.until("live")
        moved = await lead.act(conversation_id, "assign", {"queue_id": other_queue})
        assert moved.status_code == 201, moved.text
        frames: list[Json] = []
        async with asyncio.timeout(60):
            while {"nack", "inbox_gone"} - {frame["type"] for frame in frames}:
                frames.append(await wire.receive())
        await visitor.say("canary", conversation_id)
        await wire.send({"type": "ping"})
        frames += await wire.until("pong")
        assert "canary" not in str(frames)


async def test_one_that_does_not_read_is_closed_and_can_resume(database_url: str) -> None:
    settings = make_settings(database_url, live={"buffer_events": 20})
    async with open_database(settings) as db, open_gateway(settings, db) as gateway:
        visitor, agent = await gateway.visitor(), await gateway.agent(status="online")
        conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
        await agent.act(conversation_id, "claim")
        hello = {"subscribe": [{"conversation_id": conversation_id}]}
        narrow = _narrow_socket(gateway.base_url)
        async with gateway.socket(visitor, hello, sock=narrow, max_queue=1, ping_interval=None) as wire:
            await wire.until("live")
            transport: Any = wire.connection.transport
            transport.pause_reading()
            for _ in range(400):
                await agent.say("x" * 10_000, conversation_id)
                if not len(gateway.services.hub):
                    break
            assert not len(gateway.services.hub)
            transport.resume_reading()
            frames = [json.loads(text) async for text in _to_the_end(wire)]
            assert wire.connection.close_code == 1013
        last = await _whole(frames, _last_before(frames))
        cursor = [frame["cursor"] for frame in frames if frame["type"] == "event"][-1]
        hello = {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
        async with gateway.socket(visitor, hello) as wire:
            assert await _whole(await wire.until("live"), last) > last


def _narrow_socket(base_url: str) -> socket.socket:
    """A connection whose kernel buffer is small, so that it takes little to stand still."""
    address = httpx.URL(base_url)
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.connect((address.host, address.port))
    found.setblocking(False)
    return found


async def _to_the_end(wire: Wire) -> AsyncIterator[str]:
    while True:
        try:
            yield str(await wire.connection.recv())
        except ConnectionClosed:
            return


def _last_before(frames: list[Json]) -> int:
    return next(frame["event"]["prev"] for frame in frames if frame["type"] == "event")


async def test_stopping_says_so(database_url: str) -> None:
    settings = make_settings(database_url)
    async with open_database(settings) as db, AsyncExitStack() as stack:
        async with open_gateway(settings, db) as gateway:
            visitor = await gateway.visitor()
            conversation_id = (await visitor.say("hi"))["conversation"]["id"]
            path = f"/v1/conversations/{conversation_id}/events"
            page = (await visitor.call("GET", path)).json()
            wire = await stack.enter_async_context(gateway.socket(visitor))
            visitor.http = await stack.enter_async_context(
                httpx.AsyncClient(base_url=gateway.base_url, timeout=30)
            )
            polling = asyncio.create_task(
                visitor.call("GET", path, params={"after": page["cursor"], "wait": 20})
            )
            async with asyncio.timeout(60):
                while conversation_id not in gateway.services.feed._hubs:  # noqa: ASYNC110 - it asks by itself
                    await asyncio.sleep(0.01)
        assert await wire.closed() == 1012
        assert (await polling).json() == {
            "items": [],
            "cursor": page["cursor"],
            "more": False,
            "reset": False,
        }


async def test_another_epoch_resets_everybody(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    conversation_id = (await visitor.say("hi"))["conversation"]["id"]
    path = f"/v1/conversations/{conversation_id}/events"
    cursor = (await visitor.call("GET", path)).json()["cursor"]
    async with gateway.socket(visitor) as wire:
        await gateway.db.pool.execute("update deployment set epoch = epoch + 1")
        async with asyncio.timeout(60):
            assert await wire.closed() == 1012
    page = (await visitor.call("GET", path, params={"after": cursor})).json()
    assert page["reset"] is True
    hello = {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
    async with gateway.socket(visitor, hello) as wire:
        assert (await wire.receive())["type"] == "reset"


async def test_whoever_holds_a_socket_or_a_long_poll_is_there(gateway: Gateway) -> None:
    on_socket, on_poll, away = await gateway.visitor(), await gateway.visitor(), await gateway.visitor()
    told = [await one.say("hello") for one in (on_socket, on_poll, away)]
    path = f"/v1/conversations/{told[1]['conversation']['id']}/events?wait=1"
    assert (await on_poll.call("GET", path)).status_code == 200
    async with gateway.socket(on_socket), asyncio.timeout(60):
        here: list[Any] = []
        while len(here) < 2:
            here = await gateway.db.pool.fetch("select contact_id::text from contact_presence")
    assert {row["contact_id"] for row in here} == {on_socket.id, on_poll.id}
