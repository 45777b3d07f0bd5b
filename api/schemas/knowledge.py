"""The knowledge base on the wire: searches, articles, imports."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from pydantic import ConfigDict, Field

from api.schemas.body import Body, Day, Id, Moment, Sound
from api.schemas.queries import ListQuery, Query
from api.schemas.setup import Answer, Changes, changed
from funnel.core.errors import invalid
from kb.articles import (
    LONGEST_BODY,
    LONGEST_LINE,
    LONGEST_SHORT_ANSWER,
    LONGEST_TITLE,
    MOST_ENTRIES,
    MOST_STEPS,
    Article,
    ArticleContent,
    ArticleRevision,
    Audience,
    NextStep,
    Status,
    StepKind,
    content_of,
)
from kb.search import Hit, SearchResult
from kb.variables import fill

StatusName = Literal["draft", "published", "archived", "quarantined"]
AudienceName = Literal["public", "agents"]
LocaleTag = Annotated[Sound, Field(min_length=1, max_length=100, examples=["zh-Hans"])]
Title = Annotated[Sound, Field(min_length=1, max_length=LONGEST_TITLE)]
Markdown = Annotated[Sound, Field(min_length=1, max_length=LONGEST_BODY)]
Slug = Annotated[Sound, Field(min_length=1, max_length=120)]
Line = Annotated[Sound, Field(min_length=1, max_length=LONGEST_LINE)]
Lines = Annotated[list[Line], Field(max_length=MOST_ENTRIES)]
SiteIds = Annotated[list[Id], Field(max_length=MOST_ENTRIES, description="Empty: every site.")]
ShortAnswer = Annotated[Sound, Field(max_length=LONGEST_SHORT_ANSWER)]
RevisionNumber = Annotated[
    int, Field(ge=1, le=2_147_483_647, description="The revision the change is based on.")
]


class SearchQuery(Query):
    """A question; a visitor's site is its own, without a bearer `site_key` names it; `site` and `audience` are agents'."""

    q: Annotated[Sound, Field(max_length=2_000)]
    locale: Annotated[Sound, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 3
    site_key: Annotated[Sound, Field(max_length=200)] | None = None
    site: Id | None = None
    audience: AudienceName | None = None


class SuggestQuery(Query):
    """The page a reader is on."""

    url: Annotated[Sound, Field(min_length=1, max_length=4_096)]
    locale: Annotated[Sound, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 3
    site_key: Annotated[Sound, Field(max_length=200)] | None = None


class ArticlesQuery(ListQuery):
    """Which articles; archived ones only when asked for. `q` is looked for as it stands in title, slug, text and tags."""

    status: StatusName | None = None
    locale: Annotated[Sound, Field(max_length=100)] | None = None
    site: Id | None = None
    tag: Annotated[Sound, Field(max_length=LONGEST_LINE)] | None = None
    owner_id: Id | None = None
    q: Annotated[Sound, Field(max_length=200)] | None = None


class ArchiveQuery(Query):
    """The revision the change is based on; without it the article is archived as it stands."""

    revision: RevisionNumber | None = None


class PassageOut(Answer):
    """An article's best passage; agents also see `score`."""

    article_id: str
    title: str
    url: str | None = None
    locale: str
    text: str
    score: float | None = None


class SearchOut(Answer):
    """The best articles whatever the outcome; agents also see `confidence`, 0..1."""

    items: list[PassageOut]
    outcome: Literal["answer", "suggestions", "none"]
    confidence: float | None = None


class SuggestOut(Answer):
    """Articles meant for a page, the closest first."""

    items: list[PassageOut]


class NextStepIn(Body):
    """Something a reader may do next: a link (`target`: its address), a playbook (`target`: its key), or a person."""

    kind: Literal["link", "playbook", "person"]
    label: Annotated[Sound, Field(max_length=LONGEST_TITLE)] = ""
    target: Annotated[Sound, Field(max_length=LONGEST_LINE * 2)] = ""


class ArticleFields(Changes):
    """What a writer decides, beside the text."""

    slug: Slug | None = None
    short_answer: ShortAnswer | None = None
    status: StatusName | None = None
    audience: AudienceName | None = None
    sites: SiteIds | None = None
    tags: Lines | None = None
    url_patterns: Lines | None = None
    product: Line | None = None
    example_questions: Lines | None = None
    review_by: Day | None = None
    publish_at: Moment | None = None
    unpublish_at: Moment | None = None
    owner_id: Id | None = None
    next_steps: Annotated[list[NextStepIn], Field(max_length=MOST_STEPS)] | None = None
    safety: bool | None = None


