"""Contacts of channels: found or made by the platform's id for them in one inbox. Never joined across inboxes here."""

from collections.abc import Sequence

import asyncpg
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.ids import new_id

_FIND = """
select c.id::text as id, c.name, c.verified, c.locale, c.zone,
  (with recursive chain as (
     select k.id, k.merged_into from contacts k where k.id = c.merged_into
     union select k.id, k.merged_into from contacts k join chain on k.id = chain.merged_into)
   select id::text from chain where merged_into is null) as merged_into
from identities i join contacts c on c.id = i.contact_id
where i.inbox_id = $1::uuid and i.address = any ($2::text[])
order by array_position($2::text[], i.address) limit 1
"""
_ADD_CONTACT = "insert into contacts (id, site_id, name, locale) values ($1::uuid, $2::uuid, $3, $4)"
_ADD_IDENTITY = """
insert into identities (id, contact_id, channel, address, verified, inbox_id)
values ($1::uuid, $2::uuid, $3, $4, $5, $6::uuid) on conflict (inbox_id, address) where inbox_id is not null do nothing
"""
_RENAME = "update contacts set name = $2, updated_at = now() where id = $1::uuid and name is distinct from $2 and not verified"
ATTEMPTS = 5


class ChannelContact(Struct, frozen=True):
    """A contact as conversations begin with it."""

    id: str
    name: str | None = None
    verified: bool = False
    locale: str | None = None
    zone: str | None = None


class ChannelContacts:
    """One transaction a call; of any number at once for one address all get the same contact."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find_or_add(
        self,
        *,
        site_id: str,
        inbox_id: str,
        channel: str,
        addresses: Sequence[str],
        name: str | None,
        locale: str | None,
        verified: bool,
    ) -> ChannelContact:
        """The contact behind the first known of `addresses` (the platform's id first, then its other spellings), else a new one.

        Every address is kept as an identity of it, so that any of them finds it the next time.
        """
        for _ in range(ATTEMPTS):
            async with self._db.pool.acquire() as connection:
                found = await connection.fetchrow(_FIND, inbox_id, list(addresses))
                if found is not None:
                    await self._keep(connection, found["id"], inbox_id, channel, addresses[1:], verified)
                    return await self._known(connection, found, name)
                contact_id = new_id()
                async with connection.transaction():
                    await connection.execute(_ADD_CONTACT, contact_id, site_id, name, locale)
                    if await self._claim(connection, contact_id, inbox_id, channel, addresses, verified):
                        return ChannelContact(contact_id, name, False, locale)
                    await connection.execute("delete from contacts where id = $1::uuid", contact_id)
        raise RuntimeError("the contact of an address could not be settled")

    async def _claim(
        self,
        connection: asyncpg.Connection,
        contact_id: str,
        inbox_id: str,
        channel: str,
        addresses: Sequence[str],
        verified: bool,
    ) -> bool:
        """All addresses, sorted so that two processes never wait for each other; False where another was first."""
        for address in sorted(addresses):
            done = await connection.execute(
                _ADD_IDENTITY, new_id(), contact_id, channel, address, verified, inbox_id
            )
            if done != "INSERT 0 1":
                await connection.execute("delete from identities where contact_id = $1::uuid", contact_id)
                return False
        return True

    async def _keep(
        self,
        connection: asyncpg.Connection,
        contact_id: str,
        inbox_id: str,
        channel: str,
        others: Sequence[str],
        verified: bool,
    ) -> None:
        for address in others:
            await connection.execute(
                _ADD_IDENTITY, new_id(), contact_id, channel, address, verified, inbox_id
            )

    async def _known(
        self, connection: asyncpg.Connection, found: asyncpg.Record, name: str | None
    ) -> ChannelContact:
        if name and name != found["name"]:
            await connection.execute(_RENAME, found["id"], name)
        return ChannelContact(
            found["merged_into"] or found["id"], found["name"] or name, found["verified"], found["locale"], found["zone"]
        )  # fmt: skip
