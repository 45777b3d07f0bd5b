"""Contacts: kept by integrators under their own ids, looked up, and changed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.credentials import ServicesNow, StaffCaller, requires
from api.operations import contact_messages, contact_rights, contacts
from api.routers.strict import IN_USE, WRITES, Responses, StrictRoute, raw_json
from api.schemas.agent import EmptyIn
from api.schemas.contacts import (
    AttributesIn,
    ContactIn,
    ContactMessageIn,
    ContactOut,
    ContactQuery,
    ContactStartIn,
    ErasureOut,
    ExportOut,
    MergeIn,
)
from api.schemas.setup import ListOut
from funnel.people.principals import AgentPrincipal, KeyPrincipal

router = APIRouter(prefix="/v1/contacts", tags=["Contacts"], route_class=StrictRoute)
ContactId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
Keeper = Annotated[AgentPrincipal | KeyPrincipal, requires("contacts", "people")]
Searcher = Annotated[AgentPrincipal | KeyPrincipal, requires("contacts", "people", "privacy")]
Discloser = Annotated[AgentPrincipal | KeyPrincipal, requires("contacts", "privacy")]
KEPT: Responses = {
    200: {"model": ContactOut, "description": "It was there; it is now as sent."},
    201: {"model": ContactOut, "description": "Made."},
}


@router.get("", response_model=ListOut[ContactOut])
async def search_contacts(
    query: Annotated[ContactQuery, Query()], _: Searcher, services: ServicesNow
) -> ListOut[ContactOut]:
    """Contacts that are not merged into another, oldest first."""
    return await contacts.search(services, query)


@router.post("", response_model=ContactOut, responses=KEPT, status_code=201)
async def upsert_contact(
    body: ContactIn, staff: Keeper, services: ServicesNow, response: Response
) -> ContactOut:
    """The contact with this external id: the one an identity token with this `sub` speaks of. Made where there is none, else changed."""
    found, created = await contacts.upsert(services, staff, body)
    response.status_code = 201 if created else 200
    return found


@router.get("/{contact_id}", response_model=ContactOut)
async def read_contact(contact_id: ContactId, staff: StaffCaller, services: ServicesNow) -> ContactOut:
    """One contact, also one that was merged; an agent's, if they may see a conversation of it."""
    return await contacts.read(services, staff, contact_id)


@router.put("/{contact_id}/attributes", response_model=ContactOut)
async def set_attributes(
    contact_id: ContactId, body: AttributesIn, staff: Keeper, services: ServicesNow
) -> ContactOut:
    """Sets what your systems say of the contact; rules and answers read it (`contact.attributes.plan`)."""
    return await contacts.set_attributes(services, staff, contact_id, body)


@router.post("/{contact_id}/merge", response_model=ContactOut, responses=IN_USE)
async def merge_contact(
    contact_id: ContactId, body: MergeIn, staff: Keeper, services: ServicesNow
) -> ContactOut:
    """The contact turned out to be that other one of its site: agents see them as one, the other's visitor reads both histories, and
    whoever signs in as the first is the second. One pointer, so that it can be undone."""
    return await contacts.merge(services, staff, contact_id, body.into_id)


@router.post("/{contact_id}/merge/undo", response_model=ContactOut, responses=IN_USE)
async def undo_merge(
    contact_id: ContactId, staff: Keeper, services: ServicesNow, _body: EmptyIn | None = None
) -> ContactOut:
    """The contact is itself again, as it was before the merge."""
    return await contacts.undo_merge(services, staff, contact_id)


@router.post("/{contact_id}/conversations", responses=WRITES, status_code=201)
async def start_conversation(
    contact_id: ContactId, body: ContactStartIn, staff: Keeper, services: ServicesNow
) -> Response:
    """As the contact (which may get an answer of the bot) or as system: into its open conversation of the website, else as a visitor's
    own message would go. What is answered is what the contact sees."""
    outcome = await contact_messages.start(services, staff, contact_id, body)
    return raw_json(outcome.body(services), outcome.status)


@router.post("/{contact_id}/messages", responses=WRITES, status_code=201)
async def write_message(
    contact_id: ContactId, body: ContactMessageIn, staff: Keeper, services: ServicesNow
) -> Response:
    """As the contact or as system, into its last conversation that goes on, on whatever channel, else as above."""
    outcome = await contact_messages.message(services, staff, contact_id, body)
    return raw_json(outcome.body(services), outcome.status)


@router.get("/{contact_id}/export", response_model=ExportOut)
async def export_contact(contact_id: ContactId, staff: Discloser, services: ServicesNow) -> Response:
    """All that is known of the contact: with the permission `privacy` also what only agents see, notes among it."""
    return raw_json(await contact_rights.export(services, staff, contact_id))


@router.delete("/{contact_id}", status_code=202, response_model=ErasureOut)
async def erase_contact(contact_id: ContactId, staff: Discloser, services: ServicesNow) -> ErasureOut:
    """Erases the contact and all that were merged into it: unknown to everybody at once, every word, file and raw request gone when
    the job is done. Asked again it is the same job."""
    return await contact_rights.erase(services, staff, contact_id)


@router.get("/{contact_id}/erasure", response_model=ErasureOut)
async def read_erasure(contact_id: ContactId, _: Discloser, services: ServicesNow) -> ErasureOut:
    """How far the erasure of a contact is."""
    return await contact_rights.erasure(services, contact_id)
