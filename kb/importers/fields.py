"""Records with named fields (rows of tables, objects of exports) to drafts of articles. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from funnel.core.errors import FunnelError
from funnel.core.locales import canonical_locale
from kb.articles import ArticleContent, Audience, Status, checked
from kb.front_matter import Draft, Problem
from kb.hygiene.language import guess
from kb.importers.markup import UnreadableError, from_html, looks_like_html

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "question", "name", "subject", "headline", "标题", "問題", "问题", "العنوان"),
    "body": ("body", "content", "answer", "text", "html", "description", "markdown", "正文", "内容", "內容", "答案", "المحتوى"),
    "locale": ("locale", "language", "lang", "语言", "語言", "اللغة"),
    "id": ("id", "source_id", "external_id", "article_id", "doc_id"),
    "key": ("key", "group", "translation_key", "translation_of"),
    "slug": ("slug",),
    "status": ("status", "state"),
    "audience": ("audience", "visibility"),
    "sites": ("sites", "site"),
    "tags": ("tags", "labels", "label_names", "keywords"),
    "url_patterns": ("url_patterns", "urls"),
    "short_answer": ("short_answer", "summary"),
    "example_questions": ("example_questions", "questions", "examples"),
    "product": ("product",),
    "review_by": ("review_by",),
    "publish_at": ("publish_at",),
    "unpublish_at": ("unpublish_at",),
    "safety": ("safety",),
}  # fmt: skip
LARGEST_MARKUP: Final = 1_000_000
_OF_NAME: Final = {alias: name for name, aliases in NAMES.items() for alias in aliases}
_LISTS: Final = ("sites", "tags", "url_patterns", "example_questions")
_SEPARATORS: Final = {"example_questions": ("\n", "|"), "sites": (",", ";", "|", "\n"), "tags": ("|", ";", ",", "\n"), "url_patterns": ("|", "\n", ";", ",")}  # fmt: skip
_STATUSES: Final = {one.value: one for one in Status}
_DRAFTS: Final = frozenset({"draft", "false", "0", "no", "unpublished"})


def canonical_names(record: Mapping[str, Any]) -> dict[str, Any]:
    """The known fields of a record under our names; of two for one field the first that is filled counts."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        ours = _OF_NAME.get(str(name).strip().lower().replace(" ", "_").replace("-", "_"))
        if ours is not None and value not in (None, "", []) and ours not in found:
            found[ours] = value
    return found


def draft_of(record: Mapping[str, Any], locale: str | None, line: int = 1) -> Draft | tuple[Problem, ...]:
    """The article of a record under our names. `locale` is for those that name none and whose text does not tell."""
    title, body = _text(record.get("title")), _text(record.get("body"))
    missing = [name for name, value in (("title", title), ("body", body)) if not value]
    if missing:
        return tuple(Problem(line, f"`{name}` is missing.") for name in missing)
    if len(body) > LARGEST_MARKUP:
        return (Problem(line, f"The body is longer than {LARGEST_MARKUP} characters."),)
    try:
        body = from_html(body).body if looks_like_html(body) else body
    except UnreadableError:
        return (Problem(line, "The HTML of the body cannot be read."),)
    named = _text(record.get("locale"))
    tag = canonical_locale(named) if named else guess(f"{title}\n{body}") or locale
    if tag is None:
        return (Problem(line, "`locale` is missing or no language we know, and the text does not tell it."),)
    try:
        content = checked(ArticleContent(locale=tag, title=title, body=body, **_more(record)))
    except (FunnelError, ValueError) as error:
        return (Problem(line, error.detail if isinstance(error, FunnelError) else str(error)),)
    return Draft(content, _text(record.get("key")) or None, _text(record.get("id")) or None)


def _more(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields beside title, body and locale; raises ValueError with a sentence for a value that cannot be taken."""
    more: dict[str, Any] = {"status": _status(record), "audience": _audience(record)}
    for name in ("slug", "short_answer", "product"):
        if value := _text(record.get(name)):
            more[name] = value
    for name in _LISTS:
        if name in record:
            more[name] = _entries(name, record[name])
    if value := _text(record.get("review_by")):
        more["review_by"] = _parsed(value, "review_by").date()
    for name in ("publish_at", "unpublish_at"):
        if value := _text(record.get(name)):
            more[name] = _parsed(value, name)
    more["safety"] = _text(record.get("safety")).lower() in ("true", "1", "yes")
    return more


def _text(value: Any) -> str:
    if isinstance(value, (str, int, float, bool)):
        return str(value).strip()
    return ""


def _entries(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(filter(None, map(_text, value)))
    text = _text(value)
    separator = next((mark for mark in _SEPARATORS[name] if mark in text), "\n")
    return tuple(filter(None, (part.strip() for part in text.split(separator))))


def _status(record: Mapping[str, Any]) -> Status:
    word = _text(record.get("status")).lower()
    if word in _DRAFTS:
        return Status.DRAFT
    return _STATUSES.get(word, Status.PUBLISHED)


def _audience(record: Mapping[str, Any]) -> Audience:
    """Public where nothing else is said; a word that is not known is for agents, so that nothing private gets out."""
    word = _text(record.get("audience")).lower()
    return Audience.PUBLIC if word in ("", "public", "everyone", "all") else Audience.AGENTS


def _parsed(value: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"`{name}` takes a date such as {date(2026, 1, 31).isoformat()}.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
