"""The SQL of saved replies: each method is one statement or one transaction, committed when it returns."""

from datetime import datetime
from typing import Final

import asyncpg
from msgspec import UNSET, Struct, structs

from funnel.core.database import Database
from funnel.core.errors import conflict, forbidden, not_found
from funnel.core.ids import is_id, new_id
from funnel.replies.model import ReplyChanges, ReplyDraft, checked

MOST_OWN: Final = 500
MOST_SHARED: Final = 2_000
_FIELDS: Final = (
    "id::text, title, text, shortcut, locale, agent_id is null as shared, agent_id::text, updated_at"
)
_VISIBLE: Final = "archived_at is null and (agent_id is null or agent_id = $1::uuid)"


class Author(Struct, frozen=True):
    """Who asks. `curates` may write shared replies; an `admin` also tends to those of other agents."""

    agent_id: str
    curates: bool = False
    admin: bool = False


class SavedReply(Struct, frozen=True):
    """A saved reply; a personal one names its agent."""

    id: str
    title: str
    text: str
    shortcut: str | None
    locale: str | None
    shared: bool
    agent_id: str | None
    updated_at: datetime


class SavedReplies:
    """Shared replies are read by all agents and written by those who curate; personal ones are their owner's alone."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def list(self, author: Author, *, limit: int, after: str | None = None) -> list[SavedReply]:
        """Shared and own ones in the order of their making, those made after the one named."""
        rows = await self._pool.fetch(
            f"select {_FIELDS} from saved_replies where {_VISIBLE} and ($2::uuid is null or id > $2) "  # noqa: S608 - constants
            "order by id limit $3",
            *(author.agent_id, after, limit),
        )
        return [_reply(row) for row in rows]

    async def read(self, author: Author, reply_id: str) -> SavedReply:
        """One that the author may see. Raises 404, also for a malformed id."""
        async with self._pool.acquire() as connection:
            return await _find(connection, author, reply_id)

    async def create(self, author: Author, draft: ReplyDraft) -> SavedReply:
        """Raises 403 for a shared one of somebody who does not curate, 409 shortcut_taken or too_many, 422."""
        draft = checked(draft)
        owner = _owner(author, draft.shared)
        async with self._pool.acquire() as connection, connection.transaction():
            # Two at once count one after the other, so that neither passes the limit unseen.
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended('saved_replies' || coalesce($1, ''), 0))",
                owner,
            )
            count = await connection.fetchval(
                "select count(*) from saved_replies where archived_at is null and agent_id is not distinct from $1::uuid",
                owner,
            )
            if count >= (MOST_OWN if owner else MOST_SHARED):
                raise conflict(
                    "too_many", "There are as many saved replies as there can be: archive one first."
                )
            row = await _written(
                connection,
                "insert into saved_replies (id, agent_id, title, text, shortcut, locale) "  # noqa: S608 - constants
                f"values ($1::uuid, $2::uuid, $3, $4, $5, $6) returning {_FIELDS}",
                *(new_id(), owner, draft.title, draft.text, draft.shortcut, draft.locale),
            )
        return _reply(row)

    async def update(self, author: Author, reply_id: str, changes: ReplyChanges) -> SavedReply:
        """Changes what is set; the last writer wins. Raises 403, 404, 409 shortcut_taken, 422."""
        async with self._pool.acquire() as connection, connection.transaction():
            now = await _find(connection, author, reply_id, lock=True)
            _require(author, now)
            sent = {name: value for name, value in structs.asdict(changes).items() if value is not UNSET}
            draft = checked(structs.replace(_draft(now), **sent))
            owner = None if draft.shared else now.agent_id or author.agent_id
            if draft.shared and not author.curates:
                raise _not_curating()
            row = await _written(
                connection,
                "update saved_replies set agent_id = $2::uuid, title = $3, text = $4, shortcut = $5, locale = $6, "  # noqa: S608 - constants
                f"updated_at = now() where id = $1::uuid returning {_FIELDS}",
                *(now.id, owner, draft.title, draft.text, draft.shortcut, draft.locale),
            )
        return _reply(row)

    async def archive(self, author: Author, reply_id: str) -> None:
        """Takes it out of every list. Raises 403, 404 (also for one archived already)."""
        async with self._pool.acquire() as connection, connection.transaction():
            now = await _find(connection, author, reply_id, lock=True)
            _require(author, now)
            await connection.execute(
                "update saved_replies set archived_at = now() where id = $1::uuid", now.id
            )


def _owner(author: Author, shared: bool) -> str | None:
    if not shared:
        return author.agent_id
    if not author.curates:
        raise _not_curating()
    return None


def _require(author: Author, reply: SavedReply) -> None:
    if reply.shared and not author.curates:
        raise _not_curating()


def _not_curating() -> Exception:
    return forbidden("Shared replies are written by leads.")


async def _find(
    connection: asyncpg.Connection, author: Author, reply_id: str, *, lock: bool = False
) -> SavedReply:
    row = None
    if is_id(reply_id):
        row = await connection.fetchrow(
            f"select {_FIELDS} from saved_replies where archived_at is null and id = $2::uuid "  # noqa: S608 - constants
            f"and (agent_id is null or agent_id = $1::uuid or $3){' for update' if lock else ''}",
            *(author.agent_id, reply_id, author.admin),
        )
    if row is None:
        raise not_found("saved reply")
    return _reply(row)


async def _written(connection: asyncpg.Connection, statement: str, *values: object) -> asyncpg.Record:
    try:
        return await connection.fetchrow(statement, *values)
    except asyncpg.UniqueViolationError:
        raise conflict("shortcut_taken", "Another saved reply has this shortcut already.") from None


def _draft(reply: SavedReply) -> ReplyDraft:
    return ReplyDraft(reply.title, reply.text, reply.shortcut, reply.locale, reply.shared)


def _reply(row: asyncpg.Record) -> SavedReply:
    return SavedReply(**dict(row))
