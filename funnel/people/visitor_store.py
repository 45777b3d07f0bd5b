"""The statements behind visitor sessions: tokens, contacts, merges. Each runs in its caller's transaction."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg
from msgspec import Struct

from funnel.core.ids import new_id
from funnel.core.security import SecretBox, token_hash
from funnel.people.identity import Claims
from funnel.people.principals import Visitor
from funnel.people.sealing import new_secret, unseal

_VISITOR: Final = """
select c.id::text as contact_id, c.name, c.verified, c.locale, c.zone, s.id::text as site_id, s.identity_required,
  i.id::text as inbox_id, i.queue_id::text as queue_id, t.expires_at,
  array(with recursive merged as (
      select m.id from contacts m where m.merged_into = c.id
      union select m.id from contacts m join merged on m.merged_into = merged.id)
    select id::text from merged) as merged_ids
from visitor_tokens t
join contacts c on c.id = t.contact_id and c.merged_into is null
join sites s on s.id = t.site_id and s.id = c.site_id and s.archived_at is null
join inboxes i on i.site_id = s.id and i.channel = 'web' and i.archived_at is null
where t.token_hash = $1 and t.revoked_at is null and t.expires_at > now()
"""
_SITE: Final = """
select id::text, key, identity_required, identity_secret,
  case when identity_secret_previous_until > now() then identity_secret_previous end as previous
from sites where key = $1 and archived_at is null
"""
_LIVE: Final = """
select t.expires_at, c.id::text as contact_id, c.verified, c.external_id
from visitor_tokens t join contacts c on c.id = t.contact_id and c.merged_into is null
where t.token_hash = $1 and t.site_id = $2::uuid and t.revoked_at is null and t.expires_at > now()
"""
_HINTS: Final = """
update contacts set locale = coalesce($2, locale), zone = coalesce($3, zone), page = coalesce($4::text::jsonb, page),
  claimed = coalesce($5::text::jsonb, claimed), updated_at = now()
where id = $1::uuid and (($2::text is not null and locale is distinct from $2) or ($3::text is not null and zone is distinct from $3)
  or ($4::text is not null and page is distinct from $4::text::jsonb) or ($5::text is not null and claimed is distinct from $5::text::jsonb))
"""
_TRUST: Final = """
update contacts set verified = true, external_id = $2, name = coalesce($3, name), email = coalesce($4, email),
  phone = coalesce($5, phone), attributes = attributes || coalesce($6::text::jsonb, '{}'), updated_at = now()
where id = $1::uuid
"""
_SUBJECT: Final = """
with recursive own as (
  select id, merged_into from contacts where site_id = $1::uuid and external_id = $2 and verified
  order by merged_into is not null, id limit 1),
chain as (
  select id, merged_into from own
  union select c.id, c.merged_into from contacts c join chain on c.id = chain.merged_into)
