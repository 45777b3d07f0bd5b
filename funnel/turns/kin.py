"""Which contacts are one person: those merged into each other on proof."""

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
  ) e
)
select id::text from kin limit $2
"""


async def kin_of(connection: Queryable, contact_id: str) -> tuple[str, ...]:
    """The contact itself first, then every other one that is the same person; at most fifty."""
    return tuple(record["id"] for record in await connection.fetch(_KIN, contact_id, MOST))
