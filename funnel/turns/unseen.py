"""Words of the bot or of people that a visitor who left the website has not read: for integrators who raise a push of their own."""

from datetime import datetime
from typing import Final, Literal

import asyncpg
from msgspec import Struct

from funnel.turns.left import LOOK_BACK_SECONDS, PRESENT_SECONDS, UNREAD_SECONDS

MOST: Final = 200

# Where no integrator listens, nothing of what was said is read. The turn that tells it is named after its message, so that it is told once.
_UNSEEN = """
with wanted as materialized (
  select site_id from webhooks
  where archived_at is null and disabled_at is null and (events = '{}' or 'message.unseen' = any (events))
), recent as (
  select distinct conversation_id from changes
  where visible and at > now() - $1::int * interval '1 second' and at <= now() - $2::int * interval '1 second'
    and exists (select from wanted)
)
select c.id::text as conversation_id, e.data ->> 'message_id' as message_id, e.actor_kind as by, e.at as said_at,
  coalesce(m.id, k.id)::text as contact_id, coalesce(m.external_id, k.external_id) as external_id
from recent join conversations c on c.id = recent.conversation_id and c.channel = 'web' and c.snapshot is not null
join contacts k on k.id = c.contact_id left join contacts m on m.id = k.merged_into
join events e on e.conversation_id = c.id and e.type = 'message.created' and e.visible and e.actor_kind in ('bot', 'agent')
  and e.at > now() - $1::int * interval '1 second' and e.at <= now() - $2::int * interval '1 second'
where exists (select from wanted w where w.site_id is null or w.site_id = c.site_id)
  and not exists (select from contact_presence p
                  where p.contact_id in (k.id, m.id) and p.seen_at > now() - $3::int * interval '1 second')
  and not exists (select from read_marks s where s.conversation_id = c.id and s.actor_kind = 'contact' and s.up_to_seq >= e.seq)
  and not exists (select from turns t where t.conversation_id = c.id and t.command_id = 'unseen:' || (e.data ->> 'message_id'))
  and e.data ->> 'message_id' is not null
order by e.at limit $4
"""


class Unseen(Struct, frozen=True):
    """A message that its visitor has not seen, and whom to tell."""

    conversation_id: str
    message_id: str
    by: Literal["bot", "agent"]
    said_at: datetime
    contact_id: str
    external_id: str | None

    @property
    def command_id(self) -> str:
        """The turn that tells it."""
        return f"unseen:{self.message_id}"


class UnseenMessages:
    """Reads only."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def untold(self) -> list[Unseen]:
        """Messages of the last hour that were said two minutes ago or earlier, not read, whose visitor has no page open, and of
        which no integrator who wants to know has been told; oldest first, at most two hundred."""
        records = await self._pool.fetch(_UNSEEN, LOOK_BACK_SECONDS, UNREAD_SECONDS, PRESENT_SECONDS, MOST)
        return [Unseen(**dict(record)) for record in records]
