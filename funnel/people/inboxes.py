"""Inboxes: which account of which channel belongs to a site, its secrets, and which queue its conversations are handed over to."""

import re
import secrets as randomness
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from funnel.channels.manners import AS_CHANNEL, MannersOfInbox
from funnel.channels.port import SecretField
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid
from funnel.core.ids import new_id
from funnel.people.models import Agent, Hours, Inbox, Queue, Site
from funnel.people.places import clean_label
from funnel.people.sealing import Unsealer
from funnel.people.transactions import Changed, Page, get, page_of, refer, refusal, unchanged, writing

Channels = Mapping[str, tuple[SecretField, ...]]
Values = Mapping[str, str]
WEB: Final = "web"
MOST_SECRET: Final = 4096
KEPT_VALUES: Final = 2
_TAKEN = {"inboxes_web": "web_inbox_exists"}
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f]+")


class InboxChanges(Struct, frozen=True):
    """What to change of an inbox; what is UNSET stays. A secret that is given replaces the one before, which stays valid beside
    it where the channel can rotate."""

    name: str | UnsetType = UNSET
    queue_id: str | UnsetType = UNSET
    owner_id: str | UnsetType | None = UNSET
    business_hours_id: str | UnsetType | None = UNSET
    secrets: Values = {}
    manners: MannersOfInbox | UnsetType = UNSET


class CreatedInbox(Struct, frozen=True):
    """A new inbox and the secrets that were made for it: the only time that they are shown."""

    inbox: Inbox
    made: Values


class Inboxes:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        changed: Changed = unchanged,
        *,
        sealer: Unsealer | None = None,
        channels: Channels | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed
        self._sealer = sealer
        self._channels: Channels = channels or {}

    async def create(
        self,
        *,
        site_id: str,
        channel: str,
        name: str,
        queue_id: str,
        secrets: Values | None = None,
        owner_id: str | None = None,
        business_hours_id: str | None = None,
        manners: MannersOfInbox = AS_CHANNEL,
    ) -> CreatedInbox:
        """An inbox of a live site. Raises 409 web_inbox_exists (a site has one), 422 channel_unknown, secret_unknown,
        secret_missing, secret_invalid."""
        fields = self._fields(channel)
        given, made = _completed(fields, secrets or {})
        inbox_id = new_id()
        try:
            async with writing(self._db) as session:
                site = await refer(session, Site, site_id)
                queue = await refer(session, Queue, queue_id)
                inbox = Inbox(
                    id=inbox_id, site_id=site.id, channel=channel, name=clean_label(name), queue_id=queue.id
                )
                inbox.owner_id = (await refer(session, Agent, owner_id)).id if owner_id else None
                inbox.business_hours_id = (
                    (await refer(session, Hours, business_hours_id)).id if business_hours_id else None
                )
                inbox.manners = msgspec.to_builtins(manners)
                self._keep(inbox, fields, given)
                session.add(inbox)
                await session.flush()
                await session.refresh(inbox)
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        await self._changed()
        return CreatedInbox(inbox, made)

    def _fields(self, channel: str) -> tuple[SecretField, ...]:
        if channel == WEB:
            return ()
        fields = self._channels.get(channel)
        if fields is None:
            raise invalid("channel_unknown", "This channel is not installed.")
        return fields

    def _keep(self, inbox: Inbox, fields: tuple[SecretField, ...], given: Values) -> None:
        """Puts public values into the configuration and the others, sealed, beside it."""
        if not given or self._sealer is None:
            return
        public = {field.name for field in fields if field.public}
        rotating = {field.name for field in fields if field.rotates}
        inbox.config = {**(inbox.config or {}), **{k: v for k, v in given.items() if k in public}}
        kept: dict[str, list[str]] = {}
        if inbox.secrets is not None:
            kept = msgspec.json.decode(self._sealer.open(inbox.id, inbox.secrets), type=dict[str, list[str]])
        for name, value in given.items():
            if name in public:
                continue
            before = kept.get(name, []) if name in rotating else []
            kept[name] = [value, *(one for one in before if one != value)][:KEPT_VALUES]
        inbox.secrets = self._sealer.seal(inbox.id, msgspec.json.encode(kept))

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
            if changes.owner_id is not UNSET:
                owner = changes.owner_id
                inbox.owner_id = (await refer(session, Agent, owner)).id if owner else None
            if changes.business_hours_id is not UNSET:
                hours = changes.business_hours_id
                inbox.business_hours_id = (await refer(session, Hours, hours)).id if hours else None
            if changes.manners is not UNSET:
                inbox.manners = msgspec.to_builtins(changes.manners)
            if changes.secrets:
                fields = self._fields(inbox.channel)
                _refuse_unknown(fields, changes.secrets)
                self._keep(inbox, fields, changes.secrets)
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


def _completed(fields: tuple[SecretField, ...], given: Values) -> tuple[dict[str, str], dict[str, str]]:
    """What is kept, and what of it was made here."""
    _refuse_unknown(fields, given)
    made = {
        field.name: _make(field.made)
        for field in fields
        if field.made and field.required and not given.get(field.name)
    }
    found = {**given, **made}
    missing = [field.name for field in fields if field.required and not found.get(field.name)]
    if missing:
        raise invalid("secret_missing", f"This channel also needs: {', '.join(missing)}.")
    return found, made


def _refuse_unknown(fields: tuple[SecretField, ...], given: Values) -> None:
    if not given.keys() <= {field.name for field in fields}:
        raise invalid("secret_unknown", "There is a secret that this channel does not have.")
    if any(len(value) > MOST_SECRET or not _PRINTABLE.fullmatch(value) for value in given.values()):
        raise invalid("secret_invalid", "A secret has 1 to 4096 characters and no control characters.")


def _make(kind: str) -> str:
    if kind == "whsec":
        return f"whsec_{b64encode(randomness.token_bytes(32)).decode()}"
    return randomness.token_urlsafe(32)
