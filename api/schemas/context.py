"""The bundle an agent sees before the first reply, field by field. Evidence is (event id, start, end)."""

from datetime import datetime
from typing import Any, Literal

from api.schemas.objects import Shown
from funnel.conversations.values import Reason

Evidence = tuple[str, int, int]


class KnownContactOut(Shown):
    """Who it is. What an outsourced agent may not see, and what is not known, is left out."""

    id: str
    verified: bool
    name: str | None = None
    locale: str | None = None
    timezone: str | None = None
    reply_by: Literal["here", "email", "phone"] | None = None
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    attributes: dict[str, Any] | None = None


class KnownIdentityOut(Shown):
    """An address of the contact on a channel."""

    channel: str
    address: str
    verified: bool


class PastConversationOut(Shown):
    """An earlier conversation: how it was closed, or its status, and its rating."""

    conversation_id: str
    at: datetime
    outcome: str
    rating: int | None = None


class KnownPageOut(Shown):
    """Where the contact was last."""

    url: str
    title: str | None = None
    referrer: str | None = None


class AnswerTriedOut(Shown):
    """An article that was offered in this episode and what became of it."""

    answer_id: str
    article_id: str
    title: str
    helpful: bool | None = None
    superseded: bool | None = None


class MoodOut(Shown):
    """Anger and distress as measured last, and how they moved."""

    now: Literal["calm", "raised", "high"]
    trend: Literal["steady", "rising", "falling"]
    evidence: list[Evidence]


class NamedEntitiesOut(Shown):
    """Where the facts stand that the contact named."""

    orders: list[Evidence]
    amounts: list[Evidence]
    emails: list[Evidence]
    dates: list[Evidence]


class ConditionInputsOut(Shown):
    """What a condition is made of."""

    fact: str
    operator: str
    wanted: Any = None
    last: int | None = None
    at_least: int | None = None


class WhyConditionOut(Shown):
    """One comparison of a rule that fired, in the agent's language, with what it was in that turn."""

    text: str
    value: Any = None
    holds: bool
    inputs: ConditionInputsOut
    rule: str


class WhyYouOut(Shown):
    """Why you: the one reason, the rule that decided, and every condition that held, those of that rule first."""

    code: Reason | None
    rule: str | None = None
    rule_set_version: str | None
    decision_id: str | None = None
    verdict_wanted: bool | None = None
    conditions: list[WhyConditionOut]


class TargetOut(Shown):
    """What was promised, and by when."""

    metric: str
    due_at: datetime


class SuggestedArticleOut(Shown):
    """What the knowledge base would tell an agent."""

    article_id: str
    title: str
    locale: str
    text: str
    score: float


class SuggestedReplyOut(Shown):
    """A saved reply that fits the question."""

    id: str
    title: str
    text: str
    shortcut: str | None = None
    locale: str | None = None


class SuggestionsOut(Shown):
    """What might help with the question."""

    articles: list[SuggestedArticleOut]
    saved_replies: list[SuggestedReplyOut]


class CardStepOut(Shown):
    """A step that was asked, by its event, and the reply, by its own."""

    step: str
    asked_in: str
    event_id: str
    reply: str


class CardOut(Shown):
    """What the contact replied in a playbook."""

    kind: Literal["playbook"]
    key: str
    title: dict[str, str]
    steps: list[CardStepOut]


class ContextOut(Shown):
    """What is known before the first reply; evidence is (event id, start, end)."""

    contact: KnownContactOut
    verified: bool
    identities: list[KnownIdentityOut]
    history: list[PastConversationOut]
    channel: str
    page: KnownPageOut | None = None
    locale: str
    question: str
    summary: list[str]
    tried: list[AnswerTriedOut]
    mood: MoodOut
    entities: NamedEntitiesOut
    reason: WhyYouOut
    targets: list[TargetOut]
    suggestions: SuggestionsOut
    cards: list[CardOut]
