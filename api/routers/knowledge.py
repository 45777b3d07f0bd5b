"""The knowledge base: search and suggestions for readers, articles and imports for writers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from msgspec import Struct

from api.credentials import DECLARED, ServicesNow, bearer, participant_of, requires, unauthenticated
from api.routers.strict import Responses, StrictRoute
from api.schemas.knowledge import (
    ArchiveQuery,
    ArticleIn,
    ArticleOut,
    ArticlesQuery,
    ArticleUpdate,
    RevisionOut,
    SearchOut,
    SearchQuery,
    SuggestOut,
    SuggestQuery,
    article_out,
    new_content,
    new_state,
    passage_out,
    revision_out,
    search_out,
)
from api.schemas.setup import ListOut
from api.services import Services
from funnel.core.errors import forbidden, invalid
from funnel.core.locales import canonical_locale
from funnel.people.access import held, require_permission
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Staff, Visitor
from kb.articles import Status
from kb.comparing import compare
from kb.linking import check_links
from kb.store import ArticleStore

router = APIRouter(prefix="/v1/kb", tags=["Knowledge base"], route_class=StrictRoute)
ArticleId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
Writer = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.write")]
CHANGED: Responses = {
    409: {
        "description": "The article has changed since this revision.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


class Reader(Struct, frozen=True):
    """Who searches: a visitor of a site (`site_id`), or an agent."""

    site_id: str | None
    locale: str | None
    key: str
    agent: bool


async def reader(request: Request, services: ServicesNow, site_key: str | None = None) -> Reader:
    """Dependency: a visitor or agent by credential, or anyone who names a site's key. Raises 401, 403 for a foreign page."""
    if site_key is not None and bearer(request.scope) is None:
        directory = services.directory.now()
        site = directory.site_by_key(site_key) or (await services.directory.refresh()).site_by_key(site_key)
        if site is None or site.identity_required:
            raise unauthenticated()
        services.origins.require_site(request.scope, site.id)
        return Reader(site.id, None, services.addresses.client(request.scope), agent=False)
    caller = await participant_of(services, request.scope)
    if isinstance(caller, Visitor):
        return Reader(caller.site_id, caller.locale, caller.contact_id, agent=False)
    return Reader(None, None, caller.agent_id, agent=True)


DECLARED[reader] = ("visitor", "agent", "agentCookie")
ReaderCaller = Annotated[Reader, Depends(reader)]


def _place(
    services: Services, who: Reader, locale: str | None, site: str | None
) -> tuple[str | None, str, tuple[str, ...]]:
    """Site, locale and what the locale falls back to."""
    site_id = (site if who.agent else None) or who.site_id
    info = services.directory.now().sites.get(site_id) if site_id else None
    locales = info.locales if info else ()
    own = next((tag for tag in (locale, who.locale) if tag and canonical_locale(tag)), None)
    return site_id, own or (locales[0] if locales else "en"), locales


@router.get("/search", response_model=SearchOut, response_model_exclude_none=True)
async def search(
    query: Annotated[SearchQuery, Query()], who: ReaderCaller, services: ServicesNow
) -> SearchOut:
    """The best articles for a question, one passage each; only `outcome` says how sure it is."""
    if (query.site or query.audience == "agents") and not who.agent:
        raise forbidden("Only agents choose site and audience.")
    if not who.agent:
        services.limits.search(who.key)
    site_id, locale, fallbacks = _place(services, who, query.locale, query.site)
    audience = query.audience or ("agents" if who.agent else "public")
    found = services.library.snapshot().search(query.q, locale, site_id, audience, query.limit, fallbacks)
    return search_out(found, scores=who.agent)


@router.get("/suggest", response_model=SuggestOut, response_model_exclude_none=True)
async def suggest(
    query: Annotated[SuggestQuery, Query()], who: ReaderCaller, services: ServicesNow
) -> SuggestOut:
    """Public articles meant for a page."""
    if not who.agent:
        services.limits.search(who.key)
    site_id, locale, fallbacks = _place(services, who, query.locale, None)
    hits = services.library.snapshot().suggest(query.url, locale, site_id, query.limit, fallbacks)
    return SuggestOut(items=[passage_out(hit) for hit in hits])


