"""Commands: everything that can be asked of a conversation. Each has an id under which its turn is stored once, for ever."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from funnel.channels.templates import TemplateValues
from funnel.conversations.values import (
    Actor,
    Attachment,
    DeliveryState,
    NeedMet,
    OfferChoice,
    Page,
    Priority,
    Window,
)


class Opening(Struct, frozen=True, gc=False):
    """What a new conversation of this contact would start with."""

    site_id: str
    inbox_id: str
    contact_id: str
    channel: str
    locale: str
    queue_id: str
    thread: str = ""
    contact_name: str | None = None
    contact_verified: bool = False
    zone: str | None = None


class InboundRef(Struct, frozen=True, gc=False):
    """The event of a channel that a command comes from. Its key is stored with the turn, so that it causes one turn only."""

    inbox_id: str
    dedup_key: str
    request_id: str
    kind: str


class Command(Struct, frozen=True, kw_only=True, gc=False):
    """Base. `conversation_id` addresses one; with `opening` the turn lands in the contact's open conversation, else reopens
    one resolved within 7 days, else starts a new one (behaviour §4).

    `client_message_id` is unique per (author kind, author id, scope id) for ever; None for commands the server makes.
    """

    command_id: str
    actor: Actor
    conversation_id: str | None = None
    opening: Opening | None = None
    client_message_id: str | None = None
    inbound: InboundRef | None = None

    def scope_id(self) -> str:
        """The contact for a visitor, the conversation for an agent (architecture §3)."""
        if self.actor.kind == "contact":
            return self.actor.id or ""
        return self.conversation_id or ""

    def content(self) -> tuple[object, ...]:
        """What the same client_message_id must repeat; hashed with a key, never stored."""
        return (type(self).__name__,)


class PostMessage(Command, frozen=True, kw_only=True):
    """A contact's message; `human` also asks for a person in the same turn. `text`, and the `subject` a
    mail has, are masked by the pipeline first."""

    text: str = ""
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    page: Page | None = None
    locale: str | None = None
    human: bool = False
    window: Window | None = None

    def content(self) -> tuple[object, ...]:
        """Text, files, payload and the wish for a person."""
        return ("message", self.text, tuple(a.id for a in self.attachments), self.payload, self.human)


class AskHuman(Command, frozen=True, kw_only=True):
    """The button: always a full hand-over, also as the very first act."""


class RateAnswer(Command, frozen=True, kw_only=True):
    """Did this help."""

    answer_id: str
    helpful: bool

    def content(self) -> tuple[object, ...]:
        """The answer and the verdict."""
        return ("feedback", self.answer_id, self.helpful)


class AnswerOffer(Command, frozen=True, kw_only=True):
    """A choice under an offer of a person."""

    offer_id: str
    choice: OfferChoice

    def content(self) -> tuple[object, ...]:
        """The offer and the choice."""
        return ("offer", self.offer_id, self.choice)


class GiveRating(Command, frozen=True, kw_only=True):
    """1..5 and a comment."""

    score: int
    comment: str | None = None


class IdentifyContact(Command, frozen=True, kw_only=True):
    """The contact of this conversation became verified, gave a name or is in another time zone; None is nothing new."""

    verified: bool
    name: str | None = None
    zone: str | None = None


class Reply(Command, frozen=True, kw_only=True):
    """An agent's public message. An agent who does not own it takes it by replying, unless another agent owns it. With a `template`
    of the platform it may also be said outside the channel's window; `text` is then how that reads."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    template: TemplateValues | None = None

    def content(self) -> tuple[object, ...]:
        """Text and files, and which template."""
        said = ("reply", self.text, tuple(a.id for a in self.attachments))
        return said if self.template is None else (*said, self.template.name, self.template.language)


class Notify(Command, frozen=True, kw_only=True):
    """What the site's own system tells the contact (an order has left): said by the system, wherever the conversation stands, and it
    neither owns nor reopens it. The actor's id is the contact's, in whose scope the client's ids are unique."""

    text: str

    def scope_id(self) -> str:
        """The contact."""
        return self.actor.id or ""

    def content(self) -> tuple[object, ...]:
        """Text."""
        return ("notice", self.text)


class AddNote(Command, frozen=True, kw_only=True):
    """An agent's private message; never reaches a visitor, in words or in counters."""

    text: str

    def content(self) -> tuple[object, ...]:
        """Text."""
        return ("note", self.text)


