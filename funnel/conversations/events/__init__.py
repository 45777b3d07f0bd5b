"""Every event type of the log. Importing this package fills the registry; writing is strict, reading is tolerant."""

from funnel.conversations.events.care import (
    ContactAbsent,
    ContactIdentified,
    ContextAttached,
    ConversationAssigned,
    ConversationHandedBack,
    ConversationHandedOver,
    ConversationQueued,
    ConversationReleased,
    ConversationReopened,
    ConversationResolved,
    ConversationSeen,
    ConversationSnoozed,
    ConversationStarted,
    ConversationTagged,
    ConversationWithdrawn,
    ConversationWoken,
    DeliveryUpdated,
    ExpectationChanged,
    HumanOfferAnswered,
    HumanOffered,
    LeadCalled,
    PriorityChanged,
    RatingGiven,
    RatingRequested,
    TargetBreached,
    TargetMet,
    TargetStarted,
)
from funnel.conversations.events.log import Draft, Logged, is_visible
from funnel.conversations.events.payload import REGISTRY, Payload, decode, encode, json_schema
from funnel.conversations.events.talk import (
    AnswerDeferred,
    AnswerOffered,
    AnswerRated,
    AnswerSuperseded,
    AttachmentUpdated,
    DecisionMade,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    MessageRedacted,
    ProactiveShown,
    SignalsMeasured,
)

__all__ = [
    "REGISTRY", "AnswerDeferred", "AnswerOffered", "AnswerRated", "AnswerSuperseded", "AttachmentUpdated", "ContactAbsent", "ContactIdentified",
    "ContextAttached", "ConversationAssigned", "ConversationHandedBack", "ConversationHandedOver",
    "ConversationQueued", "ConversationReleased", "ConversationReopened", "ConversationResolved",
    "ConversationSeen", "ConversationSnoozed", "ConversationStarted", "ConversationTagged",
    "ConversationWithdrawn", "ConversationWoken", "DecisionMade", "DeliveryUpdated", "Draft",
    "ExpectationChanged", "HumanOfferAnswered", "HumanOffered", "LeadCalled", "Logged", "MessageCreated", "MessageDeleted",
    "MessageEdited", "MessageRedacted", "Payload", "PriorityChanged", "ProactiveShown", "RatingGiven",
    "RatingRequested", "SignalsMeasured", "TargetBreached", "TargetMet", "TargetStarted", "decode", "encode",
    "is_visible", "json_schema",
]  # fmt: skip