def _author(writer: Staff) -> str | None:
    return writer.agent_id if isinstance(writer, AgentPrincipal) else None


def _store(services: Services) -> ArticleStore:
    return ArticleStore(services.db)


@router.get("/articles", response_model=ListOut[ArticleOut])
async def list_articles(
    _: Writer, services: ServicesNow, query: Annotated[ArticlesQuery, Query()]
) -> ListOut[ArticleOut]:
    """Articles, oldest first; archived ones only by `status=archived`."""
    locale = canonical_locale(query.locale) if query.locale else None
    if query.locale and locale is None:
        raise invalid("locale_invalid", "locale is not a BCP 47 tag of a known language.")
    status = Status(query.status) if query.status else None
    page = await _store(services).list_articles(
        status=status, locale=locale, site_id=query.site, tag=query.tag, owner_id=query.owner_id,
        words=query.q.strip() if query.q else None, after=query.cursor, limit=query.limit,
    )  # fmt: skip
    return ListOut(items=[article_out(article) for article in page.items], next=page.next)


@router.post("/articles", response_model=ArticleOut, status_code=201)
async def create_article(body: ArticleIn, writer: Writer, services: ServicesNow) -> ArticleOut:
    """Adds an article; a published one is found within two seconds on every process."""
    content = new_content(body, may_publish="kb.publish" in held(writer))
    if content.status is Status.PUBLISHED:
        require_permission(writer, "kb.publish")
    store = _store(services)
    group_id = (await store.get(body.translation_of)).group_id if body.translation_of else None
    article = await store.create(content, author_id=_author(writer), group_id=group_id)
    await compare(services.db, [article.id])
    await check_links(services.db)
    return article_out(article)


@router.get("/articles/{article_id}", response_model=ArticleOut)
async def read_article(article_id: ArticleId, _: Writer, services: ServicesNow) -> ArticleOut:
    """One article, archived or not."""
    return article_out(await _store(services).get(article_id.lower()))


@router.put("/articles/{article_id}", response_model=ArticleOut)
async def update_article(
    article_id: ArticleId, body: ArticleUpdate, writer: Writer, services: ServicesNow
) -> ArticleOut:
    """Changes the fields that are sent; 409 `stale_revision` when the article has changed since `revision`."""
    store = _store(services)
    article = await store.get(article_id.lower())
    content = new_state(article, body)
    if Status.PUBLISHED in (article.status, content.status):
        require_permission(writer, "kb.publish")
    changed = await store.update(article.id, content, body.revision, author_id=_author(writer))
    if changed.revision != article.revision:
        await compare(services.db, [changed.id])
        await check_links(services.db)
    return article_out(changed)


@router.delete("/articles/{article_id}", status_code=204, responses=CHANGED)
async def archive_article(
    article_id: ArticleId, query: Annotated[ArchiveQuery, Query()], writer: Writer, services: ServicesNow
) -> None:
    """Takes an article out of every search; writers can still read it."""
    store = _store(services)
    article = await store.get(article_id.lower())
    if article.status is Status.PUBLISHED:
        require_permission(writer, "kb.publish")
    await store.archive(article.id, query.revision, author_id=_author(writer))
    await check_links(services.db)


@router.get("/articles/{article_id}/translations", response_model=ListOut[ArticleOut])
async def list_translations(article_id: ArticleId, _: Writer, services: ServicesNow) -> ListOut[ArticleOut]:
    """The same text in every locale, this one included."""
    found = await _store(services).list_translations(article_id.lower())
    return ListOut(items=[article_out(article) for article in found])


@router.get("/articles/{article_id}/revisions", response_model=ListOut[RevisionOut])
async def list_revisions(article_id: ArticleId, _: Writer, services: ServicesNow) -> ListOut[RevisionOut]:
    """The history of an article, newest first."""
    found = await _store(services).list_revisions(article_id.lower())
    return ListOut(items=[revision_out(one) for one in found])
