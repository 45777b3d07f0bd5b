"""The normalised inbound event: what every connector makes of its platform's webhook. Ids are opaque strings."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

SCHEMA_VERSION = 1

Kind = Literal[
    "message.created", "message.edited", "message.deleted", "postback", "reaction", "status", "typing",
    "contact.subscribed", "contact.unsubscribed", "contact.changed", "contact.scanned", "contact.location",
    "conversation.started", "control", "channel.verify", "channel.notice", "ignored", "malformed",
]  # fmt: skip
PlaceKind = Literal["private", "group", "channel", "thread"]
PartType = Literal[
    "text", "image", "audio", "video", "file", "sticker", "location", "contact", "link", "unsupported"
]
DeliveryState = Literal["accepted", "sent", "delivered", "read", "failed"]


class Place(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where it was said. `thread_id` keeps conversations of one contact apart (a mail thread, a Slack thread)."""

    external_id: str
    kind: PlaceKind = "private"
    thread_id: str | None = None
    business_connection_id: str | None = None


class Sender(Struct, frozen=True, omit_defaults=True):
    """Who said it on the platform. `alt_ids` are other spellings of the same person there (phone and user id, the two
    forms of a Brazilian number), never a guess across channels. `verified`: the platform vouches for the id."""

    external_id: str
    id_kind: str = "id"
    alt_ids: tuple[str, ...] = ()
    display_name: str | None = None
    username: str | None = None
    locale: str | None = None
    is_bot: bool = False
    verified: bool = False


class Media(Struct, frozen=True, omit_defaults=True):
    """A file that is still with the platform: by id, by link, or (mail) in the request itself as `content`."""

    provider_id: str | None = None
    url: str | None = None
    expires_at: datetime | None = None
    needs_token: bool = False
    mime: str | None = None
    size: int | None = None
    sha256: str | None = None
    filename: str | None = None
    caption: str | None = None
    content_id: str | None = None
    inline: bool = False
    content: bytes | None = None


class Part(Struct, frozen=True, omit_defaults=True):
    """One piece of a message beside its text. `raw_type` is the platform's own word for it."""

    type: PartType
    raw_type: str = ""
    media: Media | None = None
    lat: float | None = None
    lon: float | None = None
    name: str | None = None
    address: str | None = None
    url: str | None = None


class Said(Struct, frozen=True, omit_defaults=True):
    """The message. `album_id` joins messages the contact sent as one; `full_text` is a mail with its quotations."""

    external_id: str = ""
    text: str | None = None
    parts: tuple[Part, ...] = ()
    reply_to: str | None = None
    forwarded: bool = False
    quote_token: str | None = None
    edited_at: datetime | None = None
    album_id: str | None = None
    full_text: str | None = None
    subject: str | None = None


class Action(Struct, frozen=True, omit_defaults=True):
    """A tap on a button or quick reply, or a command. `callback_id` must be answered to the platform by `ack_by`."""

    payload: str
    title: str | None = None
    source_message_id: str | None = None
    callback_id: str | None = None
    action_id: str | None = None


class StatusError(Struct, frozen=True, omit_defaults=True):
    """Why a delivery failed, as the platform says it; its class comes from the channel's error table."""

    code: str
    text: str | None = None


class Status(Struct, frozen=True, omit_defaults=True):
    """What became of an outgoing message: of the ids in `target_ids`, or of all sent up to `watermark`.

    `raw_state` is the platform's word where it says more than ours (undelivered).
    """

    state: DeliveryState
    target_ids: tuple[str, ...] = ()
    watermark: datetime | None = None
    error: StatusError | None = None
    raw_state: str = ""
    delayed: bool = False
    recipient: str | None = None


class ReplyContext(Struct, frozen=True, omit_defaults=True):
    """What the platform gave for answering, and until when it may be used."""

    reply_token: str | None = None
    token_expires_at: datetime | None = None
    window_expires_at: datetime | None = None
    quota_left: int | None = None
    response_url: str | None = None
    mark_read_token: str | None = None


class MailHeaders(Struct, frozen=True, omit_defaults=True):
    """What threading, the loop guard and routing need of a mail. Ids stand without angle brackets."""

    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    automatic: str | None = None
    html: str | None = None


class InboundEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a webhook request. `dedup_key` is unique per inbox: a redelivery carries the same one.

    `direction` echo: written elsewhere by the business itself; it is stored and never answered. `target_id` is the message
    an edit, deletion or reaction is about. `occurred_as_given` is the platform's own time stamp, untouched. `raw_type` is the
    platform's word for the event, `reason` says why it is ignored.
    """

    kind: Kind
    dedup_key: str
    direction: Literal["inbound", "echo"] = "inbound"
    account_id: str = ""
    provider_event_id: str = ""
    redelivery: bool = False
    occurred_at: datetime | None = None
    occurred_as_given: str = ""
    occurred_unit: Literal["s", "ms", "iso", ""] = ""
    place: Place | None = None
    sender: Sender | None = None
    message: Said | None = None
    action: Action | None = None
    status: Status | None = None
    target_id: str | None = None
    emoji: str | None = None
    reply_context: ReplyContext | None = None
    mail: MailHeaders | None = None
    standby: bool = False
    challenge: str | None = None
    raw_type: str = ""
    reason: str = ""
    schema_version: int = SCHEMA_VERSION


def content_type(event: InboundEvent) -> str:
    """One word for what the event carries: postback, the first part's type, or text."""
    if event.action is not None:
        return "postback"
    if event.message is None:
        return ""
    if event.message.parts:
        return event.message.parts[0].type
    return "text" if event.message.text else ""
