"""What an article is: its fields, the states it can be in, and the rules a change must keep."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

import msgspec

from funnel.core.errors import FunnelError, conflict, invalid
from funnel.core.ids import is_id
from funnel.core.locales import canonical_locale
from kb.analyzer.stems import fold_accents

LONGEST_TITLE: Final = 300
LONGEST_BODY: Final = 200_000
LONGEST_LINE: Final = 1_000
LONGEST_SHORT_ANSWER: Final = 350
MOST_ENTRIES: Final = 200
MOST_STEPS: Final = 3
_LONE: Final = re.compile("[\ud800-\udfff]")
_GROUPS: Final = UUID("6f1d3c1e-8a55-4b52-9d0b-3d6f0a1a7c11")


class Status(StrEnum):
    """Where an article stands; only a published one is ever found."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    QUARANTINED = "quarantined"


class Audience(StrEnum):
    """Who may find an article: everybody, or agents only."""

    PUBLIC = "public"
    AGENTS = "agents"


class StepKind(StrEnum):
    """What a next step leads to."""

    LINK = "link"
    PLAYBOOK = "playbook"
    PERSON = "person"


class NextStep(msgspec.Struct, frozen=True):
    """Something a reader may do next. `target`: the address of a link, the key of a playbook, empty for a person."""

    kind: StepKind
    label: str = ""
    target: str = ""


class ArticleContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a writer decides. `sites` empty means every site; `publish_at` holds a published article back until then,
    `unpublish_at` ends it. `safety` marks protective steps, which are said before anything else.
    """

    locale: str
    title: str
    body: str
    slug: str = ""
    short_answer: str | None = None
    status: Status = Status.DRAFT
    audience: Audience = Audience.PUBLIC
    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url_patterns: tuple[str, ...] = ()
    product: str | None = None
    example_questions: tuple[str, ...] = ()
    review_by: date | None = None
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    owner_id: str | None = None
    next_steps: tuple[NextStep, ...] = ()
    safety: bool = False


class Article(ArticleContent, frozen=True, kw_only=True):
    """An article as stored. `revision` counts its own changes from 1; translations of one text share `group_id`."""

    id: str
    group_id: str
    revision: int
    updated_at: datetime


class ArticleRevision(msgspec.Struct, frozen=True, kw_only=True):
    """One past state of an article and who made it (an agent's id, none for an import)."""

    revision: int
    at: datetime
    author_id: str | None
    content: ArticleContent


def group_of_key(key: str) -> str:
    """The translation group that a key names in imported files; the same key always names the same group.

    A key that is an id is the group's own: an export names it so, and comes back into the same group.
    """
    return key.lower() if is_id(key) else str(uuid5(_GROUPS, key))


def slug_of(title: str, article_id: str) -> str:
    """A slug from the Latin letters and digits of a title, else from the article's id."""
    plain = fold_accents(title.casefold())
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in plain).split()
    slug = "-".join(words)[:80].strip("-")
    return slug if len(slug) >= 3 else f"article-{article_id[-12:]}"


def _text(value: str, longest: int, field: str) -> str:
    """Refuses what PostgreSQL or UTF-8 cannot hold."""
    if len(value) > longest:
        raise invalid("field_too_long", f"{field} is longer than {longest} characters.", field=field)
    if "\0" in value or _LONE.search(value):
        raise invalid("text_invalid", f"{field} holds a character that is not text.", field=field)
    return value


def _needed(value: str, longest: int, field: str) -> str:
    if not _text(value, longest, field).strip():
        raise invalid("text_invalid", f"{field} is empty.", field=field)
    return value


def _list(values: tuple[str, ...], field: str) -> tuple[str, ...]:
    if len(values) > MOST_ENTRIES:
        raise invalid("too_many", f"{field} has more than {MOST_ENTRIES} entries.", field=field)
    return tuple(dict.fromkeys(_needed(value, LONGEST_LINE, field).strip() for value in values))


def _step(step: NextStep) -> NextStep:
    label = _text(step.label, LONGEST_TITLE, "next_steps").strip()
    target = _text(step.target, LONGEST_LINE * 2, "next_steps").strip()
    if step.kind is StepKind.LINK and not safe_address(target):
        raise invalid(
            "link_invalid", "A link of next_steps needs an http(s) address or a path.", field="next_steps"
        )
    if step.kind is StepKind.PLAYBOOK and not target:
        raise invalid("playbook_missing", "A playbook of next_steps needs its key.", field="next_steps")
    return NextStep(step.kind, label, "" if step.kind is StepKind.PERSON else target)


def safe_address(target: str) -> bool:
    """Whether a link may be shown: http(s), mail, telephone, a path of the same site or a place on the page."""
    if any(ord(c) <= 0x20 for c in target) or not target:
        return False
    scheme, colon, _ = target.partition(":")
    if not colon or not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        return not target.startswith("//")
    return scheme.lower() in ("http", "https", "mailto", "tel")


def _times(content: ArticleContent) -> None:
    starts, ends = content.publish_at, content.unpublish_at
    if starts is not None and ends is not None and ends <= starts:
        raise invalid("times_invalid", "unpublish_at must be later than publish_at.", field="unpublish_at")
    if content.owner_id is not None and not is_id(content.owner_id):
        raise invalid("owner_unknown", "owner_id takes the id of an agent.", field="owner_id")
    if len(content.next_steps) > MOST_STEPS:
        raise invalid("too_many", f"next_steps has more than {MOST_STEPS} entries.", field="next_steps")


def checked(content: ArticleContent) -> ArticleContent:
    """The content in canonical form (locale tag, trimmed lists, slug alphabet); raises FunnelError INVALID naming the field."""
    _times(content)
    locale = canonical_locale(content.locale)
    if locale is None:
        raise invalid("locale_invalid", "locale is not a BCP 47 tag of a known language.", field="locale")
    slug = content.slug
    if slug and (
        len(slug) > 120 or any(not (c.isalnum() or c in "-_") for c in slug) or slug != slug.lower()
    ):
        raise invalid("slug_invalid", "slug takes lower-case letters, digits, - and _.", field="slug")
    if not all(map(is_id, content.sites)):
        raise invalid("site_unknown", "sites takes ids of sites.", field="sites")
    return msgspec.structs.replace(
        content,
        locale=locale,
        title=_needed(content.title, LONGEST_TITLE, "title").strip(),
        body=_needed(content.body, LONGEST_BODY, "body"),
        short_answer=_text(content.short_answer, LONGEST_SHORT_ANSWER, "short_answer").strip() or None
        if content.short_answer is not None
        else None,
        product=_text(content.product, LONGEST_LINE, "product").strip() or None if content.product else None,
        sites=tuple(dict.fromkeys(site.lower() for site in content.sites)),
        tags=_list(content.tags, "tags"),
        url_patterns=_list(content.url_patterns, "url_patterns"),
        example_questions=_list(content.example_questions, "example_questions"),
        owner_id=content.owner_id.lower() if content.owner_id else None,
        next_steps=tuple(dict.fromkeys(map(_step, content.next_steps))),
    )


def content_of(article: Article) -> ArticleContent:
    """The part of an article that a writer decides."""
    return ArticleContent(**{name: getattr(article, name) for name in ArticleContent.__struct_fields__})


def stale(article: Article) -> FunnelError:
    """409: somebody changed the article since; `params["article"]` is what it is now."""
    return conflict(
        "stale_revision", "The article has changed since this revision; read it again.", article=article
    )
