"""Links from article to article: by id, by address, by the name of the file an article came from; and those that lead nowhere."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.locales import canonical_locale
from kb.hygiene import Finding, Kind
from kb.hygiene.links import links
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import units
from kb.store import insert_findings

FIRST_NUMBER: Final = 20_000
MOST_OF_ARTICLE: Final = 50
_PAGE: Final = "/kb/page"
_FILES: Final = (".md", ".markdown")
_LINKING: Final = """
select id::text, locale, audience, body from kb_articles
 where status in ('published', 'quarantined', 'draft') and (body like '%/kb/page?%' or body like '%.md%' or body like '%.markdown%')
"""
_TARGETS: Final = """
select id::text, locale, slug, audience, coalesce(source_id, '') as source from kb_articles where status = 'published'
union all
select a.id::text, s.locale, s.slug, a.audience, '' from kb_slugs s join kb_articles a on a.id = s.article_id where a.status = 'published'
"""


class Inner(msgspec.Struct, frozen=True):
    """Another article as a link names it: `id`, or `slug` in `locale`, or the `file` it came from."""

    id: str = ""
    slug: str = ""
    locale: str = ""
    file: str = ""


class Target(msgspec.Struct, frozen=True):
    """What a link can lead to: a published article under an address it has or had."""

    id: str
    locale: str
    slug: str
    audience: str
    source: str


def inner(target: str) -> Inner | None:
    """The article that a link's address names; None for every other address. Pure; never raises."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.path.endswith(_PAGE) and parts.query:
        fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = Inner(fields.get("article", "").lower(), fields.get("slug", ""), fields.get("locale", ""))
        return found if found.id or found.slug else None
    path = PurePosixPath(unquote(parts.path))
    if not parts.scheme and not parts.netloc and path.suffix.lower() in _FILES:
        return Inner(file=path.name.lower())
    return None


class Places:
    """Every place a link can lead to. Pure."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_slug: dict[tuple[str, str], str] = {}
        self._by_file: dict[str, str] = {}
        for one in targets:
            self._by_id[one.id] = one.audience
            self._by_slug[one.locale, one.slug] = one.audience
            for name in (f"{one.slug}.md", f"{one.slug}.markdown", PurePosixPath(one.source).name.lower()):
                if self._by_file.get(name) != "public":
                    self._by_file[name] = one.audience

    def why(self, link: Inner, audience: str) -> Why | None:
        """Why a reader of an article for this audience cannot follow the link; None where it leads somewhere."""
        if link.id:
            seen_by = self._by_id.get(link.id)
        elif link.file:
            seen_by = self._by_file.get(link.file)
        else:
            seen_by = self._by_slug.get((canonical_locale(link.locale) or link.locale, link.slug))
        if seen_by is None:
            return because("link_unpublished")
        if seen_by == "agents" and audience == "public":
            return because("link_agents_only")
        return None


def dead_inner(body: str, audience: str, places: Places) -> list[Finding]:
    """The links of a body to articles that its readers cannot open, in order, 50 at most. Pure."""
    found: list[Finding] = []
    for unit in units(body):
        for link in () if unit.code else links(unit.text):
            named = inner(link.target)
            why = places.why(named, audience) if named is not None else None
            if why is not None:
                start, end = unit.start + link.start, unit.start + link.end
                found.append(Finding(kind=Kind.DEAD_LINK, start=start, end=end, why=why))
    return found[:MOST_OF_ARTICLE]


async def check_links(db: Database) -> dict[str, tuple[Finding, ...]]:
    """Looks at every link from article to article anew, stores what is dead and returns it by article.

    Whatever changes an article may make a link in any other one dead or good, so all of them are looked at; idempotent.
    """
    seen = await db.pool.fetchval("select revision from kb_state")
    rows = await db.pool.fetch(_LINKING)
    targets = [Target(*row.values()) for row in await db.pool.fetch(_TARGETS)] if rows else []
    found = await asyncio.to_thread(_dead, rows, targets)
    async with db.pool.acquire() as connection, connection.transaction():
        # The row that orders all writers: whoever has changed something meanwhile looks for himself.
        if await connection.fetchval("select revision from kb_state for update") != seen:
            return found
        await connection.execute("delete from kb_findings where number >= $1", FIRST_NUMBER)
        await insert_findings(
            connection,
            [
                (article_id, number, one)
                for article_id, many in found.items()
                for number, one in enumerate(many, FIRST_NUMBER)
            ],
        )
    return found


def _dead(rows: Sequence[asyncpg.Record], targets: Sequence[Target]) -> dict[str, tuple[Finding, ...]]:
    places = Places(targets)
    dead = {row["id"]: tuple(dead_inner(row["body"], row["audience"], places)) for row in rows}
    return {article_id: many for article_id, many in dead.items() if many}
