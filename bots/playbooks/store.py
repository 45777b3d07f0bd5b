"""Versions of playbooks in the database: a draft may change, a published version never does, what is live is a pointer."""

import asyncio
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg
from msgspec import Struct

from bots.dialogue.playbooks.linting import Lint, lint
from bots.dialogue.playbooks.shelf import shipped_documents
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid, not_found

LONGEST_NOTE: Final = 500
_LOCK: Final = 0x706C6179
_COLUMNS: Final = (
    "p.key, p.version, p.status, p.origin, p.document, p.revision, p.note, p.author_id::text, p.updated_at, p.published_at, "
    "p.published_by::text, (l.version is not null) as live"
)
_FROM: Final = "from playbooks p left join playbook_live l on l.key = p.key and l.version = p.version"


class StoredPlaybook(Struct, frozen=True):
    """A version. `revision` counts the changes of a draft; `origin` is whether it came with the product."""

    key: str
    version: int
    status: Literal["draft", "published"]
    origin: Literal["shipped", "own"]
    document: str
    revision: int
    note: str | None
    author_id: str | None
    updated_at: datetime
    published_at: datetime | None
    published_by: str | None
    live: bool


class PlaybookStore:
    """Every method is one transaction; whoever changes something waits for the others."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def live(self) -> list[StoredPlaybook]:
        """The version of each playbook that begins now, by key."""
        return await self._read("where l.version is not null order by p.key")

    async def published(self) -> list[StoredPlaybook]:
        """Every version that a conversation may be in."""
        return await self._read("where p.status = 'published' order by p.key, p.version")

    async def versions(self, key: str) -> list[StoredPlaybook]:
        """All versions of a playbook, newest first. Raises NOT_FOUND where there is none."""
        found = await self._read("where p.key = $1 order by p.version desc limit 200", key)
        if not found:
            raise not_found("playbook")
        return found

    async def get(self, key: str, version: int) -> StoredPlaybook:
        """One version. Raises NOT_FOUND."""
        found = await self._read("where p.key = $1 and p.version = $2", key, version)
        if not found:
            raise not_found("playbook")
        return found[0]

    async def draft(self, text: str, note: str | None, author_id: str | None) -> StoredPlaybook:
        """A new draft under the document's own key. Raises INVALID where the text is no playbook; other faults may stay."""
        key = _key(await asyncio.to_thread(lint, text))
        async with self._pool.acquire() as connection, connection.transaction():
            version = await _next(connection, key)
            await _insert(connection, key, version, text, note, author_id)
        return await self.get(key, version)

    async def change(
        self, key: str, version: int, text: str, note: str | None, revision: int, author_id: str | None
    ) -> StoredPlaybook:
        """Replaces a draft as it was at `revision`. Raises CONFLICT where it has changed or is published, INVALID for another key."""
        if _key(await asyncio.to_thread(lint, text)) != key:
            raise invalid(
                "playbook_key", "The key of a playbook does not change; make another draft.", field="document"
            )
        async with self._pool.acquire() as connection, connection.transaction():
            row = await _locked(connection, key, version)
            if row["status"] != "draft":
                raise conflict("playbook_published", "A published version never changes; make a new draft.")
            if row["revision"] != revision:
                raise conflict("stale_revision", "The draft has changed since this revision; read it again.")
            await connection.execute(
                "update playbooks set document = $3, note = $4, revision = revision + 1, updated_at = now(), "
                "author_id = coalesce($5::uuid, author_id) where key = $1 and version = $2",
                key, version, text, note, author_id,
            )  # fmt: skip
        return await self.get(key, version)

    async def delete(self, key: str, version: int) -> None:
        """Deletes a draft. Raises CONFLICT for a published version."""
        async with self._pool.acquire() as connection, connection.transaction():
            if (await _locked(connection, key, version))["status"] != "draft":
                raise conflict("playbook_published", "A published version stays; roll back to another one.")
            await connection.execute("delete from playbooks where key = $1 and version = $2", key, version)

    async def publish(self, key: str, version: int, revision: int | None, by: str | None) -> StoredPlaybook:
        """Makes a draft a version for ever, and live. Raises INVALID with the first fault or the tests that do not hold."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            row = await _locked(connection, key, version)
            if row["status"] != "draft":
                raise conflict("playbook_published", "This version is published already.")
            if revision is not None and row["revision"] != revision:
                raise conflict("stale_revision", "The draft has changed since this revision; read it again.")
            _require_good(await asyncio.to_thread(lint, row["document"]))
            await _publish(connection, key, version, by)
        return await self.get(key, version)

    async def rollback(self, key: str, to: int, by: str | None) -> StoredPlaybook:
        """Makes a published version live again; conversations under way end in theirs. Idempotent."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            if (await _locked(connection, key, to))["status"] != "published":
                raise conflict("playbook_draft", "Only a published version can be gone back to.")
            await _point(connection, key, to, by)
        return await self.get(key, to)

    async def seed(self) -> None:
        """Stores what this release ships as published versions, live where nothing of the writers' own is."""
        texts = await asyncio.to_thread(shipped_documents)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            rows = await connection.fetch(
                "select p.key, p.version, p.origin, p.document, (l.version is not null) as live "
                f"{_FROM} where p.key = any($1::text[])",
                list(texts),
            )
            known = {(row["key"], row["document"]) for row in rows if row["origin"] == "shipped"}
            owned = {row["key"] for row in rows if row["origin"] == "own" and row["live"]}
            fresh = [
                (key, 1 + max((row["version"] for row in rows if row["key"] == key), default=0), text)
                for key, text in texts.items()
                if (key, text) not in known
            ]
            await connection.executemany(
                "insert into playbooks (key, version, document, origin, status, published_at) values ($1, $2, $3, 'shipped', 'published', now())",
                fresh,
            )
            for key, version, _ in fresh:
                if key not in owned:
                    await _point(connection, key, version, None)

    async def moved(self) -> int:
        """Grows with every change of what is live."""
        return int(await self._pool.fetchval("select coalesce(max(id), 0) from playbook_history"))

    async def hooks(self) -> frozenset[str]:
        """The names of hooks that may be called now."""
        rows = await self._pool.fetch(
            "select name from hooks where archived_at is null and disabled_at is null"
        )
        return frozenset(row["name"] for row in rows)

    async def _read(self, where: str, *values: Any) -> list[StoredPlaybook]:
        rows = await self._pool.fetch(f"select {_COLUMNS} {_FROM} {where}", *values)
        return [StoredPlaybook(*row.values()) for row in rows]


