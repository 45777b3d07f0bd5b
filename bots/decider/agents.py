"""What agents do with a conversation: take it, give it, answer, note, put off, end it."""

from datetime import datetime

from bots.dialogue.closing import resolve
from bots.dialogue.handover import Handover, hand_over
from bots.dialogue.moves import speak
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.commands import (
    AddNote,
    AgentAbsent,
    Assign,
    Claim,
    Command,
    HandBack,
    Release,
    Reopen,
    Reply,
    Resolve,
)
from funnel.conversations.events import (
    ConversationAssigned,
    ConversationHandedBack,
    ConversationQueued,
    ConversationReleased,
    ConversationReopened,
    ConversationSeen,
    ConversationWoken,
    LeadAcknowledged,
    MessageCreated,
)
from funnel.conversations.render import window_fields
from funnel.conversations.state import State
from funnel.conversations.values import AgentRef
from funnel.core.errors import FunnelError, conflict, forbidden, invalid


def owned_by_other(state: State, agent_id: str | None) -> bool:
    """Whether another agent owns it."""
    return state.owner.kind == "agent" and state.owner.agent_id != agent_id


def refuse_other_owner(state: State, agent_id: str | None) -> None:
    """Raises conflict `already_owned` with the owner as it is."""
    if owned_by_other(state, agent_id):
        raise conflict(
            "already_owned",
            "Another agent owns this conversation.",
            kind="agent",
            name=state.owner.agent_name,
            id=state.owner.agent_id,
        )


def refuse_resolved(state: State) -> None:
    """Raises conflict `conversation_resolved`."""
    if state.status == "resolved":
        raise conflict("conversation_resolved", "This conversation is resolved; reopen it first.")


def lead_only(detail: str = "Only a lead may do this while somebody may be in danger.") -> FunnelError:
    """403 for what only a lead may do."""
    refusal = forbidden(detail)
    return FunnelError("lead_only", refusal.kind, refusal.detail)


def claim(command: Claim, state: State, scene: Scene) -> Script:
    """Exactly one agent wins; the owner's own claim changes nothing."""
    refuse_resolved(state)
    refuse_other_owner(state, command.actor.id)
    script = Script(state, scene.moment)
    if state.owner.kind != "agent":
        _wake(script, command)
        script.add(ConversationAssigned(_ref(command), command.by, state.queue_id), command.actor)
        if command.by_lead and script.state.calls:
            script.add(LeadAcknowledged(_ref(command)), command.actor)
    return script


def _ref(command: Command) -> AgentRef:
    return AgentRef(name=command.actor.name or "", id=command.actor.id)


def _wake(script: Script, command: Command) -> None:
    if script.state.status == "snoozed":
        script.add(ConversationWoken("agent"), command.actor)


def assign(command: Assign, state: State, scene: Scene) -> Script:
    """To an agent or a queue, the note first; from the bot to a queue it is a hand-over with its receipt."""
    refuse_resolved(state)
    if (command.agent_id is None) == (command.queue_id is None):
        raise invalid("target_invalid", "Name either an agent or a queue.")
    script = Script(state, scene.moment)
    if command.note:
        _note(script, command, command.note)
    if command.agent_id is not None:
        if state.owner.agent_id != command.agent_id:
            agent = AgentRef(name=command.agent_name or "", id=command.agent_id)
            script.add(ConversationAssigned(agent, "assign", state.queue_id), command.actor)
    elif command.queue_id is not None:
        _to_queue(script, scene, command, command.queue_id)
    return script


def _to_queue(script: Script, scene: Scene, command: Assign, queue_id: str) -> None:
    state = script.state
    if state.owner.kind == "bot":
        hand_over(script, scene, Handover("agent_requested"))
        state = script.state
    if state.owner.kind != "queue" or state.owner.queue_id != queue_id:
        script.add(ConversationQueued(queue_id, "assign", _expected(state, scene, queue_id)), command.actor)
        _tell(script, scene, state, "transferred")


def release(command: Release, state: State, scene: Scene) -> Script:
    """Back to its queue, the time already waited honoured."""
    refuse_resolved(state)
    refuse_other_owner(state, command.actor.id)
    script = Script(state, scene.moment)
    if state.owner.kind == "bot":
        raise conflict("not_owned", "The bot has this conversation; there is nothing to release.")
    if state.owner.kind == "agent":
        script.add(
            ConversationReleased(state.queue_id, _expected(state, scene, state.queue_id)), command.actor
        )
        _tell(script, scene, state, "back_in_queue")
    return script


