"""Small values that events, state and commands share. Frozen; their JSON form is what the log stores."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

ActorKind = Literal["contact", "bot", "agent", "system"]
Visibility = Literal["public", "private"]
Status = Literal["open", "snoozed", "resolved"]
OwnerKind = Literal["bot", "queue", "agent"]
Priority = Literal["low", "normal", "high", "urgent"]
Outcome = Literal["answer", "answer_and_offer", "question", "offer", "human", "silent"]
Reason = Literal[
    "human_requested", "emotion", "safety", "sensitive_topic", "complex", "no_answer", "not_helpful",
    "loop_guard", "bot_failure", "unreadable", "rule", "proactive", "agent_requested",
]  # fmt: skip
DeliveryState = Literal["queued", "accepted", "sent", "delayed", "delivered", "read", "failed"]
OfferChoice = Literal["person_now", "reply_later", "keep_asking"]
Notified = Literal["desk", "email", "webhook"]
Until = Literal["seen", "acknowledged"]
ReplyBy = Literal["here", "email", "phone"]
How = Literal["confirmed", "agent", "silent", "withdrawn", "ended"]
NeedMet = Literal["yes", "no", "unknown"]
Purpose = Literal[
    "reply", "note", "answer", "question", "offer", "receipt", "acknowledgement", "expectation", "greeting",
    "thanks", "notice", "safety", "settle", "unreadable", "boundary", "handed_back", "address", "address_saved",
]  # fmt: skip

PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")


class Actor(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who did it. `id` is a contact's or agent's id; the bot and the system have none."""

    kind: ActorKind
    id: str | None = None
    name: str | None = None


BOT = Actor(kind="bot")
SYSTEM = Actor(kind="system")


class Attachment(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A file of a message; `size` in bytes. Its link is made when it is rendered, never stored."""

    id: str
    name: str
    content_type: str
    size: int


class Window(Struct, frozen=True, gc=False, omit_defaults=True):
    """How long, and how many more messages, a channel lets us write freely after the contact's last one. `until` None: always;
    `left` None: not counted. `beyond` names what may be sent even when it is closed. Until `free_until` one message is an answer
    that is not counted (LINE's reply token)."""

    until: datetime | None = None
    left: int | None = None
    beyond: tuple[str, ...] = ()
    free_until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether free words still reach the contact."""
        return (self.until is None or at < self.until) and (self.left != 0 or self._free(at))

    def _free(self, at: datetime) -> bool:
        return self.free_until is not None and at < self.free_until

    def after(self, newer: "Window") -> "Window":
        """What counts once a newer message of the contact opened it anew; messages may come out of order."""
        if self.until is not None and newer.until is not None and self.until > newer.until:
            return Window(self.until, newer.left, newer.beyond, newer.free_until)
        return newer

    def spent(self, at: datetime) -> "Window":
        """After one more message of ours."""
        if self.free_until is not None:
            used = Window(self.until, self.left, self.beyond)
            return used if self._free(at) else used.spent(at)
        return self if self.left is None else Window(self.until, max(self.left - 1, 0), self.beyond)


LINK: Final = "link:"
"""Begins the payload of a button that only opens an address: nothing has to come back when it is tapped."""


class QuickReply(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A button under a message; `payload` comes back with the message that taps it."""

    label: str
    payload: str


class Page(Struct, frozen=True, gc=False, omit_defaults=True):
    """The page the visitor was on; the URL without query and fragment (behaviour: privacy)."""

    url: str
    title: str | None = None
    referrer: str | None = None


class PassageRef(Struct, frozen=True, gc=False, omit_defaults=True):
    """A passage as it was shown: its words are kept, so that a later edit of the article changes no history."""

    article_id: str
    title: str
    locale: str
    text: str
    url: str | None = None
    score: float | None = None


class AgentRef(Struct, frozen=True, gc=False, omit_defaults=True):
    """An agent as others see them."""

    name: str
    id: str | None = None


class RuleResult(Struct, frozen=True, gc=False):
    """What one rule said in a decision."""

    id: str
    result: Literal["fired", "near", "no"]


class SignalValue(Struct, frozen=True, gc=False):
    """A measured fact: score 0..1 and its evidence as half-open code point spans of the stored text."""

    score: float
    evidence: tuple[tuple[int, int], ...] = ()


class Language(Struct, frozen=True, gc=False):
    """The language of a message: BCP 47 code, ISO 15924 script, certainty 0..1."""

    code: str
    script: str
    score: float
