"""Rows with sensible defaults for tests that need somewhere to stand. Written straight into the tables, each committed."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
from msgspec import Struct

from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.ids import new_id, new_token
from funnel.core.security import hash_password, token_hash
from funnel.people.access import PRESETS
from funnel.people.sealing import seal, secret_box
from tests.configuration import SECRET_KEY

PASSWORD = "correct horse battery staple"
ALWAYS = [[{"start": 0, "end": 1440}]] * 7


class SiteRow(Struct, frozen=True):
    """A site with its web inbox and the queue that receives its hand-overs. `secret` signs identity tokens."""

    id: str
    key: str
    secret: str
    name: str
    origins: tuple[str, ...]
    locales: tuple[str, ...]
    inbox_id: str
    queue_id: str
    team_id: str


class AgentRow(Struct, frozen=True):
    """An agent and the password they log in with, if one was set."""

    id: str
    email: str
    name: str
    password: str | None


class ContactRow(Struct, frozen=True):
    """A contact of a site."""

    id: str
    site_id: str
    verified: bool
    name: str | None


async def make_team(db: Database, name: str | None = None) -> str:
    """A team's id."""
    team_id = new_id()
    await db.pool.execute(
        "insert into teams (id, name) values ($1::uuid, $2)", team_id, name or f"Team {team_id[-8:]}"
    )
    return team_id


async def make_queue(db: Database, team_id: str | None = None, name: str = "Support") -> str:
    """A queue's id; without a team it gets one of its own."""
    team_id = team_id or await make_team(db)
    queue_id = new_id()
    await db.pool.execute(
        "insert into queues (id, name, team_id) values ($1::uuid, $2, $3::uuid)", queue_id, name, team_id
    )
    return queue_id


async def make_hours(db: Database, zone: str = "UTC", weekly: Any = None, holidays: Any = None) -> str:
    """The id of opening hours; open always unless `weekly` (JSON of Calendar.weekly) says else."""
    hours_id = new_id()
    await db.pool.execute(
        "insert into business_hours (id, name, zone, weekly, holidays) values ($1::uuid, $2, $3, $4::text::jsonb, $5::text::jsonb)",
        hours_id,
        "Hours",
        zone,
        json.dumps(ALWAYS if weekly is None else weekly),
        json.dumps(holidays or []),
    )
    return hours_id


async def make_site(
    db: Database,
    *,
    name: str = "Shop",
    origins: Sequence[str] = ("https://shop.example",),
    locales: Sequence[str] = ("en", "zh-Hans", "zh-Hant", "ar"),
    zone: str = "UTC",
    hours_id: str | None = None,
    identity_required: bool = False,
    queue_id: str | None = None,
    key: str = SECRET_KEY,
) -> SiteRow:
    """A site with a web inbox and a queue (a new team's, unless one is given)."""
    queue_id = queue_id or await make_queue(db)
    team_id = str(await db.pool.fetchval("select team_id from queues where id = $1::uuid", queue_id))
    site_id, inbox_id, site_key, secret = new_id(), new_id(), new_token(), secrets.token_urlsafe(32)
    sealed = seal(secret_box(key.encode()), site_id, secret)
    await db.pool.execute(
        "insert into sites (id, key, name, origins, locales, zone, business_hours_id, identity_required, identity_secret)"
        " values ($1::uuid, $2, $3, $4, $5, $6, $7::uuid, $8, $9)",
        *(site_id, site_key, name, list(origins), list(locales), zone, hours_id, identity_required, sealed),
    )
    await make_inbox(db, site_id, queue_id, inbox_id=inbox_id)
    return SiteRow(
        site_id, site_key, secret, name, tuple(origins), tuple(locales), inbox_id, queue_id, team_id
    )


async def make_inbox(
    db: Database, site_id: str, queue_id: str, channel: str = "web", inbox_id: str | None = None
) -> str:
    """An inbox's id."""
    inbox_id = inbox_id or new_id()
    await db.pool.execute(
        "insert into inboxes (id, site_id, channel, name, queue_id) values ($1::uuid, $2::uuid, $3, $4, $5::uuid)",
        *(inbox_id, site_id, channel, channel.title(), queue_id),
    )
    return inbox_id


