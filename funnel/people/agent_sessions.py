"""Logins of agents: opened with a password, ended by time, logout or any change of what the agent may do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.security import token_hash
from funnel.core.settings import SecuritySettings
from funnel.people.principals import AgentPrincipal
from funnel.people.sealing import new_secret

TOUCH_SECONDS: Final = 10
"""A session's last use is written at most this often; it must stay well under the 45 s after which an agent is absent."""

_FIND = """
select a.id::text as agent_id, a.name, a.email, a.preset, a.permissions, s.expires_at,
  s.used_at < now() - make_interval(secs => $3) as stale,
  array(select q.id::text from queues q join team_members m on m.team_id = q.team_id
        where m.agent_id = a.id and q.archived_at is null) as queue_ids,
  array(select q.id::text from queues q join team_members m on m.team_id = q.team_id
        where m.agent_id = a.id and m.lead and q.archived_at is null) as lead_queue_ids
from agent_sessions s join agents a on a.id = s.agent_id
where s.token_hash = $1 and s.revoked_at is null and s.expires_at > now() and s.used_at > now() - $2::interval
  and a.archived_at is null
"""
_TOUCH = """
with used as (update agent_sessions set used_at = now() where token_hash = $1 returning agent_id)
update agents set heartbeat_at = now() from used where agents.id = used.agent_id and agents.status <> 'offline'
"""


class Login(Struct, frozen=True):
    """A fresh session: the token is known only here."""

    token: str
    expires_at: datetime
    agent: AgentPrincipal


class AgentSessions:
    """Opens, finds and ends sessions. A token is 256 random bits; the database keeps its hash."""

    def __init__(self, db: Database, security: SecuritySettings) -> None:
        self._db = db
        self._life = timedelta(hours=security.session_hours)
        self._idle = timedelta(hours=min(security.session_idle_hours, security.session_hours))

    async def open(self, agent_id: str) -> Login | None:
        """A new session, always with a new token; None when the agent is archived. Ends the agent's dead ones."""
        token = new_secret()
        hashed = token_hash(token)
        expires_at: datetime = await self._db.pool.fetchval(
            "insert into agent_sessions (token_hash, agent_id, expires_at) values ($1, $2::uuid, now() + $3::interval)"
            " returning expires_at",
            *(hashed, agent_id, self._life),
        )
        await self._db.pool.execute(
            "delete from agent_sessions where agent_id = $1::uuid and expires_at < now() - interval '1 day'",
            agent_id,
        )
        agent = await self.find(hashed)
        return Login(token=token, expires_at=expires_at, agent=agent) if agent else None

    async def find(self, hashed: bytes) -> AgentPrincipal | None:
        """The agent of a live session. Being found is a use of it: idle time starts again, the heartbeat is renewed."""
        row = await self._db.pool.fetchrow(_FIND, hashed, self._idle, float(TOUCH_SECONDS))
        if row is None:
            return None
        if row["stale"]:
            await self._db.pool.execute(_TOUCH, hashed)
        return _principal(row, hashed)

    async def end(self, hashed: bytes) -> bool:
        """Ends one session for good; False when it had ended already."""
        ended: str = await self._db.pool.execute(
            "update agent_sessions set revoked_at = now() where token_hash = $1 and revoked_at is null",
            hashed,
        )
        return ended != "UPDATE 0"


async def end_sessions(connection: asyncpg.Connection, agent_id: str) -> None:
    """Ends every session of an agent, in the caller's transaction."""
    await connection.execute(
        "update agent_sessions set revoked_at = now() where agent_id = $1::uuid and revoked_at is null",
        agent_id,
    )


def _principal(row: Any, hashed: bytes) -> AgentPrincipal:
    permissions: Sequence[str] = row["permissions"]
    queue_ids = frozenset(row["queue_ids"])
    return AgentPrincipal(
        agent_id=row["agent_id"],
        name=row["name"],
        email=row["email"],
        permissions=frozenset(permissions),
        queue_ids=queue_ids,
        lead_queue_ids=queue_ids if "lead" in permissions else frozenset(row["lead_queue_ids"]),
        admin=row["preset"] == "admin",
        session_hash=hashed,
        masked=row["preset"] == "outsourced",
        preset=row["preset"],
    )
