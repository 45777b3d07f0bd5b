"""Inboxes: accounts of channels with their secrets and health. Needs the permission `channels`."""

from fastapi import APIRouter, Request

from api.channels import channel_secrets, installed
from api.credentials import ServicesNow
from api.routers.setup import IN_USE, Channels, Listing
from api.routers.strict import StrictRoute
from api.schemas.inboxes import (
    ChannelsOut,
    CheckOut,
    FindingOut,
    HealthOut,
    InboxCreated,
    InboxIn,
    InboxOut,
    InboxUpdate,
    health_out,
    inbox_out,
)
from api.schemas.setup import ListOut, changed
from bots.outgoing.checking import check
from funnel.core.errors import not_found
from funnel.people.inboxes import InboxChanges

router = APIRouter(prefix="/v1", tags=["setup"], route_class=StrictRoute)


@router.get("/channels", response_model=ChannelsOut)
async def list_channels(_: Channels) -> ChannelsOut:
    """The installed channels and what an inbox of each needs."""
    return ChannelsOut(items=installed())


@router.get("/inboxes", response_model=ListOut[InboxOut])
async def list_inboxes(
    _: Channels, services: ServicesNow, request: Request, query: Listing
) -> ListOut[InboxOut]:
    """Inboxes in use, oldest first."""
    page = await services.people.inboxes.list(limit=query.limit, cursor=query.cursor)
    base = services.addresses.base_url(request.scope)
    return ListOut(items=[inbox_out(inbox, base) for inbox in page.items], next=page.next)


@router.post("/inboxes", status_code=201, response_model=InboxCreated)
async def create_inbox(_: Channels, services: ServicesNow, request: Request, body: InboxIn) -> InboxCreated:
    """Makes an inbox of a site; the secrets that are made for it are shown this once."""
    fields = {**body.model_dump(), "manners": body.manners.own()}
    made = await services.people.inboxes.create(**fields)
    shown = inbox_out(made.inbox, services.addresses.base_url(request.scope))
    return InboxCreated(**shown.model_dump(), made_secrets=dict(made.made))


@router.get("/inboxes/{inbox_id}", response_model=InboxOut)
async def read_inbox(_: Channels, services: ServicesNow, request: Request, inbox_id: str) -> InboxOut:
    """One inbox."""
    base = services.addresses.base_url(request.scope)
    return inbox_out(await services.people.inboxes.read(inbox_id), base)


@router.get("/inboxes/{inbox_id}/health", response_model=HealthOut)
async def read_health(_: Channels, services: ServicesNow, inbox_id: str) -> HealthOut:
    """How it fares: last in and out, what waits, what was refused."""
    inbox = await services.people.inboxes.read(inbox_id)
    health = await services.people.accounts.health(inbox.id)
    if health is None:
        raise not_found("inbox")
    return health_out(health)


@router.post("/inboxes/{inbox_id}/check", response_model=CheckOut)
async def check_inbox(_: Channels, services: ServicesNow, request: Request, inbox_id: str) -> CheckOut:
    """Asks the platform, by calls that change nothing: is the token good, is our address subscribed, do the clocks agree."""
    inbox = await services.people.inboxes.read(inbox_id)
    account = await services.people.accounts.find(inbox.id)
    if account is None:
        return CheckOut(findings=[], missing=[])
    fields = channel_secrets().get(account.channel, ())
    missing = [one.name for one in fields if one.required and not account.secret.one(one.name)]
    url = inbox_out(inbox, services.addresses.base_url(request.scope)).webhook_url or ""
    found = [] if missing else await check(services.channels.egress, account, url, services.clock)
    return CheckOut(findings=[FindingOut.model_validate(one) for one in found], missing=missing)


@router.put("/inboxes/{inbox_id}", response_model=InboxOut)
async def update_inbox(
    _: Channels, services: ServicesNow, request: Request, inbox_id: str, body: InboxUpdate
) -> InboxOut:
    """Changes the fields that are sent."""
    fields = changed(body)
    if "manners" in fields:
        fields["manners"] = body.manners.own()
    updated = await services.people.inboxes.update(inbox_id, InboxChanges(**fields))
    return inbox_out(updated, services.addresses.base_url(request.scope))


@router.delete("/inboxes/{inbox_id}", status_code=204, responses=IN_USE)
async def archive_inbox(_: Channels, services: ServicesNow, inbox_id: str) -> None:
    """Archives an inbox; a live site keeps its web inbox."""
    await services.people.inboxes.archive(inbox_id)
