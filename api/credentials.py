"""Who is calling: bearer tokens, the agent's cookie, API keys; as plain functions over a scope and as FastAPI dependencies."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.addresses import Scope, header
from api.services import Services
from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.access import held, require_permission
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Staff, Visitor

COOKIE = "funnel_session"
KEY_PREFIX = "fk_"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def services_of(request: Request) -> Services:
    """The parts of this process. A coroutine, or the framework would send every request through a thread."""
    found: Services = request.app.state.services
    return found


ServicesNow = Annotated[Services, Depends(services_of)]


def unauthenticated() -> FunnelError:
    """401: no credential, or none that is known here; the two are not told apart."""
    return FunnelError("unauthenticated", ErrorKind.UNAUTHENTICATED, "A valid credential is needed.")


def bearer(scope: Scope) -> str | None:
    """The bearer token of the request, if any."""
    kind, _, token = (header(scope, b"authorization") or "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def cookie_token(scope: Scope) -> str | None:
    """The agent's session cookie, if any."""
    raw = header(scope, b"cookie")
    if raw is None or COOKIE not in raw:
        return None
    try:
        morsel = SimpleCookie(raw).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


async def visitor_of(services: Services, scope: Scope) -> Visitor:
    """The visitor with this bearer token, on a page of its site. Raises 401, or 403 for another site's page."""
    token = bearer(scope)
    visitor = await services.credentials.visitor(token) if token else None
    if visitor is None:
        raise unauthenticated()
    services.origins.require_site(scope, visitor.site_id)
    return visitor


async def agent_of(services: Services, scope: Scope) -> AgentPrincipal:
    """The agent with this bearer token or cookie. Raises 401; 403 for a write by cookie from a page that is not ours."""
    token = bearer(scope)
    if token is None and (token := cookie_token(scope)) is not None and scope.get("method") not in _SAFE:
        services.origins.require_own(scope)
    agent = await services.credentials.agent(token) if token else None
    if agent is None:
        raise unauthenticated()
    return agent


async def participant_of(services: Services, scope: Scope) -> Visitor | AgentPrincipal:
    """Either side of a conversation: the credential decides."""
    token = bearer(scope)
    if token is None or services.agents_seen.holds(token):
        return await agent_of(services, scope)
    visitor = await services.credentials.visitor(token)
    if visitor is None:
        agent = await agent_of(services, scope)
        services.agents_seen.add(token)
        return agent
    services.origins.require_site(scope, visitor.site_id)
    return visitor


async def staff_of(services: Services, scope: Scope) -> Staff:
    """An agent or a program with a key."""
    token = bearer(scope)
    if token is None or not token.startswith(KEY_PREFIX):
        return await agent_of(services, scope)
    key = await services.credentials.key(token)
    if key is None:
        raise unauthenticated()
    return key


async def visitor_caller(request: Request) -> Visitor:
    """Dependency: a visitor."""
    return await visitor_of(request.app.state.services, request.scope)


async def agent_caller(request: Request) -> AgentPrincipal:
    """Dependency: an agent."""
    return await agent_of(request.app.state.services, request.scope)


async def converser(request: Request) -> AgentPrincipal:
    """Dependency: an agent who talks to contacts."""
    agent = await agent_of(request.app.state.services, request.scope)
    require_permission(agent, "converse")
    return agent


async def participant(request: Request) -> Visitor | AgentPrincipal:
    """Dependency: a visitor or an agent."""
    return await participant_of(request.app.state.services, request.scope)


async def staff_caller(request: Request) -> Staff:
    """Dependency: an agent or an API key."""
    return await staff_of(request.app.state.services, request.scope)


async def anyone() -> None:
    """Dependency of the routes that need no credential: declared, so that none is open by oversight."""


def requires(*permissions: str) -> Any:
    """Dependency: an agent or key that holds one of these permissions."""

    async def permitted(request: Request) -> Staff:
        staff = await staff_of(request.app.state.services, request.scope)
        if not held(staff) & set(permissions):
            require_permission(staff, permissions[0])
        return staff

    DECLARED[permitted] = ("agent", "agentCookie", "apiKey")
    return Depends(permitted)


DECLARED: dict[Callable[..., Any], tuple[str, ...]] = {
    visitor_caller: ("visitor",),
    agent_caller: ("agent", "agentCookie"),
    converser: ("agent", "agentCookie"),
    participant: ("visitor", "agent", "agentCookie"),
    staff_caller: ("agent", "agentCookie", "apiKey"),
    anyone: (),
}
"""Every dependency that answers for a route's credential, and the security schemes it accepts."""

VisitorCaller = Annotated[Visitor, Depends(visitor_caller)]
AgentCaller = Annotated[AgentPrincipal, Depends(agent_caller)]
Converser = Annotated[AgentPrincipal, Depends(converser)]
Participant = Annotated[Visitor | AgentPrincipal, Depends(participant)]
StaffCaller = Annotated[AgentPrincipal | KeyPrincipal, Depends(staff_caller)]
Public = Annotated[None, Depends(anyone)]


def schemes_of(route: APIRoute) -> tuple[str, ...] | None:
    """The security schemes of a route; () where anyone may call it, None where it does not say."""
    return _schemes(route.dependant)


def _schemes(dependant: Dependant) -> tuple[str, ...] | None:
    for inner in dependant.dependencies:
        found = DECLARED.get(inner.call) if inner.call else None
        if found is None:
            found = _schemes(inner)
        if found is not None:
            return found
    return None
