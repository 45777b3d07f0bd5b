"""Every article as a Markdown file with front matter, such that importing the files changes nothing."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from kb.articles import Article, Status
from kb.bulk import OF_ARTICLE
from kb.store import ArticleStore

_PAGE: Final = 200
_LISTS: Final = ("tags", "sites", "url_patterns", "example_questions")
_TEXTS: Final = ("short_answer", "product", "owner_id")
_TIMES: Final = ("review_by", "publish_at", "unpublish_at")


async def everything(store: ArticleStore) -> AsyncIterator[Article]:
    """All articles but archived ones, page by page."""
    after: str | None = None
    while True:
        page = await store.list_articles(after=after, limit=_PAGE)
        for article in page.items:
            yield article
        if page.next is None:
            return
        after = page.next


def file_of(article: Article) -> tuple[str, str]:
    """The path and the text of an article's file. `key` is its translation group, `source` the article itself.

    What the gate quarantined is written as published: the gate judges it anew wherever it comes in.
    """
    status = Status.PUBLISHED if article.status is Status.QUARANTINED else article.status
    header: dict[str, Any] = {
        "title": article.title, "locale": article.locale, "key": article.group_id, "source": OF_ARTICLE + article.id,
        "slug": article.slug, "status": status.value, "audience": article.audience.value,
    }  # fmt: skip
    header |= {name: list(getattr(article, name)) for name in _LISTS if getattr(article, name)}
    header |= {name: getattr(article, name) for name in _TEXTS if getattr(article, name)}
    header |= {name: getattr(article, name).isoformat() for name in _TIMES if getattr(article, name)}
    if article.next_steps:
        header["next_steps"] = [
            {"kind": step.kind.value, "label": step.label, "target": step.target}
            for step in article.next_steps
        ]
    if article.safety:
        header["safety"] = "true"
    text = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"{article.locale}/{article.slug}.md", f"---\n{text}---\n\n{article.body}\n"


def write_folder(folder: Path, articles: Iterable[Article]) -> int:
    """Writes the files below a folder, which is made; returns how many. What is there under other names stays."""
    count = 0
    for path, text in map(file_of, articles):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        count += 1
    return count


def archive(articles: Iterable[Article]) -> bytes:
    """The files as a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in map(file_of, articles):
            packed.writestr(path, text)
    return stream.getvalue()
