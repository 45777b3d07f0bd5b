"""The application: FastAPI with every router, behind the web's pages, the front table and the edge. Start-up fails on an undeclared credential."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from api import errors, openapi
from api.credentials import schemes_of
from api.edge import Edge
from api.front import Front
from api.hooks import Hooks
from api.pages.demo import DemoShop
from api.pages.preview import Preview
from api.pages.serving import Pages
from api.route_index import RouteIndex
from api.routers import (
    accounts,
    agent,
    contacts,
    conversations,
    health,
    hooks,
    inboxes,
    intake,
    judgements,
    knowledge,
    knowledge_care,
    knowledge_import,
    knowledge_pages,
    mail_stop,
    outbox,
    playbooks,
    replies,
    resending,
    rules,
    same_person,
    setup,
    staff,
    templates,
    uploads,
    webhooks,
    widget,
)
from api.services import Services

ROUTERS = (
    widget.router,
    conversations.router,
    uploads.router,
    agent.router,
    templates.router,
    resending.router,
    same_person.router,
    contacts.router,
    accounts.router,
    replies.router,
    rules.router,
    judgements.router,
    setup.router,
    inboxes.router,
    outbox.router,
    intake.router,
    webhooks.router,
    hooks.router,
    staff.router,
    knowledge.router,
    knowledge_care.router,
    knowledge_import.router,
    knowledge_pages.router,
    playbooks.router,
    mail_stop.router,
    health.router,
)
DESCRIPTION = (
    "One conversation, from a visitor's first word to an agent's answer: REST, long-poll and socket."
)


class UndeclaredCredentialError(Exception):
    """A route under /v1 that does not say who may call it."""


def create_app(services: Services, demo: DemoShop | None = None) -> ASGIApp:
    """The ASGI application of one process; with `demo`, its shop too. Raises UndeclaredCredentialError before it serves anything."""
    app = build()
    app.state.services = services
    pages = Pages(app, services, demo=demo)
    return Edge(Hooks(Preview(pages, services), services), services, Front(services))


def build() -> FastAPI:
    """The routes without a process behind them: what the OpenAPI document is made of."""
    app = FastAPI(
        title="Funnel",
        version=_version(),
        description=DESCRIPTION,
        strict_content_type=False,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        openapi_url="/openapi.json",
        docs_url="/docs",
        redoc_url=None,
    )
    # As they are: the routers carry their whole paths, and an inclusion would be searched one level at a time.
    app.router.routes.extend(routes())
    app.router.middleware_stack = RouteIndex(routes(), app.router.middleware_stack)
    errors.install(app)
    check_credentials(routes())
    openapi.install(app, routes())
    return app


def routes() -> list[APIRoute]:
    """Every API route of every router."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def check_credentials(found: Iterable[APIRoute]) -> None:
    """Denied by default: each route under /v1 depends on exactly something that answers for its credential."""
    for route in found:
        if route.path.startswith("/v1/") and schemes_of(route) is None:
            raise UndeclaredCredentialError(f"{route.path} declares no credential")


def _version() -> str:
    try:
        return version("funnel-support")
    except PackageNotFoundError:
        return "0"
