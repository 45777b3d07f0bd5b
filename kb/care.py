"""What needs a writer's care: findings and their acceptance, articles past their review, translations that are missing."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id
from kb.articles import Article, Status, content_of
from kb.hygiene import Finding, Kind, settle
from kb.hygiene.findings import QUARANTINING
from kb.hygiene.reasons import Why
from kb.rows import ARTICLE, article_of, sets, values
from kb.store import accepted_of

LONGEST_REASON: Final = 500


class FoundIn(msgspec.Struct, frozen=True):
    """A finding, the article it is in, and the reason it was accepted for, if it was."""

    article_id: str
    title: str
    locale: str
    finding: Finding
    accepted: str | None


class Due(msgspec.Struct, frozen=True):
    """An article whose review is due."""

    article_id: str
    title: str
    locale: str
    owner_id: str | None
    review_by: date
    days_over: int


class Missing(msgspec.Struct, frozen=True):
    """A text that has no article in a locale its sites speak."""

    article_id: str
    title: str
    locale: str
    missing: tuple[str, ...]


class Listed(msgspec.Struct, frozen=True):
    """A published article by name."""

    article_id: str
    title: str
    locale: str
    audience: str


_FINDINGS: Final = """
select f.article_id::text, a.title, a.locale, f.kind, f.field, f.starts, f.ends, f.reason, f.reason_code, f.reason_values::text, f.mark, f.other_id::text,
       y.reason as accepted
  from kb_findings f join kb_articles a on a.id = f.article_id
  left join kb_accepted y on y.article_id = f.article_id and y.kind = f.kind and y.mark = f.mark
 where a.status <> 'archived' and ($1::uuid is null or a.id = $1) and ($2::text[] is null or f.kind = any($2))
 order by f.article_id, f.number limit $3