class ArticleIn(ArticleFields):
    """A new article. Without `status` it is published by who may publish, else a draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"locale": "en", "title": "Returning an item", "body": "Send it back within 30 days."}
            ]
        }
    )

    locale: LocaleTag
    title: Title
    body: Markdown
    translation_of: Id | None = None


class ArticleUpdate(ArticleFields):
    """What changes; what is not sent stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 1, "title": "Returning an item"}]})

    revision: RevisionNumber
    locale: LocaleTag | None = None
    title: Title | None = None
    body: Markdown | None = None


class NextStepOut(Answer):
    """Something a reader may do next."""

    kind: Literal["link", "playbook", "person"]
    label: str
    target: str


class ArticleOut(Answer):
    """An article as it is."""

    id: str
    slug: str
    locale: str
    title: str
    body: str
    short_answer: str | None
    status: StatusName
    audience: AudienceName
    sites: list[str]
    tags: list[str]
    url_patterns: list[str]
    product: str | None
    example_questions: list[str]
    review_by: dt.date | None
    publish_at: dt.datetime | None
    unpublish_at: dt.datetime | None
    owner_id: str | None
    next_steps: list[NextStepOut]
    safety: bool
    revision: int
    updated_at: dt.datetime


class RevisionOut(Answer):
    """A past state of an article and who made it; no author for an import or a key."""

    revision: int
    at: dt.datetime
    author_id: str | None
    title: str
    body: str
    status: StatusName


_NULLABLE = frozenset({"short_answer", "product", "review_by", "publish_at", "unpublish_at", "owner_id"})


def _fields(body: Body) -> dict[str, Any]:
    """The fields of content that were sent; null clears only what an article can be without."""
    sent = changed(body)
    for name in ("revision", "translation_of", "article_id"):
        sent.pop(name, None)
    empty = [name for name, value in sent.items() if value is None and name not in _NULLABLE]
    if empty:
        raise invalid("invalid", f"{empty[0]} cannot be null.", field=empty[0])
    if "status" in sent:
        sent["status"] = Status(sent["status"])
    if "audience" in sent:
        sent["audience"] = Audience(sent["audience"])
    if "next_steps" in sent:
        sent["next_steps"] = tuple(
            NextStep(StepKind(step.kind), step.label, step.target) for step in _steps(body)
        )
    return sent


def _steps(body: Body) -> list[NextStepIn]:
    return (body.next_steps or []) if isinstance(body, ArticleFields) else []


def new_content(body: ArticleFields, *, may_publish: bool) -> ArticleContent:
    """The content of a new article."""
    fields = _fields(body)
    fields.setdefault("status", Status.PUBLISHED if may_publish else Status.DRAFT)
    return ArticleContent(**fields)


def new_state(article: Article, body: ArticleUpdate) -> ArticleContent:
    """The content of an article with what was sent put in."""
    return msgspec.structs.replace(content_of(article), **_fields(body))


def article_out(article: Article) -> ArticleOut:
    """As the API shows it."""
    return ArticleOut.model_validate(article)


def revision_out(one: ArticleRevision) -> RevisionOut:
    """As the API shows it."""
    content = one.content
    return RevisionOut(
        revision=one.revision, at=one.at, author_id=one.author_id, title=content.title, body=content.body,
        status=content.status.value,
    )  # fmt: skip


def passage_out(hit: Hit, *, scores: bool = False) -> PassageOut:
    """As a visitor sees it, or an agent."""
    return PassageOut(
        article_id=hit.article_id, title=hit.title, url=hit.url, locale=hit.locale, text=fill(hit.text, {}),
        score=hit.score if scores else None,
    )  # fmt: skip


def search_out(result: SearchResult, *, scores: bool) -> SearchOut:
    """As a visitor sees it, or an agent."""
    return SearchOut(
        items=[passage_out(hit, scores=scores) for hit in result.hits],
        outcome=result.outcome.value,
        confidence=result.confidence if scores else None,
    )
