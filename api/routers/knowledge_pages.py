"""Articles as readers open them: by address or id, and drafts by a link that ends."""

import asyncio
from datetime import timedelta
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.credentials import Public, ServicesNow, requires
from api.routers.knowledge import ArticleId, ReaderCaller
from api.routers.strict import Responses, StrictRoute
from api.schemas.knowledge_care import (
    ChoicesOut,
    NamedOut,
    PageOut,
    PageQuery,
    PreviewOut,
    PreviewQuery,
    WritingSiteOut,
    page_out,
)
from api.services import Services
from funnel.core.errors import not_found
from funnel.core.security import Signer, derive
from funnel.people.principals import AgentPrincipal, KeyPrincipal
from kb.articles import Article
from kb.care import CareStore
from kb.pages import Moved, PageStore
from kb.rendering import html_of
from kb.store import ArticleStore
from kb.variables import fill

router = APIRouter(prefix="/v1/kb", tags=["Knowledge base"], route_class=StrictRoute)
Writer = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.write")]
PREVIEW_HOURS = 72
PREVIEW = "kb preview"
MOVED: Responses = {308: {"description": "The article has another address now: see Location."}}
PREVIEWED: Responses = {200: {"content": {"text/html": {}}, "description": "The page."}}


@router.get("/page", response_model=PageOut, responses=MOVED)
async def read_page(
    query: Annotated[PageQuery, Query()], who: ReaderCaller, services: ServicesNow
) -> PageOut | Response:
    """A published article to read, by id or by address; an address it had before redirects."""
    pages = PageStore(services.db)
    if query.article is not None:
        page = await pages.by_id(query.article.lower(), who.site_id, agent=who.agent)
        return page_out(page, await _html(page.article))
    found = await pages.by_slug(query.locale or "", query.slug or "", who.site_id, agent=who.agent)
    if isinstance(found, Moved):
        address = {
            "locale": found.locale,
            "slug": found.slug,
            **({"site_key": query.site_key} if query.site_key else {}),
        }
        return Response(status_code=308, headers={"location": f"/v1/kb/page?{urlencode(address)}"})
    return page_out(found, await _html(found.article))


async def _html(article: Article) -> str:
    """The text for nobody in particular: variables show their fallbacks. In a thread: odd texts take seconds."""
    return await asyncio.to_thread(lambda: html_of(fill(article.body, {})))


@router.get("/choices", response_model=ChoicesOut)
async def read_choices(_: Writer, services: ServicesNow) -> ChoicesOut:
    """What a writer chooses from: sites, owners, tags and locales by name."""
    directory = services.directory.now()
    tags, locales = await CareStore(services.db).words_in_use()
    writers = [agent for agent in directory.agents.values() if "kb.write" in agent.permissions]
    return ChoicesOut(
        sites=[
            WritingSiteOut(id=site.id, name=site.name, locales=list(site.locales))
            for site in directory.sites.values()
        ],
        owners=[NamedOut(id=agent.id, name=agent.name) for agent in writers],
        tags=tags,
        locales=locales,
    )


def _signer(services: Services) -> Signer:
    return Signer(derive(services.key, "previews"))


@router.post("/articles/{article_id}/preview", response_model=PreviewOut)
async def make_preview(
    article_id: ArticleId, _: Writer, services: ServicesNow, request: Request
) -> PreviewOut:
    """A link that shows an article as it is then, draft or not, to whoever has it, for three days."""
    article = await ArticleStore(services.db).get(article_id.lower())
    ends = services.clock.now() + timedelta(hours=PREVIEW_HOURS)
    token = _signer(services).sign(PREVIEW, article.id, ends)
    return PreviewOut(
        url=f"{services.addresses.base_url(request.scope)}/v1/kb/preview?link={token}", expires_at=ends
    )


@router.get("/preview", response_class=HTMLResponse, responses=PREVIEWED)
async def show_preview(
    query: Annotated[PreviewQuery, Query()], _: Public, services: ServicesNow
) -> HTMLResponse:
    """The article behind a preview link."""
    article_id = _signer(services).verify(PREVIEW, query.link, services.clock.now())
    if article_id is None:
        raise not_found("preview")
    article = (await PageStore(services.db).preview(article_id)).article
    head = f'<!doctype html><html lang="{escape(article.locale)}" dir="auto"><head><meta charset="utf-8">'
    title = escape(article.title)
    page = f'{head}<meta name="robots" content="noindex"><title>{title}</title></head><body><h1>{title}</h1>'
    return HTMLResponse(f"{page}{await _html(article)}</body></html>")
