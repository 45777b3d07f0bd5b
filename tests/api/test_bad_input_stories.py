"""Bad input that takes several steps: each ends in a typed refusal, nothing of it is stored, nothing acknowledged is lost."""

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import jwt
import pytest
from PIL import Image

from api.ws import handler
from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway, Json
from tests.api.standing import PNG

PATH = "/v1/conversations"
RESOLVED_LONG_AGO = """
update conversations set snapshot = jsonb_set(snapshot, '{closing,at}', to_jsonb(now() - interval '8 days'))
where id = $1::uuid
"""


async def _texts(caller: Caller, conversation_id: str) -> list[str]:
    page = (await caller.call("GET", f"{PATH}/{conversation_id}/events")).json()
    return [event["data"]["text"] for event in page["items"] if event["data"].get("direction") == "incoming"]


async def _count(gateway: Gateway, table: str) -> int:
    found: int = await gateway.db.pool.fetchval(f"select count(*) from {table}")  # noqa: S608 - our tables
    return found


async def test_no_hello_in_time_ends_the_socket(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "HELLO_SECONDS", 0.1)
    async with gateway.socket(None) as wire:
        assert await wire.closed() == 4408


async def test_tokens_that_are_over_or_of_another_site(gateway: Gateway) -> None:
    contact = await builders.make_contact(gateway.db, gateway.site)
    over = Caller(gateway.http, await builders.make_visitor_token(gateway.db, contact, days=-1))
    other_site = await builders.make_site(gateway.db, origins=["https://other.example"])
    await gateway.services.directory.refresh()
    _, foreign = await builders.make_visitor(gateway.db, other_site)
    agent = await builders.make_agent(gateway.db, gateway.team_id)
    late = Caller(gateway.http, await builders.make_agent_token(gateway.db, agent.id, hours=-1))
    for caller in (over, late, Caller(gateway.http, "wrong")):
        for method, path in (("GET", f"{PATH}/{new_id()}"), ("POST", f"{PATH}/{new_id()}/messages")):
            answer = await caller.call(
                method, path, {"client_message_id": "m", "text": "x"} if method == "POST" else None
            )
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        async with gateway.socket(None) as wire:
            await wire.send({"type": "hello", "token": caller.token})
            assert await wire.closed() == 4401
    assert await _count(gateway, "conversations") == 0
    # A session is never refused for its token: an unknown one is a new contact, of the site that was named.
    for token in (over.token, foreign, "wrong"):
        answer = await gateway.anonymous().call(
            "POST", "/v1/widget/session", {"site_key": gateway.site.key, "visitor_token": token}
        )
        assert answer.status_code == 201
        assert answer.json()["visitor_token"] != token
        assert answer.json()["contact"]["id"] != contact.id


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_forged_identities_change_nothing(gateway: Gateway) -> None:
    """A sample over HTTP; every forgery stands in unit/test_identity."""
    site = gateway.site
    visitor = await gateway.visitor()
    await visitor.say("hello")
    honest = jwt.decode(builders.identity_token(site), options={"verify_signature": False})
    forged = [
        jwt.encode(honest, "", algorithm="none"),
        jwt.encode(honest, site.secret, algorithm="HS512"),
        jwt.encode(honest, "another secret of forty characters, more or less"),
        builders.identity_token(site, aud=None),
        builders.identity_token(site, iat=None),
        builders.identity_token(site, exp=None),
        builders.identity_token(site, sub=""),
        builders.identity_token(site, aud="another-site"),
        builders.identity_token(site, exp=honest["iat"] + 8 * 86_400),
        builders.identity_token(site, exp=honest["iat"] - 3600),
        "a.b.c",
        "",
    ]
    before = await gateway.db.pool.fetch("select * from contacts order by id")
    for token in forged:
        body = {"site_key": site.key, "visitor_token": visitor.token, "identity_token": token}
        answer = await gateway.anonymous().call("POST", "/v1/widget/session", body)
        assert (answer.status_code, answer.json()["code"]) == (401, "identity_invalid"), token
    assert await gateway.db.pool.fetch("select * from contacts order by id") == before
    assert len((await visitor.call("GET", PATH)).json()["items"]) == 1


async def test_an_id_means_one_message_over_rest_and_socket(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    conversation_id = (await visitor.say("first"))["conversation"]["id"]
    frame: Json = {"type": "message.send", "conversation_id": conversation_id, "client_message_id": "one"}
    path = f"{PATH}/{conversation_id}/messages"
    async with gateway.socket(visitor) as wire:
        await wire.send({**frame, "text": "number 4711"})
        ack = (await wire.until("ack"))[-1]
        again = await visitor.call("POST", path, {"client_message_id": "one", "text": "number 4711"})
        assert (again.status_code, again.json()["message"]["id"]) == (200, ack["message_id"])
        other = await visitor.call("POST", path, {"client_message_id": "one", "text": "another"})
        assert (other.status_code, other.json()["code"]) == (409, "id_reused")
        assert other.json()["message"]["text"] == "number 4711"
        await wire.send({**frame, "text": "a third"})
        assert (await wire.until("nack"))[-1]["code"] == "id_reused"
        await wire.send({**frame, "text": "number 4711"})
        assert (await wire.until("ack"))[-1] == {**ack, "dup": True}
    assert await _texts(visitor, conversation_id) == ["first", "number 4711"]


@pytest.mark.parametrize("way", ["rest", "socket"])
async def test_a_message_to_a_resolved_conversation_is_never_lost(gateway: Gateway, way: str) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent(status="online")
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]

    async def send(text: str) -> str:
        body = {"client_message_id": new_id(), "text": text}
        if way == "rest":
            answer = await visitor.call("POST", f"{PATH}/{conversation_id}/messages", body)
            assert answer.status_code == 201, answer.text
            found: str = answer.json()["conversation"]["id"]
            return found
        async with gateway.socket(visitor) as wire:
            await wire.send({"type": "message.send", "conversation_id": conversation_id, **body})
            landing: str = (await wire.until("ack"))[-1]["conversation_id"]
        return landing

    await agent.act(conversation_id, "claim")
    assert (await agent.act(conversation_id, "resolve")).status_code == 201
    assert await send("soon after") == conversation_id
    again = await visitor.call("GET", f"{PATH}/{conversation_id}")
    assert again.json()["status"] == "open"
    await agent.act(conversation_id, "claim")
    assert (await agent.act(conversation_id, "resolve")).status_code == 201
    await gateway.db.pool.execute(RESOLVED_LONG_AGO, conversation_id)
    landed = await send("long after")
    assert landed != conversation_id
    assert await _texts(visitor, conversation_id) == ["a person please", "soon after"]
    assert await _texts(visitor, landed) == ["long after"]


