"""Many articles at once: one transaction, in which those that cannot be stored fail alone and the others are all there or none."""

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import asyncpg
import msgspec

from funnel.core import failpoints
from funnel.core.database import Database
from funnel.core.ids import is_id, new_id
from kb.articles import Article, ArticleContent, Status, content_of, slug_of
from kb.front_matter import Problem
from kb.hygiene import Accepted, Finding, Kind, Settled, settle
from kb.hygiene.examined import Examined
from kb.rows import ARTICLE, COLUMNS, article_of, places, sets, values
from kb.store import insert_findings, keep_slug

OF_ARTICLE = "article:"
"""A source that names an article of this base by its id, as an export does."""

_TAKEN_AT_ONCE: Final = 20


class Result(StrEnum):
    """What became of an article of an import."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Incoming(msgspec.Struct, frozen=True):
    """An article to store: checked, examined, and known by its source from then on."""

    path: str
    source_id: str
    content: ArticleContent
    examined: Examined
    group_id: str | None = None


class ImportItem(msgspec.Struct, frozen=True):
    """One article of an import and what was found; `problems` keep it out, `findings` only point or hold passages back."""

    path: str
    result: Result
    article_id: str | None = None
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    status: Status | None = None


class _Change(msgspec.Struct, frozen=True):
    """A row to write."""

    id: str
    group_id: str
    before: Article | None
    incoming: Incoming
    settled: Settled


class BulkStore:
    """Writes many articles; concurrent writers wait for the one row that orders them all."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def apply(self, incoming: Sequence[Incoming], *, author_id: str | None = None) -> list[ImportItem]:
        """Stores articles by their sources, in order; the same ones again change nothing.

        One transaction: a reader sees all of it or nothing, and an interrupted call leaves nothing. An article whose slug,
        translation or sites cannot be had fails alone.
        """
        if not incoming:
            return []
        async with self._pool.acquire() as connection, connection.transaction():
            at = int(
                await connection.fetchval("update kb_state set revision = revision + 1 returning revision")
            )
            desk = await _Desk.open(connection, incoming)
            items = list[ImportItem]()
            for number, one in enumerate(incoming):
                if number % _TAKEN_AT_ONCE == 0:
                    await asyncio.sleep(0)
                items.append(desk.take(one))
            await _insert(connection, [one for one in desk.changes if one.before is None], at)
            await _update(connection, [one for one in desk.changes if one.before is not None], at)
            await _keep(connection, desk.changes, author_id)
            if not desk.changes:
                await connection.execute("update kb_state set revision = $1", at - 1)
            await failpoints.hit("import_before_commit")
        return items


class _Desk:
    """What is known while the articles of one call are judged one after the other: no statement per article."""

    def __init__(
        self, known: dict[str, Article], accepted: dict[str, list[Accepted]], sites: set[str],
        slugs: dict[tuple[str, str], str], groups: dict[tuple[str, str], str], owners: set[str],
    ) -> None:  # fmt: skip
        self._known = known
        self._accepted = accepted
        self._sites = sites
        self._slugs = slugs
        self._groups = groups
        self._owners = owners
        self._taken: set[str] = set()
        self.changes: list[_Change] = []

    @classmethod
    async def open(cls, connection: asyncpg.Connection, incoming: Sequence[Incoming]) -> "_Desk":
        """Reads everything the judging needs, under the lock that the caller holds."""
        known = await _known(connection, [one.source_id for one in incoming])
        ids = [article.id for article in known.values()]
        accepted: dict[str, list[Accepted]] = {}
        for row in await connection.fetch(
            "select article_id::text, kind, mark, reason from kb_accepted where article_id = any($1::uuid[])",
            ids,
        ):
            one = Accepted(Kind(row["kind"]), row["mark"], row["reason"])
            accepted.setdefault(row["article_id"], []).append(one)
        places_taken = await connection.fetch(
            "select id::text, locale, slug, group_id::text from kb_articles where status <> 'archived'"
        )
        wanted = sorted({site for one in incoming for site in one.content.sites})
        sites = await connection.fetch("select id::text from sites where id = any($1::uuid[])", wanted)
        people = sorted({one.content.owner_id for one in incoming if one.content.owner_id})
        owners = await connection.fetch("select id::text from agents where id = any($1::uuid[])", people)
        return cls(
            known,
            accepted,
            {row["id"] for row in sites},
            {(row["locale"], row["slug"]): row["id"] for row in places_taken},
            {(row["group_id"], row["locale"]): row["id"] for row in places_taken},
            {row["id"] for row in owners},
        )

    def take(self, one: Incoming) -> ImportItem:
        """What becomes of an article."""
        before = self._known.get(one.source_id)
        article_id = before.id if before else new_id()
        content = self._with_slug(one.content, before, article_id)
        group = one.group_id or (before.group_id if before else new_id())
        settled = settle(content, one.examined.findings, self._accepted.get(article_id, ()))
        if (problem := self._refusal(one, content, group, article_id)) is not None:
            return ImportItem(one.path, Result.FAILED, None, (Problem(1, problem),))
        self._taken.add(one.source_id)
        status = settled.content.status
        if before is not None and settled.content == content_of(before) and group == before.group_id:
            return ImportItem(one.path, Result.UNCHANGED, article_id, (), settled.findings, status)
        self._reserve(before, settled.content, group, article_id)
        self.changes.append(_Change(article_id, group, before, one, settled))
        result = Result.CREATED if before is None else Result.UPDATED
        return ImportItem(one.path, result, article_id, (), settled.findings, status)

    def _with_slug(self, content: ArticleContent, before: Article | None, article_id: str) -> ArticleContent:
        if content.slug:
            return content
        slug = before.slug if before else slug_of(content.title, article_id)
        if self._slugs.get((content.locale, slug), article_id) != article_id:
            slug = f"{slug[:100]}-{article_id[-6:]}"
            if (content.locale, slug) in self._slugs:
                slug = f"article-{article_id}"
        return msgspec.structs.replace(content, slug=slug)

    def _refusal(self, one: Incoming, content: ArticleContent, group: str, article_id: str) -> str | None:
        if one.source_id in self._taken:
            return "Another article of this import comes from the same source."
        if not self._sites.issuperset(content.sites):
            return "sites names a site that does not exist."
        if content.owner_id and content.owner_id not in self._owners:
            return "owner_id names nobody who works here."
        if content.status is Status.ARCHIVED:
            return None
        if self._slugs.get((content.locale, content.slug), article_id) != article_id:
            return "Another article of this locale has this slug."
        if self._groups.get((group, content.locale), article_id) != article_id:
            return "This text already has an article in this locale."
        return None

    def _reserve(self, before: Article | None, content: ArticleContent, group: str, article_id: str) -> None:
        if before is not None:
            self._slugs.pop((before.locale, before.slug), None)
            self._groups.pop((before.group_id, before.locale), None)
        if content.status is not Status.ARCHIVED:
            self._slugs[content.locale, content.slug] = article_id
            self._groups[group, content.locale] = article_id


