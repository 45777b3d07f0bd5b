"""Contacts as integrators keep them: found, made and changed by the id that their own systems have for a person."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from funnel.channels.phones import spellings
from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import new_id
from funnel.people.audit import Action, Doer, note
from funnel.people.contacts import ContactRecord, IdentityRecord, record_of
from funnel.people.fields import clean_attributes, clean_email, clean_name, clean_phone, is_plain_text
from funnel.people.models import Contact, Identity, Site
from funnel.people.places import clean_locale, clean_zone
from funnel.people.transactions import Page, get, page_of, refer, repeated, writing

MOST_SUBJECT: Final = 255
NUMBERS: Final = ("phone", "whatsapp", "twilio")


class ContactFacts(Struct, frozen=True):
    """What an integrator says of a contact: verified facts. UNSET stays, None takes it away; of `attributes` each key alike."""

    name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET
    attributes: Mapping[str, Any] | UnsetType = UNSET


class ContactSearch(Struct, frozen=True):
    """All that is given must hold. `q` is a part of a name, or a whole address or external id."""

    site_id: str | None = None
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    q: str | None = None


class Kept(Struct, frozen=True):
    """A contact after a write: whether it was made, and whether anything of it is new."""

    contact: ContactRecord
    created: bool
    changed: bool


class ContactBook:
    """Each method is one transaction, its audit entry included. `changed` hears the id of a contact after its record has changed."""

    def __init__(self, db: Database, changed: Callable[[str], None] = lambda _contact: None) -> None:
        self._db = db
        self._changed = changed

    async def read(self, contact_id: str) -> ContactRecord:
        """One contact, merged or not. Raises 404, for an erased one too."""
        async with writing(self._db) as session:
            return record_of(await live(session, contact_id))

    async def search(self, wanted: ContactSearch, *, limit: int, cursor: str | None) -> Page[ContactRecord]:
        """Contacts that are not merged into another, oldest first; by external id also the one that it was merged into."""
        async with writing(self._db) as session:
            page = await page_of(session, _matching(wanted), Contact.id, limit=limit, cursor=cursor)
            return Page(tuple(record_of(row) for row in page.items), page.next)

    async def identities(self, contact_ids: Collection[str]) -> dict[str, list[IdentityRecord]]:
        """The addresses of each contact, verified first."""
        found: dict[str, list[IdentityRecord]] = {one: [] for one in contact_ids}
        async with writing(self._db) as session:
            rows = await session.scalars(
                select(Identity)
                .where(Identity.contact_id.in_(contact_ids))
                .order_by(Identity.verified.desc(), Identity.channel, Identity.address)
            )
            for row in rows:
                found[row.contact_id].append(IdentityRecord(row.channel, row.address, row.verified))
        return found

    async def upsert(self, site_id: str, external_id: str, facts: ContactFacts, by: Doer) -> Kept:
        """The site's contact with this external id, made where there is none; two at once end with one.

        It is the one that an identity token with this `sub` speaks of, so it is verified. A contact that was merged keeps its own
        record. The same once more changes nothing. Raises 422 for a value that cannot be, reference_unknown for the site.
        """
        if not is_plain_text(external_id, MOST_SUBJECT):
            raise invalid("external_id_invalid", f"An external id has 1 to {MOST_SUBJECT} characters.")

        async def work() -> Kept:
            async with writing(self._db) as session:
                await refer(session, Site, site_id)
                row = await session.scalar(_of_subject(site_id, external_id).with_for_update())
                created = row is None
                if row is None:
                    row = Contact(id=new_id(), site_id=site_id, external_id=external_id, verified=True)
                    session.add(row)
                    await session.flush()
                return await _apply(session, row, facts, by, created=created)

        return self._told(await repeated(work))

    async def change(self, contact_id: str, facts: ContactFacts, by: Doer) -> Kept:
        """Changes the facts that are given of one contact. Raises 404, 422."""
        async with writing(self._db) as session:
            row = await live(session, contact_id, lock=True)
            kept = await _apply(session, row, facts, by, created=False)
        return self._told(kept)

    async def note_written(self, contact_id: str, by: Doer, conversation_id: str, said_as: str) -> None:
        """An entry of the audit log: somebody wrote in the contact's name, or to it as the system."""
        async with writing(self._db) as session:
            named = {"conversation_id": conversation_id, "as": said_as}
            await note(session, by, "contact.written_to", "contact", contact_id, **named)

    async def note_exported(self, contact_id: str, by: Doer, conversations: int) -> None:
        """An entry of the audit log: somebody takes out all that is known. Written before anything is given."""
        async with writing(self._db) as session:
            await note(session, by, "contact.exported", "contact", contact_id, conversations=conversations)

    def _told(self, kept: Kept) -> Kept:
        if kept.changed:
            self._changed(kept.contact.id)
        return kept


async def live(session: AsyncSession, contact_id: str, *, lock: bool = False) -> Contact:
    """The contact that is not erased. Raises 404."""
    row = await get(session, Contact, contact_id, lock=lock)
    if row.erased_at is not None:
        raise not_found("contact")
    return row