class Claim(Command, frozen=True, kw_only=True):
    """Take it: refused with `already_owned` where another agent owns it. A lead (`by_lead`) knows of it by that."""

    by: Literal["claim", "next"] = "claim"
    by_lead: bool = False


class Assign(Command, frozen=True, kw_only=True):
    """Give it to an agent or a queue; exactly one of the two targets is set."""

    agent_id: str | None = None
    agent_name: str | None = None
    queue_id: str | None = None
    note: str | None = None


class Release(Command, frozen=True, kw_only=True):
    """Back to its queue."""


class HandBack(Command, frozen=True, kw_only=True):
    """To the bot; the visitor is told in the same turn."""


class MarkSeen(Command, frozen=True, kw_only=True):
    """The agent looked at the hand-over; a lead (`by_lead`) knows of it by that."""

    by_lead: bool = False


class Acknowledge(Command, frozen=True, kw_only=True):
    """A lead knows that it was called; only a lead may say so (`by_lead`)."""

    by_lead: bool = False


class ChangeTags(Command, frozen=True, kw_only=True):
    """Add and remove tags."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class SetPriority(Command, frozen=True, kw_only=True):
    """Another priority."""

    priority: Priority


class Snooze(Command, frozen=True, kw_only=True):
    """Sleep until then; a contact's message wakes it."""

    until: datetime


class Resolve(Command, frozen=True, kw_only=True):
    """End the episode. A conversation on the urgent safety path is closed by a lead only (`by_lead`)."""

    how: Literal["agent", "confirmed", "ended", "silent"] = "agent"
    need_met: NeedMet = "unknown"
    disposition: str | None = None
    by_lead: bool = False


class Reopen(Command, frozen=True, kw_only=True):
    """An agent opens a resolved conversation again and owns it."""


class AgentAbsent(Command, frozen=True, kw_only=True):
    """The owner has been away: the conversation returns to its queue."""

    agent_id: str


class EditMessage(Command, frozen=True, kw_only=True):
    """The contact changed the words of an earlier message on its channel."""

    message_id: str
    text: str


class DeleteMessage(Command, frozen=True, kw_only=True):
    """The contact took a message back on its channel: its content is erased with the turn where `event_seq` says where it stands."""

    message_id: str
    event_seq: int | None = None


class UpdateAttachment(Command, frozen=True, kw_only=True):
    """A file of a channel's message was fetched, is late, or will never come."""

    message_id: str
    attachment: Attachment
    state: Literal["stored", "delayed", "refused", "lost"]
    reason: str | None = None


class UpdateDelivery(Command, frozen=True, kw_only=True):
    """How a delivery fares. Each state of a delivery is told once."""

    delivery_id: str
    message_id: str
    state: DeliveryState
    error: str | None = None


class NoteUnseen(Command, frozen=True, kw_only=True):
    """A message that a visitor who left has not seen after the quiet time."""

    message_id: str
    by: Literal["bot", "agent"]
    said_at: datetime
    contact_id: str
    external_id: str | None = None


class NoteJoined(Command, frozen=True, kw_only=True):
    """An agent says that this conversation's contact and another one are the same person, or (`ended`) that they are not."""

    join_id: str
    other_id: str
    ended: bool = False


class SendAgain(Command, frozen=True, kw_only=True):
    """A delivery that failed goes out once more under a new id: by the address of this name or, where `inbox_id` and `channel`
    are set, by one of another inbox. A template needs no open window."""

    failed_id: str
    message_id: str
    address: str
    inbox_id: str | None = None
    channel: str | None = None
    is_template: bool = False


class NoteRedirected(Command, frozen=True, kw_only=True):
    """The words of a failed delivery were said in another conversation of the same person."""

    failed_id: str
    message_id: str
    channel: str
    to_conversation_id: str


class TellHookResult(Command, frozen=True, kw_only=True):
    """What an integrator's hook said, or (`error`, a code) why it said nothing that is of use. Nothing changes where this call is
    not waited for any more."""

    call_id: str
    values: dict[str, str] = {}
    error: str | None = None


class TimerDue(Command, frozen=True, kw_only=True):
    """The conversation's timer row is due; stale generations do nothing."""

    generation: int


class Redact(Command, frozen=True, kw_only=True):
    """Erase one message's content for ever."""

    message_id: str
    event_seq: int


class EraseContact(Command, frozen=True, kw_only=True):
    """Erase all that was said in this conversation and who said it, for ever; it is over with that. `message_ids` are its messages
    that still have words."""

    message_ids: tuple[str, ...] = ()
