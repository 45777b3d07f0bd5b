"""One transaction a request: sessions that commit before the answer, keyset pages, and what the database's refusals mean."""

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.database import Database
from funnel.core.errors import FunnelError, conflict, invalid, not_found
from funnel.core.ids import is_id
from funnel.people.models import Table

Entity = TypeVar("Entity", bound=Table)
Item = TypeVar("Item")
Changed = Callable[[], Awaitable[None]]

MOST_ITEMS: Final = 200
_ATTEMPTS: Final = 4
_TRANSIENT: Final = frozenset({"23505", "40001", "40P01"})


class Page(Struct, Generic[Item], frozen=True):
    """A part of a list; `next` is the cursor of the part after it, None at the end."""

    items: tuple[Item, ...]
    next: str | None = None


async def unchanged() -> None:
    """Nobody has to be told of a change."""


@asynccontextmanager
async def writing(db: Database) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed when the block ends, or not at all. Objects stay readable after it."""
    async with AsyncSession(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


async def repeated(work: Callable[[], Awaitable[Item]]) -> Item:
    """Runs `work`, a whole transaction, again when it lost a race (unique key, deadlock, serialisation); four times at most."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return await work()
        except DBAPIError as error:
            if sqlstate(error) not in _TRANSIENT or attempt == _ATTEMPTS:
                raise
    return await work()


def sqlstate(error: DBAPIError) -> str | None:
    """The five characters PostgreSQL gave, if it was PostgreSQL that refused."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def refusal(error: IntegrityError, taken: Mapping[str, str]) -> FunnelError:
    """409 for a name that is taken (`taken`: index → code), 422 for a reference to nothing; else the error itself is raised."""
    text = str(error.orig)
    for index, code in taken.items():
        if index in text:
            return conflict(code, "Another one has this already.")
    if sqlstate(error) == "23503":
        return reference_unknown()
    raise error


def reference_unknown() -> FunnelError:
    """422: an id in the body names nothing that could be referred to."""
    return invalid("reference_unknown", "An id in the request does not exist or is archived.")


async def get(session: AsyncSession, kind: type[Entity], key: str, *, lock: bool = False) -> Entity:
    """The row, archived or not, locked for change when asked. Raises 404, also for a malformed id."""
    row = await session.get(kind, key.lower(), with_for_update=lock) if is_id(key) else None
    if row is None:
        raise not_found()
    return row


async def refer(session: AsyncSession, kind: type[Entity], key: str) -> Entity:
    """The live row that a body refers to, kept from being archived meanwhile. Raises 422 reference_unknown."""
    row: Any = await session.get(kind, key.lower(), with_for_update={"read": True}) if is_id(key) else None
    if row is None or row.archived_at is not None:
        raise reference_unknown()
    found: Entity = row
    return found


async def page_of(
    session: AsyncSession, statement: Select[Entity], key: Any, *, limit: int, cursor: str | None
) -> Page[Entity]:
    """The next `limit` (1..200) rows in order of their id, which is the order of their making."""
    if cursor:
        statement = statement.where(key > read_cursor(cursor))
    most = max(1, min(limit, MOST_ITEMS))
    rows = tuple(await session.scalars(statement.order_by(key).limit(most + 1)))
    shown = rows[:most]
    last: Any = shown[-1] if len(rows) > most else None
    return Page(items=shown, next=make_cursor(last.id) if last is not None else None)


def make_cursor(key: str) -> str:
    """The cursor behind the row with this id."""
    return base64.urlsafe_b64encode(UUID(key).bytes).rstrip(b"=").decode()


def read_cursor(cursor: str) -> str:
    """The id a cursor stands behind. Raises 422 cursor_invalid."""
    try:
        return str(UUID(bytes=base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")))
    except (binascii.Error, ValueError):
        raise invalid("cursor_invalid", "This cursor was not made by this list.") from None
