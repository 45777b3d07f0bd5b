"""Merges of contacts by hand: one pointer that says who someone turned out to be, and its undoing, which leaves everything as it was."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.database import Database
from funnel.core.errors import conflict, invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.people.audit import Doer, note
from funnel.people.contact_book import Kept, live
from funnel.people.contacts import record_of
from funnel.people.models import Contact
from funnel.people.transactions import repeated, writing

_RECORD: Final = text(
    "insert into contact_merges (id, contact_id, into_id) values (cast(:id as uuid), cast(:contact_id as uuid), cast(:into_id as uuid))"
)
_END: Final = text(
    "update contact_merges set undone_at = now() where contact_id = cast(:contact_id as uuid) and undone_at is null returning 1"
)
_TAKEN: Final = text(
    "select 1 from contacts where site_id = cast(:site_id as uuid) and external_id = :external_id and verified and merged_into is null"
)


_WHOLE: Final = """
with recursive whole as (
  select id from contacts where id = $1::uuid
  union select c.id from contacts c join whole on c.merged_into = whole.id)
select id::text from whole
"""


async def whole(db: Database, contact_id: str) -> tuple[str, ...]:
    """The contact and all that were merged into it, by proof or by hand."""
    return tuple(row["id"] for row in await db.pool.fetch(_WHOLE, contact_id))


class Merges:
    """Each method is one transaction with its audit entry. `moved` hears, after the commit, of a contact whose visitors may now read
    something else: their sockets must begin anew."""

    def __init__(self, db: Database, moved: Callable[[str], None] = lambda _contact: None) -> None:
        self._db = db
        self._moved = moved

    async def merge(self, contact_id: str, into_id: str, by: Doer) -> Kept:
        """The contact turned out to be that other one of its site. Nothing of either is changed but the pointer: conversations,
        addresses and tokens stay where they are, the tokens only open nothing while it is merged. The same once more changes nothing.

        Raises 404 where they are not two of one site, 422 merge_with_itself, 409 already_merged where one of them is merged
        already, target_unverified where somebody known would become somebody unknown.
        """

        async def work() -> Kept:
            async with writing(self._db) as session:
                contact, into = await _both(session, contact_id, into_id)
                if contact.merged_into == into.id:
                    return Kept(record_of(contact), created=False, changed=False)
                if contact.merged_into is not None or into.merged_into is not None:
                    raise conflict("already_merged", "One of the two contacts is merged already.")
                if contact.verified and not into.verified:
                    raise conflict(
                        "target_unverified",
                        "A verified contact is not merged into one that nobody has verified.",
                    )
                contact.merged_into = into.id
                await session.execute(_RECORD, {"id": new_id(), "contact_id": contact.id, "into_id": into.id})
                await note(session, by, "contact.merged", "contact", contact.id, into_id=into.id)
                return Kept(record_of(contact), created=False, changed=True)

        kept = await repeated(work)
        if kept.changed:
            self._moved(kept.contact.id)
            self._moved(into_id.lower())
        return kept

    async def undo(self, contact_id: str, by: Doer) -> Kept:
        """The contact is itself again, with all it had; what it did as the other one stays the other one's. Again changes nothing.

        Raises 404, 409 merged_by_proof where a signed identity merged it, external_id_taken where another now stands for its id.
        """
        async with writing(self._db) as session:
            contact = await live(session, contact_id, lock=True)
            into_id = contact.merged_into
            if into_id is None:
                return Kept(record_of(contact), created=False, changed=False)
            ended = await session.scalar(_END, {"contact_id": contact.id})
            if ended is None:
                raise conflict(
                    "merged_by_proof",
                    "Its own signed identity merged this contact; that is not undone by hand.",
                )
            if contact.verified and await session.scalar(
                _TAKEN, {"site_id": contact.site_id, "external_id": contact.external_id}
            ):
                raise conflict("external_id_taken", "Another contact has this external id now.")
            contact.merged_into = None
            await note(session, by, "contact.merge_undone", "contact", contact.id, into_id=into_id)
            kept = Kept(record_of(contact), created=False, changed=True)
        self._moved(kept.contact.id)
        self._moved(into_id)
        return kept


async def _both(session: AsyncSession, contact_id: str, into_id: str) -> tuple[Contact, Contact]:
    """Both under their locks, taken in order of their ids."""
    if not (is_id(contact_id) and is_id(into_id)):
        raise not_found("contact")
    first, second = contact_id.lower(), into_id.lower()
    if first == second:
        await live(session, first)
        raise invalid("merge_with_itself", "A contact is not merged into itself.")
    found = {one: await live(session, one, lock=True) for one in sorted((first, second))}
    if found[first].site_id != found[second].site_id:
        raise not_found("contact")
    return found[first], found[second]
