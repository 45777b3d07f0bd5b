"""Who is there: an agent's own word, kept true by heartbeats. After 45 s without one an agent counts as absent."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import invalid
from funnel.people.directory import ABSENT_SECONDS
from funnel.people.transactions import Changed, unchanged

Status = Literal["online", "away", "offline"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
TOUCH_SECONDS: Final = 10.0


class Absent(Struct, frozen=True):
    """An agent who said they were there and has shown no sign of life since `since`."""

    agent_id: str
    name: str
    since: datetime


class Presence:
    """Heartbeats are written at most every ten seconds an agent and process."""

    def __init__(
        self, db: Database, changed: Changed = unchanged, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._changed = changed
        self._monotonic = monotonic
        self._touched: dict[str, float] = {}

    async def set(self, agent_id: str, status: str) -> None:
        """The agent's own word; it is also a sign of life. Raises 422 status_unknown."""
        if status not in STATUSES:
            raise invalid("status_unknown", "A status is online, away or offline.")
        await self._db.pool.execute(
            "update agents set status = $2, heartbeat_at = now() where id = $1::uuid and archived_at is null",
            *(agent_id, status),
        )
        await self._changed()

    async def touch(self, agent_id: str) -> None:
        """A sign of life. It never makes somebody online who has not said so."""
        now = self._monotonic()
        if now - self._touched.get(agent_id, -TOUCH_SECONDS) < TOUCH_SECONDS:
            return
        self._touched[agent_id] = now
        await self._db.pool.execute(
            "update agents set heartbeat_at = now() where id = $1::uuid and status <> 'offline' and archived_at is null",
            agent_id,
        )

    async def absent_agents(self) -> list[Absent]:
        """Those who are absent and not marked yet, archived agents included until they are.

        The caller issues one command per conversation they own and marks them afterwards: a crash between repeats the
        commands, which is harmless when their ids are made of agent, `since` and conversation.
        """
        rows = await self._db.pool.fetch(
            "select id::text, name, heartbeat_at from agents"
            " where status <> 'offline' and heartbeat_at <= now() - make_interval(secs => $1) order by id",
            float(ABSENT_SECONDS),
        )
        return [Absent(agent_id=row["id"], name=row["name"], since=row["heartbeat_at"]) for row in rows]

    async def mark_absent(self, absent: Absent) -> bool:
        """Sets offline, unless the agent has come back meanwhile (False)."""
        marked: str = await self._db.pool.execute(
            "update agents set status = 'offline' where id = $1::uuid and heartbeat_at = $2 and status <> 'offline'",
            *(absent.agent_id, absent.since),
        )
        await self._changed()
        return marked != "UPDATE 0"
