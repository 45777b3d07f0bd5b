"""What an agent does about a message that did not arrive: send it again, or say it by another way. One way answers a failure."""

from collections.abc import Coroutine
from typing import Any

from api.operations.desk import actor_of
from api.operations.kin import known_kin, masked
from api.operations.writing import Written, execute
from api.services import Services
from bots.decider.agents import owned_by_other
from funnel.conversations.commands import NoteRedirected, Reply, SendAgain
from funnel.conversations.render import encode_json
from funnel.core.errors import FunnelError, conflict, not_found
from funnel.core.ids import is_id
from funnel.people.principals import AgentPrincipal
from funnel.turns.outbox.ways import FailedDelivery, Way
from funnel.turns.records import ConversationRow


async def send_again(
    services: Services, agent: AgentPrincipal, row: ConversationRow, delivery_id: str
) -> Written:
    """The same message by the same way. A failure is answered once: whoever asks again gets that turn.

    Raises 409 `answered_otherwise` where a colleague takes another way at this moment.
    """
    command_id = _names(delivery_id)[0]
    found = await _look(services, row, delivery_id)  # before the turn is looked for: it takes this id away
    done = await _done(services, agent, row, delivery_id)
    if done is not None:
        return done
    failed = _failed(found)
    command = _again(agent, failed, command_id, failed.address, failed.inbox_id)
    return await _first(services, agent, row, failed, "again", _sent(services, agent, command))


async def ways(services: Services, agent: AgentPrincipal, row: ConversationRow, delivery_id: str) -> bytes:
    """The other ways to the same person that are open now and that the agent may use."""
    failed = await _look(services, row, delivery_id)
    if failed is None:
        raise not_found("delivery")
    found = await _open_ways(services, agent, row, failed) if failed.failed else []
    return encode_json({"items": [_shown(way, agent) for way in found], "next": None})


async def send_elsewhere(
    services: Services,
    agent: AgentPrincipal,
    row: ConversationRow,
    delivery_id: str,
    conversation_id: str | None,
) -> Written:
    """The same words by another way: in that conversation of the same person or, where none is named, by mail in this one. A
    failure is answered once: whoever asks again gets that turn.

    Raises 404 for a conversation the agent may not see, 409 `no_way` for one that is no way now, 409 `answered_otherwise` where a
    colleague takes another way at this moment.
    """
    if conversation_id is not None:
        await services.rows.see(agent, conversation_id)
    command_id = _names(delivery_id)[1]
    found = await _look(services, row, delivery_id)  # before the turn is looked for: it takes this id away
    done = await _done(services, agent, row, delivery_id)
    if done is not None:
        return done
    failed = _failed(found)
    open_ways = await _open_ways(services, agent, row, failed)
    way = next((way for way in open_ways if way.conversation_id == conversation_id), None)
    if way is None:
        raise conflict("no_way", "The contact cannot be reached by this way now.")
    if way.conversation_id is None:
        name = await services.channels.ways.place_mail(row.state.id, way)
        command = _again(agent, failed, command_id, name, way.inbox_id, way.channel)
        return await _first(services, agent, row, failed, "mail", _sent(services, agent, command))
    said = Reply(
        command_id=command_id,
        actor=actor_of(agent),
        conversation_id=way.conversation_id,
        text=failed.text or "",
    )
    noted = _noted(agent, failed, command_id, way.channel, said)
    return await _first(
        services, agent, row, failed, way.conversation_id, _redirected(services, agent, said, noted)
    )


def _names(delivery_id: str) -> tuple[str, str]:
    """What the turns are called that may answer a failure: sent again, said elsewhere."""
    return f"again:{delivery_id.lower()}", f"elsewhere:{delivery_id.lower()}"


