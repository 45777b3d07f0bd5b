"""Decisions, verdicts, back-tests, shadow and reviews on the wire."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.body import Body, Id, Moment
from api.schemas.rules import Document, Note, Number, RuleOut, Tag
from api.schemas.setup import Answer
from funnel.conversations.values import Outcome, Reason


class BackTestIn(Body):
    """What to try: a version, or rules that are not kept; over decisions from `from` up to `to`. `sample` is the share of
    conversations; `recompute` measures signals anew from the words that are still there."""

    version: Number | None = None
    rules: Document | None = None
    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    sample: Annotated[float, Field(gt=0, le=1, strict=False)] = 1.0
    site_id: Id | None = None
    channel: Tag | None = None
    recompute: bool = False


class BackTestOut(Answer):
    """A back-test: how far it is and, once done, what it found. What never happened is not invented: for `no_longer` all
    after the sample's turn is unknown."""

    id: str
    status: Literal["queued", "running", "done", "cancelled", "failed"]
    version: int | None
    from_: Annotated[dt.datetime, Field(alias="from")]
    to: dt.datetime
    sample: float
    total: int | None
    done: int
    error: str | None
    result: dict[str, Any] | None = None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class BackTestPageOut(Answer):
    """Back-tests, newest first, without their results."""

    items: list[BackTestOut]
    next: str | None = None


class ShadowDifferenceOut(Answer):
    """A turn where the shadow would have decided otherwise."""

    decision_id: str
    conversation_id: str
    version: int
    at: dt.datetime
    live: Outcome
    shadow: Outcome
    rules: list[str]


class ShadowPageOut(Answer):
    """Where the shadow differs, newest first."""

    items: list[ShadowDifferenceOut]
    next: str | None = None


class VerdictIn(Body):
    """What an agent says of a decision: `from_message_id` for too late, `article_id` for answerable."""

    verdict: Literal["right", "too_late", "needless", "wrong_queue", "answerable"]
    from_message_id: Id | None = None
    article_id: Id | None = None
    note: Note | None = None


class DecisionsQuery(Body):
    """Which conversation."""

    conversation_id: Id
    limit: Annotated[int, Field(ge=1, le=200, strict=False)] = 50
    cursor: Id | None = None


class GivenVerdictOut(Answer):
    """A verdict as it was given."""

    verdict: Literal["right", "too_late", "needless", "wrong_queue", "answerable"]
    from_message_id: str | None = None
    article_id: str | None = None
    note: str | None = None
    agent_id: str
    at: dt.datetime


class ToldOut(Answer):
    """A message the contact got in the turn."""

    event_id: str
    purpose: str | None = None


class DecisionOut(Answer):
    """A decision with everything it was made of; evidence is (event id, start, end)."""

    id: str
    conversation_id: str
    turn_id: str
    at: dt.datetime
    outcome: Outcome
    reason: Reason | None = None
    rule_set_version: str
    winner: str | None = None
    signals: dict[str, Any]
    language: dict[str, Any] | None = None
    rules: list[RuleOut]
    facts: dict[str, Any]
    knowledge: dict[str, Any]
    estimates: dict[str, Any] | None = None
    told: list[ToldOut]
    verdict: GivenVerdictOut | None = None
    verdict_wanted: bool


class DecisionPageOut(Answer):
    """The decisions of a conversation, oldest first."""

    items: list[DecisionOut]
    next: str | None = None


class ShareOut(Answer):
    """A count among `n`, and its share with a 95 % interval where there are at least 50."""

    count: int
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


class VerdictsOut(Answer):
    """How hand-overs were judged."""

    verdicts: dict[str, ShareOut]
    reviews: dict[str, ShareOut]


class ReviewOut(Answer):
    """A bot-only conversation of the week's sample: should a person have come, and when?"""

    week: dt.date
    conversation_id: str
    site_id: str
    locale: str
    risk: float
    stratum: Literal["random", "risk"]
    should_have: Literal["yes", "no"] | None = None
    from_message_id: str | None = None


class ReviewPageOut(Answer):
    """The week's sample."""

    items: list[ReviewOut]
    next: str | None = None


class ReviewIn(Body):
    """Whether a person should have come, and from which message on."""

    should_have: Literal["yes", "no"]
    from_message_id: Id | None = None