async def make_agent(
    db: Database,
    team_id: str | Sequence[str] | None = None,
    *,
    queue_id: str | None = None,
    preset: str = "agent",
    lead: bool = False,
    name: str = "Ada",
    email: str | None = None,
    password: str | None = None,
    status: str = "offline",
) -> AgentRow:
    """An agent, member of the given team(s) or of the queue's team. `status` online comes with a fresh heartbeat."""
    agent_id = new_id()
    email = email or f"agent-{agent_id[-12:]}@example.com"
    hashed = await hash_password(password) if password is not None else None
    await db.pool.execute(
        "insert into agents (id, email, name, password_hash, preset, permissions, status, heartbeat_at)"
        " values ($1::uuid, $2, $3, $4, $5, $6, $7, now())",
        *(agent_id, email, name, hashed, preset, sorted(PRESETS[preset]), status),  # type: ignore[index]
    )
    teams = [team_id] if isinstance(team_id, str) else list(team_id or ())
    if queue_id is not None:
        teams.append(str(await db.pool.fetchval("select team_id from queues where id = $1::uuid", queue_id)))
    await db.pool.executemany(
        "insert into team_members (team_id, agent_id, lead) values ($1::uuid, $2::uuid, $3) on conflict do nothing",
        [(team, agent_id, lead) for team in teams],
    )
    return AgentRow(agent_id, email, name, password)


async def make_agent_token(db: Database, agent_id: str, hours: float = 12) -> str:
    """A login's token, without the password."""
    token = secrets.token_urlsafe(32)
    await db.pool.execute(
        "insert into agent_sessions (token_hash, agent_id, expires_at) values ($1, $2::uuid, $3)",
        *(token_hash(token), agent_id, _in(hours=hours)),
    )
    return token


async def make_contact(
    db: Database,
    site: SiteRow | str,
    *,
    name: str | None = None,
    external_id: str | None = None,
    locale: str | None = None,
    email: str | None = None,
    merged_into: str | None = None,
) -> ContactRow:
    """A contact; verified when it has an `external_id`."""
    site_id = site if isinstance(site, str) else site.id
    contact_id, verified = new_id(), external_id is not None
    await db.pool.execute(
        "insert into contacts (id, site_id, verified, external_id, name, locale, email, merged_into)"
        " values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::uuid)",
        *(contact_id, site_id, verified, external_id, name, locale, email, merged_into),
    )
    return ContactRow(contact_id, site_id, verified, name)


async def make_visitor_token(db: Database, contact: ContactRow, days: float = 180) -> str:
    """A visitor's credential for a contact; negative `days` make one that is over."""
    token = secrets.token_urlsafe(32)
    await db.pool.execute(
        "insert into visitor_tokens (token_hash, contact_id, site_id, expires_at)"
        " values ($1, $2::uuid, $3::uuid, $4)",
        *(token_hash(token), contact.id, contact.site_id, _in(hours=24 * days)),
    )
    return token


async def make_visitor(db: Database, site: SiteRow, **contact: Any) -> tuple[ContactRow, str]:
    """A contact and its credential."""
    row = await make_contact(db, site, **contact)
    return row, await make_visitor_token(db, row)


async def make_key(db: Database, *scopes: str, name: str = "Key") -> str:
    """An API key."""
    token = f"fk_{secrets.token_urlsafe(32)}"
    await db.pool.execute(
        "insert into api_keys (id, name, key_hash, scopes) values ($1::uuid, $2, $3, $4)",
        *(new_id(), name, token_hash(token), list(scopes)),
    )
    return token


def identity_token(site: SiteRow, sub: str = "customer-1", **claims: Any) -> str:
    """A valid identity token of the site; `claims` replace or add, a claim given as None is left out."""
    now = int(SystemClock().now().timestamp())
    payload = {"sub": sub, "aud": site.key, "iat": now, "exp": now + 3600} | claims
    return jwt.encode({name: value for name, value in payload.items() if value is not None}, site.secret)


def _in(hours: float) -> datetime:
    return SystemClock().now() + timedelta(hours=hours)