async def _known(connection: asyncpg.Connection, sources: Sequence[str]) -> dict[str, Article]:
    """The articles of these sources, by source."""
    rows = await connection.fetch(
        f"select {ARTICLE}, source_id from kb_articles where source_id = any($1::text[])",  # noqa: S608 - constants
        sources,
    )
    known = {row["source_id"]: article_of(row) for row in rows}
    own = [source.removeprefix(OF_ARTICLE) for source in sources if source.startswith(OF_ARTICLE)]
    rows = await connection.fetch(
        f"select {ARTICLE} from kb_articles where id = any($1::uuid[])",  # noqa: S608 - constants
        [one for one in own if is_id(one)],
    )
    return known | {OF_ARTICLE + row["id"]: article_of(row) for row in rows}


async def _insert(connection: asyncpg.Connection, changes: Sequence[_Change], at: int) -> None:
    await connection.executemany(
        f"insert into kb_articles (id, group_id, source_id, kb_revision, revision, {COLUMNS}) "  # noqa: S608 - constants
        f"values ($1::uuid, $2::uuid, $3, $4, 1, {places(5)})",
        [
            [
                one.id,
                one.group_id,
                one.incoming.source_id,
                at,
                *values(one.settled, one.incoming.examined.bands),
            ]
            for one in changes
        ],
    )


async def _update(connection: asyncpg.Connection, changes: Sequence[_Change], at: int) -> None:
    """Old addresses are given up first, so that articles may exchange theirs."""
    await connection.executemany(
        "update kb_articles set slug = slug || '~' || id::text, locale = locale || '~' where id = $1::uuid",
        [(one.id,) for one in changes],
    )
    await connection.executemany(
        f"update kb_articles set group_id = $2::uuid, kb_revision = $3, revision = revision + 1, updated_at = now(), {sets(4)} "  # noqa: S608 - constants
        "where id = $1::uuid",
        [[one.id, one.group_id, at, *values(one.settled, one.incoming.examined.bands)] for one in changes],
    )
    for one in changes:
        if one.before is not None:
            await keep_slug(connection, one.before, one.settled.content)


async def _keep(connection: asyncpg.Connection, changes: Sequence[_Change], author_id: str | None) -> None:
    """History and findings."""
    await connection.executemany(
        "insert into kb_revisions (article_id, revision, at, author_id, content) "
        "select id, revision, updated_at, $2::uuid, $3::text::jsonb from kb_articles where id = $1::uuid",
        [(one.id, author_id, msgspec.json.encode(one.settled.content).decode()) for one in changes],
    )
    updated = [one.id for one in changes if one.before is not None]
    await connection.execute(
        "delete from kb_findings where article_id = any($1::uuid[]) or other_id = any($1::uuid[])", updated
    )
    await insert_findings(connection, _numbered(changes))


def _numbered(changes: Iterable[_Change]) -> list[tuple[str, int, Finding]]:
    return [(one.id, number, found) for one in changes for number, found in enumerate(one.settled.findings)]
