"""LINE Messaging API: signed batches; free answers by reply token for about a minute, then push against a quota."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bots.connectors import line_calls
from funnel.channels.inbound import (
    Action,
    InboundEvent,
    Kind,
    Media,
    Part,
    PartType,
    Place,
    PlaceKind,
    ReplyContext,
    Said,
    Sender,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Connector, Quality, SecretField, Signed
from funnel.channels.reading import MalformedError, Node, digest, malformed, moment, read_json
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import base64_hmac

CAPABILITIES = Capabilities(
    text_max=5000, unit="utf16", text_with_buttons_max=160, buttons=4, button_title=20, quick_replies=13,
    quick_reply_title=20, payload_bytes=300, media_bytes=200_000_000, typing=True, typing_seconds=line_calls.LOADING_SECONDS, mark_read=True,
    idempotent=True, rate_per_second=2000.0,
)  # fmt: skip
TOKEN_LASTS: Final = timedelta(seconds=30)  # announced as a minute, seen to fail after half of one
_MEDIA: Final[dict[str, PartType]] = {
    "image": "image", "video": "video", "audio": "audio", "file": "file", "sticker": "sticker",
}  # fmt: skip
_PLACES: Final[dict[str, PlaceKind]] = {"user": "private", "group": "group", "room": "group"}
_KINDS: Final[dict[str, Kind]] = {
    "follow": "contact.subscribed", "unfollow": "contact.unsubscribed", "join": "channel.notice",
    "leave": "channel.notice", "memberJoined": "channel.notice", "memberLeft": "channel.notice",
    "botSuspended": "channel.notice", "botResumed": "channel.notice", "activated": "channel.notice",
    "deactivated": "channel.notice",
}  # fmt: skip


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`x-line-signature`, base64 HMAC-SHA256 of the channel secret over the raw bytes."""
    return base64_hmac(headers_of(headers).get("x-line-signature"), body, secret.all("signing"), "sha256")


def parse(raw: bytes) -> list[InboundEvent]:
    """The events of the batch in order; the console's empty check gives none. A bare event is read too."""
    try:
        body = read_json(raw)
    except MalformedError:
        return [malformed(raw)]
    if not isinstance(body.value, dict):
        return [malformed(raw)]
    if "events" not in body and "type" in body:
        return [_event(body, "")]
    return [_event(one, body["destination"].id() or "") for one in body["events"].one_or_many()]


def _event(node: Node, account: str) -> InboundEvent:
    word = node["type"].text() or ""
    at, given, unit = moment(node["timestamp"], "ms")
    place, sender = _place(node["source"]), _sender(node["source"])
    event_id = node["webhookEventId"].id()
    fields: dict[str, Any] = {
        "dedup_key": event_id or digest(word, given, place.external_id if place else None, str(node.value)),
        "provider_event_id": event_id or "", "redelivery": node["deliveryContext"]["isRedelivery"].flag(),
        "account_id": account, "occurred_at": at, "occurred_as_given": given, "occurred_unit": unit, "place": place,
        "sender": sender, "reply_context": _answers(node, at), "standby": node["mode"].text() == "standby",
        "raw_type": word,
    }  # fmt: skip
    if word in ("message", "messageEdited"):
        said = _said(node["message"])
        if word == "messageEdited":
            return InboundEvent(kind="message.edited", message=said, target_id=said.external_id, **fields)
        return InboundEvent(kind="message.created", message=said, **fields)
    if word == "postback":
        return InboundEvent(kind="postback", action=Action(node["postback"]["data"].text() or ""), **fields)
    if word == "unsend":
        return InboundEvent(kind="message.deleted", target_id=node["unsend"]["messageId"].id(), **fields)
    if word in _KINDS:
        return InboundEvent(kind=_KINDS[word], **fields)
    return InboundEvent(kind="ignored", reason="unknown type", **fields)


def _answers(node: Node, at: datetime | None) -> ReplyContext | None:
    token, read = node["replyToken"].text(), node["message"]["markAsReadToken"].text()
    if not token and not read:
        return None
    return ReplyContext(
        reply_token=token,
        token_expires_at=at + TOKEN_LASTS if at and token else None,
        mark_read_token=read,
    )


def _said(node: Node) -> Said:
    return Said(
        external_id=node["id"].id() or "",
        text=node["text"].text(),
        parts=_parts(node),
        reply_to=node["quotedMessageId"].id(),
        quote_token=node["quoteToken"].text(),
        album_id=node["imageSet"]["id"].id(),
    )


def _parts(node: Node) -> tuple[Part, ...]:
    word = node["type"].text() or ""
    if word in _MEDIA:
        source = node["contentProvider"]
        external = source["type"].text() == "external"
        media = Media(
            provider_id=node["id"].id(),
            url=source["originalContentUrl"].text() if external else None,
            needs_token=not external,
            size=node["fileSize"].whole(),
            filename=node["fileName"].text(),
        )
        return (Part(type=_MEDIA[word], raw_type=word, media=media),)
    if word == "location":
        return (
            Part(
                type="location",
                raw_type=word,
                lat=node["latitude"].number(),
                lon=node["longitude"].number(),
                name=node["title"].text(),
                address=node["address"].text(),
            ),
        )
    return () if word == "text" else (Part(type="unsupported", raw_type=word),)


def _place(source: Node) -> Place | None:
    word = source["type"].text() or ""
    found = source["groupId"].id() or source["roomId"].id() or source["userId"].id()
    return Place(external_id=found, kind=_PLACES.get(word, "private")) if found else None


def _sender(source: Node) -> Sender | None:
    found = source["userId"].id()
    return Sender(external_id=found, id_kind="line", verified=True) if found else None


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """As the platform does."""
    mac = hmac.digest(secret.one("signing").encode(), body, "sha256")
    return Signed({"x-line-signature": base64.b64encode(mac).decode()})


CONNECTOR = Connector(
    channel="line",
    name="LINE",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=line_calls.build,
    probes=line_calls.probes,
    sign=sign,
    judge=line_calls.judge,
    marks=line_calls.marks,
    locate=line_calls.locate,
    allowance=line_calls.ALLOWANCE,
    secrets=(
        SecretField("signing", "Channel secret", rotates=True),
        SecretField("access_token", "Channel access token"),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    quality=Quality(
        done=frozenset(
            {
                "check",
                "verify",
                "parse",
                "handshake",
                "render",
                "send",
                "error_classes",
                "simulator",
                "media_in",
                "windows",
                "typing",
                "read_marks",
            }
        ),
        exempt={
            "receipts": "the platform sends none",
            "edits": "what was sent cannot be changed",
            "reconcile": "a retry key makes every repeat safe",
            "polling": "there is no such way in",
        },
    ),
)
