"""Setting up places: sites and opening hours. Needs the permission `channels`."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.credentials import ServicesNow, requires
from api.routers.strict import Responses, StrictRoute
from api.schemas.queries import ListQuery
from api.schemas.setup import (
    HoursIn,
    HoursOut,
    HoursUpdate,
    ListOut,
    SecretOut,
    SiteCreated,
    SiteIn,
    SiteOut,
    SiteUpdate,
    changed,
    helplines,
    hours_out,
    site_out,
)
from funnel.people.hours_store import HoursChanges
from funnel.people.principals import AgentPrincipal, KeyPrincipal
from funnel.people.sites import SiteChanges, SiteDraft

router = APIRouter(prefix="/v1", tags=["setup"], route_class=StrictRoute)
Channels = Annotated[AgentPrincipal | KeyPrincipal, requires("channels")]
Listing = Annotated[ListQuery, Query()]
IN_USE: Responses = {
    409: {
        "description": "Something live stands on it, or it is archived already; `code` says which.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


@router.get("/sites", response_model=ListOut[SiteOut])
async def list_sites(_: Channels, services: ServicesNow, query: Listing) -> ListOut[SiteOut]:
    """Sites in use, oldest first."""
    page = await services.people.sites.list(limit=query.limit, cursor=query.cursor)
    return ListOut(items=[site_out(site) for site in page.items], next=page.next)


@router.post("/sites", status_code=201, response_model=SiteCreated)
async def create_site(_: Channels, services: ServicesNow, body: SiteIn) -> SiteCreated:
    """Makes a site with its key, secret, web inbox and, if there is none yet, a queue."""
    values = changed(body)
    values["helplines"] = helplines(body.helplines)
    made = await services.people.sites.create(SiteDraft(**values))
    return SiteCreated(
        **site_out(made.site).model_dump(),
        identity_secret=made.identity_secret,
        inbox_id=made.inbox_id,
        queue_id=made.queue_id,
    )


@router.get("/sites/{site_id}", response_model=SiteOut)
async def read_site(_: Channels, services: ServicesNow, site_id: str) -> SiteOut:
    """One site, archived or not."""
    return site_out(await services.people.sites.read(site_id))


@router.put("/sites/{site_id}", response_model=SiteOut)
async def update_site(_: Channels, services: ServicesNow, site_id: str, body: SiteUpdate) -> SiteOut:
    """Changes the fields that are sent."""
    values = changed(body)
    if "helplines" in values:
        values["helplines"] = helplines(body.helplines)
    return site_out(await services.people.sites.update(site_id, SiteChanges(**values)))


@router.delete("/sites/{site_id}", status_code=204, responses=IN_USE)
async def archive_site(_: Channels, services: ServicesNow, site_id: str) -> None:
    """Archives a site with its inboxes; its visitors' tokens end."""
    await services.people.sites.archive(site_id)


@router.post("/sites/{site_id}/identity-secret", status_code=201, response_model=SecretOut)
async def rotate_secret(_: Channels, services: ServicesNow, site_id: str) -> SecretOut:
    """A new identity secret, shown this once; the one before is accepted for 24 h."""
    return SecretOut(identity_secret=await services.people.sites.rotate_secret(site_id))


@router.get("/business-hours", response_model=ListOut[HoursOut])
async def list_hours(_: Channels, services: ServicesNow, query: Listing) -> ListOut[HoursOut]:
    """Opening hours in use, oldest first."""
    page = await services.people.hours.list(limit=query.limit, cursor=query.cursor)
    return ListOut(items=[hours_out(row) for row in page.items], next=page.next)


@router.post("/business-hours", status_code=201, response_model=HoursOut)
async def create_hours(_: Channels, services: ServicesNow, body: HoursIn) -> HoursOut:
    """Makes opening hours; a site refers to them by id."""
    row = await services.people.hours.create(
        name=body.name,
        zone=body.zone,
        weekly=body.weekly.value(),
        holidays=[holiday.value() for holiday in body.holidays],
    )
    return hours_out(row)


@router.get("/business-hours/{hours_id}", response_model=HoursOut)
async def read_hours(_: Channels, services: ServicesNow, hours_id: str) -> HoursOut:
    """One set of opening hours."""
    return hours_out(await services.people.hours.read(hours_id))


@router.put("/business-hours/{hours_id}", response_model=HoursOut)
async def update_hours(_: Channels, services: ServicesNow, hours_id: str, body: HoursUpdate) -> HoursOut:
    """Changes the fields that are sent; `weekly` and `holidays` are replaced whole."""
    values = changed(body)
    if "weekly" in values:
        values["weekly"] = body.weekly.value()
    if "holidays" in values:
        values["holidays"] = tuple(holiday.value() for holiday in body.holidays)
    return hours_out(await services.people.hours.update(hours_id, HoursChanges(**values)))


@router.delete("/business-hours/{hours_id}", status_code=204, responses=IN_USE)
async def archive_hours(_: Channels, services: ServicesNow, hours_id: str) -> None:
    """Archives opening hours that no site keeps."""
    await services.people.hours.archive(hours_id)
