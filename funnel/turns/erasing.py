"""What an erasure empties of the log and of the tables around it, and the scan that proves it. Every step may be repeated."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from funnel.turns.store.rows import Queryable

SAID: Final = (
    "message.created", "message.edited", "attachment.updated", "hook.answered", "contact.identified", "rating.given",
    "signals.measured", "delivery.updated", "conversation.tagged", "context.attached", "message.unseen",
)  # fmt: skip
"""The types of events that hold words of a contact or about it; the state after `contact.erased` stands on none of them."""
MOST_MESSAGES: Final = 500

_CONVERSATIONS = (
    "select id::text from conversations where contact_id = $1::uuid and snapshot is not null order by id"
)
_TO_TELL = """
select data ->> 'message_id' from events where conversation_id = $1::uuid and type = 'message.created' and not data ? 'redacted'
  and seq > coalesce((select max(seq) from events where conversation_id = $1::uuid and type = 'contact.erased'), 0)
order by seq limit $2
"""
_UNTOLD = """
select c.id from conversations c where c.id = $1::uuid and not exists (
  select from events e where e.conversation_id = c.id and e.type = 'contact.erased')
"""
_LAST = "(select max(x.seq) from events x where x.conversation_id = e.conversation_id and x.type = 'contact.erased')"
_LOG = (
    f"""update events e set data = '{{"redacted": true}}' where e.conversation_id = any ($1::uuid[]) and e.type = any ($2::text[])
    and not e.data ? 'redacted' and e.seq < {_LAST}""",  # noqa: S608 - no input in it
    "update events set data = data - 'contact_name' - 'zone' - 'page' where conversation_id = any ($1::uuid[])"
    " and type = 'conversation.started' and data ?| array['contact_name', 'zone', 'page'] and $2::text[] is not null",
    "update events set actor_name = null where conversation_id = any ($1::uuid[]) and actor_kind = 'contact'"
    " and actor_name is not null and $2::text[] is not null",
)
_AROUND = (
    "delete from media_jobs j using inbound_events i where i.conversation_id = any ($1::uuid[]) and j.inbox_id = i.inbox_id"
    " and j.dedup_key = i.dedup_key",
    # One that waits holds events of others that nobody has read; it is read in a moment, and then forgotten.
    "delete from inbound_requests r using inbound_events i where i.conversation_id = any ($1::uuid[]) and r.id = i.request_id"
    " and r.state <> 'waiting'",
    "delete from reply_addresses where conversation_id = any ($1::uuid[])",
    "delete from channel_messages where conversation_id = any ($1::uuid[])",
    "update deliveries set error = null where conversation_id = any ($1::uuid[]) and error is not null",
    "update webhook_deliveries set error = null where conversation_id = any ($1::uuid[]) and error is not null",
    "update hook_calls set error = null where conversation_id = any ($1::uuid[]) and error is not null",
    # Of the facts a decision read, the attributes of a contact and the tags may be anything; the others are numbers and names of ours.
    "update decisions set facts = jsonb_set(facts, '{facts}', (select coalesce(jsonb_object_agg(k, v), '{}')"
    " from jsonb_each(facts -> 'facts') f (k, v) where k not like 'contact.%' and k <> 'conversation.tags'))"
    " where conversation_id = any ($1::uuid[]) and jsonb_typeof(facts -> 'facts') = 'object'",
    "update decision_verdicts v set note = null from decisions d where d.id = v.decision_id and d.conversation_id = any ($1::uuid[])"
    " and v.note is not null",
)
_FILES = """
select id::text from uploads where conversation_id = any ($1::uuid[]) or (owner_kind = 'contact' and owner_id = $2::uuid)
"""
_LEFT = f"""
select place from (values
  ('events', exists (select from events e where e.conversation_id = any ($1::uuid[]) and e.type = any ($3::text[])
     and not e.data ? 'redacted' and e.seq < coalesce({_LAST}, 9223372036854775807))),
  ('names', exists (select from events e where e.conversation_id = any ($1::uuid[])
     and (e.actor_kind = 'contact' and e.actor_name is not null or e.type = 'conversation.started' and e.data ?| array['contact_name', 'page']))),
  ('conversations', exists (select from conversations c where c.id = any ($1::uuid[])
     and (c.subject <> '' or c.snapshot ? 'contact_name' or c.status <> 'resolved'))),
  ('uploads', exists (select from uploads where conversation_id = any ($1::uuid[]) or (owner_kind = 'contact' and owner_id = $2::uuid))),
  ('inbound_requests', exists (select from inbound_events i join inbound_requests r on r.id = i.request_id
     where i.conversation_id = any ($1::uuid[]))),
  ('reply_addresses', exists (select from reply_addresses where conversation_id = any ($1::uuid[]))),
  ('channel_messages', exists (select from channel_messages where conversation_id = any ($1::uuid[]))),
  ('deliveries', exists (select from deliveries where conversation_id = any ($1::uuid[]) and error is not null)),
  ('decisions', exists (select from decisions d, jsonb_object_keys(d.facts -> 'facts') k where d.conversation_id = any ($1::uuid[])
     and jsonb_typeof(d.facts -> 'facts') = 'object' and (k like 'contact.%' or k = 'conversation.tags'))),
  ('identities', exists (select from identities where contact_id = $2::uuid)),
  ('visitor_tokens', exists (select from visitor_tokens where contact_id = $2::uuid)),
  ('contacts', exists (select from contacts where id = $2::uuid and (erased_at is null or num_nonnulls(external_id, name, email, phone,
     reply_email, reply_phone, locale, zone, page) > 0 or attributes <> '{{}}' or claimed <> '{{}}')))
) as scan (place, found) where found order by place
"""  # noqa: S608 - no input in it


async def conversations_of(connection: Queryable, contact_id: str) -> list[str]:
    """The contact's own conversations."""
    return [row["id"] for row in await connection.fetch(_CONVERSATIONS, contact_id)]


async def messages_to_tell(connection: Queryable, conversation_id: str) -> tuple[str, ...] | None:
    """The messages with words of which no erasure was told yet, at most 500; None where the conversation was told and nothing was
    said since."""
    found = tuple(row[0] for row in await connection.fetch(_TO_TELL, conversation_id, MOST_MESSAGES))
    untold = await connection.fetchval(_UNTOLD, conversation_id)
    return found if found or untold is not None else None


async def empty_log(pool: asyncpg.Pool, conversation_ids: Sequence[str]) -> None:
    """Empties every event before the last `contact.erased`: id, seq, type and time stay."""
    async with pool.acquire() as connection, connection.transaction():
        for statement in _LOG:
            await connection.execute(statement, list(conversation_ids), list(SAID))


async def empty_around(pool: asyncpg.Pool, conversation_ids: Sequence[str]) -> None:
    """What channels brought and where replies went, raw requests included, and what was noted of deliveries and decisions."""
    async with pool.acquire() as connection, connection.transaction():
        for statement in _AROUND:
            await connection.execute(statement, list(conversation_ids))


async def files_of(connection: Queryable, conversation_ids: Sequence[str], contact_id: str) -> list[str]:
    """The files of the conversations, and those the contact never used."""
    return [row["id"] for row in await connection.fetch(_FILES, list(conversation_ids), contact_id)]


async def what_is_left(connection: Queryable, conversation_ids: Sequence[str], contact_id: str) -> list[str]:
    """The proof: names of the places that still hold something; none where the erasure is complete."""
    found = await connection.fetch(_LEFT, list(conversation_ids), contact_id, list(SAID))
    return [row["place"] for row in found]
