"""An integrator's own app over Standard Webhooks 1.0: signed both ways, the simplest channel there is."""

from collections.abc import Mapping

from bots.connectors import webhook_calls
from funnel.channels import standard_webhooks
from funnel.channels.inbound import (
    Action,
    InboundEvent,
    Kind,
    Media,
    Part,
    PartType,
    Place,
    Said,
    Sender,
    Status,
)
from funnel.channels.media import by_link
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Connector, Quality, SecretField, Signed
from funnel.channels.reading import MalformedError, Node, digest, malformed, moment, read_json
from funnel.channels.request import Headers, Secret, Verdict

CAPABILITIES = Capabilities(
    text_max=65_536, unit="bytes", buttons=10, button_title=40, quick_replies=13, quick_reply_title=40,
    payload_bytes=1000, media_bytes=100_000_000, typing=True, typing_seconds=10, mark_read=True,
    receipts=frozenset({"delivered", "read", "failed"}), edits=True, deletes=True, idempotent=True,
    rate_per_second=200.0, markup="markdown",
)  # fmt: skip
_PARTS: dict[str, PartType] = {
    "image": "image", "audio": "audio", "video": "video", "file": "file", "sticker": "sticker",
    "location": "location", "contact": "contact", "link": "link",
}  # fmt: skip
_STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """The three headers over the raw body, within five minutes."""
    return standard_webhooks.verify(headers, body, secret.all("signing") or ("",), now)


def parse(raw: bytes) -> list[InboundEvent]:
    """One event a request: `{"type", "timestamp", "data": {…}}`. Its dedup key is `data.id`, else one of its content;
    the request's `webhook-id` is put in front by the inbox."""
    try:
        body = read_json(raw)
    except MalformedError:
        return [malformed(raw)]
    data, word = body["data"], body["type"].text() or ""
    read = _READERS.get(word)
    at, given, unit = moment(body["timestamp"])
    if read is None or not isinstance(data.value, dict):
        return [InboundEvent(kind="ignored", dedup_key=_key(data, raw), raw_type=word, reason="unknown type")]
    event = read(word, data)
    if event is None:
        return [malformed(raw, "an id is missing")]
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    fields |= {
        "dedup_key": _key(data, raw), "occurred_at": at, "occurred_as_given": given, "occurred_unit": unit,
        "raw_type": word, "sender": _sender(data["sender"]), "place": _place(data),
    }  # fmt: skip
    return [InboundEvent(**fields)]


def _key(data: Node, raw: bytes) -> str:
    return data["event_id"].id() or digest(raw)


def _place(data: Node) -> Place | None:
    sender = data["sender"]["id"].id()
    thread = data["thread_id"].id()
    return Place(external_id=sender, thread_id=thread) if sender else None


def _sender(node: Node) -> Sender | None:
    found = node["id"].id()
    if found is None:
        return None
    return Sender(
        external_id=found,
        id_kind="external",
        display_name=node["name"].text(),
        locale=node["locale"].text(),
    )


def _message(word: str, data: Node) -> InboundEvent | None:
    message = data["message"]
    message_id = message["id"].id()
    if message_id is None or data["sender"]["id"].id() is None:
        return None
    said = Said(
        external_id=message_id,
        text=message["text"].text(),
        parts=tuple(_part(one) for one in message["parts"]),
        reply_to=message["reply_to"].id(),
    )
    payload = message["payload"].text()
    kind: Kind = "message.edited" if word == "message.edited" else "message.created"
    return InboundEvent(
        kind=kind,
        dedup_key="",
        message=said,
        target_id=message_id if kind == "message.edited" else None,
        action=Action(payload=payload, title=said.text) if payload else None,
    )


def _part(node: Node) -> Part:
    word = node["type"].text() or ""
    kind = _PARTS.get(word, "unsupported")
    url = node["url"].text()
    media = None
    if url and kind in ("image", "audio", "video", "file", "sticker"):
        media = Media(
            url=url, mime=node["mime"].text(), size=node["size"].whole(), filename=node["filename"].text()
        )
    return Part(
        type=kind,
        raw_type=word,
        media=media,
        lat=node["lat"].number(),
        lon=node["lon"].number(),
        name=node["name"].text(),
        address=node["address"].text(),
        url=url if kind == "link" else None,
    )


def _deleted(word: str, data: Node) -> InboundEvent | None:
    message_id = data["message"]["id"].id()
    if message_id is None or data["sender"]["id"].id() is None:
        return None
    return InboundEvent(kind="message.deleted", dedup_key="", target_id=message_id)


def _postback(word: str, data: Node) -> InboundEvent | None:
    payload = data["action"]["payload"].text()
    if not payload or data["sender"]["id"].id() is None:
        return None
    action = Action(
        payload=payload,
        title=data["action"]["title"].text(),
        source_message_id=data["action"]["message_id"].id(),
    )
    return InboundEvent(kind="postback", dedup_key="", action=action)


def _status(word: str, data: Node) -> InboundEvent | None:
    state, target = _STATES.get(data["state"].text() or ""), data["message_id"].id()
    if state is None or target is None:
        return None
    return InboundEvent(kind="status", dedup_key="", status=Status(state=state, target_ids=(target,)))  # type: ignore[arg-type]


def _typing(word: str, data: Node) -> InboundEvent | None:
    return InboundEvent(kind="typing", dedup_key="") if data["sender"]["id"].id() else None


_READERS = {
    "message.created": _message,
    "message.edited": _message,
    "message.deleted": _deleted,
    "postback": _postback,
    "status": _status,
    "typing": _typing,
}


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """By Standard Webhooks."""
    return Signed(standard_webhooks.sign([secret.one("signing")], message_id, now, body))


CONNECTOR = Connector(
    channel="webhook",
    name="Your own app (Standard Webhooks)",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=webhook_calls.build,
    sign=sign,
    judge=webhook_calls.judge,
    marks=webhook_calls.marks,
    locate=by_link,
    secrets=(
        SecretField("signing", "Signing secret (whsec_…)", rotates=True, made="whsec"),
        SecretField("url", "Where our messages are posted to", public=True),
    ),
    key_header="webhook-id",
    quality=Quality(
        done=frozenset(
            {
                "verify",
                "parse",
                "render",
                "send",
                "error_classes",
                "simulator",
                "media_in",
                "typing",
                "read_marks",
            }
        ),
        exempt={
            "check": "there is no platform to ask",
            "handshake": "the address is checked by the first signed request",
            "windows": "an app of one's own has none",
            "polling": "an app that cannot be reached from outside uses the API",
        },
    ),
)
