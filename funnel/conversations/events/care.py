"""Who cares for the conversation: its start and end, hand-over, ownership, priority, targets, rating."""

from datetime import datetime
from typing import Literal

from funnel.conversations.events.payload import Payload, public, register
from funnel.conversations.values import (
    AgentRef,
    DeliveryState,
    How,
    NeedMet,
    Notified,
    OfferChoice,
    Page,
    Priority,
    Reason,
    ReplyBy,
    Until,
)


@register
class ConversationStarted(Payload, frozen=True):
    """The first event of every conversation. `queue_id` is where its inbox hands over to; `previous_id` links an older one,
    `rating_requested_at` is when this contact was last asked for a rating in any of the older ones."""

    TYPE = "conversation.started"
    PUBLIC = public("channel", "locale", "previous_id")
    site_id: str
    inbox_id: str
    contact_id: str
    channel: str
    locale: str
    queue_id: str
    thread: str = ""
    contact_name: str | None = None
    contact_verified: bool = False
    previous_id: str | None = None
    page: Page | None = None
    zone: str | None = None
    rating_requested_at: datetime | None = None


@register
class ContactIdentified(Payload, frozen=True):
    """The contact became verified, told a name or is in another time zone; account facts are given to verified contacts only."""

    TYPE = "contact.identified"
    PUBLIC = public("verified", "name")
    verified: bool
    name: str | None = None
    zone: str | None = None


@register
class ContactJoined(Payload, frozen=True):
    """An agent says that the contact is the same person as another one; agents see both together, visitors see nothing of it."""

    TYPE = "contact.joined"
    join_id: str
    other_id: str


@register
class ContactParted(Payload, frozen=True):
    """The join was undone: both contacts are as they were before."""

    TYPE = "contact.parted"
    join_id: str
    other_id: str


@register
class ContactErased(Payload, frozen=True):
    """Everything that was said here and who said it is erased for ever; the conversation is over. Its places in the log stay."""

    TYPE = "contact.erased"


@register
class ContactAbsent(Payload, frozen=True):
    """The contact had left when the bot wanted to ask whether that settled it; so it was not asked."""

    TYPE = "contact.absent"


@register
class HumanOffered(Payload, frozen=True):
    """A person was offered. `cause` is the rule's; `why` tells the three-way capacity offer from the plain one."""

    TYPE = "human.offered"
    PUBLIC = public("offer_id", "expected_reply_at", "choices")
    offer_id: str
    choices: tuple[OfferChoice, ...]
    expected_reply_at: datetime | None = None
    why: Literal["bot", "capacity"] = "bot"


@register
class HumanOfferAnswered(Payload, frozen=True):
    """The contact chose; an ignored offer is answered by `timeout`."""

    TYPE = "human.offer_answered"
    PUBLIC = public("offer_id", "choice", "by")
    offer_id: str
    choice: OfferChoice
    by: Literal["tap", "text", "timeout"]


@register
class ConversationHandedOver(Payload, frozen=True):
    """Bot → queue. It always names a queue as owner; the estimates are what the visitor was told. Somebody is notified outside the
    desk where nobody has seen it for `alarm_seconds`; None: never."""

    TYPE = "conversation.handed_over"
    PUBLIC = public("reason", "expected_reply_at", "position", "reply_by")
    reason: Reason
    queue_id: str
    expected_reply_at: datetime | None = None
    position: int | None = None
    reply_by: ReplyBy = "here"
    priority: Priority = "normal"
    keep_asking: bool = False
    alarm_seconds: int | None = None
    lifted: bool = False


@register
class ExpectationChanged(Payload, frozen=True):
    """The promised time passed; one honest update. None: no time can be promised any more, a lead is alerted."""

    TYPE = "expectation.changed"
    PUBLIC = public("expected_reply_at")
    expected_reply_at: datetime | None = None


@register
class ConversationWithdrawn(Payload, frozen=True):
    """The waiting contact said never mind or solved; the conversation left the queue."""

    TYPE = "conversation.withdrawn"
    PUBLIC = public()


@register
class ConversationAssigned(Payload, frozen=True):
    """An agent owns the conversation now: by claim, take next, assignment or transfer."""

    TYPE = "conversation.assigned"
    PUBLIC = public("agent")
    agent: AgentRef
    by: Literal["claim", "next", "assign", "reopen"] = "claim"
    queue_id: str | None = None


@register
class ConversationQueued(Payload, frozen=True):
    """The conversation waits in a queue again or in another one (transfer)."""

    TYPE = "conversation.queued"
    PUBLIC = public("expected_reply_at")
    queue_id: str
    by: Literal["assign", "reopen", "absence"] = "assign"
    expected_reply_at: datetime | None = None


