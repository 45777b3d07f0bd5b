"""Telegram Bot API: updates by webhook or long polling. There is no body signature, only a shared token in a header."""

from collections.abc import Mapping
from typing import Any, Final

from bots.connectors import telegram_calls
from funnel.channels.inbound import (
    Action,
    InboundEvent,
    Kind,
    Media,
    Part,
    PartType,
    Place,
    PlaceKind,
    Said,
    Sender,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Connector, Quality, SecretField, Signed
from funnel.channels.reading import NOTHING, MalformedError, Node, digest, malformed, moment, read_json
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import shared_token

CAPABILITIES = Capabilities(
    text_max=4096, buttons=100, button_title=64, quick_replies=100, quick_reply_title=64, payload_bytes=64,
    media_bytes=50_000_000, typing=True, typing_seconds=5, mark_read=True, edits=True, deletes=True, rate_per_second=30.0,
    recipient_seconds=1.0,
)  # fmt: skip
_MEDIA: Final[dict[str, PartType]] = {
    "animation": "video", "audio": "audio", "document": "file", "sticker": "sticker", "video": "video",
    "video_note": "video", "voice": "audio",
}  # fmt: skip
_PLACES: Final[dict[str, PlaceKind]] = {
    "private": "private", "group": "group", "supergroup": "group", "channel": "group",
}  # fmt: skip
_MESSAGES: Final[dict[str, Kind]] = {
    "message": "message.created",
    "business_message": "message.created",
    "channel_post": "message.created",
    "edited_message": "message.edited",
    "edited_business_message": "message.edited",
    "edited_channel_post": "message.edited",
}


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """The token that setWebhook was given."""
    given = headers_of(headers).get("x-telegram-bot-api-secret-token")
    return shared_token(given, secret.all("signing"))


def parse(raw: bytes) -> list[InboundEvent]:
    """One update a request; deleted messages of a business chat are one event each."""
    try:
        update = read_json(raw)
    except MalformedError:
        return [malformed(raw)]
    if not isinstance(update.value, dict):
        return [malformed(raw)]
    update_id = update["update_id"].id()
    key = update_id or digest(raw)
    for word, kind in _MESSAGES.items():
        if word in update:
            return [_message(update[word], kind, word, key)]
    if "callback_query" in update:
        return [_callback(update["callback_query"], key)]
    if "deleted_business_messages" in update:
        return _deleted(update["deleted_business_messages"], key)
    if "message_reaction" in update:
        return [_reaction(update["message_reaction"], key)]
    if "my_chat_member" in update:
        return [_membership(update["my_chat_member"], key)]
    word = next((name for name in update.names() if name != "update_id"), "")
    return [InboundEvent(kind="ignored", dedup_key=key, raw_type=word, reason="not a message")]


def _message(node: Node, kind: Kind, word: str, key: str) -> InboundEvent:
    place, sender = _place(node), _sender(node["from"])
    message_id = node["message_id"].id()
    edited = kind == "message.edited"
    at, given, unit = moment(node["edit_date"] if edited and node["edit_date"] else node["date"])
    fields: dict[str, Any] = {
        "dedup_key": key, "provider_event_id": key, "occurred_at": at, "occurred_as_given": given,
        "occurred_unit": unit, "place": place, "sender": sender, "raw_type": word,
    }  # fmt: skip
    if place is None or message_id is None:
        return InboundEvent(kind="ignored", reason="an id is missing", **fields)
    if sender is not None and sender.is_bot:
        return InboundEvent(kind="ignored", reason="bot author: loop guard", **fields)
    echo = (
        word.endswith("business_message") and sender is not None and sender.external_id != place.external_id
    )
    said = Said(
        external_id=message_id,
        text=node["text"].text() or node["caption"].text(),
        parts=_parts(node),
        reply_to=node["reply_to_message"]["message_id"].id(),
        forwarded=bool(node["forward_origin"] or node["forward_date"]),
        edited_at=at if edited else None,
        album_id=node["media_group_id"].id(),
    )
    return InboundEvent(
        kind=kind,
        direction="echo" if echo else "inbound",
        message=said,
        target_id=message_id if edited else None,
        **fields,
    )


def _parts(node: Node) -> tuple[Part, ...]:
    if node["photo"]:
        return (_file("image", "photo", node["photo"].last()),)
    for word, kind in _MEDIA.items():
        if node[word]:
            return (_file(kind, word, node[word]),)
    if node["location"]:
        spot, venue = node["location"], node["venue"]
        return (
            Part(
                type="location",
                raw_type="location",
                lat=spot["latitude"].number(),
                lon=spot["longitude"].number(),
                name=venue["title"].text(),
                address=venue["address"].text(),
            ),
        )
    if node["contact"]:
        person = node["contact"]
        name = " ".join(filter(None, (person["first_name"].text(), person["last_name"].text())))
        return (Part(type="contact", raw_type="contact", name=name, address=person["phone_number"].text()),)
    for word in ("game", "poll", "dice", "story", "paid_media", "invoice", "checklist"):
        if node[word]:
            return (Part(type="unsupported", raw_type=word, name=node[word]["title"].text()),)
    return ()


def _file(kind: PartType, word: str, node: Node) -> Part:
    media = Media(
        provider_id=node["file_id"].id(),
        needs_token=True,
        mime=node["mime_type"].text(),
        size=node["file_size"].whole(),
        filename=node["file_name"].text(),
    )
    return Part(type=kind, raw_type=word, media=media)


def _callback(node: Node, key: str) -> InboundEvent:
    message = node["message"]
    action = Action(
        payload=node["data"].text() or node["game_short_name"].text() or "",
        source_message_id=message["message_id"].id() or node["inline_message_id"].id(),
        callback_id=node["id"].id(),
    )
    return InboundEvent(
        kind="postback",
        dedup_key=key,
        provider_event_id=key,
        place=_place(message),
        sender=_sender(node["from"]),
        action=action,
        raw_type="callback_query",
    )


def _deleted(node: Node, key: str) -> list[InboundEvent]:
    ids = [found for found in (one.id() for one in node["message_ids"]) if found is not None]
    return [
        InboundEvent(
            kind="message.deleted",
            dedup_key=key if len(ids) == 1 else f"{key}:{message_id}",
            provider_event_id=key,
            place=_place(node),
            target_id=message_id,
            raw_type="deleted_business_messages",
        )
        for message_id in ids
    ] or [InboundEvent(kind="ignored", dedup_key=key, raw_type="deleted_business_messages", reason="no ids")]


def _reaction(node: Node, key: str) -> InboundEvent:
    at, given, unit = moment(node["date"])
    return InboundEvent(
        kind="reaction",
        dedup_key=key,
        provider_event_id=key,
        occurred_at=at,
        occurred_as_given=given,
        occurred_unit=unit,
        place=_place(node),
        sender=_sender(node["user"]),
        target_id=node["message_id"].id(),
        emoji=node["new_reaction"].last()["emoji"].text() or "",
        raw_type="message_reaction",
    )


def _membership(node: Node, key: str) -> InboundEvent:
    """`/start` or unblocking subscribes, blocking unsubscribes; membership of groups is only noted."""
    at, given, unit = moment(node["date"])
    place = _place(node)
    status = node["new_chat_member"]["status"].text()
    kind: Kind = "channel.notice"
    if place is not None and place.kind == "private":
        kind = "contact.unsubscribed" if status in ("kicked", "left") else "contact.subscribed"
    return InboundEvent(
        kind=kind,
        dedup_key=key,
        provider_event_id=key,
        occurred_at=at,
        occurred_as_given=given,
        occurred_unit=unit,
        place=place,
        sender=_sender(node["from"]),
        raw_type="my_chat_member",
    )


def _place(node: Node) -> Place | None:
    chat = node["chat"]
    chat_id = chat["id"].id()
    if chat_id is None:
        return None
    topic = node["message_thread_id"].id() if node["is_topic_message"].flag() else None
    return Place(
        external_id=chat_id,
        kind=_PLACES.get(chat["type"].text() or "", "private"),
        thread_id=topic,
        business_connection_id=node["business_connection_id"].id(),
    )


def _sender(node: Node = NOTHING) -> Sender | None:
    user_id = node["id"].id()
    if user_id is None:
        return None
    name = " ".join(filter(None, (node["first_name"].text(), node["last_name"].text())))
    return Sender(
        external_id=user_id,
        id_kind="telegram",
        display_name=name or None,
        username=node["username"].text(),
        locale=node["language_code"].text(),
        is_bot=node["is_bot"].flag(),
        verified=True,
    )


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """The token of the webhook; the platform signs no body."""
    return Signed({"x-telegram-bot-api-secret-token": secret.one("signing")})


CONNECTOR = Connector(
    channel="telegram",
    name="Telegram",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=telegram_calls.build,
    probes=telegram_calls.probes,
    sign=sign,
    judge=telegram_calls.judge,
    marks=telegram_calls.marks,
    locate=telegram_calls.locate,
    secrets=(
        SecretField("token", "Bot token"),
        SecretField("signing", "Secret token of the webhook", rotates=True, made="token"),
        SecretField("receive", "polling where no public address leads here", required=False, public=True),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    quality=Quality(
        done=frozenset(
            {
                "verify",
                "parse",
                "render",
                "send",
                "error_classes",
                "simulator",
                "check",
                "media_in",
                "polling",
                "typing",
                "read_marks",
            }
        ),
        exempt={
            "handshake": "setWebhook checks nothing",
            "receipts": "bots get no receipts",
            "windows": "a contact who pressed start may always be written to",
            "reconcile": "the platform has no list of sent messages",
        },
    ),
)
