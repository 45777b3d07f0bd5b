"""Agents' own doors: login, logout, first password, who am I, presence."""

from fastapi import APIRouter, Request, Response

from api.credentials import COOKIE, AgentCaller, Public, ServicesNow
from api.routers.strict import StrictRoute
from api.schemas.accounts import LoginIn, LoginOut, MeAnswer, MeOut, PasswordIn, PresenceIn, QueueRef
from api.services import Services
from funnel.people.principals import AgentPrincipal

router = APIRouter(prefix="/v1", tags=["agent"], route_class=StrictRoute)


@router.post("/auth/login", response_model=LoginOut)
async def login(
    body: LoginIn, request: Request, response: Response, services: ServicesNow, _: Public
) -> LoginOut:
    """Opens a session: the token for the Authorization header, the same in an HttpOnly cookie."""
    _refuse_foreign_page(request, services)
    address = services.addresses.client(request.scope)
    opened = await services.credentials.login(body.email, body.password, address)
    response.set_cookie(
        COOKIE,
        opened.token,
        expires=opened.expires_at,
        path="/",
        secure=services.addresses.base_url(request.scope).startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    response.headers["cache-control"] = "no-store"
    return LoginOut(token=opened.token, expires_at=opened.expires_at, agent=me_out(services, opened.agent))


@router.post("/auth/logout", status_code=204)
async def logout(agent: AgentCaller, request: Request, response: Response, services: ServicesNow) -> None:
    """Ends this session; its sockets are closed within a second."""
    await services.credentials.logout(agent)
    secure = services.addresses.base_url(request.scope).startswith("https://")
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")


@router.post("/auth/password", status_code=204)
async def set_password(body: PasswordIn, request: Request, services: ServicesNow, _: Public) -> None:
    """Sets a password with the token of a one-use link; all sessions of the agent end."""
    _refuse_foreign_page(request, services)
    await services.people.passwords.redeem(body.token, body.password)


@router.get("/me", response_model=MeAnswer)
async def me(agent: AgentCaller, services: ServicesNow) -> MeAnswer:
    """The agent who asks, with what they may do."""
    return MeAnswer(agent=me_out(services, agent))


@router.put("/me/presence", status_code=204)
async def presence(body: PresenceIn, agent: AgentCaller, services: ServicesNow) -> None:
    """The agent's own word on whether they are there."""
    await services.people.presence.set(agent.agent_id, body.status)


def me_out(services: Services, agent: AgentPrincipal) -> MeOut:
    """An agent as they see themselves."""
    now = services.directory.now()
    known = now.agents.get(agent.agent_id)
    queues = [now.queues[queue_id] for queue_id in sorted(agent.queue_ids) if queue_id in now.queues]
    return MeOut(
        id=agent.agent_id,
        email=agent.email,
        name=agent.name,
        preset=agent.preset,
        permissions=sorted(agent.permissions),
        status=known.status if known else "offline",
        queues=[QueueRef(id=queue.id, name=queue.name) for queue in queues],
    )


def _refuse_foreign_page(request: Request, services: Services) -> None:
    """No other website may log a browser in or set a password; without an Origin it is no browser."""
    if "origin" in request.headers:
        services.origins.require_own(request.scope)