def _of_subject(site_id: str, external_id: str) -> Select[Contact]:
    """The site's verified contact with this external id: the one that stands alone before one that was merged."""
    return (
        select(Contact)
        .where(Contact.site_id == site_id, Contact.external_id == external_id, Contact.verified)
        .order_by(Contact.merged_into.is_not(None), Contact.id)
        .limit(1)
    )


async def _apply(
    session: AsyncSession, row: Contact, facts: ContactFacts, by: Doer, *, created: bool
) -> Kept:
    """Writes what is new, with one entry of the audit log that names the fields."""
    new = _new_values(row, facts)
    for field in ("email", "phone"):
        if field in new:
            await _replace_address(session, row.id, field, getattr(row, field), new[field])
    for field, value in new.items():
        setattr(row, field, value)
        flag_modified(row, field)  # for the mapper alone true were 1
    if new and not created:
        row.updated_at = await session.scalar(select(func.now())) or row.updated_at
    await session.flush()
    await session.refresh(row)
    if created or new:
        action: Action = "contact.created" if created else "contact.updated"
        await note(session, by, action, "contact", row.id, fields=sorted(new))
    return Kept(record_of(row), created, created or bool(new))


def _new_values(row: Contact, facts: ContactFacts) -> dict[str, Any]:
    """The columns that become another value."""
    wanted: dict[str, Any] = {}
    if facts.name is not UNSET:
        wanted["name"] = clean_name(facts.name)
    if facts.email is not UNSET:
        wanted["email"] = clean_email(facts.email)
    if facts.phone is not UNSET:
        wanted["phone"] = clean_phone(facts.phone)
    if facts.locale is not UNSET:
        wanted["locale"] = None if facts.locale is None else clean_locale(facts.locale)
    if facts.timezone is not UNSET:
        wanted["zone"] = None if facts.timezone is None else clean_zone(facts.timezone)
    if facts.attributes is not UNSET:
        sent = clean_attributes(facts.attributes) or {}
        both = {**(row.attributes or {}), **sent}
        kept = {key: value for key, value in both.items() if not (key in sent and value is None)}
        wanted["attributes"] = clean_attributes(kept)
    return {field: value for field, value in wanted.items() if not _same(getattr(row, field), value)}


def _same(before: Any, now: Any) -> bool:
    """As JSON, where true is not 1."""
    return before is now or json.dumps(before, sort_keys=True) == json.dumps(now, sort_keys=True)


async def _replace_address(
    session: AsyncSession, contact_id: str, channel: str, before: str | None, now: str | None
) -> None:
    """The address that was said before is theirs no more, unless a channel itself brought it."""
    if before is not None:
        await session.execute(
            delete(Identity).where(
                Identity.contact_id == contact_id, Identity.channel == channel, Identity.address == before, Identity.inbox_id.is_(None)
            )
        )  # fmt: skip
    if now is not None:
        row = insert(Identity).values(
            id=new_id(), contact_id=contact_id, channel=channel, address=now, verified=True
        )
        await session.execute(
            row.on_conflict_do_update(
                index_elements=["contact_id", "channel", "address"], set_={"verified": True}
            )
        )


def _matching(wanted: ContactSearch) -> Select[Contact]:
    found = select(Contact).where(Contact.erased_at.is_(None))
    if wanted.site_id is not None:
        found = found.where(Contact.site_id == wanted.site_id)
    if wanted.external_id is not None:
        found = found.where(_stands_for(wanted.external_id))
    else:
        found = found.where(Contact.merged_into.is_(None))
    if wanted.email is not None:
        found = found.where(_has_email(wanted.email))
    if wanted.phone is not None:
        found = found.where(_has_phone(wanted.phone))
    if wanted.q is not None:
        part = func.strpos(func.lower(func.coalesce(Contact.name, "")), wanted.q.lower()) > 0
        found = found.where(
            or_(part, Contact.external_id == wanted.q, _has_email(wanted.q), _has_phone(wanted.q))
        )
    return found


def _stands_for(external_id: str) -> ColumnElement[bool]:
    """The contact with this external id, else the one at the end of its merges."""
    chain = (
        select(Contact.id, Contact.merged_into)
        .where(Contact.external_id == external_id)
        .cte("chain", recursive=True)
    )
    further = Contact.__table__.alias("further")
    chain = chain.union(
        select(further.c.id, further.c.merged_into).where(further.c.id == chain.c.merged_into)
    )
    return Contact.id.in_(select(chain.c.id).where(chain.c.merged_into.is_(None)))


def _has_email(address: str) -> ColumnElement[bool]:
    lower = address.strip().lower()
    known = exists().where(
        Identity.contact_id == Contact.id, Identity.channel == "email", func.lower(Identity.address) == lower
    )
    return or_(func.lower(Contact.email) == lower, known)


def _has_phone(number: str) -> ColumnElement[bool]:
    """By any spelling of the number; nobody for what is no number."""
    digits = spellings("".join(char for char in number if char.isdigit() or char == "+"))
    return exists().where(
        Identity.contact_id == Contact.id,
        Identity.channel.in_(NUMBERS),
        func.regexp_replace(Identity.address, r"\D", "", "g").in_(digits),
    )
