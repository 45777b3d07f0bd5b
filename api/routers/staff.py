"""Setting up people: teams, queues, agents, API keys. Needs the permission `people`."""

from typing import Annotated

from fastapi import APIRouter

from api.credentials import ServicesNow, requires
from api.routers.setup import IN_USE, Listing
from api.routers.strict import StrictRoute
from api.schemas.accounts import (
    AgentCreated,
    AgentIn,
    AgentOut,
    AgentUpdate,
    KeyCreated,
    KeyIn,
    KeyOut,
    KeyUpdate,
    PasswordLinkOut,
    QueueIn,
    QueueOut,
    QueueUpdate,
    TeamIn,
    TeamOut,
    agent_changes,
)
from api.schemas.setup import ListOut, changed
from funnel.people.agents import AgentChanges, AgentDraft
from funnel.people.api_keys import KeyChanges
from funnel.people.principals import AgentPrincipal, KeyPrincipal
from funnel.people.teams_queues import QueueChanges

router = APIRouter(prefix="/v1", tags=["setup"], route_class=StrictRoute)
Staffing = Annotated[AgentPrincipal | KeyPrincipal, requires("people")]


@router.get("/teams", response_model=ListOut[TeamOut])
async def list_teams(_: Staffing, services: ServicesNow, query: Listing) -> ListOut[TeamOut]:
    """Teams in use, oldest first."""
    page = await services.people.teams.list(limit=query.limit, cursor=query.cursor)
    return ListOut(items=[TeamOut.model_validate(team) for team in page.items], next=page.next)


@router.post("/teams", status_code=201, response_model=TeamOut)
async def create_team(_: Staffing, services: ServicesNow, body: TeamIn) -> TeamOut:
    """Makes a team."""
    return TeamOut.model_validate(await services.people.teams.create(body.name))


@router.get("/teams/{team_id}", response_model=TeamOut)
async def read_team(_: Staffing, services: ServicesNow, team_id: str) -> TeamOut:
    """One team."""
    return TeamOut.model_validate(await services.people.teams.read(team_id))


@router.put("/teams/{team_id}", response_model=TeamOut)
async def update_team(_: Staffing, services: ServicesNow, team_id: str, body: TeamIn) -> TeamOut:
    """Renames a team."""
    return TeamOut.model_validate(await services.people.teams.rename(team_id, body.name))


@router.delete("/teams/{team_id}", status_code=204, responses=IN_USE)
async def archive_team(_: Staffing, services: ServicesNow, team_id: str) -> None:
    """Archives a team that has no queue."""
    await services.people.teams.archive(team_id)


@router.post("/queues", status_code=201, response_model=QueueOut)
async def create_queue(_: Staffing, services: ServicesNow, body: QueueIn) -> QueueOut:
    """Makes a queue of a team."""
    return QueueOut.model_validate(await services.people.queues.create(body.name, body.team_id))


@router.get("/queues/{queue_id}", response_model=QueueOut)
async def read_queue(_: Staffing, services: ServicesNow, queue_id: str) -> QueueOut:
    """One queue."""
    return QueueOut.model_validate(await services.people.queues.read(queue_id))


@router.put("/queues/{queue_id}", response_model=QueueOut)
async def update_queue(_: Staffing, services: ServicesNow, queue_id: str, body: QueueUpdate) -> QueueOut:
    """Changes the fields that are sent."""
    changes = QueueChanges(**changed(body))
    return QueueOut.model_validate(await services.people.queues.update(queue_id, changes))


@router.delete("/queues/{queue_id}", status_code=204, responses=IN_USE)
async def archive_queue(_: Staffing, services: ServicesNow, queue_id: str) -> None:
    """Archives a queue that no inbox hands over to and in which nothing is open."""
    await services.people.queues.archive(queue_id)


@router.get("/agents", response_model=ListOut[AgentOut])
async def list_agents(_: Staffing, services: ServicesNow, query: Listing) -> ListOut[AgentOut]:
    """Agents in use, oldest first."""
    page = await services.people.agents.list(limit=query.limit, cursor=query.cursor)
    return ListOut(items=[AgentOut.model_validate(agent) for agent in page.items], next=page.next)


