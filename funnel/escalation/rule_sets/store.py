"""The SQL of rule set versions: reading, drafts, activations. Every write is inside a transaction of the caller's."""

import json
from typing import Any, Final

import asyncpg

from funnel.core.errors import not_found
from funnel.escalation.rule_sets.records import Activation, RuleSettings, Stored, VersionRow

MOST_VERSION: Final = 2**31 - 1
_LIVE = "(select a.version from rule_activations a order by a.activation desc limit 1)"
_COLUMNS = f"""v.version, v.base, v.note, v.based_on, v.revision, v.author_id, v.created_at, v.updated_at, v.published_at,
  case when v.deleted_at is not null then 'deleted' when v.version = {_LIVE} then 'live' else v.status end as status"""
_VERSIONS = f"select {_COLUMNS} from rule_versions v where v.deleted_at is null and v.version < $1 order by v.version desc limit $2"  # noqa: S608 - constants
_VERSION = f"select {_COLUMNS}, v.document from rule_versions v where v.version = $1"  # noqa: S608 - constants
_INSERT = """
insert into rule_versions (version, status, base, document, note, based_on, author_id)
select coalesce(max(version), 0) + 1, 'draft', $1, $2::jsonb, $3, $4, $5::uuid from rule_versions returning version
"""


async def lock_settings(connection: asyncpg.Connection) -> RuleSettings:
    """The settings, locked until the transaction ends: whoever publishes, rolls back or makes a version comes one by one."""
    record = await connection.fetchrow(
        "select second_person, frozen_from, frozen_until, shadow_version from rule_settings for update"
    )
    return RuleSettings(**dict(record))


async def read_settings(pool: asyncpg.Pool) -> RuleSettings:
    """The settings."""
    record = await pool.fetchrow(
        "select second_person, frozen_from, frozen_until, shadow_version from rule_settings"
    )
    return RuleSettings(**dict(record))


async def versions(pool: asyncpg.Pool, limit: int, before: int | None) -> list[VersionRow]:
    """Versions that are not deleted, newest first."""
    return [_row(record) for record in await pool.fetch(_VERSIONS, before or MOST_VERSION, limit)]


async def version(
    connection: asyncpg.Connection | asyncpg.Pool, number: int, *, lock: bool = False
) -> Stored:
    """One version with its document. Raises 404, also for one that was deleted."""
    if not 0 < number <= MOST_VERSION:
        raise not_found("rule set version")
    record = await connection.fetchrow(_VERSION + (" for update of v" if lock else ""), number)
    if record is None or record["status"] == "deleted":
        raise not_found("rule set version")
    return Stored(_row(record), json.loads(record["document"]))


def _row(record: asyncpg.Record) -> VersionRow:
    author = record["author_id"]
    return VersionRow(
        version=record["version"],
        status=record["status"],
        base=record["base"],
        note=record["note"],
        based_on=record["based_on"],
        revision=record["revision"],
        author_id=str(author) if author is not None else None,
        created_at=record["created_at"],
        updated_at=record["updated_at"],
        published_at=record["published_at"],
    )


async def live_version(connection: asyncpg.Connection | asyncpg.Pool) -> int | None:
    """The version that is live; None before the first start."""
    found: int | None = await connection.fetchval(f"select {_LIVE}")
    return found


async def base_document(connection: asyncpg.Connection | asyncpg.Pool, base: str) -> dict[str, Any] | None:
    """The shipped set of a base layer, as the release that brought it has stored it."""
    found = await connection.fetchval(
        "select document::text from rule_versions where base = $1 and based_on is null and author_id is null order by version limit 1",
        base,
    )
    return json.loads(found) if found is not None else None


async def insert_draft(
    connection: asyncpg.Connection,
    document: dict[str, Any],
    *,
    base: str,
    note: str | None,
    based_on: int | None,
    author_id: str | None,
) -> int:
    """A new draft's number. The settings must be locked."""
    number: int = await connection.fetchval(_INSERT, base, json.dumps(document), note, based_on, author_id)
    return number


async def change_draft(
    connection: asyncpg.Connection,
    number: int,
    document: dict[str, Any],
    note: str | None,
    based_on: int | None,
    author_id: str | None,
) -> None:
    """Replaces a draft's document; its revision rises."""
    await connection.execute(
        "update rule_versions set document = $2::jsonb, note = $3, based_on = $4, author_id = coalesce($5::uuid, author_id),"
        " revision = revision + 1, updated_at = now() where version = $1 and status = 'draft'",
        number, json.dumps(document), note, based_on, author_id,
    )  # fmt: skip


async def activate(
    connection: asyncpg.Connection, number: int, kind: str, note: str | None, by_id: str | None
) -> int:
    """Makes a version live; returns the activation. A draft is published with it, for ever as it is."""
    await connection.execute(
        "update rule_versions set status = 'published', published_at = coalesce(published_at, now()), updated_at = now()"
        " where version = $1 and status = 'draft'",
        number,
    )
    made: int = await connection.fetchval(
        "insert into rule_activations (version, kind, note, by_id) values ($1, $2, $3, $4::uuid) returning activation",
        number, kind, note, by_id,
    )  # fmt: skip
    return made


async def activations(pool: asyncpg.Pool, limit: int) -> list[Activation]:
    """What was live when, newest first."""
    records = await pool.fetch(
        "select activation, version, kind, note, by_id, at from rule_activations order by activation desc limit $1",
        limit,
    )
    return [
        Activation(
            one["activation"], one["version"], one["kind"], one["note"],
            str(one["by_id"]) if one["by_id"] is not None else None, one["at"],
        )
        for one in records
    ]  # fmt: skip
