"""The SQL of the knowledge base: each change is one transaction that also moves the revision every process watches."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import FunnelError, conflict, invalid, not_found
from funnel.core.ids import is_id, new_id
from kb.articles import (
    Article,
    ArticleContent,
    ArticleRevision,
    Status,
    checked,
    content_of,
    slug_of,
    stale,
)
from kb.hygiene import Accepted, Finding, Kind, settle
from kb.hygiene.examined import examined
from kb.rows import ARTICLE, COLUMNS, VISIBLE, article_of, places, served_article, sets, values

_READ_AT_ONCE: Final = 40


class Page(msgspec.Struct, frozen=True):
    """Articles in the order of their ids; `next` is the id to go on after."""

    items: tuple[Article, ...]
    next: str | None


class Changes(msgspec.Struct, frozen=True):
    """What moved since a revision: articles to be found from now on, ids of those that are not, and up to when it holds."""

    revision: int
    at: datetime
    shown: tuple[Article, ...]
    hidden: tuple[str, ...]


class ArticleStore:
    """Articles in the database. Every method is one transaction, committed when it returns; nothing is cached."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def create(
        self,
        content: ArticleContent,
        *,
        author_id: str | None = None,
        group_id: str | None = None,
        source_id: str | None = None,
    ) -> Article:
        """Adds an article at revision 1. Raises INVALID for bad fields, CONFLICT `slug_taken` or `translation_exists`."""
        content = checked(content)
        seen = await examined(content)
        article_id = new_id()
        group_id = group_id or new_id()
        async with self._pool.acquire() as connection, connection.transaction():
            at = await _moved(connection)
            await _require_sites(connection, content.sites)
            if not content.slug:
                content = await _with_free_slug(connection, content, article_id)
            settled = settle(content, seen.findings)
            row = await _written(
                connection,
                f"insert into kb_articles (id, group_id, source_id, kb_revision, revision, {COLUMNS}) "  # noqa: S608 - constants
                f"values ($1::uuid, $2::uuid, $3, $4, 1, {places(5)}) returning {ARTICLE}",
                [article_id, group_id, source_id, at, *values(settled, seen.bands)],
            )
            await keep_findings(connection, article_id, settled.findings)
            return await _kept(connection, row, author_id)

    async def update(
        self,
        article_id: str,
        content: ArticleContent,
        based_on: int | None,
        *,
        author_id: str | None = None,
        group_id: str | None = None,
    ) -> Article:
        """Replaces the content. `based_on` is the revision the writer saw; another one now: CONFLICT `stale_revision`.

        The same content again changes nothing and makes no revision. `based_on` None replaces whatever is there.
        """
        content = checked(content)
        seen = await examined(content)
        async with self._pool.acquire() as connection, connection.transaction():
            at = await _moved(connection)
            now = await _locked(connection, article_id)
            if based_on is not None and now.revision != based_on:
                raise stale(now)
            content = content if content.slug else msgspec.structs.replace(content, slug=now.slug)
            settled = settle(content, seen.findings, await accepted_of(connection, article_id))
            group = group_id or now.group_id
            if settled.content == content_of(now) and group == now.group_id:
                await _unmoved(connection, at)
                return now
            await _require_sites(connection, content.sites)
            row = await _written(
                connection,
                f"update kb_articles set kb_revision = $2, revision = revision + 1, updated_at = now(), group_id = $3::uuid, {sets(4)} "  # noqa: S608 - constants
                f"where id = $1::uuid returning {ARTICLE}",
                [article_id, at, group, *values(settled, seen.bands)],
            )
            await keep_findings(connection, article_id, settled.findings)
            await keep_slug(connection, now, settled.content)
            return await _kept(connection, row, author_id)

    async def archive(
        self, article_id: str, based_on: int | None, *, author_id: str | None = None
    ) -> Article:
        """Takes the article out of every search; it stays readable for writers. Idempotent."""
        now = await self.get(article_id)
        if based_on is not None and now.revision != based_on:
            raise stale(now)
        content = msgspec.structs.replace(content_of(now), status=Status.ARCHIVED)
        return await self.update(article_id, content, now.revision, author_id=author_id)

    async def get(self, article_id: str) -> Article:
        """The article as it is now; NOT_FOUND also for a malformed id."""
        if not is_id(article_id):
            raise not_found("article")
        row = await self._pool.fetchrow(f"select {ARTICLE} from kb_articles where id = $1::uuid", article_id)  # noqa: S608 - constants
        if row is None:
            raise not_found("article")
        return article_of(row)

    async def list_articles(
        self, *, status: Status | None = None, locale: str | None = None, site_id: str | None = None,
        tag: str | None = None, owner_id: str | None = None, words: str | None = None,
        after: str | None = None, limit: int = 50,
    ) -> Page:  # fmt: skip
        """One page, archived ones only when asked for by status. Raises 422 for an `after` that no page ended with.

        `words` is looked for as it stands, in any case of letters, in title, slug, text and tags.
        """
        if after and not is_id(after):
            raise invalid("cursor_invalid", "This cursor was not made by this list.")
        rows = await self._pool.fetch(
            f"select {ARTICLE} from kb_articles "  # noqa: S608 - constants
            "where case when $1::text is null then status <> 'archived' else status = $1 end "
            "and ($2::text is null or locale = $2) and ($3::uuid is null or sites = '{}' or $3 = any(sites)) "
            "and ($4::uuid is null or id > $4) and ($6::text is null or $6 = any(tags)) and ($7::uuid is null or owner_id = $7) "
            "and ($8::text is null or strpos(lower(concat_ws(E'\\n', title, slug, body, array_to_string(tags, E'\\n'))), lower($8)) > 0) "
            "order by id limit $5",
            status, locale, site_id, after or None, limit + 1, tag, owner_id, words or None,
        )  # fmt: skip
        items = tuple(map(article_of, rows[:limit]))
        return Page(items, items[-1].id if len(rows) > limit else None)

    async def list_translations(self, article_id: str) -> tuple[Article, ...]:
        """The same text in every locale, this one included, by locale."""
        article = await self.get(article_id)
        rows = await self._pool.fetch(
            f"select {ARTICLE} from kb_articles where group_id = $1::uuid and status <> 'archived' order by locale",  # noqa: S608 - constants
            article.group_id,
        )
        return tuple(map(article_of, rows))

    async def list_revisions(self, article_id: str) -> tuple[ArticleRevision, ...]:
        """The history of an article, newest first, 200 at most."""
        await self.get(article_id)
        rows = await self._pool.fetch(
            "select revision, at, author_id::text, content::text from kb_revisions "
            "where article_id = $1::uuid order by revision desc limit 200",
            article_id,
        )
        return tuple(
            ArticleRevision(
                revision=row["revision"],
                at=row["at"],
                author_id=row["author_id"],
                content=msgspec.json.decode(row["content"], type=ArticleContent),
            )
            for row in rows
        )

    async def find_source(self, source_id: str) -> Article | None:
        """The article an import made from this source, archived or not."""
        row = await self._pool.fetchrow(f"select {ARTICLE} from kb_articles where source_id = $1", source_id)  # noqa: S608 - constants
        return None if row is None else article_of(row)

    async def revision(self) -> int:
        """The revision of the whole base: it moves with every change of any article."""
        return int(await self._pool.fetchval("select revision from kb_state"))

    async def changes(self, since: int, shown_at: datetime | None) -> Changes:
        """What moved after revision `since`, and whose time came or ended after `shown_at`; one consistent read.

        With `since` -1 everything that is to be found. What the hygiene gate keeps back is not in the bodies.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            head = await connection.fetchrow("select revision, now() as at from kb_state")
            shown, hidden = list[Article](), list[str]()
            # A few rows at a time: a base that came in at once must not hold up what else the process does.
            async for row in connection.cursor(
                f"select {ARTICLE}, held, ({VISIBLE}) as visible from kb_articles "  # noqa: S608 - constants
                f"where (kb_revision > $1 or {_DUE.format(2)}) and ($1 >= 0 or status = 'published')",
                since,
                shown_at or datetime(1970, 1, 1, tzinfo=UTC),
                prefetch=_READ_AT_ONCE,
            ):
                if row["visible"]:
                    shown.append(served_article(row))
                else:
                    hidden.append(row["id"])
        return Changes(head["revision"], head["at"], tuple(shown), tuple(hidden))

    async def anything_due(self, since: datetime) -> bool:
        """Whether an article's time to be published or taken down has come after `since`."""
        return bool(
            await self._pool.fetchval(
                f"select exists (select from kb_articles where {_DUE.format(1)})",  # noqa: S608 - constants
                since,
            )
        )