@router.post("/agents", status_code=201, response_model=AgentCreated)
async def create_agent(by: Staffing, services: ServicesNow, body: AgentIn) -> AgentCreated:
    """Makes an agent. Nobody can grant permissions that they do not hold."""
    draft = AgentDraft(
        email=body.email,
        name=body.name,
        preset=body.preset,
        permissions=tuple(body.permissions) if body.permissions is not None else None,
        teams=tuple(membership.value() for membership in body.teams),
        password=body.password,
        skills=tuple(body.skills),
    )
    made = await services.people.agents.create(draft, by=by)
    link = None if made.has_password else await services.people.passwords.make_link(made.id, by=by)
    shown = AgentOut.model_validate(made).model_dump()
    return AgentCreated(**shown, password_token=link.token if link else None)


@router.get("/agents/{agent_id}", response_model=AgentOut)
async def read_agent(_: Staffing, services: ServicesNow, agent_id: str) -> AgentOut:
    """One agent."""
    return AgentOut.model_validate(await services.people.agents.read(agent_id))


@router.put("/agents/{agent_id}", response_model=AgentOut)
async def update_agent(by: Staffing, services: ServicesNow, agent_id: str, body: AgentUpdate) -> AgentOut:
    """Changes the fields that are sent; a new address, password or right ends the agent's sessions and sockets."""
    changes = AgentChanges(**agent_changes(body))
    return AgentOut.model_validate(await services.people.agents.update(agent_id, changes, by=by))


@router.delete("/agents/{agent_id}", status_code=204, responses=IN_USE)
async def archive_agent(by: Staffing, services: ServicesNow, agent_id: str) -> None:
    """Archives an agent: sessions end at once, conversations go back to their queues."""
    await services.people.agents.archive(agent_id, by=by)


@router.post(
    "/agents/{agent_id}/password-link", status_code=201, response_model=PasswordLinkOut, responses=IN_USE
)
async def make_password_link(by: Staffing, services: ServicesNow, agent_id: str) -> PasswordLinkOut:
    """A one-use token that sets the agent's password within a day."""
    return PasswordLinkOut.model_validate(await services.people.passwords.make_link(agent_id, by=by))


@router.get("/api-keys", response_model=ListOut[KeyOut])
async def list_keys(_: Staffing, services: ServicesNow, query: Listing) -> ListOut[KeyOut]:
    """API keys in use, oldest first."""
    page = await services.people.api_keys.list(limit=query.limit, cursor=query.cursor)
    return ListOut(items=[KeyOut.model_validate(key) for key in page.items], next=page.next)


@router.post("/api-keys", status_code=201, response_model=KeyCreated)
async def create_key(by: Staffing, services: ServicesNow, body: KeyIn) -> KeyCreated:
    """Makes an API key; its token is shown this once."""
    return KeyCreated.model_validate(await services.people.api_keys.create(body.name, body.scopes, by=by))


@router.get("/api-keys/{key_id}", response_model=KeyOut)
async def read_key(_: Staffing, services: ServicesNow, key_id: str) -> KeyOut:
    """One API key, without the key."""
    return KeyOut.model_validate(await services.people.api_keys.read(key_id))


@router.put("/api-keys/{key_id}", response_model=KeyOut)
async def update_key(by: Staffing, services: ServicesNow, key_id: str, body: KeyUpdate) -> KeyOut:
    """Changes the fields that are sent."""
    changes = KeyChanges(**changed(body))
    return KeyOut.model_validate(await services.people.api_keys.update(key_id, changes, by=by))


@router.delete("/api-keys/{key_id}", status_code=204, responses=IN_USE)
async def archive_key(by: Staffing, services: ServicesNow, key_id: str) -> None:
    """Ends an API key at once."""
    await services.people.api_keys.archive(key_id, by=by)
