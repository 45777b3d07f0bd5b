"""What an installation has that rules may name: queues, the skills of its agents, and what is known of its contacts."""

from typing import Final

import asyncpg
import msgspec

from funnel.escalation.rules.attributes import attribute_facts
from funnel.escalation.rules.facts import FactValue
from funnel.escalation.rules.lint import Known, Observed

LOOKED_AT: Final = 1_000
_NAMES: Final = """
select 'queue' as kind, id::text as name from queues where archived_at is null
union select 'queue', name from queues where archived_at is null
union select 'skill', unnest(skills) from agents where archived_at is null
"""
_ATTRIBUTES: Final = """
select distinct attributes::text from (
  select attributes from contacts where verified and merged_into is null and attributes <> '{}' limit $1
) c order by 1
"""


async def known(pool: asyncpg.Pool, observed: Observed) -> Known:
    """All of it; attributes as a thousand contacts have them."""
    names: dict[str, set[str]] = {"queue": set(), "skill": set()}
    for record in await pool.fetch(_NAMES):
        names[record["kind"]].add(record["name"])
    return Known(names["queue"], names["skill"], await attributes(pool), observed)


async def attributes(pool: asyncpg.Pool) -> dict[str, FactValue]:
    """The attributes a thousand contacts have, as facts, each with a value of one of them."""
    found: dict[str, FactValue] = {}
    for record in await pool.fetch(_ATTRIBUTES, LOOKED_AT):
        found |= attribute_facts(msgspec.json.decode(record["attributes"]))
    return found
