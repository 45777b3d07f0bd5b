"""Hooks of integrators: what playbooks may call, by name, with secrets that can be rotated. What is not here is never called."""

import re
from datetime import datetime
from typing import Final

import asyncpg
from msgspec import UNSET, Struct, UnsetType

from funnel.core.database import Database
from funnel.core.errors import conflict, invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.people.sealing import Unsealer
from funnel.people.signing_secrets import SigningSecrets, new_signing_secret
from funnel.people.webhooks import checked_url

MOST_HOOKS: Final = 100
_NAME: Final = re.compile(r"[a-z0-9_-]{1,60}")
_ADD = "insert into hooks (id, name, url, secrets) values ($1::uuid, $2, $3, $4)"
_COUNT = "select count(*) from hooks where archived_at is null"
_LIST = """
select h.id::text, h.name, h.url, h.disabled_at, h.created_at, count(c.id) as calls,
  count(c.id) filter (where c.state = 'answered') as answered, max(c.created_at) as called_at,
  (array_agg(c.error order by c.settled_at desc) filter (where c.error is not null))[1] as last_error
from hooks h left join hook_calls c on c.hook = h.name and c.state <> 'waiting' and c.created_at > now() - interval '7 days'
where h.archived_at is null and ($1::uuid is null or h.id = $1) group by h.id order by h.name
"""
_CHANGE = """
update hooks set url = coalesce($2, url),
  disabled_at = case when $3::boolean is null then disabled_at when $3 then coalesce(disabled_at, now()) end
where id = $1::uuid and archived_at is null
"""
_ARCHIVE = "update hooks set archived_at = now() where id = $1::uuid and archived_at is null"


class Hook(Struct, frozen=True, kw_only=True):
    """A hook and how it did in the last seven days; `last_error` is why the latest call that failed did."""

    id: str
    name: str
    url: str
    disabled_at: datetime | None
    created_at: datetime
    calls: int
    answered: int
    called_at: datetime | None
    last_error: str | None


class Hooks:
    """Each method is one statement, or a read and a write that is guarded."""

    def __init__(self, db: Database, sealer: Unsealer) -> None:
        self._db = db
        self._secrets = SigningSecrets(sealer)

    async def create(self, name: str, url: str) -> tuple[Hook, str]:
        """A hook and its signing secret, which is never shown again. Raises 422, and 409 where the name is taken."""
        if _NAME.fullmatch(name) is None:
            raise invalid("hook_name", "A hook is named with a-z, 0-9, - and _, 60 at most.", field="name")
        if await self._db.pool.fetchval(_COUNT) >= MOST_HOOKS:
            raise conflict("hooks_full", f"There are {MOST_HOOKS} hooks already.")
        hook_id, secret = new_id(), new_signing_secret()
        try:
            await self._db.pool.execute(
                _ADD, hook_id, name, checked_url(url), self._secrets.sealed(hook_id, secret)
            )
        except asyncpg.UniqueViolationError:
            raise conflict("hook_exists", "There is a hook of this name.") from None
        return await self.read(hook_id), secret

    async def list(self) -> list[Hook]:
        """Those in use, by name."""
        return [Hook(**dict(record)) for record in await self._db.pool.fetch(_LIST, None)]

    async def read(self, hook_id: str) -> Hook:
        """One of them. Raises 404."""
        record = await self._db.pool.fetchrow(_LIST, hook_id) if is_id(hook_id) else None
        if record is None:
            raise not_found("hook")
        return Hook(**dict(record))

    async def update(
        self, hook_id: str, *, url: str | UnsetType = UNSET, disabled: bool | UnsetType = UNSET
    ) -> Hook:
        """Changes its address, or turns it off and on. Raises 404, 422."""
        await self.read(hook_id)
        await self._db.pool.execute(
            _CHANGE,
            hook_id,
            checked_url(url) if url is not UNSET else None,
            disabled if disabled is not UNSET else None,
        )
        return await self.read(hook_id)

    async def rotate(self, hook_id: str) -> str:
        """A new secret; calls are signed with it and the one before. Raises 404, and 409 where another rotation came first."""
        return await self._secrets.rotate(self._db.pool, "hooks", hook_id)

    async def archive(self, hook_id: str) -> None:
        """Ends it. Raises 404."""
        await self.read(hook_id)
        await self._db.pool.execute(_ARCHIVE, hook_id)

    def secrets(self, hook_id: str, sealed: bytes) -> tuple[str, ...]:
        """The secrets to sign with, the newest first. Raises DecryptionError."""
        return self._secrets.opened(hook_id, sealed)
