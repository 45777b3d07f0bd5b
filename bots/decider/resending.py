"""What an agent does about a message that did not arrive: send it again, by the same way or by another one."""

from bots.decider.agents import refuse_closed_window
from bots.decider.deliveries import AGENT_SECONDS, HOME
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.commands import NoteRedirected, SendAgain
from funnel.conversations.events import DeliveryRedirected, DeliveryUpdated
from funnel.conversations.judgement import DeliveryDraft
from funnel.conversations.state import State


def send_again(command: SendAgain, state: State, scene: Scene) -> Script:
    """A new delivery of the same message, for another 24 h; a closed window of the conversation's own channel refuses it."""
    if command.address == HOME and not command.is_template:
        refuse_closed_window(state, scene.moment.at)
    script = Script(state, scene.moment)
    delivery_id = script.moment.ids.next()
    told = DeliveryUpdated(delivery_id, command.message_id, "queued", channel=command.channel)
    script.add(told, command.actor)
    script.deliver(
        DeliveryDraft(delivery_id, command.message_id, command.address, AGENT_SECONDS, command.inbox_id)
    )
    return script


def note_redirected(command: NoteRedirected, state: State, scene: Scene) -> Script:
    """Where the failed words were said instead."""
    script = Script(state, scene.moment)
    script.add(
        DeliveryRedirected(
            command.failed_id, command.message_id, command.channel, command.to_conversation_id
        ),
        command.actor,
    )
    return script
