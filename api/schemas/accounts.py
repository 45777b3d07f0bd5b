"""Agents, teams, queues, keys and logins on the wire. Secrets come in or are shown once; they are never read back."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.schemas.body import Body, Id, Short, Sound
from api.schemas.setup import Answer, Changes
from funnel.people.agents import Membership
from funnel.people.presence import Status
from funnel.people.principals import Permission, Preset

Email = Annotated[Sound, Field(min_length=3, max_length=254, examples=["ada@example.com"])]
Password = Annotated[Sound, Field(min_length=1, max_length=256, json_schema_extra={"format": "password"})]
Skills = Annotated[list[Short], Field(max_length=50)]
Permissions = Annotated[list[Permission], Field(max_length=20)]


class LoginIn(Body):
    """An agent's e-mail address and password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com", "password": "…"}]})

    email: Annotated[Sound, Field(max_length=254)]
    password: Annotated[Sound, Field(max_length=256, json_schema_extra={"format": "password"})]


class PasswordIn(Body):
    """The token of a one-use link and the password it shall set."""

    token: Annotated[Sound, Field(max_length=200)]
    password: Password


class PresenceIn(Body):
    """The agent's own word; without a sign of life it counts for 45 s."""

    status: Status


class MembershipModel(Body):
    """A place in a team; a lead sees all of the team's conversations."""

    team_id: Id
    lead: bool = False

    def value(self) -> Membership:
        """As the service takes it."""
        return Membership(self.team_id, self.lead)


class AgentIn(Body):
    """A new agent. Without a password the answer brings a one-use token that sets one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ada@example.com", "name": "Ada", "preset": "agent"}]}
    )

    email: Email
    name: Short
    preset: Preset = "agent"
    permissions: Permissions | None = None
    teams: Annotated[list[MembershipModel], Field(max_length=100)] = []
    password: Password | None = None
    skills: Skills = []


class AgentUpdate(Changes):
    """The fields to change; the others stay. A new address, password or right ends the agent's sessions."""

    email: Email = ""
    name: Short = ""
    preset: Preset = "agent"
    permissions: Permissions = []
    teams: Annotated[list[MembershipModel], Field(max_length=100)] = []
    password: Password = ""
    skills: Skills = []


class MembershipOut(Answer):
    """A place in a team."""

    team_id: str
    lead: bool


class AgentOut(Answer):
    """An agent as administrators see them."""

    id: str
    email: str
    name: str
    preset: str
    permissions: list[str]
    teams: list[MembershipOut]
    status: str
    has_password: bool
    created_at: datetime
    archived_at: datetime | None
    skills: list[str]


class AgentCreated(AgentOut):
    """A new agent; the token sets their first password, once, within a day."""

    password_token: str | None = None


class PasswordLinkOut(Answer):
    """A token for `POST /v1/auth/password`, shown this once."""

    token: str
    expires_at: datetime


class QueueRef(Answer):
    """A queue by id and name."""

    id: str
    name: str


class MeOut(Answer):
    """The agent who asks."""

    id: str
    email: str
    name: str
    preset: str
    permissions: list[str]
    status: str
    queues: list[QueueRef]


class MeAnswer(Answer):
    """The agent who asks."""

    agent: MeOut


class LoginOut(Answer):
    """A session: the token for the Authorization header; the same stands in the cookie."""

    token: str
    expires_at: datetime
    agent: MeOut


class TeamIn(Body):
    """A team by its name."""

    name: Short


class TeamOut(Answer):
    """A team."""

    id: str
    name: str
    created_at: datetime
    archived_at: datetime | None


class QueueIn(Body):
    """A new queue of a team."""

    name: Short
    team_id: Id


class QueueUpdate(Changes):
    """The fields to change; the others stay."""

    name: Short = ""
    team_id: Id = ""


class QueueOut(Answer):
    """A queue."""

    id: str
    name: str
    team_id: str
    created_at: datetime
    archived_at: datetime | None


class KeyIn(Body):
    """A new API key; its scopes are permissions its maker holds, or `contacts`."""

    name: Short
    scopes: Annotated[list[Annotated[Sound, Field(max_length=40)]], Field(min_length=1, max_length=20)]


class KeyUpdate(Changes):
    """The fields to change; the others stay."""

    name: Short = ""
    scopes: Annotated[list[Annotated[Sound, Field(max_length=40)]], Field(min_length=1, max_length=20)] = []


class KeyOut(Answer):
    """An API key without the key."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    archived_at: datetime | None


class KeyCreated(KeyOut):
    """A new API key, `token` shown this once."""

    token: str


def agent_changes(body: AgentUpdate) -> dict[str, Any]:
    """The fields that were sent, as the service takes them."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    if "teams" in sent:
        sent["teams"] = tuple(membership.value() for membership in body.teams)
    if "permissions" in sent:
        sent["permissions"] = tuple(body.permissions)
    return sent
