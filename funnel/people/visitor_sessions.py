"""How visitors come in: unverified, verified by their site, or back by a link. Races are settled by keys and locks."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
from msgspec import Struct

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError, not_found
from funnel.core.locales import canonical_locale
from funnel.core.security import SecretBox, token_hash
from funnel.core.settings import SecuritySettings
from funnel.people import visitor_store as store
from funnel.people.fields import bare_url, clean_attributes, is_plain_text
from funnel.people.identity import Claims, identity_required, read_identity
from funnel.people.places import zone_exists
from funnel.people.principals import Visitor
from funnel.people.sealing import new_secret
from funnel.people.visitor_store import Found, Hints, KnownSite, KnownToken

RESUME_LIFE: Final = timedelta(days=7)
_ATTEMPTS: Final = 5
_LOST_RACES: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class SessionPage(Struct, frozen=True):
    """The page as the browser tells it, query and all; only the bare address is kept."""

    url: str
    title: str | None = None
    referrer: str | None = None


class SessionRequest(Struct, frozen=True):
    """What a widget brings when it opens; `attributes` and `page` are its word and not trusted."""

    site_key: str
    visitor_token: str | None = None
    identity_token: str | None = None
    locale: str | None = None
    timezone: str | None = None
    page: SessionPage | None = None
    attributes: Mapping[str, Any] | None = None


class OpenedSession(Struct, frozen=True):
    """An open session. `known`: the token brought was good. `identified`: the contact has just become verified, in place or
    by being merged (`merged_id`), so its open conversations should be told."""

    visitor: Visitor
    token: str
    expires_at: datetime
    known: bool
    identified: bool = False
    merged_id: str | None = None


class Settled(Struct, frozen=True):
    """What the rules of identity made of the request: whose session it is, and with which token if that stays."""

    contact_id: str
    token: str | None = None
    expires_at: datetime | None = None
    known: bool = False
    identified: bool = False
    merged_id: str | None = None


class _Raced(Exception):  # noqa: N818 - never leaves this module
    """Another session changed the contact between reading and locking it."""


class VisitorSessions:
    """Opens sessions. `ended` hears the id of a contact whose tokens have just died, after the commit."""

    def __init__(
        self,
        db: Database,
        box: SecretBox,
        security: SecuritySettings,
        clock: Clock,
        ended: Callable[[str], None] = lambda _contact: None,
    ) -> None:
        self._db = db
        self._box = box
        self._life = timedelta(days=security.visitor_token_days)
        self._clock = clock
        self._ended = ended

    async def open(self, request: SessionRequest) -> OpenedSession:
        """A session by the rules of the site: always one, unless the identity is missing or bad.

        Raises 401 identity_required or identity_invalid, 404 for an unknown site, 422 attributes_invalid. Two at once with
        one new subject end with one verified contact.
        """
        hints = _hints(request)
        for _ in range(_ATTEMPTS):
            try:
                async with self._db.pool.acquire() as connection, connection.transaction():
                    opened = await self._open(connection, request, hints)
            except (*_LOST_RACES, _Raced):
                continue
            if opened.merged_id is not None:
                self._ended(opened.merged_id)
            return opened
        raise FunnelError(
            "busy",
            ErrorKind.UNAVAILABLE,
            "This visitor is being identified elsewhere; try again.",
            retry_after=1,
        )

    async def _open(
        self, connection: asyncpg.Connection, request: SessionRequest, hints: Hints
    ) -> OpenedSession:
        site = None
        if is_plain_text(request.site_key, 100):
            site = await store.find_site(connection, self._box, key=request.site_key)
        if site is None:
            raise not_found("site")
        claims = self._claims(site, request.identity_token)
        token = request.visitor_token
        known = await store.find_token(connection, token, site.id) if token else None
        if known is None or token is None:
            settled = await self._newcomer(connection, site, claims)
        else:
            settled = await self._returning(connection, site, claims, token, known)
        if settled.merged_id is None:
            await store.hint(connection, settled.contact_id, hints)
        return await self._give(connection, site, claims, settled)

    def _claims(self, site: KnownSite, token: str | None) -> Claims | None:
        if token is not None:
            return read_identity(token, secrets=site.secrets, site_key=site.key, now=self._clock.now())
        if site.identity_required:
            raise identity_required()
        return None

    async def _newcomer(
        self, connection: asyncpg.Connection, site: KnownSite, claims: Claims | None
    ) -> Settled:
        """Nobody known by token: the verified contact of the subject, else a new one."""
        if claims is not None:
            found = await store.find_subject(connection, site.id, claims.subject)
            if found is not None:
                await store.trust(connection, found.own_id, claims)
                return Settled(found.now_id)
        return Settled(await store.add_contact(connection, site.id, claims))

    async def _returning(
        self,
        connection: asyncpg.Connection,
        site: KnownSite,
        claims: Claims | None,
        token: str,
        known: KnownToken,
    ) -> Settled:
        same = Settled(known.contact_id, token, known.expires_at, known=True)
        if claims is None:
            return same
        if known.verified:
            if known.external_id != claims.subject:
                found = await store.find_subject(connection, site.id, claims.subject)
                if found is None or found.now_id != known.contact_id:
                    return await self._newcomer(connection, site, claims)
                await store.trust(connection, found.own_id, claims)
                return same
            await store.trust(connection, known.contact_id, claims)
            return same
        fresh, owner = await store.lock_pair(connection, known.contact_id, site.id, claims.subject)
        if not fresh:
            raise _Raced
        if owner is None:
            await store.trust(connection, known.contact_id, claims)
            return Settled(known.contact_id, token, known.expires_at, known=True, identified=True)
        await store.merge(connection, known.contact_id, owner.now_id)
        await store.trust(connection, owner.own_id, claims)
        return Settled(owner.now_id, known=True, identified=True, merged_id=known.contact_id)

    async def _give(
        self, connection: asyncpg.Connection, site: KnownSite, claims: Claims | None, settled: Settled
    ) -> OpenedSession:
        """The token: the one brought, prolonged when it is half over, or a new one. Where a site demands identity, a token
        lasts no longer than the identity it came with."""
        now = self._clock.now()
        ends = now + self._life
        if site.identity_required and claims is not None:
            ends = min(ends, datetime.fromtimestamp(claims.expires_at, UTC) + timedelta(seconds=60))
        token = settled.token
        if token is None:
            token = await store.add_token(connection, settled.contact_id, site.id, ends)
        elif site.identity_required or (settled.expires_at and settled.expires_at < now + self._life / 2):
            await store.prolong_token(connection, token, ends)
        found = await _expect(connection, token)
        return OpenedSession(
            visitor=found.visitor,
            token=token,
            expires_at=found.expires_at,
            known=settled.known,
            identified=settled.identified,
            merged_id=settled.merged_id,
        )

    async def make_resume_link(self, contact_id: str, conversation_id: str) -> str:
        """A token that opens this conversation once, within seven days, on any device. Send it to confirmed addresses only."""
        token = new_secret()
        await self._db.pool.execute(
            "insert into resume_links (token_hash, contact_id, conversation_id, expires_at)"
            " values ($1, $2::uuid, $3::uuid, $4)",
            *(token_hash(token), contact_id, conversation_id, self._clock.now() + RESUME_LIFE),
        )
        return token

    async def resume(
        self, link_token: str, check: Callable[[str], None] = lambda _site: None
    ) -> tuple[OpenedSession, str]:
        """Uses a link up: a session of its contact (or of the one it was merged into) and the conversation's id.

        `check` gets the site's id before anything is used up and may raise. Raises 401 link_invalid for one unknown, used or
        over, 401 identity_required on a site that demands identity: there the site's own login is the way in.
        """
        async with self._db.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_RESUME, token_hash(link_token), self._clock.now())
            if row is None:
                raise _link_invalid()
            check(row["site_id"])
            if row["identity_required"]:
                raise identity_required()
            token = await store.add_token(
                connection, row["contact_id"], row["site_id"], self._clock.now() + self._life
            )
            found = await store.find_visitor(connection, token_hash(token))
            if found is None:
                raise _link_invalid()
        opened = OpenedSession(visitor=found.visitor, token=token, expires_at=found.expires_at, known=False)
        return opened, row["conversation_id"]


_RESUME: Final = """
with recursive used as (
  update resume_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2
  returning contact_id, conversation_id),
