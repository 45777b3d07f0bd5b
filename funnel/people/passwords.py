"""Passwords of agents: what one must look like, and links that set one once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError, conflict, invalid, not_found
from funnel.core.ids import is_id
from funnel.core.security import hash_password, token_hash
from funnel.people.access import require_grantable
from funnel.people.agent_sessions import end_sessions
from funnel.people.principals import Principal
from funnel.people.sealing import new_secret

LEAST: Final = 10
MOST: Final = 256
LINK_LIFE: Final = timedelta(hours=24)
_LIVE_LINK: Final = """
select a.id::text from password_links l join agents a on a.id = l.agent_id
where l.token_hash = $1 and l.used_at is null and l.expires_at > $2 and a.archived_at is null
"""


class LinkToken(Struct, frozen=True):
    """A one-use token that sets a password; known only here."""

    token: str
    expires_at: datetime


def clean_password(password: str) -> str:
    """The password as it is. Raises 422 password_invalid for one too short, too long, of one character or not storable."""
    spread = len(set(password)) >= 4
    if not (LEAST <= len(password) <= MOST and spread) or any(
        0xD800 <= ord(char) <= 0xDFFF for char in password
    ):
        raise invalid(
            "password_invalid", f"A password has {LEAST} to {MOST} characters, at least four different ones."
        )
    return password


class Passwords:
    """Links live a day and are used once; using one ends every session of the agent and every other link."""

    def __init__(
        self, db: Database, clock: Clock, signed_out: Callable[[str], None] = lambda _agent: None
    ) -> None:
        self._db = db
        self._clock = clock
        self._signed_out = signed_out

    async def make_link(self, agent_id: str, *, by: Principal | None = None) -> LinkToken:
        """A link for an agent in use. Raises 403 for one who may do more than `by`, 404, 409 archived."""
        row = await self._db.pool.fetchrow(
            "select permissions, archived_at from agents where id = $1::uuid",
            agent_id if is_id(agent_id) else None,
        )
        if row is None:
            raise not_found("agent")
        require_grantable(by, row["permissions"])
        if row["archived_at"] is not None:
            raise conflict("archived", "This agent is archived.")
        token, expires_at = new_secret(), self._clock.now() + LINK_LIFE
        await self._db.pool.execute(
            "insert into password_links (token_hash, agent_id, expires_at) values ($1, $2::uuid, $3)",
            *(token_hash(token), agent_id, expires_at),
        )
        return LinkToken(token=token, expires_at=expires_at)

    async def redeem(self, token: str, password: str) -> str:
        """Sets the password and returns the agent's id. Raises 401 link_invalid (unknown, used or over), 422."""
        hashed_token = token_hash(token)
        clean_password(password)
        if await self._db.pool.fetchval(_LIVE_LINK, hashed_token, self._clock.now()) is None:
            raise _link_invalid()
        hashed = await hash_password(password)
        async with self._db.pool.acquire() as connection, connection.transaction():
            agent_id: str | None = await connection.fetchval(
                _LIVE_LINK + " for update of a", hashed_token, self._clock.now()
            )
            if agent_id is None or not await connection.fetchval(_LIVE_LINK, hashed_token, self._clock.now()):
                raise _link_invalid()
            await connection.execute(
                "update password_links set used_at = $2 where agent_id = $1::uuid and used_at is null",
                *(agent_id, self._clock.now()),
            )
            await connection.execute(
                "update agents set password_hash = $2 where id = $1::uuid", agent_id, hashed
            )
            await end_sessions(connection, agent_id)
        self._signed_out(agent_id)
        return agent_id


def _link_invalid() -> FunnelError:
    return FunnelError(
        "link_invalid", ErrorKind.UNAUTHENTICATED, "This link is unknown, used or too old; ask for a new one."
    )
