"""Contacts as others read them, and what visitors may say about themselves: kept apart from what is verified."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import new_id
from funnel.people.fields import clean_email, clean_name, clean_phone
from funnel.people.models import Contact, Identity
from funnel.people.places import clean_locale, clean_zone
from funnel.people.principals import Visitor
from funnel.people.transactions import get, writing


class ContactChanges(Struct, frozen=True):
    """What a visitor says about itself; UNSET stays, None takes it back."""

    name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    reply_by: Literal["here", "email", "phone"] | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET


class ContactRecord(Struct, frozen=True):
    """A contact. `email`, `phone`, `attributes` are verified facts, `reply_*` and `claimed` a browser's word."""

    id: str
    site_id: str
    verified: bool
    external_id: str | None
    name: str | None
    email: str | None
    phone: str | None
    reply_email: str | None
    reply_phone: str | None
    reply_by: str
    locale: str | None
    zone: str | None
    attributes: Mapping[str, Any]
    claimed: Mapping[str, Any]
    page: Mapping[str, Any] | None
    merged_into: str | None
    created_at: datetime
    updated_at: datetime


class IdentityRecord(Struct, frozen=True):
    """An address of a contact."""

    channel: str
    address: str
    verified: bool


def reply_address(contact: ContactRecord) -> str | None:
    """Where this contact's own replies go beside the widget, by their choice; None for the widget alone."""
    match contact.reply_by:
        case "email":
            return contact.reply_email or contact.email
        case "phone":
            return contact.reply_phone or contact.phone
        case _:
            return None


class Contacts:
    """Each method is one transaction. `changed` hears the id of a contact whose record has just changed."""

    def __init__(self, db: Database, changed: Callable[[str], None] = lambda _contact: None) -> None:
        self._db = db
        self._changed = changed

    async def read(self, contact_id: str) -> ContactRecord:
        """One contact, merged or not. Raises 404. Who may see it is the caller's to ask."""
        async with writing(self._db) as session:
            return record_of(await get(session, Contact, contact_id))

    async def read_as_now(self, contact_id: str) -> ContactRecord:
        """The same, or whom it was merged into: the end of the chain. Raises 404."""
        found = await self.read(contact_id)
        while found.merged_into is not None:
            found = await self.read(found.merged_into)
        return found

    async def identities(self, contact_ids: frozenset[str]) -> list[IdentityRecord]:
        """The addresses of a contact (with merged ones), verified first."""
        async with writing(self._db) as session:
            rows = await session.scalars(
                select(Identity)
                .where(Identity.contact_id.in_(contact_ids))
                .order_by(Identity.verified.desc(), Identity.channel, Identity.address)
            )
            return [IdentityRecord(row.channel, row.address, row.verified) for row in rows]

    async def update_own(self, visitor: Visitor, changes: ContactChanges) -> ContactRecord:
        """What a visitor says about itself: never trusted, used to deliver its own replies. Raises 404, 422.

        The name of a verified contact is the site's to say: it is only set where the site said none.
        """
        async with writing(self._db) as session:
            contact = await get(session, Contact, visitor.contact_id, lock=True)
            if contact.merged_into is not None:
                raise not_found("contact")
            await _apply_addresses(session, contact, changes)
            _apply_facts(contact, changes)
            contact.updated_at = await session.scalar(select(func.now())) or contact.updated_at
            record = record_of(contact)
        self._changed(record.id)
        return record


def _apply_facts(contact: Contact, changes: ContactChanges) -> None:
    if changes.name is not UNSET and (not contact.verified or contact.name is None):
        contact.name = clean_name(changes.name)
    if changes.timezone is not UNSET:
        contact.zone = clean_zone(changes.timezone)
    if changes.locale is not UNSET:
        contact.locale = clean_locale(changes.locale)
    if changes.reply_by is not UNSET:
        contact.reply_by = changes.reply_by
    known = {
        "here": True,
        "email": contact.reply_email or contact.email,
        "phone": contact.reply_phone or contact.phone,
    }
    if not known[contact.reply_by]:
        if changes.reply_by is not UNSET:
            raise invalid("address_missing", "Give the address first to which replies should go.")
        contact.reply_by = "here"


async def _apply_addresses(session: AsyncSession, contact: Contact, changes: ContactChanges) -> None:
    if changes.email is not UNSET:
        contact.reply_email = clean_email(changes.email)
        await _replace_identity(session, contact.id, "email", contact.reply_email)
    if changes.phone is not UNSET:
        contact.reply_phone = clean_phone(changes.phone)
        await _replace_identity(session, contact.id, "phone", contact.reply_phone)


async def _replace_identity(
    session: AsyncSession, contact_id: str, channel: str, address: str | None
) -> None:
    """One unconfirmed address a channel; a verified one stays as it is."""
    await session.execute(
        delete(Identity).where(
            Identity.contact_id == contact_id, Identity.channel == channel, Identity.verified.is_(False)
        )
    )
    if address is not None:
        row = insert(Identity).values(id=new_id(), contact_id=contact_id, channel=channel, address=address)
        await session.execute(row.on_conflict_do_nothing())


def record_of(row: Contact) -> ContactRecord:
    """The row as others read it."""
    return ContactRecord(
        id=row.id,
        site_id=row.site_id,
        verified=row.verified,
        external_id=row.external_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        reply_email=row.reply_email,
        reply_phone=row.reply_phone,
        reply_by=row.reply_by,
        locale=row.locale,
        zone=row.zone,
        attributes=row.attributes,
        claimed=row.claimed,
        page=row.page,
        merged_into=row.merged_into,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
