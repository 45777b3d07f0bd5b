"""Articles as readers open them: by their address, which stays good after a change, or by id; drafts by a signed link."""

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import not_found
from funnel.core.ids import is_id
from funnel.core.locales import canonical_locale
from kb.articles import Article
from kb.rows import ARTICLE, VISIBLE, served_article


class Translation(msgspec.Struct, frozen=True):
    """The same text in another locale."""

    locale: str
    slug: str
    title: str


class Page(msgspec.Struct, frozen=True):
    """An article without what is kept back, and where the same text is in other locales."""

    article: Article
    translations: tuple[Translation, ...]


class Moved(msgspec.Struct, frozen=True):
    """The address an article has now."""

    locale: str
    slug: str


_OPEN = f"{VISIBLE} and ($2 or audience = 'public') and (sites = '{{}}' or $1::uuid is null or $1::uuid = any(sites))"


class PageStore:
    """Reads only. `site_id` None sees every site's articles; only `agent` sees those for agents."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def by_slug(self, locale: str, slug: str, site_id: str | None, *, agent: bool) -> Page | Moved:
        """The page at an address, or where it has moved to. Raises NOT_FOUND."""
        tag = canonical_locale(locale) or ""
        row = await self._pool.fetchrow(
            f"select {ARTICLE}, held from kb_articles where {_OPEN} and locale = $3 and slug = $4",  # noqa: S608 - constants
            site_id, agent, tag, slug,
        )  # fmt: skip
        if row is not None:
            return await self._page(row, site_id, agent=agent)
        moved = await self._pool.fetchrow(
            f"select locale, slug from kb_articles where {_OPEN} and id = "  # noqa: S608 - constants
            "(select article_id from kb_slugs where locale = $3 and slug = $4)",
            site_id, agent, tag, slug,
        )  # fmt: skip
        if moved is None:
            raise not_found("article")
        return Moved(moved["locale"], moved["slug"])

    async def by_id(self, article_id: str, site_id: str | None, *, agent: bool) -> Page:
        """The page of an article. Raises NOT_FOUND, also for a malformed id."""
        row = None
        if is_id(article_id):
            row = await self._pool.fetchrow(
                f"select {ARTICLE}, held from kb_articles where {_OPEN} and id = $3::uuid",  # noqa: S608 - constants
                site_id, agent, article_id,
            )  # fmt: skip
        if row is None:
            raise not_found("article")
        return await self._page(row, site_id, agent=agent)

    async def preview(self, article_id: str) -> Page:
        """An article whatever its status, as it would be shown. Raises NOT_FOUND."""
        row = await self._pool.fetchrow(
            f"select {ARTICLE}, held from kb_articles where id = $1::uuid",  # noqa: S608 - constants
            article_id,
        )
        if row is None:
            raise not_found("article")
        return await self._page(row, None, agent=True)

    async def _page(self, row: asyncpg.Record, site_id: str | None, *, agent: bool) -> Page:
        article = served_article(row)
        rows = await self._pool.fetch(
            f"select locale, slug, title from kb_articles where {_OPEN} and group_id = $3::uuid and id <> $4::uuid order by locale",  # noqa: S608 - constants
            site_id, agent, article.group_id, article.id,
        )  # fmt: skip
        return Page(article, tuple(Translation(one["locale"], one["slug"], one["title"]) for one in rows))
