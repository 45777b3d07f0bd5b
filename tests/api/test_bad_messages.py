"""What strangers send through real inboxes: never a 5xx, never two messages, never a lost one, nothing harmful kept."""

import io
import json
import zipfile
from email.message import EmailMessage
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.connectors.registry import CONNECTORS
from tests.api.channels_world import open_inbox, read_all
from tests.api.gateway import Gateway
from tests.api.test_media import PICTURE, SVG, WAYS, arrive, fetch
from tests.contract import vectors


def mail(name: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "ada@home.example", "help@shop.example", f"<{name}@home>"
    made.set_content(f"about {name}")
    return made


def bomb() -> bytes:
    """A small archive of a hundred megabytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 100_000_000)
    return target.getvalue()


async def test_mails_with_much_or_hostile_in_them_are_one_message_each(outward: Gateway) -> None:
    inbox = await open_inbox(outward, "email")
    many = mail("parts")
    for number in range(30):
        many.add_attachment(PICTURE, "image", "jpeg", filename=f"{number}.jpg")
    large = mail("large")
    large.add_attachment(b"%PDF-1.4\n" + b"x" * 18_000_000, "application", "pdf", filename="large.pdf")
    hostile = mail("hostile")
    names = ("../../etc/passwd.jpg", "a\u202egpj.exe", "b\u200b.htaccess")
    for name in names:
        hostile.add_attachment(PICTURE, "image", "jpeg", filename=name)
    hostile.add_attachment(SVG, "image", "png", filename="logo.png")
    hostile.add_attachment(bomb(), "application", "zip", filename="a.zip")
    strange = b"\r\n".join([
        b"From: eve@home.example", b"To: help@shop.example", b"Message-ID: <strange@home>",
        b'Content-Type: text/plain; charset="X-UNKNOWN"', b"", b"about strange \xe9\x00",
    ])  # fmt: skip
    crlf = strange.replace(b"strange", b"crlf").replace(
        b'text/plain; charset="X-UNKNOWN"', b'text/plain; name="a\r\n\tSet-Cookie: x.txt"'
    )
    letter = large.as_bytes()
    assert len(letter) > 24_000_000
    for raw in (many.as_bytes(), letter, hostile.as_bytes(), strange, crlf):
        assert (await inbox.deliver(raw)).status_code == 200
    await read_all(outward.services.channels.intake)
    await fetch(outward)
    said = [one for one in await inbox.events() if one["direction"] == "incoming"]
    assert len(said) == 5
    assert sum("about" in one["text"] for one in said) >= 4
    told = {one["attachment"]["name"]: one for one in await inbox.events("attachment.updated")}
    assert sum(one["state"] == "stored" for one in told.values()) >= 33
    assert told["large.pdf"]["attachment"]["size"] > 18_000_000
    assert (told["logo.png"]["state"], told["a.zip"]["state"]) == ("refused", "refused")
    assert not [name for name in told if set(name) & set("/\\\r\n\u202e\u200b")]
    too_large = await inbox.deliver(b"x" * 30_000_001)
    assert too_large.status_code == 413


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType><Content>&f;&b;</Content><MsgId>1</MsgId></xml>"
)


async def test_entities_huge_ids_and_keys_that_come_twice(outward: Gateway) -> None:
    wechat = await open_inbox(outward, "wechat")
    await arrive(outward, wechat, ENTITIES)
    assert await wechat.count("conversations") == 0
    assert (await outward.db.pool.fetchval("select kind from inbound_events where inbox_id = $1::uuid", wechat.id)) == "malformed"  # fmt: skip
    telegram = await open_inbox(outward, "telegram")
    chat = '"chat":{"id":9007199254740993,"type":"private"},"from":{"id":9007199254740993},"date":1700000000'
    for update, text in ((9007199254740993, "one"), (9007199254740992, "two")):
        body = f'{{"update_id":{update},"message":{{"message_id":{update},{chat},"text":"{text}"}}}}'
        assert (await telegram.deliver(body.encode())).status_code == 200
    twice = b'{"update_id":5,"update_id":6,"message":{"message_id":5,"text":"x","text":"y"}}'
    assert (await telegram.deliver(twice)).status_code == 200
    await read_all(outward.services.channels.intake)
    assert sorted(await telegram.said()) == ["one", "two"]
    address = await outward.db.pool.fetchval(
        "select address from identities where inbox_id = $1::uuid", telegram.id
    )
    assert address == "9007199254740993"


BODIES = [
    (channel, vectors.body(channel, entry)) for channel in vectors.CHANNELS for entry in vectors.entries(channel, "inbound")
] or [(channel, (lambda body: body if isinstance(body, bytes) else json.dumps(body).encode())(way("https://cdn.example"))) for channel, way in WAYS.items()]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A recorded body with bytes turned, cut, doubled or put in from another place."""
    channel, raw = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(raw) - 1, 0)))
        other = draw(
            st.sampled_from(
                (b"", b"\0", b"null", b"{}", b"[]", b'"', b"9" * 400, b"\xff\xfe", b"\\ud800", b"<!ENTITY")
            )
        )
        length = draw(st.integers(0, 12))
        raw = raw[:place] + other + raw[place + length :]
    return channel, raw


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_mutated_bodies_are_read_without_an_exception_and_alike_each_time(case: tuple[str, bytes]) -> None:
    channel, raw = case
    first = CONNECTORS[channel].parse(raw)
    again = CONNECTORS[channel].parse(raw)
    assert [one.dedup_key for one in first] == [one.dedup_key for one in again]
    assert all(one.dedup_key and "\0" not in one.dedup_key for one in first)
    texts: list[Any] = [one.message.text for one in first if one.message is not None and one.message.text]
    for text in texts:
        text.encode()
        assert "\0" not in text


async def test_mutated_bodies_through_real_inboxes_are_at_most_one_message_each_however_often_they_come(
    outward: Gateway,
) -> None:
    inbox = await open_inbox(outward, "telegram")
    good = json.dumps({
        "update_id": 77, "message": {
            "message_id": 7, "date": 1_700_000_000, "text": "hello there", "chat": {"id": 5, "type": "private"},
            "from": {"id": 5, "first_name": "Cy"},
        },
    }).encode()  # fmt: skip
    bodies = [good] + [
        good[:place] + other + good[place + 3 :]
        for place in range(0, len(good), 9)
        for other in (b"", b"null", b'"\\u0000"')
    ]
    for raw in (*bodies, *bodies):
        answer = await inbox.deliver(raw)
        assert answer.status_code == 200
    await read_all(outward.services.channels.intake)
    left = await outward.db.pool.fetch(
        "select state, count(*) from inbound_requests where inbox_id = $1::uuid group by state", inbox.id
    )
    assert {record["state"] for record in left} == {"read"}
    said = await inbox.events()
    keys = await inbox.count("inbound_events")
    assert "hello there" in await inbox.said()
    assert len([one for one in said if one["direction"] == "incoming"]) <= keys <= len(bodies)
