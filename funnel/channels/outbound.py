"""What goes out: the message as the funnel means it, what a channel can show of it, and what became of a send."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from funnel.channels.templates import TemplateValues

Unit = Literal["chars", "utf16", "bytes"]
Mark = Literal["typing", "read"]


class Choice(Struct, frozen=True, gc=False):
    """A button or quick reply: what is read and what comes back."""

    label: str
    payload: str


class OutboundMedia(Struct, frozen=True, gc=False):
    """A file by a link that the platform can fetch while it lasts."""

    url: str
    mime: str
    filename: str
    size: int = 0


class Location(Struct, frozen=True, gc=False):
    """A place on the map."""

    lat: float
    lon: float
    name: str = ""


class MailThread(Struct, frozen=True):
    """What a mail answers, so that it lands in the reader's thread; ids without angle brackets."""

    subject: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_token: str | None = None


class OutboundMessage(Struct, frozen=True, kw_only=True):
    """One delivery. `id` is fixed when it is written and names every attempt (idempotency).

    `mark`: no words, only a typing or read mark, which is never retried; `reply_to` is then the message it is about, `read_token` what
    the platform gave for marking it. `template`: the platform shows that, `text` is how it reads.
    """

    id: str
    conversation_id: str
    message_id: str
    address: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    media: tuple[OutboundMedia, ...] = ()
    location: Location | None = None
    mark: Mark | None = None
    by: Literal["bot", "agent", "system"] = "bot"
    purpose: str = ""
    reply_token: str | None = None
    reply_to: str | None = None
    thread_id: str | None = None
    business_connection_id: str | None = None
    mail: MailThread | None = None
    plain: bool = False
    template: TemplateValues | None = None
    read_token: str | None = None


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a channel can show and promise. Zero means not at all; lengths count in `unit`.

    `window_hours`: how long after the contact's last message free text may be sent; None: always. `quota`: messages a window
    holds; `beyond_window`: what may be sent outside of it (template). `typing_seconds`: how long a typing mark lasts where no message ends it. `rate_per_second` of an inbox is the published figure; the outbox uses four fifths of it.
    """

    text_max: int
    unit: Unit = "chars"
    text_with_buttons_max: int | None = None
    buttons: int = 0
    button_title: int = 20
    quick_replies: int = 0
    quick_reply_title: int = 20
    list_rows: int = 0
    list_row_title: int = 24
    payload_bytes: int = 256
    media_bytes: int = 0
    typing: bool = False
    typing_seconds: int = 0
    mark_read: bool = False
    receipts: frozenset[str] = frozenset()
    edits: bool = False
    deletes: bool = False
    window_hours: float | None = None
    quota: int | None = None
    beyond_window: tuple[str, ...] = ()
    splits: bool = True
    idempotent: bool = False
    reconciles: bool = False
    rate_per_second: float = 20.0
    recipient_seconds: float = 0.0
    markup: Literal["none", "markdown", "mrkdwn", "html"] = "none"


class Style(StrEnum):
    """How the choices of a part are shown."""

    NONE = "none"
    BUTTONS = "buttons"
    QUICK_REPLIES = "quick_replies"
    LIST = "list"
    NUMBERED = "numbered"


class RenderedPart(Struct, frozen=True):
    """One message of the platform: text within its limit, the choices under it, at most one file."""

    text: str = ""
    style: Style = Style.NONE
    choices: tuple[Choice, ...] = ()
    media: OutboundMedia | None = None
    location: Location | None = None


class Rendered(Struct, frozen=True):
    """What will be shown, in order. `numbers` maps the digits of a numbered list back to payloads (for 24 h)."""

    message: OutboundMessage
    parts: tuple[RenderedPart, ...]
    numbers: tuple[Choice, ...] = ()


class ErrorClass(StrEnum):
    """What a failed send means for the outbox."""

    RETRY = "retry"
    RETRY_AFTER = "retry_after"
    REAUTH = "reauth"
    WINDOW_CLOSED = "window_closed"
    QUOTA = "quota"
    RECIPIENT_GONE = "recipient_gone"
    CONTENT_INVALID = "content_invalid"
    CONFIG = "config"
    AMBIGUOUS = "ambiguous"
    DROP = "drop"


class DeliveryResult(Struct, frozen=True, kw_only=True):
    """What became of one attempt. `failed` None: the platform took it, `provider_ids` are its names for the parts.

    `delay`: seconds the platform asks to wait; `recipient_only`: the wait is this recipient's, not the inbox's. `new_address`:
    the recipient has moved. `sent_parts`: how many parts went out before the failure, so that a retry starts after them.
    `unsafe`: a repeat may show it twice, whatever the channel promises otherwise.
    """

    failed: ErrorClass | None = None
    provider_ids: tuple[str, ...] = ()
    code: str = ""
    delay: float | None = None
    recipient_only: bool = False
    new_address: str | None = None
    sent_parts: int = 0
    unsafe: bool = False
    at: datetime | None = None
