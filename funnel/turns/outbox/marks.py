"""Which typing and read marks are due: each is given to one caller, once for its time or message, and never while words wait."""

from collections.abc import Mapping

import asyncpg
import msgspec
from msgspec import Struct

from funnel.channels.outbound import Mark
from funnel.turns.outbox.store import plain
from funnel.turns.store.lazy import LAZY

# A mark lasts for a time of its platform's, or until a message ends it. Where a delivery waits it would come out of turn, and an
# inbox that is not well is left alone.
_CLAIM = """
update reply_addresses a set {set}
from inboxes i left join inbox_health h on h.inbox_id = i.id
where a.conversation_id = $1::uuid and a.name = 'home' and i.id = a.inbox_id and i.archived_at is null
  and h.circuit_open_since is null and (h.paused_until is null or h.paused_until <= now())
  and {due} and {lazy}
returning a.inbox_id, a.address, a.thread_id, a.business_connection_id, a.last_message_id, a.read_token
"""
_TYPING = _CLAIM.format(
    set="typed_at = now()",
    due="""$2::jsonb ? i.channel and coalesce(a.window_expires_at > now(), true) and coalesce(a.quota_left > 0, true)
  and (a.typed_at is null or a.typed_at <= now() - ($2::jsonb ->> i.channel)::float8 * interval '1 second'
       or exists (select from deliveries s where s.conversation_id = a.conversation_id and s.address = a.name and s.settled_at > a.typed_at))
  and not exists (select from deliveries q where q.conversation_id = a.conversation_id and q.address = a.name and q.state = 'queued')""",
    lazy=LAZY,
)
_READ = _CLAIM.format(
    set="read_message_id = a.last_message_id",
    due="""$2::jsonb ? i.channel and a.last_message_id is not null
  and a.read_message_id is distinct from a.last_message_id""",
    lazy=LAZY,
)


class Markable(Struct, frozen=True):
    """Where a mark goes, and what it is about."""

    inbox_id: str
    address: str
    thread_id: str | None
    business_connection_id: str | None
    last_message_id: str | None
    read_token: str | None


class MarkClaims:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def claim(self, conversation_id: str, mark: Mark, seconds: Mapping[str, float]) -> Markable | None:
        """The place to mark, if a mark is due there. `seconds` says of each channel that has the mark how long one lasts; of
        callers at one time one gets it, and a read mark is given once for a message."""
        statement = _TYPING if mark == "typing" else _READ
        record = await self._pool.fetchrow(statement, conversation_id, msgspec.json.encode(seconds).decode())
        return Markable(**plain(record)) if record is not None else None  # type: ignore[arg-type]
