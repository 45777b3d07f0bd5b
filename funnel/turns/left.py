"""What people answered to visitors who have left the website goes to their reply address, each word once."""

from typing import Final

import asyncpg
from msgspec import Struct

from funnel.turns.store.rows import Queryable

NAME: Final = "mail"
UNREAD_SECONDS: Final = 120
PRESENT_SECONDS: Final = 45
LOOK_BACK_SECONDS: Final = 3600  # as long as `changes` is kept
LASTS_SECONDS: Final = 86_400

# The row of the address is the lock: of two who look at once, one finds the words mailed already.
_WRITE = """
with recent as (
  select distinct conversation_id from changes
  where visible and at > now() - $1::int * interval '1 second' and at <= now() - $2::int * interval '1 second'
), away as (
  select c.id, c.contact_id, c.site_id, coalesce(m.reply_email, k.reply_email, m.email, k.email) as address
  from recent join conversations c on c.id = recent.conversation_id and c.channel = 'web' and c.snapshot is not null
  join contacts k on k.id = c.contact_id left join contacts m on m.id = k.merged_into
  where not exists (
    select from contact_presence p
    where p.contact_id in (k.id, m.id) and p.seen_at > now() - $3::int * interval '1 second'
  )
), unread as (
  select a.id, a.address, i.inbox_id, e.from_seq, e.up_to_seq from away a
  cross join lateral (
    select i.id as inbox_id from inboxes i
    where i.site_id = a.site_id and i.channel = 'email' and i.archived_at is null and coalesce(i.config ->> 'smtp_host', '') <> ''
    order by i.created_at limit 1
  ) i
  left join reply_addresses r on r.conversation_id = a.id and r.name = $4
  left join read_marks s on s.conversation_id = a.id and s.actor_kind = 'contact' and s.actor_id = a.contact_id
  cross join lateral (
    select min(e.seq) as from_seq, max(e.seq) as up_to_seq, max(e.at) as at from events e
    where e.conversation_id = a.id and e.seq > greatest(coalesce(r.up_to_seq, 0), coalesce(s.up_to_seq, 0))
      and e.type = 'message.created' and e.actor_kind = 'agent' and e.visible
  ) e
  where a.address is not null and e.up_to_seq is not null and e.at <= now() - $2::int * interval '1 second'
), claimed as (
  insert into reply_addresses as r (conversation_id, name, inbox_id, address, up_to_seq)
  select u.id, $4, u.inbox_id, u.address, u.up_to_seq from unread u order by u.id
  on conflict (conversation_id, name) do update set inbox_id = excluded.inbox_id, address = excluded.address,
    up_to_seq = excluded.up_to_seq, updated_at = now()
    where r.up_to_seq < excluded.up_to_seq
  returning conversation_id
)
insert into deliveries (id, conversation_id, message_id, inbox_id, address, from_seq, expires_at)
select gen_random_uuid(), u.id, (e.data ->> 'message_id')::uuid, u.inbox_id, $4, u.from_seq, now() + $5::int * interval '1 second'
from claimed join unread u on u.id = claimed.conversation_id
join events e on e.conversation_id = u.id and e.seq = u.up_to_seq
returning conversation_id
"""
_HOME = """
select c.id::text as conversation_id, c.site_id::text, c.inbox_id::text, c.contact_id::text, c.channel, c.thread,
  c.status = 'resolved' as resolved, i.queue_id::text, k.name, k.verified, coalesce(c.snapshot ->> 'locale', 'en') as locale, k.zone
from reply_addresses r join conversations c on c.id = r.conversation_id and c.snapshot is not null
join inboxes i on i.id = c.inbox_id join contacts k on k.id = c.contact_id
where r.conversation_id = $1::uuid and r.name = $2 and r.inbox_id = $3::uuid and lower(r.address) = lower($4)
"""


# Above every seq there will be: nothing is unread there any more.
_STOP = """
with stopped as (
  update reply_addresses set up_to_seq = 9223372036854775807, updated_at = now()
  where conversation_id = $1::uuid and name = $2 and inbox_id = $3::uuid returning conversation_id
), dropped as (
  update deliveries d set state = 'failed', error = 'drop', lease_until = null, settled_at = now()
  from stopped s where d.conversation_id = s.conversation_id and d.address = $2 and d.state = 'queued'
)
select count(*) from stopped
"""
_ADDRESSEE = """
select c.contact_id::text, c.site_id::text, coalesce(c.snapshot ->> 'locale', 'en') as locale,
  (k.verified and lower(k.email) = lower(r.address) or coalesce(m.verified and lower(m.email) = lower(r.address), false))
    is true as confirmed,
  (select e.data -> 'page' ->> 'url' from events e
   where e.conversation_id = c.id and e.type = 'conversation.started' order by e.seq limit 1) as page
from reply_addresses r join conversations c on c.id = r.conversation_id and c.snapshot is not null
join contacts k on k.id = c.contact_id left join contacts m on m.id = k.merged_into
where r.conversation_id = $1::uuid and r.name = $2 and r.inbox_id = $3::uuid
"""


class Addressee(Struct, frozen=True):
    """Who is mailed what was said on the website. `confirmed`: the address is the one the site itself vouches for."""

    contact_id: str
    site_id: str
    locale: str
    confirmed: bool
    page: str | None


class Home(Struct, frozen=True):
    """The conversation that a mail from its reply address belongs to, and whose it is."""

    conversation_id: str
    site_id: str
    inbox_id: str
    contact_id: str
    channel: str
    thread: str
    resolved: bool
    queue_id: str
    name: str | None
    verified: bool
    locale: str
    zone: str | None


class LeftVisitors:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool: Queryable = pool

    async def write(self) -> int:
        """A delivery for each visitor with a reply address who has no page open and has not read for two minutes what people
        answered; all such words in one, and none twice. Returns how many."""
        records = await self._pool.fetch(
            _WRITE, LOOK_BACK_SECONDS, UNREAD_SECONDS, PRESENT_SECONDS, NAME, LASTS_SECONDS
        )
        return len(records)

    async def home(self, conversation_id: str, inbox_id: str, sender: str) -> Home | None:
        """The conversation, where this inbox mailed it to this very address; None for everybody else."""
        record = await self._pool.fetchrow(_HOME, conversation_id, NAME, inbox_id, sender)
        return Home(**dict(record)) if record is not None else None

    async def addressee(self, conversation_id: str, inbox_id: str) -> Addressee | None:
        """Whom this inbox mails what was said in a conversation of the website; None for any other conversation."""
        record = await self._pool.fetchrow(_ADDRESSEE, conversation_id, NAME, inbox_id)
        return Addressee(**dict(record)) if record is not None else None

    async def stop(self, conversation_id: str, inbox_id: str) -> bool:
        """No more mails of this conversation to that address, those on their way included; False where there never was one."""
        found: int = await self._pool.fetchval(_STOP, conversation_id, NAME, inbox_id)
        return found > 0
