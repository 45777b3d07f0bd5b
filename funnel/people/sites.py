"""Sites: made with a public key, a secret, a web inbox and a queue behind it, so that a hand-over always has a place to go."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict
from funnel.core.ids import new_id, new_token
from funnel.core.security import SecretBox
from funnel.people import places
from funnel.people.models import Hours, Inbox, Queue, Site, Team
from funnel.people.sealing import new_secret, seal
from funnel.people.transactions import Changed, Page, get, page_of, refer, unchanged, writing

SECRET_OVERLAP: Final = timedelta(hours=24)
DEFAULT_QUEUE: Final = "Support"
PRIVACY_QUEUE: Final = "Privacy"
"""Where privacy requests go (rules name it); whatever its case, there is one."""
_SETUP_LOCK: Final = 0x66756E6E656C02


class SiteDraft(Struct, frozen=True):
    """A site to be made; `helplines` is locale → (text, last day it is known to be right)."""

    name: str
    origins: tuple[str, ...]
    locales: tuple[str, ...]
    zone: str = "UTC"
    business_hours_id: str | None = None
    identity_required: bool = False
    reply_seconds: Mapping[str, int] = {}
    on_call: str | None = None
    helplines: Mapping[str, tuple[str, date]] = {}
    texts: Mapping[str, Mapping[str, str]] = {}


class SiteChanges(Struct, frozen=True):
    """What to change of a site; what is UNSET stays. `safety_confirmed` says its safety texts were reviewed."""

    name: str | UnsetType = UNSET
    origins: tuple[str, ...] | UnsetType = UNSET
    locales: tuple[str, ...] | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    business_hours_id: str | UnsetType | None = UNSET
    identity_required: bool | UnsetType = UNSET
    reply_seconds: Mapping[str, int] | UnsetType = UNSET
    on_call: str | UnsetType | None = UNSET
    helplines: Mapping[str, tuple[str, date]] | UnsetType = UNSET
    texts: Mapping[str, Mapping[str, str]] | UnsetType = UNSET
    safety_confirmed: bool | UnsetType = UNSET


class CreatedSite(Struct, frozen=True):
    """A new site, its web inbox, and its secret: the only time that the secret is shown."""

    site: Site
    inbox_id: str
    queue_id: str
    identity_secret: str


class Sites:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(self, db: Database, box: SecretBox, clock: Clock, changed: Changed = unchanged) -> None:
        self._db = db
        self._box = box
        self._clock = clock
        self._changed = changed

    async def create(self, draft: SiteDraft) -> CreatedSite:
        """A site with a web inbox; makes the team and queue "Support" when no queue exists, and a queue for privacy requests where
        there is none. Raises 422."""
        site_id, secret = new_id(), new_secret()
        site = Site(
            id=site_id,
            key=new_token(),
            name=places.clean_label(draft.name),
            origins=places.clean_origins(draft.origins),
            locales=places.clean_locales(draft.locales),
            zone=places.clean_zone(draft.zone),
            identity_required=draft.identity_required,
            identity_secret=seal(self._box, site_id, secret),
            reply_seconds=places.clean_reply_seconds(draft.reply_seconds),
            on_call=places.clean_label(draft.on_call) if draft.on_call is not None else None,
            helplines=places.clean_helplines(draft.helplines),
            texts=places.clean_texts(draft.texts),
        )
        async with writing(self._db) as session:
            if draft.business_hours_id is not None:
                site.business_hours_id = (await refer(session, Hours, draft.business_hours_id)).id
            queue_id = await default_queue(session)
            await _privacy_queue(session, queue_id)
            inbox = Inbox(id=new_id(), site_id=site_id, channel="web", name="Web", queue_id=queue_id)
            session.add(site)
            await session.flush()
            session.add(inbox)
            await session.flush()
            await session.refresh(site)
        await self._changed()
        return CreatedSite(site=site, inbox_id=inbox.id, queue_id=queue_id, identity_secret=secret)

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Site]:
        """Sites in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Site).where(Site.archived_at.is_(None))
            return await page_of(session, statement, Site.id, limit=limit, cursor=cursor)

    async def read(self, site_id: str) -> Site:
        """One site, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, Site, site_id)

    async def update(self, site_id: str, changes: SiteChanges) -> Site:
        """Changes what is set. Raises 404, 409 archived, 422."""
        async with writing(self._db) as session:
            site = await get(session, Site, site_id, lock=True)
            if site.archived_at is not None:
                raise conflict("archived", "This site is archived.")
            self._apply(site, changes)
            if changes.business_hours_id is not UNSET:
                hours_id = changes.business_hours_id
                site.business_hours_id = (await refer(session, Hours, hours_id)).id if hours_id else None
        await self._changed()
        return site

    def _apply(self, site: Site, changes: SiteChanges) -> None:
        if changes.name is not UNSET:
            site.name = places.clean_label(changes.name)
        if changes.origins is not UNSET:
            site.origins = places.clean_origins(changes.origins)
        if changes.locales is not UNSET:
            site.locales = places.clean_locales(changes.locales)
        if changes.zone is not UNSET:
            site.zone = places.clean_zone(changes.zone)
        if changes.identity_required is not UNSET:
            site.identity_required = changes.identity_required
        if changes.reply_seconds is not UNSET:
            site.reply_seconds = places.clean_reply_seconds(changes.reply_seconds)
        self._apply_texts(site, changes)

    def _apply_texts(self, site: Site, changes: SiteChanges) -> None:
        if changes.on_call is not UNSET:
            site.on_call = places.clean_label(changes.on_call) if changes.on_call is not None else None
        if changes.helplines is not UNSET:
            site.helplines = places.clean_helplines(changes.helplines)
        if changes.texts is not UNSET:
            site.texts = places.clean_texts(changes.texts)
        if changes.safety_confirmed is not UNSET:
            site.safety_confirmed_at = self._clock.now() if changes.safety_confirmed else None

    async def rotate_secret(self, site_id: str) -> str:
        """A new identity secret, shown this once; the one before is accepted for 24 h more, older ones no longer."""
        secret = new_secret()
        async with writing(self._db) as session:
            site = await get(session, Site, site_id, lock=True)
            site.identity_secret_previous = site.identity_secret
            site.identity_secret_previous_until = self._clock.now() + SECRET_OVERLAP
            site.identity_secret = seal(self._box, site.id, secret)
        await self._changed()
        return secret

    async def archive(self, site_id: str) -> None:
        """Ends a site and its inboxes: visitors' tokens of it are refused from now on. Idempotent. Raises 404."""
        async with writing(self._db) as session:
            site = await get(session, Site, site_id, lock=True)
            if site.archived_at is None:
                site.archived_at = self._clock.now()
                live = update(Inbox).where(Inbox.site_id == site.id, Inbox.archived_at.is_(None))
                await session.execute(live.values(archived_at=func.now()))
        await self._changed()


