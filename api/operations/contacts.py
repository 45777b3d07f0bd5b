"""Contacts by API: the gate to them, how they are shown, and what is told of a change to the conversations that go on."""

from collections.abc import Iterable

from msgspec import UNSET

from api.operations.kin import masked, seen_of
from api.schemas.contacts import AttributesIn, ContactIn, ContactOut, ContactQuery, IdentityOut
from api.schemas.setup import ListOut
from api.services import Services
from funnel.conversations.commands import IdentifyContact
from funnel.conversations.values import Actor
from funnel.core.errors import FunnelError, forbidden, not_found
from funnel.core.ids import new_id
from funnel.people.access import held, may_look_up_contacts
from funnel.people.audit import doer_of
from funnel.people.contact_book import ContactFacts, ContactSearch, Kept
from funnel.people.contacts import ContactRecord, IdentityRecord
from funnel.people.principals import AgentPrincipal, Staff
from funnel.people.transactions import reference_unknown
from funnel.turns.kin import kin_of
from funnel.turns.lanes import Lane
from funnel.turns.reading import list_rows_of_contact

MOST_TOLD = 50


async def access_contact(services: Services, staff: Staff, contact_id: str) -> ContactRecord:
    """The gate for reading one contact: those who look up contacts see all, an agent those of conversations they may see.

    Raises 403 for whoever has no business with contacts, 404 where there is none or the agent may not know of it.
    """
    if may_look_up_contacts(staff):
        return await services.people.contact_book.read(contact_id)
    if not isinstance(staff, AgentPrincipal) or "converse" not in held(staff):
        raise forbidden()
    contact = await services.people.contact_book.read(contact_id)
    if not await seen_of(services, staff, await kin_of(services.db.pool, contact.id)):
        raise not_found()
    return contact


def site_of(services: Services, site: str | None) -> str:
    """The id of a live site by its id or key; the first one where none is named. Raises 422 reference_unknown."""
    sites = services.directory.now().sites
    found = next(
        (one for one in sites.values() if site is None or site in (one.key, one.id) or site.lower() == one.id), None
    )  # fmt: skip
    if found is None:
        raise reference_unknown()
    return found.id


async def search(services: Services, query: ContactQuery) -> ListOut[ContactOut]:
    """A page of those who match."""
    wanted = ContactSearch(
        site_id=site_of(services, query.site) if query.site is not None else None,
        external_id=query.external_id,
        email=query.email,
        phone=query.phone,
        q=query.q,
    )
    page = await services.people.contact_book.search(wanted, limit=query.limit, cursor=query.cursor)
    known = await services.people.contact_book.identities([one.id for one in page.items])
    return ListOut(items=[shown(one, known[one.id]) for one in page.items], next=page.next)


async def read(services: Services, staff: Staff, contact_id: str) -> ContactOut:
    """One contact as this caller may see it."""
    contact = await access_contact(services, staff, contact_id)
    return await _whole(services, contact, hidden=isinstance(staff, AgentPrincipal) and staff.masked)


async def upsert(services: Services, staff: Staff, body: ContactIn) -> tuple[ContactOut, bool]:
    """The contact after the write, and whether it was made by it."""
    site_id = site_of(services, body.site)
    kept = await services.people.contact_book.upsert(site_id, body.external_id, _facts(body), doer_of(staff))
    await _tell(services, kept)
    return await _whole(services, kept.contact), kept.created


async def set_attributes(services: Services, staff: Staff, contact_id: str, body: AttributesIn) -> ContactOut:
    """The contact with the attributes that were sent."""
    facts = ContactFacts(attributes=body.attributes)
    kept = await services.people.contact_book.change(contact_id, facts, doer_of(staff))
    return await _whole(services, kept.contact)


async def merge(services: Services, staff: Staff, contact_id: str, into_id: str) -> ContactOut:
    """The contact with its pointer."""
    kept = await services.people.merges.merge(contact_id, into_id, doer_of(staff))
    return await _whole(services, kept.contact)


async def undo_merge(services: Services, staff: Staff, contact_id: str) -> ContactOut:
    """The contact as it was."""
    kept = await services.people.merges.undo(contact_id, doer_of(staff))
    return await _whole(services, kept.contact)


async def _whole(services: Services, contact: ContactRecord, *, hidden: bool = False) -> ContactOut:
    known = await services.people.contact_book.identities([contact.id])
    return shown(contact, known[contact.id], hidden=hidden)


def shown(contact: ContactRecord, known: Iterable[IdentityRecord], *, hidden: bool = False) -> ContactOut:
    """A contact on the wire; `hidden` masks its addresses and leaves out what else is known of the person."""

    def address(value: str | None) -> str | None:
        return masked(value) if hidden and value is not None else value

    return ContactOut(
        id=contact.id,
        site_id=contact.site_id,
        external_id=None if hidden else contact.external_id,
        verified=contact.verified,
        name=contact.name,
        email=address(contact.email),
        phone=address(contact.phone),
        reply_email=address(contact.reply_email),
        reply_phone=address(contact.reply_phone),
        reply_by=contact.reply_by,
        locale=contact.locale,
        timezone=contact.zone,
        attributes={} if hidden else dict(contact.attributes),
        claimed={} if hidden else dict(contact.claimed),
        identities=[
            IdentityOut(channel=one.channel, address=address(one.address) or "", verified=one.verified)
            for one in known
        ],
        merged_into=contact.merged_into,
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


def _facts(body: ContactIn) -> ContactFacts:
    names = ("name", "email", "phone", "locale", "timezone", "attributes")
    return ContactFacts(
        **{name: getattr(body, name) if name in body.model_fields_set else UNSET for name in names}
    )


async def _tell(services: Services, kept: Kept) -> None:
    """The contact's conversations that go on learn its name and zone; one that cannot be told learns it later."""
    contact = kept.contact
    if kept.created or not kept.changed or contact.merged_into is not None:
        return
    for row in await list_rows_of_contact(services.db.pool, (contact.id,), limit=MOST_TOLD):
        state = row.state
        known = contact.name in (None, state.contact_name) and contact.zone in (None, state.zone)
        if state.status == "resolved" or (known and state.contact_verified == contact.verified):
            continue
        command = IdentifyContact(
            command_id=new_id(),
            actor=Actor(kind="contact", id=contact.id, name=contact.name),
            conversation_id=state.id,
            verified=contact.verified,
            name=contact.name,
            zone=contact.zone,
        )
        try:
            await services.pipeline.submit(command, Lane.BULK)
        except FunnelError:
            continue
