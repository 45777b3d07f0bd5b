"""The tables of people and places, as the first migration makes them. No relationships: nothing is loaded unasked."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, LargeBinary, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]
NOW = text("now()")


class Table(DeclarativeBase):
    """Root of the declared tables; ids are canonical UUID text in Python and uuid in the database."""

    metadata = MetaData()
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy, never changed
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        Json: JSONB,
        int: BigInteger,
    }


def _id() -> Mapped[str]:
    return mapped_column(Uuid(as_uuid=False), primary_key=True)


class Hours(Table):
    """Opening hours with a name; `weekly` and `holidays` are the JSON of `funnel.core.calendar.Calendar`."""

    __tablename__ = "business_hours"

    id: Mapped[str] = _id()
    name: Mapped[str]
    zone: Mapped[str]
    weekly: Mapped[list[Any]] = mapped_column(JSONB)
    holidays: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Site(Table):
    """A website or brand. `identity_secret` is sealed with the site's id as context; `key` is public."""

    __tablename__ = "sites"

    id: Mapped[str] = _id()
    key: Mapped[str]
    name: Mapped[str]
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    locales: Mapped[list[str]] = mapped_column(ARRAY(Text))
    zone: Mapped[str] = mapped_column(server_default="UTC")
    business_hours_id: Mapped[str | None] = mapped_column(
        Uuid(as_uuid=False), ForeignKey("business_hours.id")
    )
    identity_required: Mapped[bool] = mapped_column(server_default=text("false"))
    identity_secret: Mapped[bytes]
    identity_secret_previous: Mapped[bytes | None]
    identity_secret_previous_until: Mapped[datetime | None]
    reply_seconds: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    on_call: Mapped[str | None]
    helplines: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    texts: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    safety_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Team(Table):
    """Agents who share queues."""

    __tablename__ = "teams"

    id: Mapped[str] = _id()
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Agent(Table):
    """A human who answers. Without `password_hash` nobody can log in; `heartbeat_at` is the last sign of life."""

    __tablename__ = "agents"

    id: Mapped[str] = _id()
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    preset: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="offline")
    heartbeat_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class TeamMember(Table):
    """Membership; `lead` makes the agent see all of this team's conversations."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("teams.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("agents.id"), primary_key=True)
    lead: Mapped[bool] = mapped_column(server_default=text("false"))


class AgentSession(Table):
    """A login of an agent; the token itself is nowhere."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("agents.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    used_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PasswordLink(Table):
    """A one-use right to set an agent's password."""

    __tablename__ = "password_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("agents.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Table):
    """A credential of a program; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = _id()
    name: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Queue(Table):
    """A team's waiting work."""

    __tablename__ = "queues"

    id: Mapped[str] = _id()
    name: Mapped[str]
    team_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("teams.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Inbox(Table):
    """One configured account of a channel; hand-overs of its conversations go to `queue_id`. `config` may be shown,
    `secrets` are sealed and never leave; `manners` is what it has otherwise than its channel."""

    __tablename__ = "inboxes"

    id: Mapped[str] = _id()
    site_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("sites.id"))
    channel: Mapped[str]
    name: Mapped[str]
    queue_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("queues.id"))
    config: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    secrets: Mapped[bytes | None]
    manners: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    owner_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False), ForeignKey("agents.id"))
    business_hours_id: Mapped[str | None] = mapped_column(
        Uuid(as_uuid=False), ForeignKey("business_hours.id")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class Contact(Table):
    """Someone who writes to a site. `name`, `email`, `phone`, `attributes` of a verified contact come from its identity
    token; what a browser said stands in `claimed`, `reply_email`, `reply_phone` and is never trusted."""

    __tablename__ = "contacts"

    id: Mapped[str] = _id()
    site_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("sites.id"))
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    external_id: Mapped[str | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    reply_email: Mapped[str | None]
    reply_phone: Mapped[str | None]
    locale: Mapped[str | None]
    zone: Mapped[str | None]
    reply_by: Mapped[str] = mapped_column(server_default="here")
    attributes: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    claimed: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    page: Mapped[Json | None]
    merged_into: Mapped[str | None] = mapped_column(Uuid(as_uuid=False), ForeignKey("contacts.id"))
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Identity(Table):
    """An address of a contact on a channel; verified only by an identity token or a confirmed link."""

    __tablename__ = "identities"

    id: Mapped[str] = _id()
    contact_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("contacts.id"))
    channel: Mapped[str]
    address: Mapped[str]
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    inbox_id: Mapped[str | None] = mapped_column(Uuid(as_uuid=False), ForeignKey("inboxes.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class VisitorToken(Table):
    """A visitor's credential for one contact on one site; only its hash is kept."""

    __tablename__ = "visitor_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("contacts.id"))
    site_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("sites.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ResumeLink(Table):
    """A one-use right to open one conversation on another device."""

    __tablename__ = "resume_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("contacts.id"))
    conversation_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