select own.id::text as own_id, chain.id::text as now_id from own cross join chain where chain.merged_into is null
"""
_ADDRESS: Final = """
insert into identities (id, contact_id, channel, address, verified) values ($1::uuid, $2::uuid, $3, $4, true)
on conflict (contact_id, channel, address) do update set verified = true where not identities.verified
"""


class KnownSite(Struct, frozen=True):
    """A live site and the secrets its identity tokens may be signed with."""

    id: str
    key: str
    identity_required: bool
    secrets: tuple[str, ...]


class KnownToken(Struct, frozen=True):
    """A live visitor token and whose it is."""

    contact_id: str
    verified: bool
    external_id: str | None
    expires_at: datetime


class Subject(Struct, frozen=True):
    """The verified contact of an external id, and the one that it is now: itself, or the end of its merges. What an identity token
    says is kept with the first, so that a merge can be undone; the second is whom it lets in."""

    own_id: str
    now_id: str


class Hints(Struct, frozen=True):
    """What the browser says on the way in; JSON as text."""

    locale: str | None = None
    zone: str | None = None
    page: str | None = None
    claimed: str | None = None


class Found(Struct, frozen=True):
    """A visitor, when its token ends, and whether its site demands an identity."""

    visitor: Visitor
    expires_at: datetime
    identity_required: bool


async def find_visitor(connection: Any, hashed: bytes) -> Found | None:
    """The visitor of a live token of a contact that is not merged, on a live site. `connection` may be the pool."""
    row = await connection.fetchrow(_VISITOR, hashed)
    if row is None:
        return None
    visitor = Visitor(
        contact_id=row["contact_id"],
        contact_ids=frozenset((row["contact_id"], *row["merged_ids"])),
        site_id=row["site_id"],
        inbox_id=row["inbox_id"],
        queue_id=row["queue_id"],
        name=row["name"],
        verified=row["verified"],
        locale=row["locale"],
        zone=row["zone"],
        token_hash=hashed,
    )
    return Found(visitor=visitor, expires_at=row["expires_at"], identity_required=row["identity_required"])


async def find_site(connection: asyncpg.Connection, box: SecretBox, *, key: str) -> KnownSite | None:
    """The live site with this public key."""
    row = await connection.fetchrow(_SITE, key)
    if row is None:
        return None
    sealed = (row["identity_secret"], row["previous"])
    secrets = tuple(unseal(box, row["id"], secret) for secret in sealed if secret is not None)
    return KnownSite(
        id=row["id"], key=row["key"], identity_required=row["identity_required"], secrets=secrets
    )


async def find_token(connection: asyncpg.Connection, token: str, site_id: str) -> KnownToken | None:
    """The live token of this site."""
    row = await connection.fetchrow(_LIVE, token_hash(token), site_id)
    if row is None:
        return None
    return KnownToken(
        contact_id=row["contact_id"],
        verified=row["verified"],
        external_id=row["external_id"],
        expires_at=row["expires_at"],
    )


async def add_contact(connection: asyncpg.Connection, site_id: str, claims: Claims | None) -> str:
    """A new contact, verified where there are claims. Raises UniqueViolationError when another has the subject."""
    contact_id = new_id()
    subject = claims.subject if claims else None
    await connection.execute(
        "insert into contacts (id, site_id, verified, external_id) values ($1::uuid, $2::uuid, $3, $4)",
        *(contact_id, site_id, claims is not None, subject),
    )
    if claims is not None:
        await trust(connection, contact_id, claims)
    return contact_id


async def trust(connection: asyncpg.Connection, contact_id: str, claims: Claims) -> None:
    """Makes the contact the verified one of the claims' subject, with what the claims say."""
    attributes = json.dumps(claims.attributes) if claims.attributes else None
    await connection.execute(
        _TRUST, contact_id, claims.subject, claims.name, claims.email, claims.phone, attributes
    )
    for channel, address in (("email", claims.email), ("phone", claims.phone)):
        if address is not None:
            await connection.execute(_ADDRESS, new_id(), contact_id, channel, address)


async def hint(connection: asyncpg.Connection, contact_id: str, hints: Hints) -> None:
    """Keeps what the browser says, where it is new."""
    await connection.execute(_HINTS, contact_id, hints.locale, hints.zone, hints.page, hints.claimed)


async def lock_pair(
    connection: asyncpg.Connection, contact_id: str, site_id: str, subject: str
) -> tuple[bool, Subject | None]:
    """Locks the unverified contact and the verified one of the subject, in order of their ids.

    Returns whether the first is still unverified and unmerged, and the second, if any.
    """
    rows = await connection.fetch(
        "select id::text, verified, merged_into from contacts where id = $1::uuid"
        " or (site_id = $2::uuid and external_id = $3 and verified) order by id for update",
        *(contact_id, site_id, subject),
    )
    fresh = any(
        row["id"] == contact_id and not row["verified"] and row["merged_into"] is None for row in rows
    )
    return fresh, await find_subject(connection, site_id, subject)


async def find_subject(connection: asyncpg.Connection, site_id: str, subject: str) -> Subject | None:
    """The verified contact of a subject: one that stands alone before one that was merged by hand."""
    row = await connection.fetchrow(_SUBJECT, site_id, subject)
    return Subject(row["own_id"], row["now_id"]) if row is not None else None


async def merge(connection: asyncpg.Connection, contact_id: str, into: str) -> None:
    """One pointer and the end of the old tokens; no conversation is touched."""
    await connection.execute(
        "update contacts set merged_into = $2::uuid, updated_at = now() where id = $1::uuid", contact_id, into
    )
    await connection.execute(
        "update visitor_tokens set revoked_at = now() where contact_id = $1::uuid and revoked_at is null",
        contact_id,
    )


async def add_token(
    connection: asyncpg.Connection, contact_id: str, site_id: str, expires_at: datetime
) -> str:
    """A new visitor token, known only to its receiver."""
    token = new_secret()
    await connection.execute(
        "insert into visitor_tokens (token_hash, contact_id, site_id, expires_at) values ($1, $2::uuid, $3::uuid, $4)",
        *(token_hash(token), contact_id, site_id, expires_at),
    )
    return token


async def prolong_token(connection: asyncpg.Connection, token: str, expires_at: datetime) -> None:
    """Sets a new end."""
    await connection.execute(
        "update visitor_tokens set expires_at = $2 where token_hash = $1", token_hash(token), expires_at
    )


def as_json(value: Mapping[str, Any] | None) -> str | None:
    """JSON text for a jsonb parameter; None for nothing."""
    return json.dumps(value) if value is not None else None
