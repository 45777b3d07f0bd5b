"""Inboxes: which account of which channel belongs to a site, and which queue its conversations are handed over to."""

from typing import Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid
from funnel.core.ids import new_id
from funnel.people.models import Inbox, Queue, Site
from funnel.people.places import clean_label
from funnel.people.transactions import Changed, Page, get, page_of, refer, refusal, unchanged, writing

CHANNELS: Final = ("web",)
_TAKEN = {"inboxes_web": "web_inbox_exists"}


class InboxChanges(Struct, frozen=True):
    """What to change of an inbox; what is UNSET stays."""

    name: str | UnsetType = UNSET
    queue_id: str | UnsetType = UNSET


class Inboxes:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(self, db: Database, clock: Clock, changed: Changed = unchanged) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed

    async def create(self, *, site_id: str, channel: str, name: str, queue_id: str) -> Inbox:
        """An inbox of a live site. Raises 409 web_inbox_exists (a site has one), 422."""
        if channel not in CHANNELS:
            raise invalid("channel_unknown", "This channel is not installed.")
        try:
            async with writing(self._db) as session:
                site = await refer(session, Site, site_id)
                queue = await refer(session, Queue, queue_id)
                inbox = Inbox(
                    id=new_id(), site_id=site.id, channel=channel, name=clean_label(name), queue_id=queue.id
                )
                session.add(inbox)
                await session.flush()
                await session.refresh(inbox)
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        await self._changed()
        return inbox

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Inbox]:
        """Inboxes in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Inbox).where(Inbox.archived_at.is_(None))
            return await page_of(session, statement, Inbox.id, limit=limit, cursor=cursor)

    async def read(self, inbox_id: str) -> Inbox:
        """One inbox, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, Inbox, inbox_id)

    async def update(self, inbox_id: str, changes: InboxChanges) -> Inbox:
        """Renames it or hands over elsewhere; conversations that are open keep their queue. Raises 404, 422."""
        async with writing(self._db) as session:
            inbox = await get(session, Inbox, inbox_id, lock=True)
            if changes.name is not UNSET:
                inbox.name = clean_label(changes.name)
            if changes.queue_id is not UNSET:
                inbox.queue_id = (await refer(session, Queue, changes.queue_id)).id
        await self._changed()
        return inbox

    async def archive(self, inbox_id: str) -> None:
        """Idempotent. Raises 404, 409 in_use for the web inbox of a live site, which cannot do without it."""
        async with writing(self._db) as session:
            inbox = await get(session, Inbox, inbox_id, lock=True)
            site = await get(session, Site, inbox.site_id)
            if inbox.archived_at is None and inbox.channel == "web" and site.archived_at is None:
                raise conflict("in_use", "A site needs its web inbox: archive the site instead.")
            inbox.archived_at = inbox.archived_at or self._clock.now()
        await self._changed()