async def test_of_two_writers_at_one_revision_one_is_refused(gateway: Gateway) -> None:
    writers = [await gateway.agent(preset="writer") for _ in range(4)]
    made = await writers[0].call(
        "POST", "/v1/kb/articles", {"locale": "en", "title": "Lamps", "body": "Text."}
    )
    path = f"/v1/kb/articles/{made.json()['id']}"
    answers = await asyncio.gather(
        *(one.call("PUT", path, {"revision": 1, "body": f"By {n}."}) for n, one in enumerate(writers))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"stale_revision"}
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    kept = (await writers[0].call("GET", path)).json()
    assert (kept["body"], kept["revision"]) == (won["body"], 2)


def _image(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, kind)
    return stream.getvalue()


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    return stream.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILES: dict[str, tuple[bytes, str, int, str]] = {
    "svg": (SVG, "image/svg+xml", 422, "type_not_allowed"),
    "svg that says it is a png": (SVG, "image/png", 422, "type_not_allowed"),
    "svg with a declaration": (b'<?xml version="1.0"?>' + SVG, "image/svg+xml; x", 422, "type_not_allowed"),
    "page": (b"<!doctype html><script>alert(1)</script>", "text/plain", 422, "type_not_allowed"),
    "program": (b"MZ\x90\0\x03\0\0\0", "image/png", 422, "type_not_allowed"),
    "archive": (_archive(), "application/zip", 422, "type_not_allowed"),
    "png and archive": (PNG + _archive(), "image/png", 422, "type_not_allowed"),
    "gif and page": (b"GIF89a/*<script>*/=1;alert(1)", "image/gif", 422, "type_not_allowed"),
    "pdf and archive": (b"%PDF-1.7\n" + _archive(), "application/pdf", 422, "type_not_allowed"),
    "half a png": (_image("PNG")[:40] + b"IEND\xaeB`\x82", "image/png", 422, "image_invalid"),
    "nothing": (b"", "image/png", 422, "file_empty"),
    "10 MB + 1": (b"x" * (10 * 1024 * 1024 + 1), "text/plain", 413, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
async def test_files_that_are_not_taken(gateway: Gateway, tmp_path: Path, name: str) -> None:
    content, declared, status, code = FILES[name]
    for caller in (await gateway.visitor(), await gateway.agent()):
        answer = await caller.call("POST", "/v1/uploads", files={"file": ("cat.png", content, declared)})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await _count(gateway, "uploads") == 0
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []


async def test_what_is_taken_is_named_by_its_bytes(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        files = {"file": ("..\\x\u202egnp.exe", _image(kind), "application/x-msdownload")}
        answer = await visitor.call("POST", "/v1/uploads", files=files)
        assert (answer.status_code, answer.json()["content_type"]) == (201, f"image/{kind.lower()}")
    exactly = {"file": ("a.txt", b"x" * (10 * 1024 * 1024), "text/plain")}
    assert (await visitor.call("POST", "/v1/uploads", files=exactly)).status_code == 201


async def test_unknown_zones_and_locales_where_they_count(gateway: Gateway) -> None:
    admin, visitor = await gateway.agent(preset="admin"), await gateway.visitor()
    site: Json = {"name": "S", "origins": ["https://s.example"], "locales": ["en"]}
    hours: Json = {"name": "H", "zone": "Mars/Olympus", "weekly": {}}
    refused: list[Any] = [
        await admin.call("POST", "/v1/sites", {**site, "zone": "Mars/Olympus"}),
        await admin.call("POST", "/v1/sites", {**site, "locales": ["xx-nope"]}),
        await admin.call("POST", "/v1/sites", {**site, "locales": ["en\0"]}),
        await admin.call("POST", "/v1/business-hours", hours),
        await visitor.call("PUT", "/v1/me", {"timezone": "../../etc/passwd"}),
        await visitor.call("PUT", "/v1/me", {"locale": "!!"}),
        await visitor.call("POST", PATH, {"client_message_id": "m", "text": "x", "locale": "q" * 99}),
    ]
    assert [answer.status_code for answer in refused] == [422] * len(refused)
    assert {answer.json()["code"] for answer in refused} <= {
        "zone_unknown",
        "locale_invalid",
        "invalid",
    }
    assert (await _count(gateway, "sites"), await _count(gateway, "business_hours")) == (1, 0)
    assert await _count(gateway, "conversations") == 0