chain as (
  select c.id, c.merged_into, c.site_id from contacts c join used on used.contact_id = c.id
  union select c.id, c.merged_into, c.site_id from contacts c join chain on c.id = chain.merged_into)
select chain.id::text as contact_id, used.conversation_id::text as conversation_id, s.id::text as site_id,
  s.identity_required
from chain cross join used join sites s on s.id = chain.site_id and s.archived_at is null
where chain.merged_into is null
"""


def _link_invalid() -> FunnelError:
    return FunnelError("link_invalid", ErrorKind.UNAUTHENTICATED, "This link is unknown, used or too old.")


async def _expect(connection: asyncpg.Connection, token: str) -> Found:
    found = await store.find_visitor(connection, token_hash(token))
    if found is None:  # archived or merged in this very moment
        raise _Raced
    return found


def _hints(request: SessionRequest) -> Hints:
    """What is usable of the browser's word; a locale or zone that cannot be read counts as unsaid."""
    locale = canonical_locale(request.locale) if request.locale else None
    zone = request.timezone if request.timezone and zone_exists(request.timezone) else None
    return Hints(
        locale=locale,
        zone=zone,
        page=store.as_json(_page(request.page)),
        claimed=store.as_json(clean_attributes(request.attributes)),
    )


def _page(page: SessionPage | None) -> dict[str, str] | None:
    url = bare_url(page.url) if page else None
    if page is None or url is None:
        return None
    title = page.title.strip()[:300] if is_plain_text(page.title, 10_000) and page.title else None
    kept = {"url": url, "title": title, "referrer": bare_url(page.referrer)}
    return {name: value for name, value in kept.items() if value is not None}
