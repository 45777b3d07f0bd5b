"""The read model of load: who is online, who waits, how long first replies take. At most a second old, never an invariant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from funnel.core.database import Database
from funnel.core.loops import Loops

POLL_SECONDS: Final = 1.0
REPLIES_EVERY: Final = 60  # polls; first replies of four weeks do not move within a minute
WINDOW_DAYS: Final = 28
MOST_CONVERSATIONS: Final = 1000
MOST_SAMPLES: Final = 200
ABSENT_SECONDS: Final = 45

_LOAD = f"""
select q.id::text as queue_id,
  (select count(*) from conversations c
     where c.queue_id = q.id and c.owner_kind = 'queue' and c.status = 'open') as waiting,
  (select count(*) from team_members m join agents a on a.id = m.agent_id
     where m.team_id = q.team_id and a.archived_at is null and a.status = 'online' and 'converse' = any(a.permissions)
       and a.heartbeat_at > now() - interval '{ABSENT_SECONDS} seconds') as online
from queues q where q.archived_at is null
"""  # noqa: S608 - the only value put in is a constant number

_AGENTS = """
select agent_id::text as agent_id, count(*) as held from conversations
where status <> 'resolved' and agent_id is not null group by agent_id
"""

_REPLIES = """
with recent as (
  select id from conversations
  where reached_people and updated_at > now() - make_interval(days => $1)
  order by updated_at desc limit $2
)
select h.data->>'queue_id' as queue_id, h.at as asked_at, r.at as replied_at
from recent c
join events h on h.conversation_id = c.id and h.type = 'conversation.handed_over'
join lateral (
  select e.at from events e
  where e.conversation_id = c.id and e.seq > h.seq and e.type = 'message.created' and e.actor_kind = 'agent' and e.visible
  order by e.seq limit 1
) r on true
where h.at > now() - make_interval(days => $1) and h.data->>'queue_id' is not null
order by h.at desc
"""


class Reply(Struct, frozen=True):
    """One hand-over and the first public answer of an agent to it."""

    asked_at: datetime
    replied_at: datetime


class QueueEstimate(Struct, frozen=True):
    """A queue as it was a moment ago; `replies` are its latest first replies of four weeks, 200 at most."""

    waiting: int = 0
    agents_online: int = 0
    replies: tuple[Reply, ...] = ()


class EstimatesSnapshot(Struct, frozen=True):
    """All queues and the open conversations each agent holds. Never changes; a newer one takes its place."""

    queues: Mapping[str, QueueEstimate] = MappingProxyType({})
    held: Mapping[str, int] = MappingProxyType({})

    def queue(self, queue_id: str) -> QueueEstimate:
        """The queue's numbers; an unknown queue is an empty one without agents."""
        return self.queues.get(queue_id, _EMPTY)


_EMPTY = QueueEstimate()


class Estimates:
    """Keeps the snapshot fresh: load once a second, first replies once a minute."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._snapshot = EstimatesSnapshot()
        self._replies: Mapping[str, tuple[Reply, ...]] = {}
        self._rounds = 0
        self._loops = Loops(estimates=self._round)

    async def start(self) -> None:
        """Reads the first snapshot and goes on by itself until `stop`."""
        await self.refresh(replies=True)
        self._loops.start(after=POLL_SECONDS)

    async def stop(self) -> None:
        """Ends the reading; the last snapshot stays. Idempotent."""
        await self._loops.stop()

    def now(self) -> EstimatesSnapshot:
        """The latest snapshot; an empty one before the first reading: estimates are never worth an error."""
        return self._snapshot

    async def refresh(self, *, replies: bool = False) -> EstimatesSnapshot:
        """Reads now; `replies` also the first replies."""
        async with self._db.pool.acquire() as connection:
            if replies:
                self._replies = _grouped(await connection.fetch(_REPLIES, WINDOW_DAYS, MOST_CONVERSATIONS))
            load = await connection.fetch(_LOAD)
            agents = await connection.fetch(_AGENTS)
        queues = {
            row["queue_id"]: QueueEstimate(
                row["waiting"], row["online"], self._replies.get(row["queue_id"], ())
            )
            for row in load
        }
        held = {row["agent_id"]: row["held"] for row in agents}
        self._snapshot = EstimatesSnapshot(MappingProxyType(queues), MappingProxyType(held))
        return self._snapshot

    async def _round(self) -> float:
        self._rounds += 1
        await self.refresh(replies=self._rounds % REPLIES_EVERY == 0)
        return POLL_SECONDS


def _grouped(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Reply, ...]]:
    found: dict[str, list[Reply]] = defaultdict(list)
    for row in rows:
        kept = found[row["queue_id"]]
        if len(kept) < MOST_SAMPLES:
            kept.append(Reply(row["asked_at"], row["replied_at"]))
    return {queue_id: tuple(replies) for queue_id, replies in found.items()}