_DUE: Final = "(publish_at > ${0} and publish_at <= now() or unpublish_at > ${0} and unpublish_at <= now())"


async def _moved(connection: asyncpg.Connection) -> int:
    """Raises the base's revision and holds its row until the commit: revisions become visible in their order."""
    return int(await connection.fetchval("update kb_state set revision = revision + 1 returning revision"))


async def _unmoved(connection: asyncpg.Connection, at: int) -> None:
    await connection.execute("update kb_state set revision = $1", at - 1)


async def _require_sites(connection: asyncpg.Connection, sites: Sequence[str]) -> None:
    """Refuses an article for a site that is not there: it would be found by nobody."""
    known = await connection.fetchval("select count(*) from sites where id = any($1::uuid[])", list(sites))
    if known != len(sites):
        raise invalid("site_unknown", "sites names a site that does not exist.", field="sites")


async def _locked(connection: asyncpg.Connection, article_id: str) -> Article:
    if not is_id(article_id):
        raise not_found("article")
    row = await connection.fetchrow(
        f"select {ARTICLE} from kb_articles where id = $1::uuid for update",  # noqa: S608 - constants
        article_id,
    )
    if row is None:
        raise not_found("article")
    return article_of(row)


async def accepted_of(connection: asyncpg.Connection, article_id: str) -> list[Accepted]:
    """The findings of an article that somebody has accepted."""
    rows = await connection.fetch(
        "select kind, mark, reason from kb_accepted where article_id = $1::uuid", article_id
    )
    return [Accepted(Kind(row["kind"]), row["mark"], row["reason"]) for row in rows]


