"""Care for the knowledge base on the wire: pages, previews, findings, gaps, health, terms."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.operations.knowledge import Health
from api.schemas.body import Body, Id, Sound
from api.schemas.knowledge import ArticleFields, LocaleTag, Markdown, NextStepOut, Title
from api.schemas.knowledge_import import FindingOut
from api.schemas.queries import Query
from api.schemas.setup import Answer
from kb.gaps import Gap
from kb.pages import Page
from kb.terms import LONGEST_TERM, MOST_TERMS

Days = Annotated[int, Field(ge=1, le=365)]
Went = Literal["helpful", "unhelpful", "unrated", "none"]
Term = Annotated[Sound, Field(min_length=1, max_length=LONGEST_TERM)]
Terms = Annotated[list[Term], Field(min_length=1, max_length=MOST_TERMS)]


class TranslationOut(Answer):
    """The same text in another locale."""

    locale: str
    slug: str
    title: str


class PageOut(Answer):
    """An article to read: its text as safe HTML, and what a reader may do next."""

    article_id: str
    slug: str
    locale: str
    title: str
    html: str
    short_answer: str | None
    next_steps: list[NextStepOut]
    safety: bool
    updated_at: dt.datetime
    translations: list[TranslationOut]


class PageQuery(Query):
    """Which article: `article`, its id, or its address `locale` and `slug`. `site_key` names the site of a reader without a
    bearer.
    """

    article: Annotated[Sound, Field(max_length=100)] | None = None
    locale: Annotated[Sound, Field(max_length=100)] | None = None
    slug: Annotated[Sound, Field(max_length=200)] | None = None

    site_key: Annotated[Sound, Field(max_length=200)] | None = None


class PreviewOut(Answer):
    """A link that shows a draft to whoever has it, until it ends."""

    url: str
    expires_at: dt.datetime


class TextIn(ArticleFields):
    """The text of an article that is being written."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"locale": "en", "title": "Returns", "body": "Send it back."}]}
    )

    locale: LocaleTag
    title: Title
    body: Markdown


class TryIn(TextIn):
    """A text to try on past questions; `article_id` is the article it would replace."""

    article_id: Id | None = None


class RenderOut(Answer):
    """A text as readers would see it, and what the hygiene gate says of it."""

    html: str
    findings: list[FindingOut]


class PreviewQuery(Query):
    """The signed part of a preview link."""

    link: Annotated[Sound, Field(max_length=400)]


class FindingsQuery(Query):
    """Which findings."""

    kind: Annotated[Sound, Field(max_length=60)] | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200


class FoundOut(Answer):
    """A finding, where it is, and why it was accepted, if it was."""

    article_id: str
    title: str
    locale: str
    finding: FindingOut
    accepted: str | None


class AcceptIn(Body):
    """Which finding is taken for good, and why."""

    kind: Literal["injected_spam", "boilerplate", "secret"]
    mark: Annotated[Sound, Field(min_length=1, max_length=64)]
    reason: Annotated[Sound, Field(min_length=1, max_length=500, pattern=r"\S")]


class FreshnessQuery(Query):
    """Whose review comes within these days."""

    within_days: Annotated[int, Field(ge=0, le=365)] = 30


class DueOut(Answer):
    """An article whose review is due; `days_over` is negative before its day."""

    article_id: str
    title: str
    locale: str
    owner_id: str | None
    review_by: dt.date
    days_over: int


class GapsQuery(Query):
    """Questions of how many days, in which language, on which site."""

    days: Days = 28
    locale: Annotated[Sound, Field(max_length=100)] | None = None
    site: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ExampleOut(Answer):
    """A question as it stands in the log, by its event; `answered_by` is the article that an agent says should have answered it."""

    conversation_id: str
    event_id: str
    at: dt.datetime
    text: str
    answered_by: str | None = None


class WeekOut(Answer):
    """How many in the week that began on this Monday."""

    week: dt.date
    count: int


class DraftOut(Answer):
    """What an article about a gap could begin with: fields of `POST /v1/kb/articles`."""

    locale: str
    title: str
    body: str
    example_questions: list[str]


