"""Page messaging webhooks: `entry[].messaging[]`, `standby[]` and `changes[]`, also a bare element of them."""

from typing import Any, Final

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
)
from funnel.channels.reading import MalformedError, Node, digest, malformed, moment, read_json

_ATTACHMENTS: Final[dict[str, PartType]] = {
    "image": "image", "audio": "audio", "video": "video", "file": "file", "sticker": "sticker",
    "location": "location", "fallback": "link", "share": "link", "ig_post": "link", "ig_reel": "video",
    "reel": "video", "ig_story": "image", "story_mention": "image",
}  # fmt: skip
_NOTICES: Final = ("optin", "referral", "account_linking", "policy_enforcement", "response_feedback")
_CONTROL: Final = ("pass_thread_control", "take_thread_control", "request_thread_control")


def parse_page(raw: bytes, id_kind: str) -> list[InboundEvent]:
    """Every event of the request, in order; `id_kind` names the space of its user ids."""
    try:
        body = read_json(raw)
    except MalformedError:
        return [malformed(raw)]
    if not isinstance(body.value, dict):
        return [malformed(raw)]
    if "entry" not in body:
        inner = body["messaging"].one_or_many() or [body]
        return [_event(one, "", id_kind) for one in inner]
    events: list[InboundEvent] = []
    for entry in body["entry"].one_or_many():
        account = entry["id"].id() or ""
        events += [_event(one, account, id_kind) for one in entry["messaging"].one_or_many()]
        events += [_event(one, account, id_kind, standby=True) for one in entry["standby"].one_or_many()]
        events += [_change(one, account, id_kind) for one in entry["changes"].one_or_many()]
    return events or [InboundEvent(kind="ignored", dedup_key=digest(raw), reason="empty")]


def _change(node: Node, account: str, id_kind: str) -> InboundEvent:
    """Instagram may deliver messaging events as changes; everything else under changes is a notice."""
    value, topic = node["value"], node["field"].text() or ""
    if value["sender"]["id"].id() and value["recipient"]["id"].id():
        return _event(value, account, id_kind)
    kind: Any = "ignored" if topic == "messages" else "channel.notice"
    return InboundEvent(
        kind=kind, dedup_key=digest(account, str(node.value)), account_id=account, raw_type=topic
    )


def _event(node: Node, account: str, id_kind: str, *, standby: bool = False) -> InboundEvent:
    at, given, unit = moment(node["timestamp"], "ms")
    message = node["message"] or node["message_edit"]
    echo = message["is_echo"].flag()
    person = node["recipient" if echo else "sender"]["id"].id()
    fields: dict[str, Any] = {
        "account_id": account or node["sender" if echo else "recipient"]["id"].id() or "",
        "occurred_at": at, "occurred_as_given": given, "occurred_unit": unit, "standby": standby,
        "direction": "echo" if echo else "inbound",
        "sender": Sender(external_id=person, id_kind=id_kind, verified=True) if person else None,
        "place": Place(external_id=person) if person else None,
    }  # fmt: skip
    if "message_edit" in node:
        return _edited(node["message_edit"], person, fields)
    if "message" in node:
        return _message(message, person, fields)
    if "postback" in node:
        return _postback(node["postback"], person, fields)
    if "reaction" in node:
        return _reaction(node["reaction"], person, fields)
    if "delivery" in node or "read" in node:
        return _receipt(node, person, fields)
    word = next((name for name in (*_NOTICES, *_CONTROL) if name in node), "")
    kind: Any = "channel.notice" if word in _NOTICES else "control" if word else "ignored"
    known = ("sender", "recipient", "timestamp")
    word = word or next((name for name in node.names() if name not in known), "")
    return InboundEvent(
        kind=kind, dedup_key=digest(person, given, word, str(node.value)), raw_type=word, **fields
    )


