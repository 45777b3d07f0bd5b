"""Where the replies of a conversation go, what was last shown there, and whose conversation it is."""

from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.turns.store.lazy import LAZY
from funnel.turns.store.rows import Queryable

_PLACE = f"""
insert into reply_addresses (conversation_id, inbox_id, address, thread_id, business_connection_id, reply_token,
  token_expires_at, last_message_id, window_expires_at, quota_left, mail, read_token)
select $1::uuid, $2::uuid, $3, $4, $5, $6, $7::timestamptz, $8, $9::timestamptz, $10::int, $11::text::jsonb, $12 where {LAZY}
on conflict (conversation_id, name) do update set address = excluded.address, thread_id = excluded.thread_id,
  business_connection_id = coalesce(excluded.business_connection_id, reply_addresses.business_connection_id),
  reply_token = coalesce(excluded.reply_token, reply_addresses.reply_token),
  token_expires_at = coalesce(excluded.token_expires_at, reply_addresses.token_expires_at),
  last_message_id = coalesce(excluded.last_message_id, reply_addresses.last_message_id),
  window_expires_at = greatest(excluded.window_expires_at, reply_addresses.window_expires_at),
  quota_left = coalesce(excluded.quota_left, reply_addresses.quota_left),
  mail = case when excluded.mail = '{{}}' then reply_addresses.mail else excluded.mail end,
  read_token = coalesce(excluded.read_token, reply_addresses.read_token), updated_at = now()
"""
_NUMBERS = """
select a.numbers from reply_addresses a join conversations c on c.id = a.conversation_id
where a.inbox_id = $1::uuid and a.address = $2 and coalesce(a.thread_id, '') = $3 and a.numbers_until > now()
order by a.updated_at desc limit 1
"""
_WHERE = """
select c.id::text as conversation_id, c.contact_id::text, k.name
from identities i join contacts a on a.id = i.contact_id
join conversations c on c.inbox_id = i.inbox_id and c.contact_id in (a.id, a.merged_into) and c.thread = $3 and c.status <> 'resolved'
join contacts k on k.id = c.contact_id
where i.inbox_id = $1::uuid and i.address = $2 and coalesce($4::timestamptz, now()) > now() - interval '10 seconds'
limit 1
"""
_BELONGS = """
select contact_id::text, thread, status = 'resolved' as resolved from conversations where id = $1::uuid and inbox_id = $2::uuid
"""


class ReplyPlace(Struct, frozen=True, kw_only=True):
    """Where the replies of a conversation go, as the last inbound event told it."""

    conversation_id: str
    inbox_id: str
    address: str
    thread_id: str | None = None
    business_connection_id: str | None = None
    reply_token: str | None = None
    token_expires_at: datetime | None = None
    last_message_id: str | None = None
    window_expires_at: datetime | None = None
    quota_left: int | None = None
    mail: str = "{}"
    read_token: str | None = None


class Belongs(Struct, frozen=True):
    """Whose a conversation is, and what keeps it apart from that contact's others."""

    contact_id: str
    thread: str
    resolved: bool


class Typist(Struct, frozen=True):
    """A contact of a channel that writes at this moment, and in which conversation."""

    conversation_id: str
    contact_id: str
    name: str | None


class ReplyPlaces:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def place(self, place: ReplyPlace) -> None:
        """Where replies go from now on; what the event does not say stays as it was."""
        await self._pool.execute(
            _PLACE, place.conversation_id, place.inbox_id, place.address, place.thread_id, place.business_connection_id,
            place.reply_token, place.token_expires_at, place.last_message_id, place.window_expires_at, place.quota_left,
            place.mail, place.read_token,
        )  # fmt: skip

    async def belongs(self, conversation_id: str, inbox_id: str) -> Belongs | None:
        """Whose this conversation of the inbox is; None for any other."""
        record = await self._pool.fetchrow(_BELONGS, conversation_id, inbox_id)
        return Belongs(record["contact_id"], record["thread"], record["resolved"]) if record else None

    async def typist(self, inbox_id: str, address: str, thread: str, at: datetime | None) -> Typist | None:
        """Who types there, in the conversation that goes on; None where there is none, or where it was more than 10 s ago."""
        record = await self._pool.fetchrow(_WHERE, inbox_id, address, thread, at)
        return Typist(**dict(record)) if record else None

    async def numbers(self, inbox_id: str, address: str, thread_id: str | None) -> str:
        """The numbered choices last shown there, as JSON, while they count (24 h)."""
        found = await self._pool.fetchval(_NUMBERS, inbox_id, address, thread_id or "")
        return found or "[]"