def _expected(state: State, scene: Scene, queue_id: str) -> datetime | None:
    """No time is promised to somebody who may be in danger."""
    if state.episode.urgent:
        return None
    return scene.outlook.promise(queue_id, scene.moment.at).expected_reply_at


def _tell(script: Script, scene: Scene, before: State, key: str) -> None:
    """Only a contact who has already spoken with the person is told that it waits again."""
    if before.owner.kind == "agent" and before.waiting is None:
        script.announce(scene.line(before.locale, key), "receipt")


def hand_back(command: HandBack, state: State, scene: Scene) -> Script:
    """To the bot, and the contact is told in the same turn; never on the urgent path."""
    refuse_resolved(state)
    refuse_other_owner(state, command.actor.id)
    if state.episode.urgent:
        raise lead_only()
    script = Script(state, scene.moment)
    if state.owner.kind != "bot":
        _wake(script, command)
        script.add(ConversationHandedBack(), command.actor)
        speak(script, scene, scene.line(state.locale, "handed_back"), "handed_back")
    return script


def absent(command: AgentAbsent, state: State, scene: Scene) -> Script:
    """The owner is gone: its conversation waits again; nothing where it owns it no more."""
    script = Script(state, scene.moment)
    if state.status != "resolved" and state.owner.agent_id == command.agent_id:
        expected = _expected(state, scene, state.queue_id)
        script.add(ConversationQueued(state.queue_id, "absence", expected), command.actor)
        _tell(script, scene, state, "back_in_queue")
    return script


def reply(command: Reply, state: State, scene: Scene) -> Script:
    """A public message. Who replies owns it; what another agent owns is refused, what is resolved is reopened."""
    if state.status != "resolved":
        refuse_other_owner(state, command.actor.id)
    if command.template is None:
        refuse_closed_window(state, scene.moment.at)
    script = Script(state, scene.moment)
    if state.status == "resolved":
        _reopen(script, command)
    elif state.owner.kind != "agent":
        script.add(ConversationAssigned(_ref(command), "claim", state.queue_id), command.actor)
    elif any(call.until == "seen" for call in state.calls):
        script.add(ConversationSeen(_ref(command)), command.actor)
    script.add(
        MessageCreated(
            message_id=script.moment.ids.next(),
            text=command.text,
            direction="outgoing",
            client_message_id=command.client_message_id,
            attachments=command.attachments,
            purpose="reply",
            template=command.template,
        ),
        command.actor,
    )
    return script


def refuse_closed_window(state: State, at: datetime) -> None:
    """Raises conflict `window_closed` with what may be sent instead: such words would never arrive."""
    if state.window is not None and not state.window.is_open(at):
        raise conflict(
            "window_closed",
            "The channel takes no free text for this contact until they write again.",
            window=window_fields(state.window),
        )


def add_note(command: AddNote, state: State, scene: Scene) -> Script:
    """Private, in any state."""
    script = Script(state, scene.moment)
    _note(script, command, command.text)
    return script


def _note(script: Script, command: Command, text: str) -> None:
    script.add(
        MessageCreated(
            message_id=script.moment.ids.next(),
            text=text,
            direction="outgoing",
            client_message_id=command.client_message_id,
            visibility="private",
            purpose="note",
        ),
        command.actor,
    )


def end(command: Resolve, state: State, scene: Scene) -> Script:
    """Ends the episode, for an agent or for the contact who says so; on the urgent path by a lead only."""
    script = Script(state, scene.moment)
    if state.status == "resolved":
        return script
    if (state.episode.urgent or "safety" in state.tags) and not command.by_lead:
        raise lead_only()
    resolve(
        script,
        scene,
        command.actor,
        by="contact" if command.actor.kind == "contact" else "agent",
        how=command.how,
        need_met=command.need_met,
        disposition=command.disposition,
    )
    return script


def reopen_by_agent(command: Reopen, state: State, scene: Scene) -> Script:
    """The agent who reopens owns it; nothing happens where it is open."""
    script = Script(state, scene.moment)
    if state.status == "resolved":
        _reopen(script, command)
    return script


def _reopen(script: Script, command: Command) -> None:
    queue_id = script.state.queue_id
    script.add(ConversationReopened("agent"), command.actor)
    script.add(ConversationAssigned(_ref(command), "reopen", queue_id), command.actor)
