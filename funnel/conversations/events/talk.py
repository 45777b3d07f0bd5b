"""What is said: messages, answers, signals and decisions of the bot."""

from datetime import datetime
from typing import Literal

from funnel.channels.templates import TemplateValues
from funnel.conversations.events.payload import Payload, public, register
from funnel.conversations.values import (
    Attachment,
    Language,
    Outcome,
    PassageRef,
    Purpose,
    QuickReply,
    Reason,
    RuleResult,
    SignalValue,
    Visibility,
    Window,
)

AnswerKind = Literal["answer", "suggestions", "question"]
MissCause = Literal["none_found", "rejected", "repeated", "dissatisfied", "unusable_reply"]


@register
class MessageCreated(Payload, frozen=True):
    """A message entered the conversation. Its author is the event's actor, its time and seq are the event's.

    `purpose` says why the bot or the system spoke; a private message is a note and never reaches a visitor. `window` is what the
    channel allows us after this message of the contact. `template`: an agent sent this one of the platform's, filled in; `text` is how it reads.
    `joined`: its channel shows it together with the next message of its turn, as one.
    """

    TYPE = "message.created"
    PUBLIC = public(
        "message_id", "client_message_id", "text", "format", "direction", "attachments", "quick_replies"
    )

    message_id: str
    text: str
    direction: Literal["incoming", "outgoing"]
    client_message_id: str | None = None
    format: Literal["plain", "markdown"] = "plain"
    visibility: Visibility = "public"
    attachments: tuple[Attachment, ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    payload: str | None = None
    purpose: Purpose | None = None
    subject: str | None = None
    window: Window | None = None
    template: TemplateValues | None = None
    joined: bool = False


@register
class MessageEdited(Payload, frozen=True):
    """A message's words were replaced by its author on a channel that allows it."""

    TYPE = "message.edited"
    PUBLIC = public("message_id", "text")
    message_id: str
    text: str


@register
class AttachmentUpdated(Payload, frozen=True):
    """What became of a file that a channel held: `stored` (as it really is), `delayed` (it will be tried again), `refused` or `lost`
    (it will never be had; `reason` says why)."""

    TYPE = "attachment.updated"
    PUBLIC = public("message_id", "attachment", "state")
    message_id: str
    attachment: Attachment
    state: Literal["stored", "delayed", "refused", "lost"]
    reason: str | None = None


@register
class MessageDeleted(Payload, frozen=True):
    """A message was taken back by its author on its channel."""

    TYPE = "message.deleted"
    PUBLIC = public("message_id")
    message_id: str


@register
class MessageUnseen(Payload, frozen=True):
    """A visitor who left the website has not seen a message two minutes after it was said: an integrator may raise a push of its
    own. Once for each message. `external_id` is what the integrator calls its user."""

    TYPE = "message.unseen"
    message_id: str
    by: Literal["bot", "agent"]
    said_at: datetime
    contact_id: str
    external_id: str | None = None


@register
class MessageRedacted(Payload, frozen=True):
    """A message's content was erased for ever; its place in the log stays."""

    TYPE = "message.redacted"
    PUBLIC = public("message_id")
    message_id: str


@register
class SignalsMeasured(Payload, frozen=True):
    """What was measured of one contact message; evidence points into `message_id`'s text. `matters` are marks by which an
    order number is known again, too short to be turned back into one."""

    TYPE = "signals.measured"
    message_id: str
    language: Language
    signals: dict[str, SignalValue]
    matters: tuple[str, ...] = ()


@register
class AnswerDeferred(Payload, frozen=True):
    """The bot waits for the rest of a burst until `until`; a durable timer answers."""

    TYPE = "answer.deferred"
    until: datetime


@register
class DecisionMade(Payload, frozen=True):
    """The bot turn's one outcome and what it did to the counters of the loop guard.

    `activation` counts publications of rule sets: a process that has not seen it yet must not judge this conversation.
    `account`: only somebody who can look into the contact's account could have answered.

    `counts` is false for greetings, thanks and reactions, which are never a turn, a miss or a reopening.
    `need` says whether the contact's need is new or goes on.
    """

    TYPE = "decision.made"
    decision_id: str
    rule_set_version: str
    outcome: Outcome
    rules: tuple[RuleResult, ...] = ()
    reason: Reason | None = None
    need: Literal["new", "same"] = "same"
    counts: bool = True
    miss: MissCause | None = None
    positive: bool = False
    about: Literal["need", "unclear", "small_talk", "unreadable", "unsure_language"] = "need"
    account: bool = False
    activation: int = 0


@register
class AnswerOffered(Payload, frozen=True):
    """The bot answered, suggested or asked back; its words are also a message by the bot."""

    TYPE = "answer.offered"
    PUBLIC = public("answer_id", "kind", "passages")
    answer_id: str
    kind: AnswerKind
    passages: tuple[PassageRef, ...] = ()
    confidence: float | None = None
    question: str | None = None


@register
class AnswerSuperseded(Payload, frozen=True):
    """An answer or suggestion nobody acted on was replaced, because the rest of the burst changed the need."""

    TYPE = "answer.superseded"
    PUBLIC = public("answer_id")
    answer_id: str


@register
class AnswerRated(Payload, frozen=True):
    """The contact said, by button or words, whether an answer helped."""

    TYPE = "answer.rated"
    PUBLIC = public("answer_id", "helpful")
    answer_id: str
    helpful: bool
    by: Literal["button", "words"] = "button"


@register
class ProactiveShown(Payload, frozen=True):
    """A proactive message was shown to the visitor."""

    TYPE = "proactive.shown"
    PUBLIC = public("proactive_id", "text")
    proactive_id: str
    text: str
