"""Articles as rows: the columns in order, their casts, and the way between a row and an article."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import msgspec

from kb.articles import Article, ArticleContent, Audience, NextStep, Status
from kb.hygiene import Settled, served
from kb.hygiene.settle import Span

NAMES: Final = tuple(ArticleContent.__struct_fields__)
_CASTS: Final = {
    "sites": "::uuid[]",
    "tags": "::text[]",
    "url_patterns": "::text[]",
    "example_questions": "::text[]",
    "owner_id": "::uuid",
    "next_steps": "::text::jsonb",
}
_READ: Final = {"sites": "sites::text[]", "owner_id": "owner_id::text", "next_steps": "next_steps::text"}
ARTICLE: Final = "id::text, group_id::text, revision, updated_at, " + ", ".join(
    _READ.get(name, name) for name in NAMES
)
COLUMNS: Final = ", ".join((*NAMES, "held", "bands"))
VISIBLE: Final = (
    "status = 'published' and (publish_at is null or publish_at <= now()) "
    "and (unpublish_at is null or unpublish_at > now())"
)


def places(first: int) -> str:
    """`$first, …` with casts, for the values of `values`."""
    casts = [_CASTS.get(name, "") for name in NAMES] + ["::integer[]", "::integer[]"]
    return ", ".join(f"${number}{cast}" for number, cast in enumerate(casts, first))


def sets(first: int) -> str:
    """`column = $first, …` with casts, for the values of `values`."""
    names = COLUMNS.split(", ")
    return ", ".join(
        f"{name} = {place}" for name, place in zip(names, places(first).split(", "), strict=True)
    )


def values(settled: Settled, bands: Sequence[int]) -> list[Any]:
    """The values of the columns of `COLUMNS`."""
    content = settled.content
    found = [_value(name, getattr(content, name)) for name in NAMES]
    return [*found, [place for span in settled.held for place in span], list(bands)]


def _value(name: str, value: Any) -> Any:
    if name == "next_steps":
        return msgspec.json.encode(value).decode()
    return list(value) if isinstance(value, tuple) else value


def spans(held: Sequence[int]) -> tuple[Span, ...]:
    """The spans kept back, from the numbers of their column."""
    return tuple(zip(held[::2], held[1::2], strict=True))


def article_of(row: asyncpg.Record) -> Article:
    """The article of a row with the columns of `ARTICLE`."""
    return Article(
        id=row["id"], group_id=row["group_id"], revision=row["revision"], updated_at=row["updated_at"],
        locale=row["locale"], title=row["title"], body=row["body"], slug=row["slug"], short_answer=row["short_answer"],
        status=Status(row["status"]), audience=Audience(row["audience"]), sites=tuple(row["sites"]), tags=tuple(row["tags"]),
        url_patterns=tuple(row["url_patterns"]), product=row["product"], example_questions=tuple(row["example_questions"]),
        review_by=row["review_by"], publish_at=row["publish_at"], unpublish_at=row["unpublish_at"], owner_id=row["owner_id"],
        next_steps=msgspec.json.decode(row["next_steps"], type=tuple[NextStep, ...]), safety=row["safety"],
    )  # fmt: skip


def served_article(row: asyncpg.Record) -> Article:
    """The article of a row that also has `held`, as readers get it: what is kept back is not in its body."""
    article = article_of(row)
    if not row["held"]:
        return article
    return msgspec.structs.replace(article, body=served(article.body, spans(row["held"])))