def _key(found: Lint) -> str:
    if found.playbook is None or not found.playbook.key:
        raise invalid(
            "playbook_invalid",
            found.problems[0].message if found.problems else "A playbook needs a key.",
            field="document",
        )
    if any("key is made" in one.message for one in found.problems):
        raise invalid("playbook_invalid", "A key is made of a-z, 0-9, - and _.", field="document")
    return found.playbook.key


def _require_good(found: Lint) -> None:
    if found.problems:
        first = found.problems[0]
        raise invalid("playbook_faulty", f"Line {first.line}: {first.message}", field="document")
    if found.failed:
        raise invalid(
            "playbook_tests_failed",
            f"These tests do not hold: {', '.join(found.failed)[:500]}.",
            field="document",
        )


async def _next(connection: asyncpg.Connection, key: str) -> int:
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
    return 1 + int(
        await connection.fetchval("select coalesce(max(version), 0) from playbooks where key = $1", key)
    )


async def _insert(
    connection: asyncpg.Connection, key: str, version: int, text: str, note: str | None, author_id: str | None
) -> None:
    await connection.execute(
        "insert into playbooks (key, version, origin, document, note, author_id) values ($1, $2, 'own', $3, $4, $5::uuid)",
        key, version, text, note, author_id,
    )  # fmt: skip


async def _locked(connection: asyncpg.Connection, key: str, version: int) -> asyncpg.Record:
    row = await connection.fetchrow(
        "select status, revision, document from playbooks where key = $1 and version = $2 for update",
        key,
        version,
    )
    if row is None:
        raise not_found("playbook")
    return row


async def _publish(connection: asyncpg.Connection, key: str, version: int, by: str | None) -> None:
    await connection.execute(
        "update playbooks set status = 'published', published_at = now(), published_by = $3::uuid where key = $1 and version = $2",
        key, version, by,
    )  # fmt: skip
    await _point(connection, key, version, by)


async def _point(connection: asyncpg.Connection, key: str, version: int, by: str | None) -> None:
    await connection.execute(
        "insert into playbook_live (key, version) values ($1, $2) on conflict (key) do update set version = excluded.version",
        key,
        version,
    )
    await connection.execute(
        "insert into playbook_history (key, version, by_id) values ($1, $2, $3::uuid)", key, version, by
    )