def _message(node: Node, person: str | None, fields: dict[str, Any]) -> InboundEvent:
    mid = node["mid"].id()
    key = mid or digest(person, fields["occurred_as_given"], str(node.value))
    if node["is_deleted"].flag():
        return InboundEvent(
            kind="message.deleted",
            dedup_key=f"{key}:deleted",
            message=Said(external_id=mid or ""),
            target_id=mid,
            raw_type="message",
            **fields,
        )
    if person is None:
        return InboundEvent(
            kind="ignored", dedup_key=key, raw_type="message", reason="an id is missing", **fields
        )
    payload = node["quick_reply"]["payload"].text()
    text = node["text"].text()
    reply = node["reply_to"]
    said = Said(
        external_id=mid or "",
        text=text,
        parts=tuple(_part(one) for one in node["attachments"]),
        reply_to=reply["mid"].id() or reply["story"]["id"].id(),
    )
    return InboundEvent(
        kind="message.created",
        dedup_key=key,
        provider_event_id=mid or "",
        message=said,
        action=Action(payload, text) if payload else None,
        raw_type="message",
        reason=node["metadata"].text() or "" if fields["direction"] == "echo" else "",
        **fields,
    )


def _edited(node: Node, person: str | None, fields: dict[str, Any]) -> InboundEvent:
    mid, number = node["mid"].id(), node["num_edit"].id() or ""
    return InboundEvent(
        kind="message.edited",
        dedup_key=f"{mid or digest(person, str(node.value))}:edit:{number or fields['occurred_as_given']}",
        message=Said(external_id=mid or "", text=node["text"].text(), edited_at=fields["occurred_at"]),
        target_id=mid,
        raw_type="message_edit",
        **fields,
    )


def _part(node: Node) -> Part:
    word, payload = node["type"].text() or "", node["payload"]
    kind = _ATTACHMENTS.get(word, "unsupported")
    spot = payload["coordinates"]
    url = (
        payload["url"].text() or payload["story_media_url"].text() or node["URL"].text() or node["url"].text()
    )
    if kind == "location":
        return Part(
            type=kind,
            raw_type=word,
            lat=spot["lat"].number(),
            lon=(spot["long"] if "long" in spot else spot["lon"]).number(),
            name=node["title"].text(),
            url=url,
        )
    media = None
    if url and kind not in ("link", "unsupported"):
        media = Media(url=url, provider_id=payload["story_media_id"].id() or payload["reel_video_id"].id())
    name = payload["title"].text() or node["title"].text()
    return Part(type=kind, raw_type=word, media=media, name=name, url=url)


def _postback(node: Node, person: str | None, fields: dict[str, Any]) -> InboundEvent:
    payload, mid = node["payload"].text(), node["mid"].id()
    title = node["title"].text()
    return InboundEvent(
        kind="postback",
        dedup_key=mid or digest(person, fields["occurred_as_given"], payload or title),
        provider_event_id=mid or "",
        action=Action(payload or title or "", title),
        raw_type="postback",
        **fields,
    )


def _reaction(node: Node, person: str | None, fields: dict[str, Any]) -> InboundEvent:
    mid, act = node["mid"].id(), node["action"].text() or ""
    return InboundEvent(
        kind="reaction",
        dedup_key=digest(mid, person, act, fields["occurred_as_given"]),
        target_id=mid,
        emoji=(node["emoji"].text() or node["reaction"].text() or "") if act != "unreact" else "",
        raw_type="reaction",
        **fields,
    )


def _receipt(node: Node, person: str | None, fields: dict[str, Any]) -> InboundEvent:
    word, state = ("delivery", "delivered") if "delivery" in node else ("read", "read")
    inner = node[word]
    watermark, given, _ = moment(inner["watermark"], "ms")
    ids = [one.id() for one in inner["mids"]] or [inner["mid"].id()]
    found: DeliveryState = "delivered" if state == "delivered" else "read"
    status = Status(
        state=found, target_ids=tuple(one for one in ids if one), watermark=watermark, raw_state=state
    )
    key = digest(word, person, given, *status.target_ids)
    return InboundEvent(kind="status", dedup_key=key, status=status, raw_type=word, **fields)
