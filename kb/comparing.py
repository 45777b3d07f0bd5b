"""Articles compared with all others of their locale: near-duplicates, and numbers in which they contradict each other."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import asyncpg
import msgspec

from funnel.core.database import Database
from kb.hygiene import Finding
from kb.hygiene.likeness import Text, rivalries
from kb.store import insert_findings

MOST_RIVALS: Final = 5
_AT_ONCE: Final = 50
_ALIKE_AT_ONCE: Final = 300
_LOOKED_AT: Final = 20
_KEPT_CHARACTERS: Final = 2_000_000
_FIRST_NUMBER: Final = 10_000
_OWN: Final = "id::text, locale, group_id::text, sites::text[], bands"
_ALIKE: Final = (
    f"select {_OWN} from kb_articles where bands && $1::integer[] and locale = any($2::text[]) "  # noqa: S608 - constants
    "and status in ('published', 'quarantined') order by id limit $3"
)


class Banded(msgspec.Struct, frozen=True):
    """An article as far as it is needed to find those that may be like it."""

    id: str
    locale: str
    group_id: str
    sites: frozenset[str]
    bands: tuple[int, ...]

    def may_rival(self, other: "Banded") -> bool:
        """Whether a reader may meet both as two different articles."""
        apart = self.id != other.id and self.group_id != other.group_id
        return apart and (not self.sites or not other.sites or bool(self.sites & other.sites))


class _Texts:
    """The texts compared last; those of many near-duplicates are the same few over and over."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool
        self._made: dict[str, Text] = {}
        self._characters = 0

    async def get(self, ids: Iterable[str]) -> dict[str, Text]:
        """The texts of articles; one that has gone meanwhile is missing."""
        wanted = list(dict.fromkeys(ids))
        rows = await self._pool.fetch(
            "select id::text, body from kb_articles where id = any($1::uuid[])",
            [one for one in wanted if one not in self._made],
        )
        fresh = await asyncio.to_thread(lambda: {row["id"]: Text(row["body"]) for row in rows})
        found = {one: self._made[one] for one in wanted if one in self._made} | fresh
        self._keep(fresh)
        return found

    def _keep(self, fresh: dict[str, Text]) -> None:
        self._characters += sum(len(text.body) for text in fresh.values())
        self._made |= fresh
        while self._characters > _KEPT_CHARACTERS:
            oldest = next(iter(self._made))
            self._characters -= len(self._made.pop(oldest).body)


async def compare(db: Database, article_ids: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
    """What comparing these articles with the rest finds, stored and returned by article. Nothing is kept back for it.

    Each is held against the MOST_RIVALS likeliest others. Idempotent; runs after the articles are stored, for what it finds
    is advice: it must not hold up any reader. The work is done in a thread, in slices.
    """
    found: dict[str, tuple[Finding, ...]] = {}
    texts = _Texts(db)
    for first in range(0, len(article_ids), _AT_ONCE):
        rivals = await _rivals(db, article_ids[first : first + _AT_ONCE])
        known = await texts.get(one for own, others in rivals.items() for one in (own, *others))
        found |= await asyncio.to_thread(_compared, rivals, known)
    if found:
        async with db.pool.acquire() as connection, connection.transaction():
            await _keep(connection, found)
    return found


async def _rivals(db: Database, ids: Sequence[str]) -> dict[str, list[str]]:
    """The articles that share a band with each of these, the likeliest first; those without any are left out."""
    rows = await db.pool.fetch(f"select {_OWN} from kb_articles where id = any($1::uuid[])", list(ids))  # noqa: S608 - constants
    own = [_banded(row) for row in rows]
    bands = sorted({band for one in own for band in one.bands})
    locales = sorted({one.locale for one in own})
    rows = await db.pool.fetch(_ALIKE, bands, locales, _ALIKE_AT_ONCE * len(own)) if bands else []
    return await asyncio.to_thread(lambda: likeliest(own, [_banded(row) for row in rows]))


def _banded(row: asyncpg.Record) -> Banded:
    return Banded(row["id"], row["locale"], row["group_id"], frozenset(row["sites"]), tuple(row["bands"]))


def likeliest(own: Sequence[Banded], others: Sequence[Banded]) -> dict[str, list[str]]:
    """For each article the MOST_RIVALS others of its locale that share most bands with it. Pure.

    Of those with one band in common only the first few are looked at: a thousand copies of a text say no more than five.
    """
    holders: dict[tuple[str, int], list[Banded]] = defaultdict(list)
    for other in others:
        for band in other.bands:
            holders[other.locale, band].append(other)
    found: dict[str, list[str]] = {}
    for one in own:
        shared = Counter(
            other.id
            for band in one.bands
            for other in holders[one.locale, band][:_LOOKED_AT]
            if one.may_rival(other)
        )
        if shared:
            best = sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))
            found[one.id] = [other for other, _ in best[:MOST_RIVALS]]
    return found


def _compared(rivals: dict[str, list[str]], texts: dict[str, Text]) -> dict[str, tuple[Finding, ...]]:
    compared = {
        own: tuple(rivalries(texts[own], [(one, texts[one]) for one in others if one in texts]))
        for own, others in rivals.items()
        if own in texts
    }
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
