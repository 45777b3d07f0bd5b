"""The audit log: who did what to whose data. Appended in the transaction of the act; the database chains the entries by their hashes."""

from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.database import Database
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Staff

_APPEND: Final = text(
    "insert into audit_entries (actor_kind, actor_id, action, object_kind, object_id, details)"
    " values (:actor_kind, cast(:actor_id as uuid), :action, :object_kind, cast(:object_id as uuid), :details)"
).bindparams(bindparam("details", type_=JSONB))
_BROKEN: Final = """
select min(seq) from (
  select e.seq, e.hash = audit_hash(e) and e.seq = row_number() over w
    and e.previous = coalesce(lag(e.hash) over w, decode(repeat('00', 32), 'hex')) as good
  from audit_entries e window w as (order by e.seq)) checked
where good is not true
"""

Action = Literal[
    "contact.created", "contact.updated", "contact.merged", "contact.merge_undone", "contact.written_to",
    "contact.exported", "contact.erasure_asked", "contact.erased",
]  # fmt: skip


_OF: Final = """
select seq, at, actor_kind, actor_id::text, action, object_kind, object_id::text, details::text from audit_entries
where $1::uuid is null or object_id = $1::uuid order by seq desc limit $2
"""


class Doer(Struct, frozen=True):
    """Who did it; the system itself has no id."""

    kind: Literal["agent", "key", "system"]
    id: str | None = None


SYSTEM: Final = Doer("system")


def doer_of(staff: Staff) -> Doer:
    """An agent or a program as the audit log names it."""
    match staff:
        case AgentPrincipal():
            return Doer("agent", staff.agent_id)
        case KeyPrincipal():
            return Doer("key", staff.key_id)


async def note(
    session: AsyncSession, by: Doer, action: Action, object_kind: str, object_id: str, **details: Any
) -> None:
    """Appends an entry that is there if and only if the session's transaction is. `details` hold ids, counts and names of
    fields, never words of a person: an erasure does not reach them."""
    values: dict[str, Any] = {"actor_kind": by.kind, "actor_id": by.id, "action": action}
    values |= {"object_kind": object_kind, "object_id": object_id, "details": details}
    await session.execute(_APPEND, values)


async def first_broken(db: Database) -> int | None:
    """The first entry that was changed, or behind which some are missing; None where the whole log is as it was written. What was
    cut off at the end can only be told by whoever remembers the last hash."""
    found: int | None = await db.pool.fetchval(_BROKEN)
    return found


async def entries(db: Database, object_id: str | None, limit: int) -> list[dict[str, Any]]:
    """The last entries, of one object where it is named; the newest first."""
    return [dict(row) for row in await db.pool.fetch(_OF, object_id, limit)]
