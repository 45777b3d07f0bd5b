"""The person behind a contact as far as an agent may know it: other contacts count where the agent may see a conversation of theirs."""

from msgspec import Struct

from api.services import Services
from funnel.people.access import may_see
from funnel.people.principals import AgentPrincipal
from funnel.turns.kin import kin_of
from funnel.turns.reading import list_rows_of_contact
from funnel.turns.records import ConversationRow

MOST_ROWS = 50


class Kin(Struct, frozen=True):
    """The contacts that are one person, and their conversations that the agent may see, the one changed last first."""

    contact_ids: tuple[str, ...]
    rows: tuple[ConversationRow, ...]


async def known_kin(services: Services, agent: AgentPrincipal, contact_id: str) -> Kin:
    """The contact itself first."""
    every = await kin_of(services.db.pool, contact_id)
    rows = await seen_of(services, agent, every)
    seen = {row.state.contact_id for row in rows}
    others = (one for one in every if one != contact_id and one in seen)
    return Kin((contact_id, *others), rows)


async def seen_of(
    services: Services, agent: AgentPrincipal, contact_ids: tuple[str, ...]
) -> tuple[ConversationRow, ...]:
    """The conversations of these contacts that the agent may see, the one changed last first."""
    rows = await list_rows_of_contact(services.db.pool, contact_ids, limit=MOST_ROWS)
    return tuple(row for row in rows if may_see(agent, row.state))


def masked(address: str) -> str:
    """An outsourced agent sees which address it is, not what it is."""
    return f"{address[:1]}…{address[-2:]}" if len(address) > 3 else "…"
