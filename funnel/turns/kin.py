"""Which contacts are one person: merged into each other on proof, or joined by an agent who may undo it."""

from typing import Final

from funnel.turns.store.rows import Queryable

MOST: Final = 50

_KIN = """
with recursive kin (id) as (
  select $1::uuid
  union
  select e.other from kin cross join lateral (
    select c.merged_into as other from contacts c where c.id = kin.id and c.merged_into is not null
    union all
    select c.id from contacts c where c.merged_into = kin.id
    union all
    select j.other_id from contact_joins j where j.contact_id = kin.id and j.undone_at is null
    union all
    select j.contact_id from contact_joins j where j.other_id = kin.id and j.undone_at is null
  ) e
)
select id::text from kin limit $2
"""


async def kin_of(connection: Queryable, contact_id: str) -> tuple[str, ...]:
    """The contact and every other one that is the same person; at most fifty.

    For the eyes of agents: what a visitor may read goes by proof alone, and no conversation changes hands.
    """
    return tuple(record["id"] for record in await connection.fetch(_KIN, contact_id, MOST))
