"""Integrators' webhooks: which events go where, with secrets that can be rotated. The secret is shown once."""

from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from funnel.conversations.events import REGISTRY
from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.people.places import clean_label
from funnel.people.sealing import Unsealer
from funnel.people.signing_secrets import SigningSecrets, new_signing_secret

MOST_URL: Final = 2000
_COLUMNS: Final = (
    "id::text, name, url, events, site_id::text, disabled_at, disabled_reason, created_at, archived_at"
)
_ADD = """
insert into webhooks (id, name, url, secrets, events, site_id) values ($1::uuid, $2, $3, $4, $5::text[], $6::uuid)
"""
_READ = f"select {_COLUMNS} from webhooks where id = $1::uuid"  # noqa: S608 - no input in it
_LIST = f"select {_COLUMNS} from webhooks where archived_at is null and ($1::uuid is null or id > $1::uuid) order by id limit $2"  # noqa: S608
_CHANGE = """
update webhooks set name = coalesce($2, name), url = coalesce($3, url), events = coalesce($4::text[], events),
  disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end,
  disabled_reason = case when $5::boolean is null then disabled_reason when $5 then 'switched off' end
where id = $1::uuid and archived_at is null
"""


class Webhook(Struct, frozen=True, kw_only=True):
    """A subscription; no events listed means all of them."""

    id: str
    name: str
    url: str
    events: list[str]
    site_id: str | None
    disabled_at: datetime | None
    disabled_reason: str | None
    created_at: datetime
    archived_at: datetime | None


class WebhookChanges(Struct, frozen=True):
    """What to change; what is UNSET stays."""

    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    events: tuple[str, ...] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class Webhooks:
    """Each method is one statement, or a read and a write that is guarded."""

    def __init__(self, db: Database, sealer: Unsealer) -> None:
        self._db = db
        self._secrets = SigningSecrets(sealer)

    async def create(
        self, *, name: str, url: str, events: tuple[str, ...] = (), site_id: str | None = None
    ) -> tuple[Webhook, str]:
        """A webhook and its signing secret, which is never shown again. Raises 422."""
        webhook_id, secret = new_id(), new_signing_secret()
        if site_id is not None and not await self._is_site(site_id):
            raise invalid("site_unknown", "There is no such site.")
        await self._db.pool.execute(
            _ADD, webhook_id, clean_label(name), checked_url(url), self._secrets.sealed(webhook_id, secret),
            list(_checked_events(events)), site_id,
        )  # fmt: skip
        return await self.read(webhook_id), secret

    async def read(self, webhook_id: str) -> Webhook:
        """One of them. Raises 404."""
        record = await self._db.pool.fetchrow(_READ, webhook_id) if is_id(webhook_id) else None
        if record is None:
            raise not_found("webhook")
        return Webhook(**dict(record))

    async def list(self, *, after: str | None, most: int) -> list[Webhook]:
        """Those in use, oldest first."""
        if after is not None and not is_id(after):
            raise invalid("cursor_invalid", "The cursor does not belong to this list.")
        return [Webhook(**dict(record)) for record in await self._db.pool.fetch(_LIST, after, most)]

    async def update(self, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Changes it, or turns it off and on. Raises 404, 422."""
        await self.read(webhook_id)
        values: list[Any] = [
            clean_label(changes.name) if changes.name is not UNSET else None,
            checked_url(changes.url) if changes.url is not UNSET else None,
            list(_checked_events(changes.events)) if changes.events is not UNSET else None,
            changes.disabled if changes.disabled is not UNSET else None,
        ]
        await self._db.pool.execute(_CHANGE, webhook_id, *values)
        return await self.read(webhook_id)

    async def rotate(self, webhook_id: str) -> str:
        """A new secret; deliveries are signed with it and the one before. Raises 404, and 409 where another rotation came
        first."""
        return await self._secrets.rotate(self._db.pool, "webhooks", webhook_id)

    async def archive(self, webhook_id: str) -> None:
        """Ends it; idempotent. Raises 404."""
        await self.read(webhook_id)
        await self._db.pool.execute(
            "update webhooks set archived_at = coalesce(archived_at, now()) where id = $1::uuid", webhook_id
        )

    def secrets(self, webhook_id: str, sealed: bytes) -> tuple[str, ...]:
        """The secrets to sign with, the newest first. Raises DecryptionError."""
        return self._secrets.opened(webhook_id, sealed)

    async def _is_site(self, site_id: str) -> bool:
        found = await self._db.pool.fetchval(
            "select 1 from sites where id = $1::uuid and archived_at is null", site_id
        )
        return found is not None


def checked_url(url: str) -> str:
    """An absolute web address; whether it may be called is judged at every call. Raises 422."""
    text = url.strip()
    if (
        len(text) > MOST_URL
        or not text.startswith(("https://", "http://"))
        or any(ord(sign) < 33 for sign in text)
    ):
        raise invalid("url_invalid", "A webhook needs an https address.")
    return text


def _checked_events(events: tuple[str, ...]) -> tuple[str, ...]:
    if any(one not in REGISTRY for one in events):
        raise invalid("event_unknown", "There is an event type that does not exist.")
    return tuple(dict.fromkeys(events))
