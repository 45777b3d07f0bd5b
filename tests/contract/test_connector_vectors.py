"""Every connector against every vector: verdicts of signatures, normalised fields, and no exception whatever the mail."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from bots.connectors import wechat
from bots.connectors.email.quoting import cut_reply
from bots.connectors.registry import CONNECTORS
from funnel.channels.inbound import InboundEvent, Media, Part, Said, Status, content_type
from funnel.channels.outbound import Mark, OutboundMessage
from funnel.channels.port import RULES, Account
from funnel.channels.request import Secret, Verdict
from funnel.core.ids import new_id
from tests.contract import vectors

Json = dict[str, Any]
INBOUND = [(c, one) for c in vectors.CHANNELS for one in vectors.entries(c, "inbound", "shape")]
SIGNED = [(c, one) for c in vectors.CHANNELS for one in vectors.signatures(c)]
MAILS = [("email", one) for one in vectors.entries("email", "mime")]
REPLIES = [("email", one) for one in vectors.entries("email", "reply")]
# Expectations that name what happens later, or how the source project behaves.
NOT_FIELDS = {"must", "upstream_outcome", "upstream_asserts", "count", "standby"}


def verdict_of(channel: str, entry: Json) -> Verdict:
    """What the connector says of a signature vector."""
    secret = Secret.of(
        signing=entry["secret"],
        aes_key=entry.get("encoding_aes_key") or "",
        app_id=entry.get("receive_id") or "",
    )
    url, body = entry.get("url") or "https://example.com/", entry.get("body") or entry.get("raw_body") or ""
    if "params" in entry and entry["params"] is not None:
        body = urlencode([tuple(pair) for pair in entry["params"]])
    if "encrypt" in entry:
        url = f"https://example.com/?{urlencode(entry['query'])}"
        body = f"<xml><Encrypt><![CDATA[{entry['encrypt']}]]></Encrypt></xml>"
    now = entry.get("now") or 0
    return CONNECTORS[channel].verify(entry.get("headers") or {}, body.encode(), secret, now, url)


@pytest.mark.parametrize(("channel", "entry"), vectors.parameters(SIGNED))
def test_signature_verdict(channel: str, entry: Json) -> None:
    expected = entry["expected"]
    verdict = verdict_of(channel, entry)
    if expected == "config_error":
        assert verdict is Verdict.CONFIG_ERROR
    elif expected != "parse_only":
        assert verdict.ok == (expected == "valid"), verdict


@pytest.mark.parametrize(("channel", "entry"), vectors.parameters(SIGNED))
def test_a_flipped_bit_is_refused(channel: str, entry: Json) -> None:
    if entry["expected"] != "valid" or channel == "telegram":
        pytest.skip("only a good signature over a body can be broken")
    changed = json.loads(json.dumps(entry))
    name = next(one for one in ("params", "encrypt", "body") if changed.get(one))
    if name == "params":
        changed["params"][0][1] += "x"
    else:
        changed[name] = changed[name][:-2] + chr(ord(changed[name][-2]) ^ 1) + changed[name][-1]
    assert not verdict_of(channel, changed).ok


@pytest.mark.parametrize(("channel", "entry"), vectors.parameters(INBOUND))
def test_normalised_fields(channel: str, entry: Json) -> None:
    events = CONNECTORS[channel].parse(vectors.body(channel, entry))
    assert events or entry["expected"].get("events") == []
    assert all(event.dedup_key for event in events)
    expected = entry["expected"]
    if entry["kind"] == "shape":
        return
    wanted = expected.get("events", [expected])
    spoken = [event for event in events if not event.standby and event.kind != "ignored"]
    found = events if "events" not in expected or len(events) == len(wanted) else spoken
    assert len(found) == len(wanted)
    for event, one in zip(found, wanted, strict=True):
        differing = {
            name: (value, seen(event, name))
            for name, value in one.items()
            if name not in NOT_FIELDS and not agrees(event, name, value)
        }
        assert not differing
    for event, one in zip([e for e in events if e.standby], expected.get("standby", []), strict=True):
        assert event.message is not None
        assert event.message.text == one["text"]


def agrees(event: InboundEvent, name: str, value: object) -> bool:
    """Whether the event says what the vector expects under this name."""
    got = seen(event, name)
    if name == "content_type" and event.message is not None and event.message.parts:
        part = event.message.parts[0]
        return value in (part.type, part.raw_type, got, f"{got}s", event.raw_type)
    if name == "content_type":
        return (
            got == value or (got == "" and value in ("text", "edit", "reaction")) or event.raw_type == value
        )
    if name in ("lat", "lon"):
        return got == float(str(value))
    if name == "error_code":
        return got == str(value)
    return bool(got == value) or (value == "" and got is None)


def seen(event: InboundEvent, name: str) -> object:
    """The event's word for one of the vectors' names."""
    return READ[name](event)


def said_of(event: InboundEvent) -> Said:
    """The message, an empty one where there is none."""
    return event.message or Said()


def part_of(event: InboundEvent) -> Part:
    """The first part, an empty one where there is none."""
    return next(iter(said_of(event).parts), Part(type="text"))


def media_of(event: InboundEvent) -> Media:
    """The first file, an empty one where there is none."""
    return part_of(event).media or Media()


def status_of(event: InboundEvent) -> Status:
    """The status, an empty one where there is none."""
    return event.status or Status(state="accepted", target_ids=("",))


def kind_of_place(event: InboundEvent) -> str:
    """LINE tells rooms from groups and calls a private chat `user`; the port does not."""
    kind = event.place.kind if event.place else ""
    if event.place is None or event.sender is None or event.sender.id_kind != "line":
        return (
            {"C": "group", "R": "room", "c": "group"}.get(event.place.external_id[:1], kind)
            if event.place
            else ""
        )
    return {"R": "room", "U": "user", "C": "group", "c": "group"}[event.place.external_id[0]]


READ: dict[str, Callable[[InboundEvent], object]] = {
    "type": lambda e: "message.echo" if e.direction == "echo" and e.kind == "message.created" else e.kind,
    "direction": lambda e: "outbound" if e.direction == "echo" else "inbound",
    "external_message_id": lambda e: status_of(e).target_ids[0] if e.status else said_of(e).external_id,
    "external_user_id": lambda e: e.sender.external_id if e.sender else None,
    "external_chat_id": lambda e: e.place.external_id if e.place else None,
    "conversation_kind": kind_of_place,
    "phone": lambda e: phone_of(e),
    "profile_name": lambda e: e.sender.display_name if e.sender else None,
    "content_type": content_type,
    "text": lambda e: said_of(e).text,
    "payload": lambda e: e.action.payload if e.action else None,
    "callback_id": lambda e: e.action.callback_id if e.action else None,
    "action_id": lambda e: e.action.action_id if e.action else None,
    "file_id": lambda e: media_of(e).provider_id,
    "media_id": lambda e: media_of(e).provider_id,
    "media_url": lambda e: media_of(e).url or part_of(e).url,
    "url": lambda e: media_of(e).url or part_of(e).url,
    "mime": lambda e: media_of(e).mime,
    "file_name": lambda e: media_of(e).filename,
    "lat": lambda e: part_of(e).lat,
    "lon": lambda e: part_of(e).lon,
    "forwarded": lambda e: said_of(e).forwarded,
    "reply_to": lambda e: said_of(e).reply_to,
    "thread": lambda e: e.place.thread_id if e.place else None,
    "target": lambda e: e.target_id,
    "emoji": lambda e: e.emoji,
    "attachments": lambda e: len(said_of(e).parts),
    "status": lambda e: "undelivered" if status_of(e).raw_state == "undelivered" else status_of(e).state,
    "error_code": lambda e: e.status.error.code if e.status and e.status.error else e.reason,
    "watermark": lambda e: watermark(e),
    "mids": lambda e: list(status_of(e).target_ids),
    "mid": lambda e: status_of(e).target_ids[0],
    "field": lambda e: e.raw_type,
    "raw_type": lambda e: e.raw_type,
    "subtype": lambda e: e.raw_type,
    "event_id": lambda e: e.provider_event_id,
    "redelivery": lambda e: e.redelivery,
    "mode": lambda e: "standby" if e.standby else "active",
    "reply_token": lambda e: e.reply_context.reply_token if e.reply_context else None,
    "occurred_at": lambda e: int(e.occurred_at.timestamp()) if e.occurred_at else None,
    "occurred_at_ms": lambda e: (
        int(e.occurred_as_given) if e.occurred_as_given.isdigit() else e.occurred_as_given
    ),
    "account": lambda e: e.account_id,
    "dedup_key": lambda e: e.dedup_key,
    "challenge": lambda e: e.challenge,
    "reason": lambda e: e.reason,
    "business_connection_id": lambda e: e.place.business_connection_id if e.place else None,
}


def phone_of(event: InboundEvent) -> str | None:
    """The number a WhatsApp event came from."""
    if event.sender is None:
        return None
    known = (event.sender.external_id, *event.sender.alt_ids)
    return next((one for one in known if one.isdigit()), None)


def watermark(event: InboundEvent) -> object:
    """As the vectors give it: milliseconds, once as a text."""
    mark = event.status.watermark if event.status else None
    return (
        Milliseconds(round((mark - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000))
        if mark
        else None
    )


class Milliseconds(int):
    """Equal to the same number written as a text."""

    def __eq__(self, other: object) -> bool:
        return int(self) == int(str(other))

    __hash__ = int.__hash__


def test_wechat_opens_and_seals_as_the_platform_does() -> None:
    entry = next((one for one in vectors.signatures("wechat") if one["id"] == "aes-encrypt-reply"), None)
    if entry is None:
        pytest.skip("the channels' vectors are not at hand")
    secret = Secret.of(signing=entry["secret"], aes_key=entry["encoding_aes_key"], app_id=entry["receive_id"])
    plain = wechat.open_sealed(entry["encrypt"], secret)
    assert plain is not None
    assert b"<Content><![CDATA[test]]></Content>" in plain
    assert wechat.seal(plain, secret, b"1234567890123456") == entry["encrypt"]


@pytest.mark.parametrize(("channel", "entry"), vectors.parameters(MAILS))
def test_mail(channel: str, entry: Json) -> None:
    (event,) = CONNECTORS[channel].parse(vectors.body(channel, entry))
    expected = entry["expected"]
    said, mail = event.message, event.mail
    assert mail is not None
    files = [part.media for part in said.parts if part.media] if said else []
    regular = [one for one in files if not one.inline]
    assert all(one.filename and "/" not in one.filename and "\\" not in one.filename for one in files)
    checks = {
        "attachments": lambda: len(files),
        "attachments_regular": lambda: len(regular),
        "cids": lambda: [one.content_id for one in files if one.inline],
        "filename": lambda: files[0].filename,
        "size": lambda: files[0].size,
        "second_size": lambda: files[1].size,
        "subject": lambda: said.subject if said else "",
        "text_full": lambda: said.full_text if said else "",
        "reply": lambda: said.text if said else "",
        "references": lambda: list(mail.references),
        "in_reply_to": lambda: mail.in_reply_to[0],
        "date": lambda: event.occurred_at,
        "auto_reply": lambda: mail.automatic is not None,
        "bounce": lambda: (
            event.kind == "status" and event.status is not None and event.status.state == "failed"
        ),
        "action": lambda: event.status and event.status.raw_state,
        "status": lambda: event.status and event.status.error and event.status.error.code,
        "retryable": lambda: event.status and event.status.delayed,
        "final_recipient": lambda: event.status and event.status.recipient,
    }
    for name, value in expected.items():
        if name == "date":
            assert event.occurred_at == datetime.fromisoformat(value)
        elif name in checks:
            assert checks[name]() == value, name
    text = (said.text or "") if said else ""
    assert expected.get("reply_contains", "") in text
    assert text.startswith(expected.get("reply_starts", ""))


@pytest.mark.parametrize(("channel", "entry"), vectors.parameters(REPLIES))
def test_reply_is_cut(channel: str, entry: Json) -> None:
    text = vectors.body(channel, entry).decode()
    cut, expected = cut_reply(text), entry["expected"]
    assert cut == expected.get("reply", cut)
    assert all(one in cut for one in expected.get("contains", ()))
    assert not any(one in cut for one in expected.get("not_contains", ()))


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
def test_quality_scale_is_whole_and_true(channel: str) -> None:
    connector, quality = CONNECTORS[channel], CONNECTORS[channel].quality
    assert quality.done | quality.exempt.keys() <= set(RULES)
    assert not quality.done & quality.exempt.keys()
    assert all(len(reason) > 10 for reason in quality.exempt.values())
    assert quality.done | quality.todo | quality.exempt.keys() == set(RULES)
    if "windows" in quality.exempt:
        assert connector.capabilities.window_hours is None
    if "receipts" in quality.exempt:
        assert not connector.capabilities.receipts
    able = connector.capabilities
    for rule, can in (("typing", able.typing), ("read_marks", able.mark_read)):
        assert rule not in quality.todo
        assert (rule in quality.done) == can


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
def test_a_channel_makes_the_calls_of_the_marks_it_has_and_of_no_other(channel: str) -> None:
    connector, able = CONNECTORS[channel], CONNECTORS[channel].capabilities
    account = Account(
        "i", "s", channel, "n", "q", Secret.of(signing="whsec_" + "c2VjcmV0" * 5, url="https://app.example")
    )
    bare = OutboundMessage(id=new_id(), conversation_id=new_id(), message_id="", address="491")
    whole = replace(bare, reply_to="77", business_connection_id="b", read_token="r")
    marks: tuple[Mark, ...] = ("typing", "read")
    made = {
        mark: connector.marks(replace(whole, mark=mark), account, 1_700_000_000.0) if connector.marks else ()
        for mark in marks
    }
    assert {mark: len(calls) for mark, calls in made.items()} == {
        "typing": int(able.typing),
        "read": int(able.mark_read),
    }
    assert not any(call.metered for calls in made.values() for call in calls)
    assert 5 <= able.typing_seconds <= 60 or not able.typing
    if connector.marks is not None and channel not in ("messenger", "instagram"):  # which mark all there is
        assert connector.marks(replace(bare, mark="read"), account, 1_700_000_000.0) == ()


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
def test_what_is_signed_as_the_platform_does_is_believed_and_nothing_else(channel: str) -> None:
    connector = CONNECTORS[channel]
    url, body, now = "https://desk.example/hooks/x", b"Body=hello&From=%2B49", 1_700_000_000
    secrets = {"signing": "whsec_" + "c2VjcmV0" * 5 if channel in ("webhook", "email") else "token"}
    assert connector.sign is not None
    signed = connector.sign(Secret.of(**secrets), body, "m1", now, url)
    asked = f"{url}?{signed.query}" if signed.query else url
    assert connector.verify(signed.headers, body, Secret.of(**secrets), now, asked).ok
    other = {"signing": "whsec_" + "b3RoZXIh" * 5 if channel in ("webhook", "email") else "other"}
    assert not connector.verify(signed.headers, body, Secret.of(**other), now, asked).ok