async def keep_findings(connection: asyncpg.Connection, article_id: str, findings: Sequence[Finding]) -> None:
    """Replaces what was found of an article on its own; what comparing it with others found goes with it."""
    await connection.execute(
        "delete from kb_findings where article_id = $1::uuid or other_id = $1::uuid", article_id
    )
    await insert_findings(connection, [(article_id, number, one) for number, one in enumerate(findings)])


async def insert_findings(
    connection: asyncpg.Connection, numbered: Sequence[tuple[str, int, Finding]]
) -> None:
    """Adds findings under their numbers."""
    if numbered:
        await connection.executemany(
            "insert into kb_findings (article_id, number, kind, field, starts, ends, reason, mark, other_id, "
            "reason_code, reason_values) values ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9::uuid, $10, $11::text::jsonb)",
            [(article_id, number, one.kind.value, one.field, one.start, one.end, one.reason, one.mark, one.other_id,
              one.reason_code, msgspec.json.encode(one.reason_values).decode())
             for article_id, number, one in numbered],
        )  # fmt: skip


async def keep_slug(connection: asyncpg.Connection, before: Article, after: ArticleContent) -> None:
    """Remembers the address an article had, so that old links still lead to it."""
    if (before.locale, before.slug) == (after.locale, after.slug):
        return
    await connection.execute(
        "insert into kb_slugs (locale, slug, article_id) values ($1, $2, $3::uuid) "
        "on conflict (locale, slug) do update set article_id = excluded.article_id, at = now()",
        before.locale, before.slug, before.id,
    )  # fmt: skip


async def _with_free_slug(
    connection: asyncpg.Connection, content: ArticleContent, article_id: str
) -> ArticleContent:
    """The content with a slug made from its title, with the end of the id behind it where that is taken."""
    slug = slug_of(content.title, article_id)
    taken = await connection.fetchval(
        "select exists (select from kb_articles where locale = $1 and slug = $2 and status <> 'archived')",
        content.locale,
        slug,
    )
    return msgspec.structs.replace(content, slug=f"{slug}-{article_id[-6:]}" if taken else slug)


async def _written(connection: asyncpg.Connection, statement: str, values: Sequence[Any]) -> asyncpg.Record:
    """The row a statement wrote; what a unique index refuses becomes a conflict that names the field."""
    try:
        row = await connection.fetchrow(statement, *values)
    except asyncpg.UniqueViolationError as error:
        raise _taken(error.constraint_name or "") from None
    except asyncpg.ForeignKeyViolationError:
        raise invalid("owner_unknown", "owner_id names nobody who works here.", field="owner_id") from None
    except asyncpg.DataError:
        raise invalid("field_invalid", "A field holds a value that cannot be stored.") from None
    if row is None:
        raise not_found("article")
    return row


def _taken(constraint: str) -> FunnelError:
    if constraint == "kb_articles_group":
        return conflict("translation_exists", "This text already has an article in this locale.")
    if constraint == "kb_articles_source_id_key":
        return conflict("source_taken", "Another import made an article from this source a moment ago.")
    return conflict("slug_taken", "Another article of this locale has this slug.")


async def _kept(connection: asyncpg.Connection, row: asyncpg.Record, author_id: str | None) -> Article:
    """Writes the state into the history, in the same transaction."""
    article = article_of(row)
    await connection.execute(
        "insert into kb_revisions (article_id, revision, at, author_id, content) "
        "values ($1::uuid, $2, $3, $4::uuid, $5::text::jsonb)",
        article.id, article.revision, article.updated_at, author_id, msgspec.json.encode(content_of(article)).decode(),
    )  # fmt: skip
    return article
