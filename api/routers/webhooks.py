"""Outgoing webhooks for integrators: subscriptions, a test, the delivery log, dead letters and replay. Needs `channels`."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.credentials import ServicesNow
from api.routers.setup import Channels, Listing
from api.routers.strict import Responses, StrictRoute
from api.schemas.setup import ListOut, changed
from api.schemas.webhooks import (
    LogQuery,
    QueuedOut,
    SigningSecretOut,
    WebhookCreated,
    WebhookDeliveryOut,
    WebhookIn,
    WebhookOut,
    WebhookUpdate,
    delivery_out,
    webhook_out,
)
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id
from funnel.people.webhooks import WebhookChanges

router = APIRouter(prefix="/v1/webhooks", tags=["setup"], route_class=StrictRoute)
ROTATED: Responses = {
    409: {
        "description": "Another rotation came first; its secret is the newest.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


@router.get("", response_model=ListOut[WebhookOut])
async def list_webhooks(_: Channels, services: ServicesNow, query: Listing) -> ListOut[WebhookOut]:
    """Webhooks in use, oldest first."""
    found = await services.people.webhooks.list(after=query.cursor, most=query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return ListOut(items=[webhook_out(one) for one in page], next=page[-1].id if more else None)


@router.post("", status_code=201, response_model=WebhookCreated)
async def create_webhook(_: Channels, services: ServicesNow, body: WebhookIn) -> WebhookCreated:
    """Makes a webhook; events from now on are sent to it."""
    made, secret = await services.people.webhooks.create(
        name=body.name, url=body.url, events=tuple(body.events), site_id=body.site_id
    )
    return WebhookCreated(**webhook_out(made).model_dump(), signing_secret=secret)


@router.get("/{webhook_id}", response_model=WebhookOut)
async def read_webhook(_: Channels, services: ServicesNow, webhook_id: str) -> WebhookOut:
    """One webhook."""
    return webhook_out(await services.people.webhooks.read(webhook_id))


@router.put("/{webhook_id}", response_model=WebhookOut)
async def update_webhook(
    _: Channels, services: ServicesNow, webhook_id: str, body: WebhookUpdate
) -> WebhookOut:
    """Changes the fields that are sent; `disabled: false` turns it on again."""
    return webhook_out(await services.people.webhooks.update(webhook_id, WebhookChanges(**changed(body))))


@router.delete("/{webhook_id}", status_code=204)
async def archive_webhook(_: Channels, services: ServicesNow, webhook_id: str) -> None:
    """Ends it."""
    await services.people.webhooks.archive(webhook_id)


@router.post("/{webhook_id}/secret", status_code=201, response_model=SigningSecretOut, responses=ROTATED)
async def rotate_secret(_: Channels, services: ServicesNow, webhook_id: str) -> SigningSecretOut:
    """A new secret; until the next one, deliveries are signed with the one before too."""
    return SigningSecretOut(signing_secret=await services.people.webhooks.rotate(webhook_id))


@router.post("/{webhook_id}/test", status_code=201, response_model=QueuedOut)
async def try_webhook(_: Channels, services: ServicesNow, webhook_id: str) -> QueuedOut:
    """Sends it a `webhook.test` event."""
    found = await services.people.webhooks.read(webhook_id)
    queued = await services.channels.subscriptions.test(found.id)
    services.channels.webhooks.wake()
    return QueuedOut(delivery_id=queued)


@router.get("/{webhook_id}/deliveries", response_model=ListOut[WebhookDeliveryOut])
async def list_deliveries(
    _: Channels, services: ServicesNow, webhook_id: str, query: Annotated[LogQuery, Query()]
) -> ListOut[WebhookDeliveryOut]:
    """Its deliveries of thirty days, newest first."""
    webhook = await services.people.webhooks.read(webhook_id)
    before = _position(query.cursor)
    found = await services.channels.subscriptions.log(webhook.id, query.state, before, query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return ListOut(items=[delivery_out(one) for one in page], next=str(page[-1].position) if more else None)


@router.post(
    "/{webhook_id}/deliveries/{webhook_delivery_id}/replay", status_code=201, response_model=QueuedOut
)
async def replay(_: Channels, services: ServicesNow, webhook_id: str, webhook_delivery_id: str) -> QueuedOut:
    """Sends a delivery once more, for another three days."""
    known = is_id(webhook_id) and is_id(webhook_delivery_id)
    if not known or not await services.channels.subscriptions.replay(webhook_id, webhook_delivery_id):
        raise not_found("settled delivery")
    services.channels.webhooks.wake()
    return QueuedOut(delivery_id=webhook_delivery_id)


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise invalid("cursor_invalid", "The cursor does not belong to this list.")
    return int(cursor)
