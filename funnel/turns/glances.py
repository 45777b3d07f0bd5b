"""What a list shows of conversations beside their state: the last public words, and whether they are new to the reader."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from funnel.turns.store.rows import Queryable

MOST_CHARACTERS = 200

# Both walks go backwards over the primary key and stop at the first match.
_GLANCES = """
select c.id::text, m.seq, m.at, m.actor_kind, m.actor_name, left(m.text, $3) as text, m.files,
       coalesce(s.seq, 0) > coalesce(r.up_to_seq, 0) as unread
from unnest($1::uuid[]) as c (id)
cross join lateral (
  select e.seq, e.at, e.actor_kind, e.actor_name, coalesce(e.data ->> 'text', '') as text,
         coalesce(jsonb_array_length(e.data -> 'attachments'), 0) as files
  from events e where e.conversation_id = c.id and e.type = 'message.created' and e.visible and e.actor_kind <> 'system' order by e.seq desc limit 1
) m
left join lateral (
  select e.seq from events e
  where e.conversation_id = c.id and e.type = 'message.created' and e.actor_kind = 'contact' order by e.seq desc limit 1
) s on true
left join read_marks r on r.conversation_id = c.id and r.actor_kind = 'agent' and r.actor_id = $2::uuid
"""


class Glance(Struct, frozen=True):
    """The last public message of a person or the bot, cut to 200 characters; `unread`: the contact wrote something after the agent's read mark."""

    conversation_id: str
    seq: int
    at: datetime
    actor_kind: str
    actor_name: str | None
    text: str
    files: int
    unread: bool


async def glances_at(
    connection: Queryable, conversation_ids: Sequence[str], agent_id: str
) -> dict[str, Glance]:
    """By conversation; those without a message are left out. One statement, no locks."""
    records = await connection.fetch(_GLANCES, list(conversation_ids), agent_id, MOST_CHARACTERS)
    return {record["id"]: Glance(*record) for record in records}
