"""API keys: shown once, kept as a hash, never able to do more than the one who made them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid
from funnel.core.ids import new_id
from funnel.core.security import token_hash
from funnel.people.access import SCOPES, require_grantable
from funnel.people.models import ApiKey
from funnel.people.places import clean_label
from funnel.people.principals import KeyPrincipal, Principal
from funnel.people.sealing import new_secret
from funnel.people.transactions import Page, get, page_of, writing

PREFIX: Final = "fk_"


class CreatedKey(Struct, frozen=True):
    """A new key and its token: the only time that it is shown."""

    id: str
    name: str
    scopes: tuple[str, ...]
    token: str
    created_at: datetime
    archived_at: datetime | None = None


class KeyChanges(Struct, frozen=True):
    """What to change of a key; what is UNSET stays."""

    name: str | UnsetType = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET


class ApiKeys:
    """Each method is one transaction. `revoked` hears of a key that ended or lost rights, after the commit."""

    def __init__(
        self, db: Database, clock: Clock, revoked: Callable[[str], None] = lambda _key: None
    ) -> None:
        self._db = db
        self._clock = clock
        self._revoked = revoked

    async def create(self, name: str, scopes: Iterable[str], *, by: Principal | None = None) -> CreatedKey:
        """Raises 403 for scopes `by` does not hold, 422."""
        token = PREFIX + new_secret()
        key = ApiKey(
            id=new_id(), name=clean_label(name), key_hash=token_hash(token), scopes=_clean_scopes(scopes)
        )
        require_grantable(by, key.scopes)
        async with writing(self._db) as session:
            session.add(key)
            await session.flush()
            await session.refresh(key)
        return CreatedKey(
            id=key.id, name=key.name, scopes=tuple(key.scopes), token=token, created_at=key.created_at
        )

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[ApiKey]:
        """Keys in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(ApiKey).where(ApiKey.archived_at.is_(None))
            return await page_of(session, statement, ApiKey.id, limit=limit, cursor=cursor)

    async def read(self, key_id: str) -> ApiKey:
        """One key, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, ApiKey, key_id)

    async def update(self, key_id: str, changes: KeyChanges, *, by: Principal | None = None) -> ApiKey:
        """Raises 403 for a key or scopes beyond what `by` holds, 404, 409 archived, 422."""
        async with writing(self._db) as session:
            key = await get(session, ApiKey, key_id, lock=True)
            require_grantable(by, key.scopes)
            if key.archived_at is not None:
                raise conflict("archived", "This key is archived.")
            if changes.name is not UNSET:
                key.name = clean_label(changes.name)
            if changes.scopes is not UNSET:
                key.scopes = _clean_scopes(changes.scopes)
                require_grantable(by, key.scopes)
        self._revoked(key.id)
        return key

    async def archive(self, key_id: str, *, by: Principal | None = None) -> None:
        """Ends the key. Idempotent. Raises 403, 404."""
        async with writing(self._db) as session:
            key = await get(session, ApiKey, key_id, lock=True)
            require_grantable(by, key.scopes)
            key.archived_at = key.archived_at or self._clock.now()
        self._revoked(key.id)


async def find_key(db: Database, hashed: bytes) -> KeyPrincipal | None:
    """The live key with this hash."""
    row = await db.pool.fetchrow(
        "select id::text as key_id, name, scopes from api_keys where key_hash = $1 and archived_at is null",
        hashed,
    )
    return (
        KeyPrincipal(key_id=row["key_id"], name=row["name"], scopes=frozenset(row["scopes"])) if row else None
    )


def _clean_scopes(scopes: Iterable[str]) -> list[str]:
    found = sorted(set(scopes))
    if not found or not set(found) <= set(SCOPES):
        raise invalid("scope_unknown", "A key needs one of these scopes at least: " + ", ".join(SCOPES) + ".")
    return found
