"""Beside the inbox: the last words of the conversations in view, calls that nobody has answered, and whom a conversation can be given to."""

from typing import Any

import msgspec

from api.services import Services
from funnel.conversations.render import Audience, actor_fields, encode_json
from funnel.conversations.values import Actor
from funnel.core.errors import invalid
from funnel.core.ids import is_id
from funnel.people.access import may_see
from funnel.people.principals import AgentPrincipal
from funnel.turns.glances import Glance, glances_at
from funnel.turns.reading import find_rows
from funnel.turns.records import ConversationRow

MOST = 50


async def glances(services: Services, agent: AgentPrincipal, listed: str) -> bytes:
    """Of the listed conversations those the agent may see, in the order asked for; others are passed over in silence."""
    wanted = [one.strip().lower() for one in listed.split(",")]
    if len(wanted) > MOST or not all(is_id(one) for one in wanted):
        raise invalid("ids_invalid", f"One to {MOST} conversation ids, separated by commas.")
    rows = {row.state.id: row for row in await find_rows(services.db.pool, wanted)}
    seen = [one for one in dict.fromkeys(wanted) if one in rows and may_see(agent, rows[one].state)]
    found = await glances_at(services.db.pool, seen, agent.agent_id)
    return encode_json({"items": [_fields(rows[one], found.get(one)) for one in seen]})


def _fields(row: ConversationRow, glance: Glance | None) -> dict[str, Any]:
    state = row.state
    fields: dict[str, Any] = {"conversation_id": state.id, "version": row.version}
    if state.waiting is not None:
        fields["reason"] = state.waiting.reason
    if state.snoozed_until is not None:
        fields["snoozed_until"] = state.snoozed_until
    fields["unread"] = glance is not None and glance.unread
    if glance is not None:
        actor = Actor(kind=glance.actor_kind, name=glance.actor_name)  # type: ignore[arg-type]
        fields["last"] = {
            "seq": glance.seq,
            "at": glance.at,
            "author": actor_fields(actor, Audience.AGENT),
            "text": glance.text,
            "attachments": glance.files,
        }
    return fields


async def alarms(services: Services, agent: AgentPrincipal) -> bytes:
    """Calls that nobody has answered, in the queues whose lead the agent is; an administrator's are all."""
    found = await services.channels.pages.open_calls(agent.lead_queue_ids, everywhere=agent.admin)
    return encode_json({"items": msgspec.to_builtins(found)})


def assignees(services: Services, agent: AgentPrincipal) -> bytes:
    """The colleagues who converse and the queues there are, by name; an outsourced agent knows those of own teams only."""
    known = services.directory.now()
    me = known.agents.get(agent.agent_id)
    teams = me.team_ids if me is not None else frozenset()
    agents = [
        {"id": one.id, "name": one.name, "status": one.status}
        for one in known.agents.values()
        if "converse" in one.permissions and (not agent.masked or one.team_ids & teams)
    ]
    queues = [
        {"id": one.id, "name": one.name, "agents_online": known.agents_online(one.id)}
        for one in known.queues.values()
        if not agent.masked or one.team_id in teams
    ]
    order = {"online": 0, "away": 1, "offline": 2}
    agents.sort(key=lambda one: (order.get(one["status"], 2), one["name"].casefold(), one["id"]))
    queues.sort(key=lambda one: (str(one["name"]).casefold(), one["id"]))
    return encode_json({"agents": agents, "queues": queues})
