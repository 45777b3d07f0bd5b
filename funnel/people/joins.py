"""Contacts that an agent says are one person. A join is a row beside the contacts: ending it leaves both exactly as they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from funnel.channels.phones import spellings
from funnel.core.database import Database
from funnel.core.errors import not_found
from funnel.core.ids import new_id
from funnel.people.contacts import IdentityRecord

NUMBERS: Final = frozenset({"phone", "whatsapp", "twilio"})
MOST: Final = 10

_JOIN = """
with pair as (
  select least(a.id, b.id) as contact_id, greatest(a.id, b.id) as other_id from contacts a join contacts b on b.site_id = a.site_id
  where a.id = $2::uuid and b.id = $3::uuid and a.id <> b.id
), made as (
  insert into contact_joins (id, contact_id, other_id, agent_id) select $1::uuid, contact_id, other_id, $4::uuid from pair
  on conflict (contact_id, other_id) where undone_at is null do nothing returning id
)
select id::text from made
union all
select j.id::text from contact_joins j join pair on (j.contact_id, j.other_id) = (pair.contact_id, pair.other_id) where j.undone_at is null
limit 1
"""
_UNDO = """
update contact_joins set undone_at = now(), undone_by = $2::uuid where id = $1::uuid and undone_at is null
"""
_FIND = """
select id::text, contact_id::text, other_id::text, at, (select a.name from agents a where a.id = agent_id) as agent, undone_at is null as live
from contact_joins where id = $1::uuid
"""
_LIVE = """
select j.id::text, j.contact_id::text, j.other_id::text, j.at, a.name as agent, true as live
from contact_joins j join agents a on a.id = j.agent_id
where j.undone_at is null and (j.contact_id = any ($1::uuid[]) or j.other_id = any ($1::uuid[])) order by j.at limit 50
"""
_ALIKE = r"""
with alike as (
  select o.contact_id, 'email' as kind, o.address, o.verified from identities o
  where o.channel = 'email' and lower(o.address) = any ($2::text[])
  union all
  select o.contact_id, 'phone', o.address, o.verified from identities o
  where o.channel in ('phone', 'whatsapp', 'twilio') and regexp_replace(o.address, '\D', '', 'g') = any ($3::text[])
)
select c.id::text, c.name, c.verified, a.kind, a.address, a.verified as proven
from alike a join contacts c on c.id = a.contact_id and c.site_id = $4::uuid
where not c.id = any ($1::uuid[]) order by a.verified desc, c.updated_at desc, c.id limit $5
"""


class Join(Struct, frozen=True):
    """Two contacts that an agent has joined; `live` until it is undone."""

    id: str
    contact_id: str
    other_id: str
    at: datetime
    agent: str | None
    live: bool


class Alike(Struct, frozen=True):
    """A contact with the same address. `verified` is the contact, `proven` that the address is really theirs."""

    id: str
    name: str | None
    verified: bool
    kind: Literal["email", "phone"]
    address: str
    proven: bool


class Joins:
    """Every method is one statement and commits by itself. Nothing is ever joined but by `join`; who may see both contacts is the
    caller's to ask."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def join(self, contact_id: str, other_id: str, agent_id: str) -> str:
        """The id of the live join of these two, made now if there is none. Raises 404 where they are not two of one site."""
        for _ in range(2):  # of two who join at once, one sees the other's row only now
            found = await self._db.pool.fetchval(_JOIN, new_id(), contact_id, other_id, agent_id)
            if found is not None:
                return str(found)
        raise not_found("contact")

    async def undo(self, join_id: str, agent_id: str) -> None:
        """Ends it; nothing where it has ended."""
        await self._db.pool.execute(_UNDO, join_id, agent_id)

    async def find(self, join_id: str) -> Join | None:
        """One join, live or not."""
        record = await self._db.pool.fetchrow(_FIND, join_id)
        return Join(**dict(record)) if record is not None else None

    async def live(self, contact_ids: Collection[str]) -> list[Join]:
        """The joins of these contacts, oldest first."""
        return [Join(**dict(record)) for record in await self._db.pool.fetch(_LIVE, list(contact_ids))]

    async def alike(
        self, contact_ids: Collection[str], site_id: str, known: Sequence[IdentityRecord]
    ) -> list[Alike]:
        """Other contacts of the site with one of these addresses, proven ones first, each contact once; at most ten."""
        mails = [one.address.lower() for one in known if one.channel == "email"]
        numbers = [digits for one in known if one.channel in NUMBERS for digits in spellings(one.address)]
        if not mails and not numbers:
            return []
        records = await self._db.pool.fetch(_ALIKE, list(contact_ids), mails, numbers, site_id, MOST * 5)
        found: dict[str, Alike] = {}
        for record in records:
            found.setdefault(record["id"], Alike(**dict(record)))
        return list(found.values())[:MOST]