async def _first(
    services: Services,
    agent: AgentPrincipal,
    row: ConversationRow,
    failed: FailedDelivery,
    way: str,
    answer: Coroutine[Any, Any, Written],
) -> Written:
    """Answers the failure by this way, if no other has it: one conditional write decides. Raises 409 `answered_otherwise`."""
    ways, names = services.channels.ways, _names(failed.id)
    if not await ways.answer(failed.id, way, names):
        answer.close()
        done = await _done(services, agent, row, failed.id)
        if done is not None:
            return done
        raise conflict("answered_otherwise", "These words are being sent by another way.")
    try:
        return await answer
    except FunnelError:
        await ways.withdraw(failed.id, way, names)
        raise


def _again(
    agent: AgentPrincipal,
    failed: FailedDelivery,
    command_id: str,
    address: str,
    inbox_id: str,
    channel: str | None = None,
) -> SendAgain:
    return SendAgain(
        command_id=command_id,
        actor=actor_of(agent),
        conversation_id=failed.conversation_id,
        failed_id=failed.id,
        message_id=failed.message_id,
        address=address,
        inbox_id=inbox_id,
        channel=channel,
        is_template=bool(failed.is_template),
    )


def _noted(
    agent: AgentPrincipal, failed: FailedDelivery, command_id: str, channel: str, said: Reply
) -> NoteRedirected:
    return NoteRedirected(
        command_id=command_id,
        actor=actor_of(agent),
        conversation_id=failed.conversation_id,
        failed_id=failed.id,
        message_id=failed.message_id,
        channel=channel,
        to_conversation_id=said.conversation_id or "",
    )


async def _redirected(
    services: Services, agent: AgentPrincipal, said: Reply, noted: NoteRedirected
) -> Written:
    """The words first, so that who asks again after a break completes both."""
    await execute(services, agent, said)
    services.channels.outbox.wake()
    return await execute(services, agent, noted)


async def _sent(services: Services, agent: AgentPrincipal, command: SendAgain) -> Written:
    written = await execute(services, agent, command)
    services.channels.outbox.wake()
    return written


async def _done(
    services: Services, agent: AgentPrincipal, row: ConversationRow, delivery_id: str
) -> Written | None:
    """The turn that has answered this failure already, by whichever way, if any; a command that was executed is not judged again."""
    done = [one for one in _names(delivery_id) if await services.channels.ways.was_done(row.state.id, one)]
    if not done:
        return None
    command_id = done[0]
    repeat = NoteRedirected(
        command_id=command_id,
        actor=actor_of(agent),
        conversation_id=row.state.id,
        failed_id="",
        message_id="",
        channel="",
        to_conversation_id="",
    )
    return await execute(services, agent, repeat)


async def _look(services: Services, row: ConversationRow, delivery_id: str) -> FailedDelivery | None:
    return await services.channels.ways.find(row.state.id, delivery_id) if is_id(delivery_id) else None


def _failed(found: FailedDelivery | None) -> FailedDelivery:
    """Raises 404 for what is no delivery of this conversation, 409 `not_failed` for one that may still arrive or whose words are
    gone."""
    if found is None:
        raise not_found("delivery")
    if not found.failed or not found.text:
        raise conflict("not_failed", "This message has not failed, or its words are gone.")
    return found


async def _open_ways(
    services: Services, agent: AgentPrincipal, row: ConversationRow, failed: FailedDelivery
) -> list[Way]:
    """Those that the agent may use: an own conversation is never shown to who may not see it."""
    kin = await known_kin(services, agent, row.state.contact_id)
    seen = {one.state.id for one in kin.rows if not _taken(agent, one)}
    found = await services.channels.ways.others(failed, kin.contact_ids)
    return [way for way in found if way.conversation_id is None or way.conversation_id in seen]


def _taken(agent: AgentPrincipal, row: ConversationRow) -> bool:
    """Another agent is talking there."""
    return row.state.status != "resolved" and owned_by_other(row.state, agent.agent_id)


def _shown(way: Way, agent: AgentPrincipal) -> dict[str, object]:
    address = masked(way.address) if way.address is not None and agent.masked else way.address
    return {
        "conversation_id": way.conversation_id,
        "channel": way.channel,
        "inbox": way.inbox,
        "address": address,
        "verified": way.verified,
    }
