"""What an agent does with conversations."""

from api.operations.writing import Written, execute
from api.schemas.agent import AssignIn, NoteIn, PriorityIn, ResolveIn, SnoozeIn, TagsIn
from api.schemas.visitor import MessageIn
from api.services import Services
from funnel.conversations.commands import (
    Acknowledge,
    AddNote,
    Assign,
    ChangeTags,
    Claim,
    Command,
    HandBack,
    MarkSeen,
    Release,
    Reopen,
    Reply,
    Resolve,
    SetPriority,
    Snooze,
)
from funnel.conversations.values import Actor
from funnel.core.errors import ErrorKind, FunnelError, invalid, not_found
from funnel.core.ids import new_id
from funnel.people.access import may_work_queue
from funnel.people.principals import AgentPrincipal
from funnel.turns.reading import find_row, next_waiting
from funnel.turns.records import ConversationRow

PLAIN: dict[str, type[Command]] = {
    "release": Release,
    "hand_back": HandBack,
    "reopen": Reopen,
}
BY_LEADS: dict[str, type[Acknowledge] | type[Claim] | type[MarkSeen]] = {
    "claim": Claim,
    "seen": MarkSeen,
    "acknowledge": Acknowledge,
}
NEXT_TRIES = 20


def actor_of(agent: AgentPrincipal) -> Actor:
    """The agent as the author of an event."""
    return Actor(kind="agent", id=agent.agent_id, name=agent.name)


async def reply(services: Services, agent: AgentPrincipal, row: ConversationRow, body: MessageIn) -> Written:
    """A public message. Raises 422 where it has no text or carries a button's payload."""
    if body.text is None:
        raise invalid("text_invalid", "A reply needs a text.")
    if body.payload is not None:
        raise invalid("invalid", "Only a visitor's message carries a payload.")
    files = await services.files.own("agent", [agent.agent_id], body.attachments, body.client_message_id)
    command = Reply(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        text=body.text,
        attachments=files,
    )
    return await execute(services, agent, command)


async def note(services: Services, agent: AgentPrincipal, row: ConversationRow, body: NoteIn) -> Written:
    """A private message."""
    command = AddNote(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        text=body.text,
    )
    return await execute(services, agent, command)


async def act(services: Services, agent: AgentPrincipal, row: ConversationRow, what: str) -> Written:
    """One of the commands without fields: see PLAIN and BY_LEADS."""
    actor, conversation_id = actor_of(agent), row.state.id
    command = (
        BY_LEADS[what](
            command_id=new_id(),
            actor=actor,
            conversation_id=conversation_id,
            by_lead=leads(agent, row.state.queue_id),
        )
        if what in BY_LEADS
        else PLAIN[what](command_id=new_id(), actor=actor, conversation_id=conversation_id)
    )
    return await execute(services, agent, command)


def leads(agent: AgentPrincipal, queue_id: str) -> bool:
    """Whether the agent is a lead of the queue's team."""
    return agent.admin or queue_id in agent.lead_queue_ids


async def assign(services: Services, agent: AgentPrincipal, row: ConversationRow, body: AssignIn) -> Written:
    """To an agent or a queue. Raises 404 for one that does not exist."""
    known = services.directory.now()
    target = known.agents.get(body.agent_id) if body.agent_id else None
    if body.agent_id is not None and target is None:
        raise not_found("agent")
    if body.queue_id is not None and body.queue_id not in known.queues:
        raise not_found("queue")
    command = Assign(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        agent_id=body.agent_id,
        agent_name=target.name if target else None,
        queue_id=body.queue_id,
        note=body.note,
    )
    return await execute(services, agent, command)


async def tags(services: Services, agent: AgentPrincipal, row: ConversationRow, body: TagsIn) -> Written:
    """Adds and removes tags."""
    command = ChangeTags(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        add=tuple(tag.strip() for tag in body.add),
        remove=tuple(tag.strip() for tag in body.remove),
    )
    return await execute(services, agent, command)


async def priority(
    services: Services, agent: AgentPrincipal, row: ConversationRow, body: PriorityIn
) -> Written:
    """Another priority."""
    command = SetPriority(
        command_id=new_id(), actor=actor_of(agent), conversation_id=row.state.id, priority=body.priority
    )
    return await execute(services, agent, command)


async def snooze(services: Services, agent: AgentPrincipal, row: ConversationRow, body: SnoozeIn) -> Written:
    """Sleeps until a time to come. Raises 422 for one that has passed."""
    if body.until <= services.clock.now():
        raise invalid("until_passed", "The time to wake must lie in the future.")
    command = Snooze(
        command_id=new_id(), actor=actor_of(agent), conversation_id=row.state.id, until=body.until
    )
    return await execute(services, agent, command)


async def resolve(
    services: Services, agent: AgentPrincipal, row: ConversationRow, body: ResolveIn
) -> Written:
    """Ends the episode."""
    command = Resolve(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        how=body.how,
        need_met=body.need_met,
        disposition=body.disposition,
        by_lead=leads(agent, row.state.queue_id),
    )
    return await execute(services, agent, command)


async def take_next(services: Services, agent: AgentPrincipal, queue_id: str) -> Written | None:
    """Claims the next right conversation of a queue; None when none waits. Racing agents get different ones."""
    if queue_id not in services.directory.now().queues or not may_work_queue(agent, queue_id):
        raise not_found("queue")
    for conversation_id in await next_waiting(
        services.db.pool, queue_id, NEXT_TRIES, agent_id=agent.agent_id
    ):
        row = await find_row(services.db.pool, conversation_id)
        if row is None or row.state.owner.kind != "queue" or row.state.queue_id != queue_id:
            continue
        command = Claim(
            command_id=new_id(),
            actor=actor_of(agent),
            conversation_id=conversation_id,
            by="next",
            by_lead=leads(agent, queue_id),
        )
        try:
            outcome = await execute(services, agent, command)
        except FunnelError as error:
            if error.kind is ErrorKind.CONFLICT:
                continue
            raise
        if outcome.result.changed:
            return outcome
    return None
