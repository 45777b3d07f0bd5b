"""What answers look like. Answers are rendered by hand from allow-lists; these models document them and tests hold them to it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shown(BaseModel):
    """Base of documented answers; more fields may come."""

    model_config = ConfigDict(extra="allow")


class FieldError(Shown):
    """One thing wrong with a request."""

    field: str
    code: str
    detail: str


class ProblemOut(Shown):
    """RFC 9457; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] | None = None


class OwnerOut(Shown):
    """Who has it."""

    kind: Literal["bot", "queue", "agent"]
    id: str | None = None
    name: str | None = None


class ContactOut(Shown):
    """The contact of a conversation."""

    id: str
    verified: bool
    name: str | None = None


class NamedOut(Shown):
    """A thing by id and name."""

    id: str
    name: str


class WindowOut(Shown):
    """How long (`until`, null: always) and how many more messages (`left`, null: not counted) the channel lets us write freely;
    `can_send` names what may be sent even when it is closed."""

    until: datetime | None
    left: int | None
    can_send: list[str]
    free_until: datetime | None = None


class ConversationOut(Shown):
    """A newer `version` wins. The last fields are for agents only."""

    id: str
    status: Literal["open", "snoozed", "resolved"]
    owner: OwnerOut
    channel: str
    locale: str
    contact: ContactOut
    expected_reply_at: datetime | None = None
    last_seq: int
    version: int
    created_at: datetime
    updated_at: datetime
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    subject: str | None = None
    queue: NamedOut | None = None
    tags: list[str] | None = None
    waiting_since: datetime | None = None
    site: NamedOut | None = None
    window: WindowOut | None = None


class ActorOut(Shown):
    """Who did it."""

    kind: Literal["contact", "bot", "agent", "system"]
    id: str | None = None
    name: str | None = None


class AttachmentOut(Shown):
    """A file; the link ends after five minutes."""

    id: str
    name: str
    content_type: str
    size: int
    url: str


class QuickReplyOut(Shown):
    """A button under a message."""

    label: str
    payload: str


class SentTemplateOut(Shown):
    """Which template of the platform a message is."""

    name: str
    language: str


class MessageOut(Shown):
    """A message; `visibility` and `template` for agents only."""

    id: str
    conversation_id: str
    seq: int
    client_message_id: str | None = None
    text: str
    format: Literal["plain", "markdown"]
    direction: Literal["incoming", "outgoing"]
    author: ActorOut
    attachments: list[AttachmentOut]
    quick_replies: list[QuickReplyOut]
    created_at: datetime
    visibility: Literal["public", "private"] | None = None
    template: SentTemplateOut | None = None


class EventOut(Shown):
    """One entry of a conversation's log; `data` depends on `type`."""

    id: str
    turn_id: str
    conversation_id: str
    seq: int
    prev: int = Field(description="The seq of the previous event this caller may see; 0 for the first.")
    at: datetime
    type: str
    actor: ActorOut
    data: dict[str, Any]


class WriteOut(Shown):
    """What a write did: the conversation now, the message of this request, and the events of its turn."""

    conversation: ConversationOut
    message: MessageOut | None
    events: list[EventOut]


class EventPageOut(Shown):
    """A page of the log; `reset` says that the cursor could not be continued from."""

    items: list[EventOut]
    cursor: str
    more: bool
    reset: bool


class ConversationPageOut(Shown):
    """A page of conversations."""

    items: list[ConversationOut]
    next: str | None


class ResumeLinkOut(Shown):
    """Opens a conversation once on another device."""

    link_token: str
    expires_at: datetime


class SiteOut(Shown):
    """What a widget needs to know of its site."""

    name: str
    locale: str
    locales: list[str]
    open: bool
    next_open_at: datetime | None
    expected_reply_seconds: int
    automated_notice: str
    notice: str | None = Field(
        None, description="What everybody should know now: a known issue, special hours."
    )


class SessionOut(Shown):
    """A visitor's session."""

    visitor_token: str
    expires_at: datetime
    contact: ContactOut
    conversation: ConversationOut | None
    site: SiteOut
    now: datetime = Field(description="The server's time, for clients whose clock is wrong.")
    proactive: list[dict[str, Any]]


class MeOut(Shown):
    """The contact as it is now."""

    contact: dict[str, Any]


class UploadOut(Shown):
    """A stored file, to be attached once."""

    upload_id: str
    name: str
    content_type: str
    size: int


class QueueOut(Shown):
    """A team's waiting work."""

    id: str
    name: str
    waiting: int
    oldest_waiting_since: datetime | None
    agents_online: int


class QueuePageOut(Shown):
    """Own queues."""

    items: list[QueueOut]
    next: str | None


class LastWordsOut(Shown):
    """The last public message, cut to 200 characters."""

    seq: int
    at: datetime
    author: ActorOut
    text: str
    attachments: int


class GlanceOut(Shown):
    """What a list shows beside the conversation; `unread`: the contact wrote after the agent's read mark."""

    conversation_id: str
    version: int
    unread: bool
    reason: str | None = None
    snoozed_until: datetime | None = None
    last: LastWordsOut | None = None


class GlancesOut(Shown):
    """The conversations that the agent may see, in the order asked for."""

    items: list[GlanceOut]


class ColleagueOut(Shown):
    """An agent by name, and whether they are there."""

    id: str
    name: str
    status: Literal["online", "away", "offline"]


class OpenQueueOut(Shown):
    """A queue by name, and how many of its agents are there."""

    id: str
    name: str
    agents_online: int


class AssigneesOut(Shown):
    """Whom a conversation can be given to."""

    agents: list[ColleagueOut]
    queues: list[OpenQueueOut]


class AlarmOut(Shown):
    """A call that nobody has answered: of a rule, or `urgent_path`, `unseen`, `on_call`. It is said again every `every_minutes` until
    the hand-over is `seen`, or until a lead has `acknowledged` it."""

    conversation_id: str
    queue_id: str
    rule_id: str
    called_at: datetime
    times: int
    every_minutes: int
    until: str


class AlarmsOut(Shown):
    """Calls that nobody has answered, the oldest first, at most 200."""

    items: list[AlarmOut]


class HealthOut(Shown):
    """Whether the process lives or is ready."""

    status: str