"""


class CareStore:
    """Every method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def findings(
        self, *, article_id: str | None = None, kinds: Sequence[Kind] | None = None, limit: int = 200
    ) -> list[FoundIn]:
        """Findings by article, those in archived ones left out. Raises NOT_FOUND for a malformed id."""
        if article_id is not None and not is_id(article_id):
            raise not_found("article")
        names = [kind.value for kind in kinds] if kinds else None
        rows = await self._pool.fetch(_FINDINGS, article_id, names, limit)
        return [
            FoundIn(row["article_id"], row["title"], row["locale"], _finding(row), row["accepted"])
            for row in rows
        ]

    async def accept(
        self, article_id: str, kind: Kind, mark: str, reason: str, author_id: str | None
    ) -> Article:
        """Takes a finding that quarantines for good: its text is served again, also after the next import.

        Raises INVALID without a reason or for a kind that keeps nothing back, NOT_FOUND where there is no such finding.
        An article that was quarantined for nothing else is published. Idempotent.
        """
        reason = reason.strip()
        if not reason or len(reason) > LONGEST_REASON or kind not in QUARANTINING:
            raise invalid("acceptance_invalid", "A finding that keeps text back is accepted with a reason.")
        if not is_id(article_id):
            raise not_found("finding")
        async with self._pool.acquire() as connection, connection.transaction():
            at = await connection.fetchval("update kb_state set revision = revision + 1 returning revision")
            row = await connection.fetchrow(
                f"select {ARTICLE}, bands from kb_articles where id = $1::uuid for update",  # noqa: S608 - constants
                article_id,
            )
            findings = await connection.fetch(
                "select article_id, kind, field, starts, ends, reason, reason_code, reason_values::text, mark, other_id::text from kb_findings "
                "where article_id = $1::uuid order by number",
                article_id,
            )
            if row is None or not any(one["kind"] == kind and one["mark"] == mark for one in findings):
                raise not_found("finding")
            await connection.execute(
                "insert into kb_accepted (article_id, kind, mark, reason, author_id) values ($1::uuid, $2, $3, $4, $5::uuid) "
                "on conflict (article_id, kind, mark) do update set reason = excluded.reason, author_id = excluded.author_id",
                article_id, kind.value, mark, reason, author_id,
            )  # fmt: skip
            return await self._settled(connection, row, list(map(_finding, findings)), int(at), author_id)

    async def _settled(
        self,
        connection: asyncpg.Connection,
        row: asyncpg.Record,
        findings: list[Finding],
        at: int,
        author_id: str | None,
    ) -> Article:
        before = article_of(row)
        content = content_of(before)
        if content.status is Status.QUARANTINED:
            content = msgspec.structs.replace(content, status=Status.PUBLISHED)
        settled = settle(content, findings, await accepted_of(connection, before.id))
        changed = settled.content != content_of(before)
        after = await connection.fetchrow(
            f"update kb_articles set kb_revision = $2, revision = revision + $3, updated_at = now(), {sets(4)} "  # noqa: S608 - constants
            f"where id = $1::uuid returning {ARTICLE}",
            before.id, at, int(changed), *values(settled, row["bands"]),
        )  # fmt: skip
        if changed:
            await connection.execute(
                "insert into kb_revisions (article_id, revision, at, author_id, content) values ($1::uuid, $2, now(), $3::uuid, $4::text::jsonb)",
                before.id, after["revision"], author_id, msgspec.json.encode(settled.content).decode(),
            )  # fmt: skip
        return article_of(after)

    async def due_for_review(self, within_days: int) -> list[Due]:
        """Published articles and drafts whose review-by date comes within these days or is over, the longest over first."""
        rows = await self._pool.fetch(
            "select id::text, title, locale, owner_id::text, review_by, current_date - review_by as over from kb_articles "
            "where status in ('published', 'draft') and review_by <= current_date + $1::int order by review_by, id limit 1000",
            within_days,
        )
        return [Due(r["id"], r["title"], r["locale"], r["owner_id"], r["review_by"], r["over"]) for r in rows]

    async def missing_translations(self) -> list[Missing]:
        """Published public texts that a site shows and that have no published article in one of the site's languages."""
        rows = await self._pool.fetch(
            "with wanted as (select distinct a.group_id, l.locale from kb_articles a "
            "  join sites s on s.archived_at is null and (a.sites = '{}' or s.id = any(a.sites)) "
            "  cross join lateral unnest(s.locales) l(locale) where a.status = 'published' and a.audience = 'public'), "
            "missing as (select w.group_id, array_agg(w.locale order by w.locale) as locales from wanted w where not exists ("
            "  select from kb_articles t where t.group_id = w.group_id and t.status = 'published' "
            "  and (t.locale = w.locale or split_part(w.locale, '-', 1) = t.locale or (split_part(t.locale, '-', 1) = w.locale and w.locale <> 'zh'))) "
            "  group by w.group_id) "
            "select distinct on (m.group_id) a.id::text, a.title, a.locale, m.locales from missing m "
            "join kb_articles a on a.group_id = m.group_id and a.status = 'published' order by m.group_id, a.id limit 1000"
        )
        return [Missing(r["id"], r["title"], r["locale"], tuple(r["locales"])) for r in rows]

    async def words_in_use(self) -> tuple[list[str], list[str]]:
        """The tags and the locales of articles that are not archived, each in order."""
        row = await self._pool.fetchrow(
            "select array(select distinct t from kb_articles, unnest(tags) t where status <> 'archived' order by t limit 1000) as tags, "
            "array(select distinct locale from kb_articles where status <> 'archived' order by locale) as locales"
        )
        return list(row["tags"]), list(row["locales"])

    async def published(self) -> list[Listed]:
        """Every article that is found now, by name."""
        rows = await self._pool.fetch(
            "select id::text, title, locale, audience from kb_articles where status = 'published' "
            "and (publish_at is null or publish_at <= now()) and (unpublish_at is null or unpublish_at > now()) order by id"
        )
        return [Listed(r["id"], r["title"], r["locale"], r["audience"]) for r in rows]


def _finding(row: asyncpg.Record) -> Finding:
    return Finding(
        kind=Kind(row["kind"]), field=row["field"], start=row["starts"], end=row["ends"], why=Why(row["reason"], row["reason_code"], msgspec.json.decode(row["reason_values"], type=dict[str, str])),
        mark=row["mark"], other_id=row["other_id"],
    )  # fmt: skip
