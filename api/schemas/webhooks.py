"""Integrators' webhooks on the wire."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.body import Body, Id, Short, Sound
from api.schemas.queries import ListQuery
from api.schemas.setup import Answer, Changes, Tag
from funnel.people.webhooks import Webhook
from funnel.turns.outbox.subscriptions import WebhookDelivery

Address = Annotated[Sound, Field(min_length=1, max_length=2000, examples=["https://app.example/funnel"])]
EventTypes = Annotated[list[Tag], Field(max_length=100, description="Empty: every event.")]


class WebhookIn(Body):
    """A new webhook. Its events are signed by Standard Webhooks and tried for three days."""

    name: Short
    url: Address
    events: EventTypes = []
    site_id: Id | None = None


class WebhookUpdate(Changes):
    """The fields to change; the others stay."""

    name: Short = ""
    url: Address = ""
    events: EventTypes = []
    disabled: bool = False


class WebhookOut(Answer):
    """A webhook. One that answered 410 is disabled until it is turned on again."""

    id: str
    name: str
    url: str
    events: list[str]
    site_id: str | None
    disabled_at: dt.datetime | None
    disabled_reason: str | None
    created_at: dt.datetime
    archived_at: dt.datetime | None


class WebhookCreated(WebhookOut):
    """A new webhook with its signing secret, shown this once."""

    signing_secret: str


class SigningSecretOut(Answer):
    """A new signing secret, shown this once; deliveries carry a signature by it and one by the secret before."""

    signing_secret: str


class WebhookDeliveryOut(Answer):
    """One delivery: which event, and what became of it."""

    id: str
    conversation_id: str | None
    seq: int | None
    type: str
    state: Literal["queued", "delivered", "failed"]
    attempts: int
    status: int | None
    error: str | None
    created_at: dt.datetime
    settled_at: dt.datetime | None


class QueuedOut(Answer):
    """What was queued."""

    delivery_id: str


class LogQuery(ListQuery):
    """Which deliveries; `failed` are the dead letters."""

    state: Literal["queued", "delivered", "failed"] | None = None


def webhook_out(webhook: Webhook) -> WebhookOut:
    """As it is shown."""
    return WebhookOut.model_validate(webhook)


def delivery_out(delivery: WebhookDelivery) -> WebhookDeliveryOut:
    """As it is shown."""
    return WebhookDeliveryOut.model_validate(delivery)
