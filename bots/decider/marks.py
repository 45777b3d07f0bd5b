"""Small changes by agents: seen, acknowledged, tags, priority, snooze, who the contact is, erasure; and what a site's own system tells."""

from bots.decider.agents import lead_only, refuse_closed_window, refuse_resolved
from bots.decider.contact import start
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.commands import (
    Acknowledge,
    ChangeTags,
    Command,
    EraseContact,
    MarkSeen,
    NoteJoined,
    Notify,
    Redact,
    SetPriority,
    Snooze,
)
from funnel.conversations.events import (
    ContactErased,
    ContactJoined,
    ContactParted,
    ConversationSeen,
    ConversationSnoozed,
    ConversationTagged,
    LeadAcknowledged,
    MessageCreated,
    MessageRedacted,
    PriorityChanged,
)
from funnel.conversations.state import State
from funnel.conversations.values import SYSTEM, AgentRef
from funnel.core.errors import invalid


def mark_seen(command: MarkSeen, state: State, scene: Scene) -> Script:
    """The hand-over was looked at; once, and again where somebody is called for since."""
    script = Script(state, scene.moment)
    unseen = state.waiting is not None and not state.waiting.seen
    if unseen or any(call.until == "seen" for call in state.calls):
        script.add(ConversationSeen(_agent(command)), command.actor)
    if command.by_lead and script.state.calls:
        script.add(LeadAcknowledged(_agent(command)), command.actor)
    return script


def acknowledge(command: Acknowledge, state: State, scene: Scene) -> Script:
    """A lead knows of it, and is called no more. Raises lead_only for anybody else."""
    if not command.by_lead:
        raise lead_only("Only a lead may acknowledge a call.")
    script = Script(state, scene.moment)
    if state.calls:
        script.add(LeadAcknowledged(_agent(command)), command.actor)
    return script


def _agent(command: Command) -> AgentRef:
    return AgentRef(name=command.actor.name or "", id=command.actor.id)


def change_tags(command: ChangeTags, state: State, scene: Scene) -> Script:
    """Adds what is new and removes what is there; nothing where neither changes anything."""
    script = Script(state, scene.moment)
    removed = tuple(tag for tag in command.remove if tag in state.tags)
    added = tuple(dict.fromkeys(tag for tag in command.add if tag not in state.tags or tag in removed))
    if added or removed:
        script.add(ConversationTagged(added, removed), command.actor)
    return script


def set_priority(command: SetPriority, state: State, scene: Scene) -> Script:
    """Another priority; the urgent path stays urgent."""
    script = Script(state, scene.moment)
    if state.priority == command.priority:
        return script
    if state.episode.urgent and state.status != "resolved":
        raise lead_only()
    script.add(PriorityChanged(command.priority), command.actor)
    return script


def snooze(command: Snooze, state: State, scene: Scene) -> Script:
    """Sleeps until a time in the future; the same time again changes nothing."""
    refuse_resolved(state)
    if command.until <= scene.moment.at:
        raise invalid("snooze_in_past", "The time to wake must lie in the future.")
    script = Script(state, scene.moment)
    if state.snoozed_until != command.until:
        script.add(ConversationSnoozed(command.until), command.actor)
    return script


def notify(command: Notify, state: State | None, scene: Scene) -> Script:
    """The words of the site's own system; a new conversation begins where there is none. Raises window_closed where they would never
    arrive."""
    script = Script(state, scene.moment)
    if state is None:
        start(script, command)
    else:
        refuse_closed_window(state, scene.moment.at)
    script.add(
        MessageCreated(
            message_id=scene.moment.ids.next(),
            text=command.text,
            direction="outgoing",
            client_message_id=command.client_message_id,
            purpose="notice",
        ),
        SYSTEM,
    )
    return script


def note_joined(command: NoteJoined, state: State, scene: Scene) -> Script:
    """Who the contact is said to be, or is no more."""
    script = Script(state, scene.moment)
    told = ContactParted if command.ended else ContactJoined
    script.add(told(command.join_id, command.other_id), command.actor)
    return script


def redact(command: Redact, state: State, scene: Scene) -> Script:
    """Says that the message's content is gone; the erasure itself is the store's, in the same transaction."""
    script = Script(state, scene.moment)
    script.add(MessageRedacted(command.message_id), command.actor)
    return script


def erase_contact(command: EraseContact, state: State, scene: Scene) -> Script:
    """Says that every message is gone, and that the conversation is over; what the log holds of them is emptied after this turn."""
    script = Script(state, scene.moment)
    for message_id in command.message_ids:
        script.add(MessageRedacted(message_id))
    script.add(ContactErased())
    return script
