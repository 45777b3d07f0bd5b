"""Articles compared with all others of their locale: near-duplicates, and numbers in which they contradict each other."""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from funnel.core.database import Database
from kb.hygiene import Finding
from kb.hygiene.likeness import Rival, rivalries
from kb.store import insert_findings

MOST_RIVALS: Final = 5
_AT_ONCE: Final = 200
_FIRST_NUMBER: Final = 10_000
_RIVALS: Final = """
select a.id::text, a.body, r.id::text as other_id, r.title as other_title, r.body as other_body
  from kb_articles a cross join lateral (
    select o.id, o.title, o.body from kb_articles o
     where o.bands && a.bands and o.locale = a.locale and o.id <> a.id and o.group_id <> a.group_id
       and o.status in ('published', 'quarantined') and (o.sites = '{}' or a.sites = '{}' or o.sites && a.sites)
     limit $2
  ) r
 where a.id = any($1::uuid[])
"""


async def compare(db: Database, article_ids: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
    """What comparing these articles with the rest finds, stored and returned by article. Nothing is kept back for it.

    Idempotent; runs after the articles are stored, for what it finds is advice: it must not hold up any reader.
    """
    found: dict[str, tuple[Finding, ...]] = {}
    for first in range(0, len(article_ids), _AT_ONCE):
        rows = await db.pool.fetch(_RIVALS, list(article_ids[first : first + _AT_ONCE]), MOST_RIVALS)
        found |= await asyncio.to_thread(_compared, rows)
    if found:
        async with db.pool.acquire() as connection, connection.transaction():
            await _keep(connection, found)
    return found


def _compared(rows: Sequence[asyncpg.Record]) -> dict[str, tuple[Finding, ...]]:
    rivals: dict[str, tuple[str, list[Rival]]] = {}
    for row in rows:
        rival = Rival(row["other_id"], row["other_title"], row["other_body"])
        rivals.setdefault(row["id"], (row["body"], []))[1].append(rival)
    compared = {own: tuple(rivalries(body, others)) for own, (body, others) in rivals.items()}
    return {own: found for own, found in compared.items() if found}


async def _keep(connection: asyncpg.Connection, found: dict[str, tuple[Finding, ...]]) -> None:
    """Articles that have gone meanwhile are passed over; numbers begin above those of findings of an article alone."""
    there = await connection.fetch(
        "select id::text from kb_articles where id = any($1::uuid[]) order by id for share",
        sorted({*found, *(str(one.other_id) for many in found.values() for one in many)}),
    )
    ids = {row["id"] for row in there}
    await connection.execute(
        "delete from kb_findings where article_id = any($1::uuid[]) and other_id is not null", list(found)
    )
    await insert_findings(
        connection,
        [
            (article_id, number, one)
            for article_id, many in found.items()
            for number, one in enumerate(many, _FIRST_NUMBER)
            if article_id in ids and one.other_id in ids
        ],
    )