async def default_queue(session: AsyncSession) -> str:
    """The id of the oldest live queue that is not the one for privacy; makes "Support" (and a team for it) when there is none. Two at once make one."""
    await session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _SETUP_LOCK})
    others = func.lower(Queue.name) != PRIVACY_QUEUE.lower()
    live = select(Queue.id).where(Queue.archived_at.is_(None), others).order_by(Queue.id).limit(1)
    found = await session.scalar(live)
    if found is not None:
        return found
    team_id = await session.scalar(
        select(Team.id).where(Team.archived_at.is_(None)).order_by(Team.id).limit(1)
    )
    if team_id is None:
        team_id = new_id()
        session.add(Team(id=team_id, name=DEFAULT_QUEUE))
        await session.flush()
    queue = Queue(id=new_id(), name=DEFAULT_QUEUE, team_id=team_id)
    session.add(queue)
    await session.flush()
    return queue.id


async def _privacy_queue(session: AsyncSession, beside: str) -> None:
    """A queue of the same team, unless there is a live one of that name; under the lock of `default_queue`."""
    named = func.lower(Queue.name) == PRIVACY_QUEUE.lower()
    if await session.scalar(select(Queue.id).where(Queue.archived_at.is_(None), named).limit(1)) is None:
        team_id = await session.scalar(select(Queue.team_id).where(Queue.id == beside))
        session.add(Queue(id=new_id(), name=PRIVACY_QUEUE, team_id=team_id))
        await session.flush()
