"""For the people who write: what the gate found, what is missing, how articles do; synonyms, glossary, export."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.credentials import ServicesNow, requires
from api.operations import knowledge as operations
from api.routers.knowledge import ArticleId
from api.routers.strict import Responses, StrictRoute
from api.schemas.knowledge import ArticleOut, article_out, new_content
from api.schemas.knowledge_care import (
    AcceptIn,
    AskedOut,
    BinOut,
    DaysQuery,
    DueOut,
    FindingsQuery,
    FoundOut,
    FreshnessQuery,
    GapOut,
    GapsQuery,
    GlossaryIn,
    GlossaryOut,
    HealthOut,
    RenderOut,
    SynonymsIn,
    SynonymsOut,
    TextIn,
    TriedOut,
    TryIn,
    gap_out,
    health_out,
)
from api.schemas.knowledge_import import finding_out
from api.schemas.setup import ListOut
from funnel.core.errors import invalid
from funnel.core.locales import canonical_locale
from funnel.people.principals import AgentPrincipal, KeyPrincipal
from kb.articles import checked
from kb.care import CareStore
from kb.exporting import archive, everything
from kb.hygiene import Kind, scan
from kb.rendering import html_of
from kb.store import ArticleStore
from kb.terms import TermStore

router = APIRouter(prefix="/v1/kb", tags=["Knowledge base"], route_class=StrictRoute)
Writer = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.write")]
Publisher = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.publish")]
TermId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
ZIPPED: Responses = {
    200: {"content": {"application/zip": {}}, "description": "Markdown files, one an article."}
}


@router.get("/findings", response_model=ListOut[FoundOut])
async def list_findings(
    query: Annotated[FindingsQuery, Query()], _: Writer, services: ServicesNow
) -> ListOut[FoundOut]:
    """What the hygiene gate found in all articles, by article."""
    kinds = [one for one in Kind if one.value == query.kind]
    if query.kind and not kinds:
        raise invalid("kind_unknown", "There is no such kind of finding.")
    found = await CareStore(services.db).findings(kinds=kinds, limit=query.limit)
    return ListOut(items=[FoundOut.model_validate(one) for one in found])


@router.get("/articles/{article_id}/findings", response_model=ListOut[FoundOut])
async def list_article_findings(article_id: ArticleId, _: Writer, services: ServicesNow) -> ListOut[FoundOut]:
    """What the hygiene gate found in an article."""
    article = await ArticleStore(services.db).get(article_id.lower())
    found = await CareStore(services.db).findings(article_id=article.id)
    return ListOut(items=[FoundOut.model_validate(one) for one in found])


@router.post("/articles/{article_id}/findings/accept", response_model=ArticleOut)
async def accept_finding(
    article_id: ArticleId, body: AcceptIn, writer: Publisher, services: ServicesNow
) -> ArticleOut:
    """Serves text that was kept back, with a reason; holds after every later import of the same text."""
    author = writer.agent_id if isinstance(writer, AgentPrincipal) else None
    care = CareStore(services.db)
    return article_out(await care.accept(article_id.lower(), Kind(body.kind), body.mark, body.reason, author))


@router.post("/render", response_model=RenderOut)
async def render(body: TextIn, _: Writer) -> RenderOut:
    """A text as readers would see it, and what the hygiene gate says of it; nothing is stored."""
    content = checked(new_content(body, may_publish=True))
    html, findings = await asyncio.to_thread(lambda: (html_of(content.body), scan(content)))
    return RenderOut(html=html, findings=[finding_out(one) for one in findings])


@router.get("/freshness", response_model=ListOut[DueOut])
async def list_due(
    query: Annotated[FreshnessQuery, Query()], _: Writer, services: ServicesNow
) -> ListOut[DueOut]:
    """Articles whose review-by date is over or comes soon."""
    found = await CareStore(services.db).due_for_review(query.within_days)
    return ListOut(items=[DueOut.model_validate(one) for one in found])


@router.get("/gaps", response_model=ListOut[GapOut])
async def list_gaps(
    query: Annotated[GapsQuery, Query()], _: Writer, services: ServicesNow
) -> ListOut[GapOut]:
    """Questions without a good answer, put together, the most frequent first, each with a draft to begin with."""
    locale = canonical_locale(query.locale) if query.locale else None
    if query.locale and locale is None:
        raise invalid("locale_invalid", "locale is not a BCP 47 tag of a known language.")
    found = await operations.find_gaps(services, query.days, locale, query.site)
    return ListOut(items=[gap_out(one) for one in found[: query.limit]])


@router.get("/health", response_model=HealthOut)
async def read_health(
    query: Annotated[FreshnessQuery, Query()], _: Writer, services: ServicesNow
) -> HealthOut:
    """Articles shown and unhelpful, never shown, stale, contradicting, with dead links or without a translation, and questions without a result."""
    return health_out(await operations.look_after(services, query.within_days))


@router.get("/calibration", response_model=ListOut[BinOut])
async def read_calibration(
    query: Annotated[DaysQuery, Query()], _: Writer, services: ServicesNow
) -> ListOut[BinOut]:
    """The reliability curve: of the answers given with each confidence, the share that helped, by language."""
    found = await operations.reliability(services, query.days)
    return ListOut(items=[BinOut.model_validate(one) for one in found])


@router.get("/articles/{article_id}/questions", response_model=ListOut[AskedOut])
async def list_questions(article_id: ArticleId, _: Writer, services: ServicesNow) -> ListOut[AskedOut]:
    """The last twenty questions an article answered, the newest first, and how they went."""
    found = await operations.answered_by(services, article_id.lower())
    return ListOut(items=[AskedOut.model_validate(one) for one in found])


@router.post("/would-answer", response_model=ListOut[TriedOut])
async def would_answer(body: TryIn, _: Writer, services: ServicesNow) -> ListOut[TriedOut]:
    """The questions of the last 90 days that an article with this text would answer."""
    content = checked(new_content(body, may_publish=True))
    found = await operations.would_answer(services, content, body.article_id)
    return ListOut(items=[TriedOut.model_validate(one) for one in found])


@router.get("/export", response_class=Response, responses=ZIPPED)
async def export_articles(_: Writer, services: ServicesNow) -> Response:
    """Every article as a Markdown file in a zip archive; importing it again changes nothing."""
    articles = [article async for article in everything(ArticleStore(services.db))]
    packed = await asyncio.to_thread(archive, articles)
    return Response(
        packed,
        media_type="application/zip",
        headers={"content-disposition": 'attachment; filename="articles.zip"'},
    )


@router.get("/synonyms", response_model=ListOut[SynonymsOut])
async def list_synonyms(_: Writer, services: ServicesNow) -> ListOut[SynonymsOut]:
    """Every set of synonyms, by locale."""
    found = (await TermStore(services.db).terms()).synonyms
    return ListOut(items=[SynonymsOut.model_validate(one) for one in found])


@router.post("/synonyms", response_model=SynonymsOut, status_code=201)
async def create_synonyms(body: SynonymsIn, _: Publisher, services: ServicesNow) -> SynonymsOut:
    """Adds a set of synonyms."""
    return SynonymsOut.model_validate(
        await TermStore(services.db).put_synonyms(body.locale, tuple(body.words))
    )


@router.put("/synonyms/{term_id}", response_model=SynonymsOut)
async def update_synonyms(
    term_id: TermId, body: SynonymsIn, _: Publisher, services: ServicesNow
) -> SynonymsOut:
    """Replaces a set of synonyms."""
    made = await TermStore(services.db).put_synonyms(body.locale, tuple(body.words), term_id.lower())
    return SynonymsOut.model_validate(made)


@router.delete("/synonyms/{term_id}", status_code=204)
async def remove_synonyms(term_id: TermId, _: Publisher, services: ServicesNow) -> None:
    """Removes a set of synonyms."""
    await TermStore(services.db).remove_synonyms(term_id.lower())


@router.get("/glossary", response_model=ListOut[GlossaryOut])
async def list_glossary(_: Writer, services: ServicesNow) -> ListOut[GlossaryOut]:
    """Every term of the glossary."""
    found = (await TermStore(services.db).terms()).glossary
    return ListOut(items=[GlossaryOut.model_validate(one) for one in found])


@router.post("/glossary", response_model=GlossaryOut, status_code=201)
async def create_term(body: GlossaryIn, _: Publisher, services: ServicesNow) -> GlossaryOut:
    """Adds a term in two or more locales."""
    terms = {locale: tuple(words) for locale, words in body.terms.items()}
    return GlossaryOut.model_validate(await TermStore(services.db).put_glossary(terms))


@router.put("/glossary/{glossary_id}", response_model=GlossaryOut)
async def update_term(
    glossary_id: TermId, body: GlossaryIn, _: Publisher, services: ServicesNow
) -> GlossaryOut:
    """Replaces a term."""
    terms = {locale: tuple(words) for locale, words in body.terms.items()}
    return GlossaryOut.model_validate(await TermStore(services.db).put_glossary(terms, glossary_id.lower()))


@router.delete("/glossary/{glossary_id}", status_code=204)
async def remove_term(glossary_id: TermId, _: Publisher, services: ServicesNow) -> None:
    """Removes a term."""
    await TermStore(services.db).remove_glossary(glossary_id.lower())
