"""What writers ask of log and knowledge base together: gaps, health, how articles and the confidence do."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, Literal

from msgspec import Struct

from api.services import Services
from funnel.core.locales import language_of
from funnel.insight.questions import Question, read_questions
from kb.articles import Article, ArticleContent, Status
from kb.care import CareStore, Due, FoundIn, Listed, Missing
from kb.gaps import Asked, Gap, gaps
from kb.hygiene import Kind
from kb.library import Shelving
from kb.store import ArticleStore, Changes

HEALTH_DAYS: Final = 90
MOST_TRIED: Final = 500
MOST_BESIDE: Final = 300
MOST_OF_ARTICLE: Final = 20
_BINS: Final = 10
_LEAST_SHOWN: Final = 2


class Bin(Struct, frozen=True):
    """Answers of one language given with nearly the same confidence, and the share of those rated that helped."""

    locale: str
    confidence: float
    shown: int
    rated: int
    helpful: float


class Shown(Struct, frozen=True):
    """How often an article was offered and how it went."""

    article_id: str
    title: str
    locale: str
    shown: int
    helpful: int
    unhelpful: int


class Health(Struct, frozen=True):
    """What needs care, each list the worst first."""

    days: int
    unhelpful: list[Shown]
    never_shown: list[Listed]
    stale: list[Due]
    contradicting: list[FoundIn]
    dead_links: list[FoundIn]
    missing_translations: list[Missing]
    without_results: list[Gap]


class Tried(Struct, frozen=True):
    """A question of the past and what a draft would do for it."""

    question: Question
    outcome: Literal["answer", "suggestions"]
    rank: int


async def asked_in(services: Services, days: int, site_id: str | None = None) -> list[Question]:
    """The questions of the last days, of one site or all."""
    until = services.clock.now()
    found = await read_questions(services.db.pool, until - timedelta(days=days), until)
    return [one for one in found if site_id is None or one.site_id == site_id]


async def find_gaps(services: Services, days: int, locale: str | None, site_id: str | None) -> list[Gap]:
    """Questions of the last days without a good answer, put together by what they ask."""
    asked = await asked_in(services, days, site_id)
    poor = [_asked(one) for one in asked if not one.good]
    if locale is not None:
        poor = [one for one in poor if language_of(one.locale) == language_of(locale)]
    return await asyncio.to_thread(gaps, poor)


def _asked(one: Question) -> Asked:
    return Asked(
        conversation_id=one.conversation_id, event_id=one.event_id, at=one.at, locale=one.locale, text=one.text,
        waited=one.waited, reply=one.reply, answered_by=one.answered_by,
    )  # fmt: skip


async def look_after(services: Services, within_days: int) -> Health:
    """The state of the knowledge base: what the last 90 days and the articles themselves say."""
    asked = await asked_in(services, HEALTH_DAYS)
    care = CareStore(services.db)
    published = await care.published()
    shown = _shown(asked, published)
    seen = {one.article_id for one in shown}
    return Health(
        days=HEALTH_DAYS,
        unhelpful=sorted(
            (one for one in shown if one.unhelpful >= _LEAST_SHOWN and one.unhelpful > one.helpful),
            key=lambda one: (-one.unhelpful, one.article_id),
        ),
        never_shown=[one for one in published if one.article_id not in seen and one.audience == "public"],
        stale=await care.due_for_review(within_days),
        contradicting=await care.findings(kinds=[Kind.CONTRADICTION, Kind.NEAR_DUPLICATE]),
        dead_links=await care.findings(kinds=[Kind.DEAD_LINK]),
        missing_translations=await care.missing_translations(),
        without_results=await asyncio.to_thread(gaps, [_asked(one) for one in asked if one.went == "none"]),
    )


def _shown(asked: Iterable[Question], published: Sequence[Listed]) -> list[Shown]:
    names = {one.article_id: one for one in published}
    counts: dict[str, list[str]] = defaultdict(list)
    for one in asked:
        if one.article_id in names:
            counts[str(one.article_id)].append(one.went)
    return [
        Shown(article_id, names[article_id].title, names[article_id].locale, len(went), went.count("helpful"), went.count("unhelpful"))
        for article_id, went in counts.items()
    ]  # fmt: skip


async def answered_by(services: Services, article_id: str) -> list[Question]:
    """The last twenty questions an article answered, the newest first, and how they went. Raises NOT_FOUND."""
    article = await ArticleStore(services.db).get(article_id)
    found = [one for one in await asked_in(services, HEALTH_DAYS) if one.article_id == article.id]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_OF_ARTICLE]


async def would_answer(services: Services, content: ArticleContent, article_id: str | None) -> list[Tried]:
    """The questions of the last 90 days that an article with this text would answer or be suggested for.

    It is tried on a shelf of its own beside at most 300 articles of its locale, the article it would replace left out.
    """
    asked = [
        one
        for one in await asked_in(services, HEALTH_DAYS)
        if language_of(one.locale) == language_of(content.locale)
    ]
    page = await ArticleStore(services.db).list_articles(
        status=Status.PUBLISHED, locale=content.locale, limit=MOST_BESIDE
    )
    draft = Article(
        id="00000000-0000-7000-8000-000000000000", group_id="00000000-0000-7000-8000-000000000001", revision=1,
        updated_at=services.clock.now(), **{name: getattr(content, name) for name in ArticleContent.__struct_fields__},
    )  # fmt: skip
    beside = tuple(one for one in page.items if one.id != article_id)
    return await asyncio.to_thread(_tried, draft, beside, asked[-MOST_TRIED:])


def _tried(draft: Article, beside: tuple[Article, ...], asked: Sequence[Question]) -> list[Tried]:
    snapshot = Shelving().apply(Changes(0, draft.updated_at, (*beside, draft), ()))
    found: list[Tried] = []
    for one in asked:
        result = snapshot.search(one.text, draft.locale, None, "agents")
        places = [hit.article_id for hit in result.hits]
        if result.outcome != "none" and draft.id in places:
            rank = places.index(draft.id) + 1
            found.append(
                Tried(one, "answer" if rank == 1 and result.outcome == "answer" else "suggestions", rank)
            )
    return sorted(found, key=lambda one: (one.rank, one.outcome, one.question.event_id))


async def reliability(services: Services, days: int) -> list[Bin]:
    """How often answers of each confidence helped, by language, in ten bins: what a calibrated confidence promises."""
    bins: dict[tuple[str, int], list[str]] = defaultdict(list)
    for one in await asked_in(services, days):
        if one.confidence is not None:
            bins[language_of(one.locale), min(_BINS - 1, int(one.confidence * _BINS))].append(one.went)
    return [_bin(language, number, went) for (language, number), went in sorted(bins.items())]


def _bin(language: str, number: int, went: list[str]) -> Bin:
    helpful, rated = went.count("helpful"), sum(one in ("helpful", "unhelpful") for one in went)
    return Bin(language, (number + 0.5) / _BINS, len(went), rated, helpful / rated if rated else 0.0)