class GapOut(Answer):
    """Questions that ask nearly the same and got no good answer; `wait_seconds` is what they waited for a person in all."""

    question: str
    locale: str
    count: int
    weeks: list[WeekOut]
    wait_seconds: float
    examples: list[ExampleOut]
    draft: DraftOut


class ShownOut(Answer):
    """How often an article was offered and how it went."""

    article_id: str
    title: str
    locale: str
    shown: int
    helpful: int
    unhelpful: int


class ListedOut(Answer):
    """An article by name."""

    article_id: str
    title: str
    locale: str


class MissingOut(ListedOut):
    """A text and the locales of its sites in which it has no article."""

    missing: list[str]


class HealthOut(Answer):
    """What needs care, judged by the last `days` days."""

    days: int
    unhelpful: list[ShownOut]
    never_shown: list[ListedOut]
    stale: list[DueOut]
    contradicting: list[FoundOut]
    dead_links: list[FoundOut]
    missing_translations: list[MissingOut]
    without_results: list[GapOut]


class AskedOut(Answer):
    """A question and how its answer went."""

    conversation_id: str
    event_id: str
    at: dt.datetime
    locale: str
    text: str
    went: Went
    article_id: str | None
    confidence: float | None


class TriedOut(Answer):
    """A past question for which a text would be the answer or a suggestion; `rank` from 1."""

    question: AskedOut
    outcome: Literal["answer", "suggestions"]
    rank: int


class DaysQuery(Query):
    """Over how many days."""

    days: Days = 90


class BinOut(Answer):
    """Answers of one language with nearly this confidence: how many, how many were rated, the share of those that helped."""

    locale: str
    confidence: float
    shown: int
    rated: int
    helpful: float


class NamedOut(Answer):
    """Something by its name."""

    id: str
    name: str


class WritingSiteOut(NamedOut):
    """A site by its name and its languages, the default first."""

    locales: list[str]


class ChoicesOut(Answer):
    """What a writer chooses from: sites, owners (everybody who may write articles), and the tags and locales there are."""

    sites: list[WritingSiteOut]
    owners: list[NamedOut]
    tags: list[str]
    locales: list[str]


class SynonymsIn(Body):
    """Terms of a locale that mean the same, two at least."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"locale": "en", "words": ["parcel", "package"]}]}
    )

    locale: LocaleTag
    words: Terms


class SynonymsOut(Answer):
    """A set of synonyms."""

    id: str
    locale: str
    words: list[str]


class GlossaryIn(Body):
    """One thing as it is called in several locales."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"terms": {"en": ["refund"], "zh-Hans": ["退款"]}}]}
    )

    terms: Annotated[dict[LocaleTag, Terms], Field(max_length=50)]


class GlossaryOut(Answer):
    """A term of the glossary."""

    id: str
    terms: dict[str, list[str]]


def page_out(page: Page, html: str) -> PageOut:
    """As a reader gets it."""
    article = page.article
    return PageOut(
        article_id=article.id, slug=article.slug, locale=article.locale, title=article.title, html=html,
        short_answer=article.short_answer, next_steps=[NextStepOut.model_validate(one) for one in article.next_steps],
        safety=article.safety, updated_at=article.updated_at,
        translations=[TranslationOut.model_validate(one) for one in page.translations],
    )  # fmt: skip


def gap_out(gap: Gap) -> GapOut:
    """As the API shows it."""
    return GapOut(
        question=gap.question, locale=gap.locale, count=gap.count, wait_seconds=gap.waited,
        weeks=[WeekOut(week=week, count=count) for week, count in gap.weeks],
        examples=[ExampleOut.model_validate(one) for one in gap.examples], draft=DraftOut.model_validate(gap.draft),
    )  # fmt: skip


def health_out(health: Health) -> HealthOut:
    """As the API shows it."""
    return HealthOut(
        days=health.days,
        unhelpful=[ShownOut.model_validate(one) for one in health.unhelpful],
        never_shown=[ListedOut.model_validate(one) for one in health.never_shown],
        stale=[DueOut.model_validate(one) for one in health.stale],
        contradicting=[FoundOut.model_validate(one) for one in health.contradicting],
        dead_links=[FoundOut.model_validate(one) for one in health.dead_links],
        missing_translations=[MissingOut.model_validate(one) for one in health.missing_translations],
        without_results=[gap_out(one) for one in health.without_results],
    )
