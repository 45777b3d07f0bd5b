"""Erasures of contacts: asked for once, at once unknown to everybody, and a job until a scan proves that nothing is left."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import text

from funnel.core.database import Database
from funnel.core.errors import not_found
from funnel.core.ids import is_id, new_id
from funnel.people.audit import SYSTEM, Doer, note
from funnel.people.transactions import writing

LEASE_SECONDS: Final = 60
AGAIN_SECONDS: Final = 5

_WHOLE: Final = text("""
with recursive whole as (
  select id from contacts where id = cast(:id as uuid)
  union select c.id from contacts c join whole on c.merged_into = whole.id)
select c.id::text from contacts c join whole on whole.id = c.id where c.erased_at is null order by c.id for update of c
""")
_BLANK: Final = text("""
update contacts set verified = false, external_id = null, name = null, email = null, phone = null, reply_email = null, reply_phone = null,
  locale = null, zone = null, reply_by = 'here', attributes = '{}', claimed = '{}', page = null, erased_at = now(), updated_at = now()
where id = any (cast(:ids as uuid[]))
""")
_TIES: Final = tuple(
    text(statement)
    for statement in (
        "delete from identities where contact_id = any (cast(:ids as uuid[]))",
        "delete from visitor_tokens where contact_id = any (cast(:ids as uuid[]))",
        "delete from resume_links where contact_id = any (cast(:ids as uuid[]))",
        "delete from contact_presence where contact_id = any (cast(:ids as uuid[]))",
        "delete from contact_joins where contact_id = any (cast(:ids as uuid[])) or other_id = any (cast(:ids as uuid[]))",
    )
)
_ASK: Final = text(
    "insert into contact_erasures (id, contact_id) values (cast(:id as uuid), cast(:contact_id as uuid))"
)
_COLUMNS: Final = "id::text, contact_id::text, status, asked_at, done_at, conversations, remaining"
_FIND: Final = f"select {_COLUMNS} from contact_erasures where contact_id = $1::uuid"  # noqa: S608 - no input in it
_CLAIM: Final = f"""
update contact_erasures set status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => $1)
where id = (select id from contact_erasures where status = 'queued' or status = 'running' and lease_until < now()
  order by asked_at for update skip locked limit 1)
returning {_COLUMNS}
"""  # noqa: S608 - no input in it
_LATER: Final = """
update contact_erasures set lease_until = now() + make_interval(secs => $2), conversations = $3, remaining = $4
where id = $1::uuid and status = 'running'
"""
_DONE: Final = text("""
update contact_erasures set status = 'done', done_at = now(), lease_until = null, conversations = :conversations, remaining = '{}'
where id = cast(:id as uuid) and status = 'running' returning 1
""")


class Erasure(Struct, frozen=True):
    """A job. `remaining` names the places where the last scan still found something; it is empty in the end."""

    id: str
    contact_id: str
    status: Literal["queued", "running", "done"]
    asked_at: datetime
    done_at: datetime | None
    conversations: int
    remaining: list[str]


class Erasures:
    """The jobs; each method is one transaction. `ended` hears of every contact whose credentials have died."""

    def __init__(self, db: Database, ended: Callable[[str], None] = lambda _contact: None) -> None:
        self._db = db
        self._ended = ended

    async def ask(self, contact_id: str, by: Doer) -> Erasure:
        """Erases what is known of the contact, and of all that were merged into it, in this very transaction, and queues the rest.

        From its commit on nobody finds it, its tokens open nothing, and whoever writes from its addresses is somebody new. Asked
        again it is the same job. Raises 404.
        """
        if not is_id(contact_id):
            raise not_found("contact")
        async with writing(self._db) as session:
            found = [row.id for row in await session.execute(_WHOLE, {"id": contact_id})]
            if contact_id.lower() in found:
                for statement in (*_TIES, _BLANK):
                    await session.execute(statement, {"ids": found})
                for one in found:
                    await session.execute(_ASK, {"id": new_id(), "contact_id": one})
                    await note(session, by, "contact.erasure_asked", "contact", one)
        for one in found:
            self._ended(one)
        return await self.find(contact_id)

    async def find(self, contact_id: str) -> Erasure:
        """The contact's job. Raises 404 where none was asked for."""
        row = await self._db.pool.fetchrow(_FIND, contact_id) if is_id(contact_id) else None
        if row is None:
            raise not_found("contact")
        return Erasure(**dict(row))

    async def claim(self) -> Erasure | None:
        """The next job under a lease, also one whose process died."""
        row = await self._db.pool.fetchrow(_CLAIM, LEASE_SECONDS)
        return Erasure(**dict(row)) if row is not None else None

    async def later(self, job: Erasure, conversations: int, remaining: list[str]) -> None:
        """Something was left: soon again."""
        await self._db.pool.execute(_LATER, job.id, AGAIN_SECONDS, conversations, remaining)

    async def finish(self, job: Erasure, conversations: int) -> None:
        """Done and proven; told in the audit log once."""
        async with writing(self._db) as session:
            named = {"id": job.id, "conversations": conversations}
            if await session.scalar(_DONE, named):
                await note(
                    session, SYSTEM, "contact.erased", "contact", job.contact_id, conversations=conversations
                )
