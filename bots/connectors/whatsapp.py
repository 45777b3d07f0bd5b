"""WhatsApp Cloud API: Graph webhooks of one or many numbers, keyed by user id (BSUID) with the phone number beside it."""

from typing import Any, Final

from bots.connectors import whatsapp_calls, whatsapp_templates
from bots.connectors.graph import subscription
from funnel.channels.inbound import (
    Action,
    DeliveryState,
    InboundEvent,
    Media,
    Part,
    PartType,
    Place,
    Said,
    Sender,
    Status,
    StatusError,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.phones import spellings
from funnel.channels.port import Connector, Quality, SecretField
from funnel.channels.reading import MalformedError, Node, digest, malformed, moment, read_json

CAPABILITIES = Capabilities(
    text_max=4096, text_with_buttons_max=1024, buttons=3, button_title=20, list_rows=10, list_row_title=24,
    payload_bytes=200, media_bytes=100_000_000, typing=True, typing_seconds=25, mark_read=True,
    receipts=frozenset({"sent", "delivered", "read", "failed"}), window_hours=24, reconciles=True,
    beyond_window=("template",), rate_per_second=80.0, recipient_seconds=6.0,
)  # fmt: skip
_MEDIA: Final[dict[str, PartType]] = {
    "image": "image", "video": "video", "audio": "audio", "voice": "audio", "document": "file", "sticker": "sticker",
}  # fmt: skip
_STATES: Final[dict[str, DeliveryState]] = {
    "sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed",
}  # fmt: skip
_TOPIC: Final = "messages"


def parse(raw: bytes) -> list[InboundEvent]:
    """Messages, echoes and statuses of every change; other topics are notices. A bare `value` is read too."""
    try:
        body = read_json(raw)
    except MalformedError:
        return [malformed(raw)]
    if not isinstance(body.value, dict):
        return [malformed(raw)]
    if "entry" not in body:
        return _value(body, "", raw) or [InboundEvent(kind="ignored", dedup_key=digest(raw), reason="empty")]
    events: list[InboundEvent] = []
    for entry in body["entry"].one_or_many():
        for place, change in enumerate(entry["changes"].one_or_many()):
            topic = change["field"].text() or _TOPIC
            found = _value(change["value"], topic, raw)
            events += found or [_notice(change, entry, topic, raw, place)]
    return events or [InboundEvent(kind="ignored", dedup_key=digest(raw), reason="empty")]


def _value(value: Node, topic: str, raw: bytes) -> list[InboundEvent]:
    account = value["metadata"]["phone_number_id"].id() or ""
    people = list(value["contacts"])
    events = [_message(one, people, account, echo=False) for one in value["messages"]]
    events += [_message(one, people, account, echo=True) for one in value["message_echoes"]]
    return events + [_status(one, account) for one in value["statuses"]]


def _notice(change: Node, entry: Node, topic: str, raw: bytes, place: int) -> InboundEvent:
    at, given, unit = moment(entry["time"])
    return InboundEvent(
        kind="ignored" if topic == _TOPIC else "channel.notice",
        dedup_key=digest(raw, str(place)),
        account_id=change["value"]["metadata"]["phone_number_id"].id() or "",
        occurred_at=at,
        occurred_as_given=given,
        occurred_unit=unit,
        raw_type=topic,
    )


def _message(node: Node, people: list[Node], account: str, *, echo: bool) -> InboundEvent:
    word = node["type"].text() or ""
    message_id = node["id"].id()
    at, given, unit = moment(node["timestamp"])
    sender = _recipient(node) if echo else _sender(node, people)
    group = node["group_id"].id()
    fields: dict[str, Any] = {
        "dedup_key": message_id or digest(given, node["from"].id(), str(node.value)), "account_id": account,
        "provider_event_id": message_id or "", "direction": "echo" if echo else "inbound", "occurred_at": at,
        "occurred_as_given": given, "occurred_unit": unit, "sender": sender, "raw_type": word,
        "place": Place(group or sender.external_id, "group" if group else "private") if sender else None,
    }  # fmt: skip
    if word == "reaction":
        reaction = node["reaction"]
        return InboundEvent(
            kind="reaction",
            message=Said(external_id=message_id or ""),
            target_id=reaction["message_id"].id(),
            emoji=reaction["emoji"].text() or "",
            **fields,
        )
    if word in ("edit", "revoke"):
        return _change(node, word, message_id, fields)
    said, action = _said(node, word, message_id or "")
    error = node["errors"].first()
    reason = error["code"].id() or ""
    return InboundEvent(kind="message.created", message=said, action=action, reason=reason, **fields)


def _change(node: Node, word: str, message_id: str | None, fields: dict[str, Any]) -> InboundEvent:
    inner = node[word]
    target = inner["original_message_id"].id()
    if word == "revoke":
        return InboundEvent(
            kind="message.deleted", message=Said(external_id=message_id or ""), target_id=target, **fields
        )
    said, _ = _said(inner["message"], inner["message"]["type"].text() or "", message_id or "")
    return InboundEvent(kind="message.edited", message=said, target_id=target, **fields)


def _said(node: Node, word: str, message_id: str) -> tuple[Said, Action | None]:
    context = node["context"]
    action = _action(node, word)
    text = node["text"]["body"].text()
    parts = _parts(node, word)
    if text is None and parts and parts[0].media is not None:
        text = parts[0].media.caption
    if text is None and action is not None:
        text = action.title
    said = Said(
        external_id=message_id,
        text=text,
        parts=parts,
        reply_to=context["id"].id(),
        forwarded=context["forwarded"].flag() or context["frequently_forwarded"].flag(),
    )
    return said, action


def _action(node: Node, word: str) -> Action | None:
    source = node["context"]["id"].id()
    if word == "button":
        title = node["button"]["text"].text()
        return Action(node["button"]["payload"].text() or title or "", title, source)
    if word != "interactive":
        return None
    inner = node["interactive"]
    for name in ("button_reply", "list_reply"):
        if inner[name]:
            return Action(inner[name]["id"].id() or "", inner[name]["title"].text(), source)
    form = inner["nfm_reply"]
    if form:
        return Action(
            form["response_json"].text() or "", form["body"].text(), source, action_id=form["name"].text()
        )
    return None


def _parts(node: Node, word: str) -> tuple[Part, ...]:
    if word in _MEDIA:
        return (_file(_MEDIA[word], word, node[word]),)
    if word == "location":
        spot = node["location"]
        return (
            Part(
                type="location",
                raw_type=word,
                lat=spot["latitude"].number(),
                lon=spot["longitude"].number(),
                name=spot["name"].text(),
                address=spot["address"].text(),
                url=spot["url"].text(),
            ),
        )
    if word == "contacts":
        return tuple(
            Part(
                type="contact",
                raw_type=word,
                name=one["name"]["formatted_name"].text(),
                address=one["phones"].first()["phone"].text(),
            )
            for one in node["contacts"]
        )
    if word in ("text", "button", "interactive") or node["text"]["body"].text():
        return ()
    return (Part(type="unsupported", raw_type=word),)


def _file(kind: PartType, word: str, node: Node) -> Part:
    media = Media(
        provider_id=node["id"].id(),
        url=node["url"].text(),
        needs_token=True,
        mime=node["mime_type"].text(),
        sha256=node["sha256"].text(),
        filename=node["filename"].text(),
        caption=node["caption"].text(),
    )
    return Part(type=kind, raw_type=word, media=media)


def _sender(node: Node, people: list[Node]) -> Sender | None:
    """The user id where there is one, else the phone number; the other one and its national spellings stand beside it."""
    phone = node["from"].id()
    person = _person(people, phone, node["from_user_id"].id())
    user_id = node["from_user_id"].id() or (person["user_id"].id() if person else None)
    phone = phone or (person["wa_id"].id() if person else None)
    key = user_id or phone
    if key is None:
        return None
    others = [*spellings(phone or ""), *(filter(None, [person["wa_id"].id() if person else None]))]
    return Sender(
        external_id=key,
        id_kind="bsuid" if user_id else "phone",
        alt_ids=tuple(dict.fromkeys(one for one in others if one != key)),
        display_name=person["profile"]["name"].text() if person else None,
        username=person["profile"]["username"].text() if person else None,
        verified=True,
    )


def _person(people: list[Node], phone: str | None, user_id: str | None) -> Node | None:
    for one in people:
        if (phone and one["wa_id"].id() == phone) or (user_id and one["user_id"].id() == user_id):
            return one
    return people[0] if len(people) == 1 else None


def _recipient(node: Node) -> Sender | None:
    """Of an echo: the contact it was written to."""
    user_id, phone = node["to_user_id"].id(), node["to"].id()
    key = user_id or phone
    if key is None:
        return None
    alt = tuple(one for one in spellings(phone or "") if one != key)
    return Sender(external_id=key, id_kind="bsuid" if user_id else "phone", alt_ids=alt, verified=True)


def _status(node: Node, account: str) -> InboundEvent:
    message_id, word = node["id"].id() or "", node["status"].text() or ""
    at, given, unit = moment(node["timestamp"])
    state = _STATES.get(word)
    named = (message_id, word, node["recipient_participant_user_id"].id())
    fields: dict[str, Any] = {
        "dedup_key": ":".join(filter(None, named)) if message_id and word else digest(str(node.value)),
        "account_id": account, "occurred_at": at, "occurred_as_given": given, "occurred_unit": unit, "raw_type": word,
    }  # fmt: skip
    if state is None or not message_id:
        return InboundEvent(kind="ignored", reason="unknown status", **fields)
    error = node["errors"].first()
    code = error["code"].id()
    details = error["error_data"]["details"].text() or error["title"].text()
    status = Status(
        state=state,
        target_ids=(message_id,),
        error=StatusError(code, details) if code else None,
        raw_state=word,
        recipient=node["recipient_user_id"].id() or node["recipient_id"].id(),
    )
    return InboundEvent(kind="status", status=status, **fields)


CONNECTOR = Connector(
    channel="whatsapp",
    name="WhatsApp (Cloud API)",
    verify=subscription.verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=whatsapp_calls.build,
    probes=whatsapp_calls.probes,
    sign=subscription.sign,
    judge=whatsapp_calls.judge,
    marks=whatsapp_calls.marks,
    locate=whatsapp_calls.locate,
    templates=whatsapp_templates.SOURCE,
    handshake=subscription.handshake,
    secrets=(
        *subscription.SECRETS,
        SecretField("phone_number_id", "Phone number id", public=True),
        SecretField(
            "business_account_id", "WhatsApp Business Account id (for templates)", required=False, public=True
        ),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    account_field="phone_number_id",
    quality=Quality(
        done=frozenset(
            {
                "verify",
                "parse",
                "handshake",
                "render",
                "send",
                "error_classes",
                "receipts",
                "simulator",
                "check",
                "media_in",
                "windows",
                "typing",
                "read_marks",
            }
        ),
        exempt={"edits": "a business cannot change what it sent", "polling": "there is no such way in"},
    ),
)
