"""One person on several channels: who it may be, joined by an agent's click, and undone by another."""

from api.operations.desk import actor_of
from api.operations.kin import known_kin, masked, seen_of
from api.operations.writing import Written, execute
from api.services import Services
from funnel.conversations.commands import NoteJoined
from funnel.conversations.render import encode_json
from funnel.core.errors import not_found
from funnel.people.joins import Alike, Join
from funnel.people.principals import AgentPrincipal
from funnel.turns.kin import kin_of
from funnel.turns.records import ConversationRow


async def look(services: Services, agent: AgentPrincipal, row: ConversationRow) -> bytes:
    """Contacts with the same address that the agent may see, and those that were joined by hand."""
    people, contact_id = services.people, row.state.contact_id
    every = await kin_of(services.db.pool, contact_id)
    kin = await known_kin(services, agent, contact_id)
    known = await people.contacts.identities(frozenset(kin.contact_ids))
    items = []
    for one in await people.joins.alike(every, row.state.site_id, known):
        rows = await seen_of(services, agent, await kin_of(services.db.pool, one.id))
        if rows:
            items.append(_suggested(one, rows, agent))
    live = await people.joins.live(every)
    joined = [
        _joined(one, kin.rows) for one in live if {one.contact_id, one.other_id} <= set(kin.contact_ids)
    ]
    return encode_json({"items": items, "joined": joined, "next": None})


async def join(services: Services, agent: AgentPrincipal, row: ConversationRow, other_id: str) -> Written:
    """The contact of this conversation and that one are one person from now on, for agents. Told in the log of both.

    Raises 404 where the agent may see no conversation of the other one. Joining again changes nothing.
    """
    rows = await seen_of(services, agent, (other_id,))
    if not rows or rows[0].state.site_id != row.state.site_id or other_id == row.state.contact_id:
        raise not_found("contact")
    join_id = await services.people.joins.join(row.state.contact_id, other_id, agent.agent_id)
    return await _tell(services, agent, row, rows[0], join_id, ended=False)


async def part(services: Services, agent: AgentPrincipal, row: ConversationRow, join_id: str) -> Written:
    """Undoes a join of this conversation's person: every contact is as it was. Told in the log of both.

    Raises 404 for a join the agent may not know of. Undoing again changes nothing.
    """
    found = await services.people.joins.find(join_id)
    rows = await seen_of(services, agent, (found.contact_id, found.other_id)) if found is not None else ()
    seen = {one.state.contact_id for one in rows}
    own = row.state.contact_id
    if found is None or not {found.contact_id, found.other_id} <= seen:
        raise not_found("join")
    pair = {found.contact_id, found.other_id}
    if own not in pair and not (found.live and pair & set(await kin_of(services.db.pool, own))):
        raise not_found("join")
    await services.people.joins.undo(join_id, agent.agent_id)
    other_id = found.other_id if own == found.contact_id else found.contact_id
    other = next(one for one in rows if one.state.contact_id == other_id)
    return await _tell(services, agent, row, other, join_id, ended=True)


async def _tell(
    services: Services,
    agent: AgentPrincipal,
    row: ConversationRow,
    other: ConversationRow,
    join_id: str,
    *,
    ended: bool,
) -> Written:
    """Each log once; the other's last conversation first, so that who asks again after a break completes both."""
    name = f"{'parted' if ended else 'joined'}:{join_id}"

    def told(of: ConversationRow, about: ConversationRow) -> NoteJoined:
        return NoteJoined(
            command_id=name,
            actor=actor_of(agent),
            conversation_id=of.state.id,
            join_id=join_id,
            other_id=about.state.contact_id,
            ended=ended,
        )

    await execute(services, agent, told(other, row))
    return await execute(services, agent, told(row, other))


def _suggested(one: Alike, rows: tuple[ConversationRow, ...], agent: AgentPrincipal) -> dict[str, object]:
    return {
        "contact_id": one.id,
        "name": one.name,
        "verified": one.verified,
        "because": one.kind,
        "address": masked(one.address) if agent.masked else one.address,
        "proven": one.proven,
        "conversation": _told(rows[0]),
    }


def _joined(one: Join, rows: tuple[ConversationRow, ...]) -> dict[str, object]:
    pair = {one.contact_id, one.other_id}
    return {
        "join_id": one.id,
        "at": one.at,
        "by": one.agent,
        "conversations": [_told(row) for row in rows if row.state.contact_id in pair],
    }


def _told(row: ConversationRow) -> dict[str, object]:
    return {
        "conversation_id": row.state.id,
        "contact_id": row.state.contact_id,
        "name": row.state.contact_name,
        "channel": row.state.channel,
        "status": row.state.status,
        "updated_at": row.state.updated_at,
    }
