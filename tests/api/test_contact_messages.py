"""What integrators say as a contact and as the system: one turn under one id, in the conversation that goes on, shown as contacts see it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from funnel.turns.fsck import check
from tests import builders
from tests.api.gateway import Caller, Gateway, Json
from tests.api.standing import standing_gateway
from tests.api.test_contacts import CONTACTS, audit_of, put


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for this module."""
    async with standing_gateway(server, tmp_path_factory.mktemp("messages")) as found:
        yield found


@pytest.fixture(scope="module")
async def key(gateway: Gateway) -> Caller:
    """A program that keeps contacts."""
    return Caller(gateway.http, await builders.make_key(gateway.db, "contacts"))


async def say(key: Caller, contact_id: str, where: str, status: int = 201, **body: Any) -> Json:
    """A word that is answered with this status."""
    body.setdefault("client_message_id", new_id())
    answer = await key.call("POST", f"{CONTACTS}/{contact_id}/{where}", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def test_as_the_contact_it_is_an_ordinary_turn(gateway: Gateway, key: Caller) -> None:
    contact = (await put(key, external_id=new_id(), name="Ada"))["id"]
    word = new_id()
    first = await say(key, contact, "conversations", client_message_id=word, text="Where is my parcel 4711?")
    assert first["message"]["author"] == {"kind": "contact", "id": contact, "name": "Ada"}
    assert {"conversation.started", "message.created"} <= {one["type"] for one in first["events"]}
    assert "decision.made" not in {one["type"] for one in first["events"]}
    again = await say(
        key, contact, "conversations", 200, client_message_id=word, text="Where is my parcel 4711?"
    )
    assert (again["message"], again["events"]) == (first["message"], first["events"])
    reused = await say(key, contact, "conversations", 409, client_message_id=word, text="Something else")
    assert (reused["code"], reused["message"]) == ("id_reused", first["message"])
    assert reused["conversation"]["id"] == first["conversation"]["id"]
    asked = await say(key, contact, "conversations", human=True)
    assert asked["conversation"]["id"] == first["conversation"]["id"]
    assert asked["conversation"]["owner"]["kind"] == "queue"
    more = await say(key, contact, "messages", text="It is the blue one.")
    assert more["conversation"]["id"] == first["conversation"]["id"]
    assert await audit_of(gateway, contact) == ["contact.created", *["contact.written_to"] * 3]


async def test_the_system_tells_without_taking_over(gateway: Gateway, key: Caller) -> None:
    contact = (await put(key, external_id=new_id()))["id"]
    words = {"client_message_id": "order-1-sent", "text": "Your order 1 has left.", "as": "system"}
    told = await say(key, contact, "messages", **words)
    assert told["message"]["author"] == {"kind": "system"}
    assert told["message"]["direction"] == "outgoing"
    assert told["conversation"]["owner"]["kind"] == "bot"
    assert (await say(key, contact, "messages", 200, **words))["message"] == told["message"]
    other = (await put(key, external_id=new_id()))["id"]
    assert (await say(key, other, "conversations", **words))["message"]["id"] != told["message"]["id"]
    conversation = told["conversation"]["id"]
    agent = await gateway.agent(preset="admin")
    assert (await agent.act(conversation, "claim")).status_code == 201
    assert (await agent.act(conversation, "resolve")).status_code in (200, 201)
    closed = await say(key, contact, "conversations", text="Your order 1 is there.", **{"as": "system"})
    assert (closed["conversation"]["id"], closed["conversation"]["status"]) == (conversation, "resolved")
    assert not await check(gateway.db)


async def test_a_merged_contact_speaks_as_whom_it_is_now(key: Caller) -> None:
    first, second = [(await put(key, external_id=new_id()))["id"] for _ in range(2)]
    before = await say(key, first, "messages", text="Where is my parcel 4711?")
    assert (await key.call("POST", f"{CONTACTS}/{first}/merge", {"into_id": second})).status_code == 200
    after = await say(key, first, "messages", text="And parcel 4712?")
    assert after["conversation"]["id"] == before["conversation"]["id"]
    assert after["message"]["author"]["id"] == second


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "hello"},
        {"client_message_id": "x"},
        {"client_message_id": "x", "text": " "},
        {"client_message_id": "x", "text": "a\0b"},
        {"client_message_id": "x", "text": "hello", "as": "bot"},
        {"client_message_id": "x" * 65, "text": "hello"},
        {"client_message_id": "x", "text": "hello", "visibility": "private"},
    ],
)
async def test_bad_words_are_refused(key: Caller, body: Json) -> None:
    contact = (await put(key, external_id=new_id()))["id"]
    for where in ("conversations", "messages"):
        answer = await key.call("POST", f"{CONTACTS}/{contact}/{where}", body)
        assert answer.status_code == 422, answer.text
    good = {"client_message_id": "x", "text": "hello"}
    assert (await key.call("POST", f"{CONTACTS}/{new_id()}/messages", good)).status_code == 404