@register
class ConversationReleased(Payload, frozen=True):
    """The owner gave it back to its queue; the time already waited is honoured."""

    TYPE = "conversation.released"
    PUBLIC = public("expected_reply_at")
    queue_id: str
    expected_reply_at: datetime | None = None


@register
class ConversationHandedBack(Payload, frozen=True):
    """Agent → bot; the visitor is told in the same turn."""

    TYPE = "conversation.handed_back"
    PUBLIC = public()


@register
class ConversationSeen(Payload, frozen=True):
    """An agent looked at the hand-over; its alarm stops."""

    TYPE = "conversation.seen"
    agent: AgentRef


@register
class ConversationResolved(Payload, frozen=True):
    """The episode ended. Silence is never reported as a need met."""

    TYPE = "conversation.resolved"
    PUBLIC = public("by", "how", "need_met")
    by: Literal["contact", "bot", "agent", "system"]
    how: How
    need_met: NeedMet
    disposition: str | None = None


@register
class ConversationReopened(Payload, frozen=True):
    """A new episode of a resolved conversation began."""

    TYPE = "conversation.reopened"
    PUBLIC = public()
    by: Literal["contact", "agent"] = "contact"


@register
class ConversationSnoozed(Payload, frozen=True):
    """It sleeps until then or until the contact writes."""

    TYPE = "conversation.snoozed"
    until: datetime


@register
class ConversationWoken(Payload, frozen=True):
    """A snooze ended."""

    TYPE = "conversation.woken"
    by: Literal["time", "contact", "agent"]


@register
class ConversationTagged(Payload, frozen=True):
    """Tags changed."""

    TYPE = "conversation.tagged"
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@register
class PriorityChanged(Payload, frozen=True):
    """The priority is another one now; `rules` raised it, if any, and `lifted` where it was for the contact's mood."""

    TYPE = "priority.changed"
    priority: Priority
    lifted: bool = False
    rules: tuple[str, ...] = ()


@register
class LeadCalled(Payload, frozen=True):
    """Somebody must look: a rule wants a lead to, a life is in danger (`urgent_path`), or nobody has seen a hand-over (`unseen`).

    Said again every `every_minutes`, `times` counting up, unless this is the `last` time: until the hand-over is seen, or until
    a lead acknowledges it.
    """

    TYPE = "lead.called"
    rule_id: str
    by: tuple[Notified, ...] = ("desk",)
    every_minutes: int = 15
    until: Until = "seen"
    times: int = 1
    last: bool = False


@register
class LeadAcknowledged(Payload, frozen=True):
    """A lead knows; every call of the conversation ends."""

    TYPE = "lead.acknowledged"
    agent: AgentRef


@register
class RatingRequested(Payload, frozen=True):
    """The contact was asked for a rating (only after `agent` or `confirmed`, once in 14 days)."""

    TYPE = "rating.requested"
    PUBLIC = public()


@register
class RatingGiven(Payload, frozen=True):
    """1 (bad) to 5 (good), with an optional comment."""

    TYPE = "rating.given"
    PUBLIC = public("score", "comment")
    score: int
    comment: str | None = None


@register
class TargetStarted(Payload, frozen=True):
    """A service-level clock runs."""

    TYPE = "target.started"
    metric: Literal["first_response", "next_response", "resolution"]
    due_at: datetime


@register
class TargetMet(Payload, frozen=True):
    """A service-level clock stopped in time."""

    TYPE = "target.met"
    metric: Literal["first_response", "next_response", "resolution"]


@register
class TargetBreached(Payload, frozen=True):
    """A service-level clock ran out."""

    TYPE = "target.breached"
    metric: Literal["first_response", "next_response", "resolution"]


@register
class DeliveryUpdated(Payload, frozen=True):
    """How an outgoing message fared on its channel; states only move forward. `delayed`: its server goes on trying. A message that is sent again gets a new delivery;
    `channel` names the one it goes by where that is not the conversation's own."""

    TYPE = "delivery.updated"
    delivery_id: str
    message_id: str
    state: DeliveryState
    error: str | None = None
    channel: str | None = None


@register
class DeliveryRedirected(Payload, frozen=True):
    """The words of a delivery that failed were said to the same person in another conversation."""

    TYPE = "delivery.redirected"
    delivery_id: str
    message_id: str
    channel: str
    to_conversation_id: str


@register
class ContextAttached(Payload, frozen=True):
    """The hand-over carries its context: the messages of the need and the answers tried, by id, never as copied text."""

    TYPE = "context.attached"
    question: str | None = None
    messages: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
