"""What can be done about a delivery that failed: by which other ways its contact can be reached now."""

from collections.abc import Sequence
from typing import Final

import asyncpg
from msgspec import Struct

from funnel.turns.left import NAME
from funnel.turns.outbox.store import plain

PRESENT_SECONDS: Final = 45

_FAILED = """
select d.id, d.conversation_id, d.message_id, d.address, d.inbox_id, d.state = 'failed' as failed,
  e.data ->> 'text' as text, jsonb_array_length(coalesce(e.data -> 'attachments', '[]')) > 0 as has_files,
  e.data ? 'template' as is_template
from deliveries d left join events e on e.conversation_id = d.conversation_id and e.type = 'message.created'
  and e.data ->> 'message_id' = d.message_id::text
where d.id = $2::uuid and d.conversation_id = $1::uuid
"""
_DONE = "select exists (select from turns where conversation_id = $1::uuid and command_id = $2)"
# Who died between this and the turn has answered nothing: after a minute another way is free, unless there is a turn after all.
_UNTOLD = """
not exists (select from turns t where t.command_id = any ($3::text[])
  and t.conversation_id in (d.conversation_id, case when d.answered ~ '^[0-9a-f-]{36}$' then d.answered::uuid end))
"""
_ANSWER = f"""
update deliveries d set answered = $2, answered_at = now()
where d.id = $1::uuid and d.state = 'failed' and (d.answered is null or d.answered = $2
  or (d.answered_at < now() - interval '1 minute' and {_UNTOLD}))
returning true
"""  # noqa: S608 - no input in it
_WITHDRAW = f"""
update deliveries d set answered = null, answered_at = null where d.id = $1::uuid and d.answered = $2 and {_UNTOLD}
"""  # noqa: S608 - no input in it
# One conversation an inbox, the one that is open before one that ended: there its next message would land as well. The website
# is a way only while its page is open.
_CONVERSATIONS = """
select distinct on (c.inbox_id) c.id::text as conversation_id, c.inbox_id::text, i.name as inbox, c.channel,
  case when c.channel = 'web' then null else a.address end as address, k.verified
from conversations c
join inboxes i on i.id = c.inbox_id and i.archived_at is null
join contacts k on k.id = c.contact_id
left join inbox_health h on h.inbox_id = c.inbox_id
left join reply_addresses a on a.conversation_id = c.id and a.name = 'home'
where c.contact_id = any ($1::uuid[]) and c.id <> $2::uuid and c.inbox_id <> $3::uuid and c.snapshot is not null
  and h.circuit_open_since is null
  and case when c.channel = 'web'
    then exists (select from contact_presence p where p.contact_id = c.contact_id and p.seen_at > now() - $4::int * interval '1 second')
    else a.address is not null and coalesce(a.window_expires_at > now(), true) and coalesce(a.quota_left > 0, true)
      and not exists (select from deliveries g where g.conversation_id = c.id and g.address = 'home' and g.state = 'failed'
                        and g.error = 'recipient_gone' and g.settled_at > a.updated_at) end
order by c.inbox_id, c.status = 'resolved', c.updated_at desc
"""
# The contact's own word for where its replies go counts for itself alone; of others that are the same person only what is proven.
_MAIL = """
select i.id::text as inbox_id, i.name as inbox, a.address, a.verified
from conversations c
join inboxes i on i.site_id = c.site_id and i.channel = 'email' and i.archived_at is null and coalesce(i.config ->> 'smtp_host', '') <> ''
left join inbox_health h on h.inbox_id = i.id
cross join lateral (
  select o.address, o.verified from (
    select coalesce(k.reply_email, k.email) as address, k.reply_email is not distinct from k.email as verified, k.id <> c.contact_id as other
    from contacts k where k.id = c.contact_id
    union all
    select k.email, true, true from contacts k where k.id = any ($2::uuid[]) and k.verified
  ) o where o.address is not null order by o.other limit 1
) a
where c.id = $1::uuid and i.id <> $3::uuid and h.circuit_open_since is null order by i.created_at limit 1
"""
_PLACE = """
insert into reply_addresses as r (conversation_id, name, inbox_id, address) values ($1::uuid, $2, $3::uuid, $4)
on conflict (conversation_id, name) do update set inbox_id = excluded.inbox_id, address = excluded.address, updated_at = now()
  where (r.inbox_id, r.address) is distinct from (excluded.inbox_id, excluded.address)
"""


class FailedDelivery(Struct, frozen=True):
    """A delivery of a conversation; `failed` is false once it has gone out after all. `text` is None where the message is erased."""

    id: str
    conversation_id: str
    message_id: str
    address: str
    inbox_id: str
    failed: bool
    text: str | None
    has_files: bool
    is_template: bool


class Way(Struct, frozen=True):
    """Another way to the same person: the words go into a conversation of theirs or, where `conversation_id` is None, by mail in
    this one. `verified`: whose address it is has been proven."""

    channel: str
    inbox_id: str
    inbox: str
    address: str | None
    verified: bool
    conversation_id: str | None = None


class Ways:
    """Every method reads or writes in one statement and commits by itself. Who may see a conversation is the caller's to ask."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, conversation_id: str, delivery_id: str) -> FailedDelivery | None:
        """The delivery, if it is this conversation's."""
        record = await self._pool.fetchrow(_FAILED, conversation_id, delivery_id)
        return FailedDelivery(**plain(record)) if record is not None else None  # type: ignore[arg-type]

    async def was_done(self, conversation_id: str, command_id: str) -> bool:
        """Whether the conversation has a turn of this command."""
        return bool(await self._pool.fetchval(_DONE, conversation_id, command_id))

    async def answer(self, delivery_id: str, way: str, command_ids: Sequence[str]) -> bool:
        """Takes the failure for this way ("again", "mail", or the conversation the words go to); False where another way has it.
        `command_ids` are those of the turns that may answer it."""
        return bool(await self._pool.fetchval(_ANSWER, delivery_id, way, list(command_ids)))

    async def withdraw(self, delivery_id: str, way: str, command_ids: Sequence[str]) -> None:
        """This way was refused: another is free, unless there is a turn after all."""
        await self._pool.execute(_WITHDRAW, delivery_id, way, list(command_ids))

    async def others(self, failed: FailedDelivery, contact_ids: Sequence[str]) -> list[Way]:
        """Where the person of these contacts can be reached now beside the inbox that failed. Files go by mail only: there they are links of the
        same message, elsewhere it would be another one."""
        kin = list(contact_ids)
        found: list[Way] = []
        if not failed.has_files:
            records = await self._pool.fetch(
                _CONVERSATIONS, kin, failed.conversation_id, failed.inbox_id, PRESENT_SECONDS
            )
            found = [Way(**dict(record)) for record in records]
        if failed.address != NAME:
            record = await self._pool.fetchrow(_MAIL, failed.conversation_id, kin, failed.inbox_id)
            if record is not None and not any(way.address == record["address"] for way in found):
                found.append(Way(channel="email", **dict(record)))
        return found

    async def place_mail(self, conversation_id: str, way: Way) -> str:
        """Keeps where mails of this conversation go; the name of that address."""
        await self._pool.execute(_PLACE, conversation_id, NAME, way.inbox_id, way.address)
        return NAME
