"""What a contact writes: a message, or the button that asks for a person, in whatever state the conversation is."""

from msgspec.structs import replace

from bots.decider.feedback import chosen_offer
from bots.dialogue.bursts import wait_until
from bots.dialogue.choice import Choice
from bots.dialogue.choosing import asked_for_person, choose
from bots.dialogue.closing import BEST_RATING, RATING, THANKS_FOR, reopen, within
from bots.dialogue.hearing import Prepared
from bots.dialogue.judging import note_decision, take_turn
from bots.dialogue.matters import marks
from bots.dialogue.moves import speak
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from bots.dialogue.waiting import raise_alarm, take_message
from funnel.conversations.commands import Command, PostMessage
from funnel.conversations.events import (
    AnswerDeferred,
    ConversationStarted,
    ConversationWoken,
    MessageCreated,
    RatingGiven,
    SignalsMeasured,
)
from funnel.conversations.state import State
from funnel.conversations.values import BOT, Page
from funnel.core.errors import not_found

OFFER = "offer:"


def post_message(command: PostMessage, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """Appends the message and does the one turn it calls for; with neither words nor files only the wish counts."""
    if not command.text and not command.attachments:
        return ask_human(command, state, prepared, scene)
    script = Script(state, scene.moment)
    if state is None:
        start(script, command, command.page, command.locale)
    elif state.status == "resolved":
        if (score := _score(command, state)) is not None:
            _rate(script, scene, command, prepared, score)
            return script
        if _says_goodbye(script, prepared, command):
            _answer_goodbye(script, scene, command, prepared)
            return script
        wish = command.human or prepared.line.wants_person or prepared.line.urgent
        reopen(script, scene, command.actor, to_people=wish)
    elif state.status == "snoozed":
        script.add(ConversationWoken("contact"), command.actor)
    message_id = _append(script, command, prepared)
    prepared = _with_message(prepared, message_id)
    _react(script, scene, command, prepared)
    return script


def _react(script: Script, scene: Scene, command: PostMessage, prepared: Prepared) -> None:
    state = script.state
    if state.owner.kind == "agent":
        if prepared.line.urgent:
            raise_alarm(script, scene, prepared)
        return
    payload = command.payload or ""
    if payload.startswith(OFFER) and chosen_offer(
        script, scene, payload[len(OFFER) :], command.actor, prepared
    ):
        return
    if state.owner.kind == "queue":
        wish = command.human or prepared.line.wants_person
        take_message(script, scene, prepared, command.actor, wish=wish)
        return
    _bot_turn(script, scene, command, prepared)


def _bot_turn(script: Script, scene: Scene, command: PostMessage, prepared: Prepared) -> None:
    state = script.state
    if command.human and not prepared.line.urgent:
        take_turn(script, scene, asked_for_person(), prepared, command.actor)
        return
    left_behind = bool(prepared.seqs) and state.burst is not None and len(state.burst.seqs) == 1
    until = None if left_behind else wait_until(state, prepared, script.moment.at)
    if until is not None:
        script.add(AnswerDeferred(until), BOT)
        return
    take_turn(script, scene, choose(state, prepared), prepared, command.actor)


def ask_human(command: Command, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """The button. Nothing changes where a person is already asked for or has the conversation."""
    script = Script(state, scene.moment)
    if state is None:
        page, locale = (command.page, command.locale) if isinstance(command, PostMessage) else (None, None)
        start(script, command, page, locale)
    elif state.status == "resolved":
        reopen(script, scene, command.actor, to_people=True)
    elif state.owner.kind != "bot":
        return script
    elif state.status == "snoozed":
        script.add(ConversationWoken("contact"), command.actor)
    take_turn(script, scene, asked_for_person(), prepared, command.actor)
    return script


def start(script: Script, command: Command, page: Page | None = None, locale: str | None = None) -> None:
    """`conversation.started`, linked to the contact's last one. Raises not_found where nothing tells where to begin."""
    opening = command.opening
    if opening is None:
        raise not_found("conversation")
    closed = script.moment.closed
    script.add(
        ConversationStarted(
            site_id=opening.site_id,
            inbox_id=opening.inbox_id,
            contact_id=opening.contact_id,
            channel=opening.channel,
            locale=locale or opening.locale,
            queue_id=opening.queue_id,
            thread=opening.thread,
            contact_name=opening.contact_name,
            contact_verified=opening.contact_verified,
            previous_id=closed.id if closed is not None else None,
            page=page,
            zone=opening.zone,
            rating_requested_at=closed.rating_requested_at if closed is not None else None,
        ),
        command.actor,
    )


def incoming(command: PostMessage, message_id: str) -> MessageCreated:
    """The contact's message as the log keeps it."""
    return MessageCreated(
        message_id=message_id,
        text=command.text,
        direction="incoming",
        client_message_id=command.client_message_id,
        attachments=command.attachments,
        payload=command.payload,
        window=command.window,
        subject=command.subject,
    )


def _append(script: Script, command: PostMessage, prepared: Prepared) -> str:
    message_id = script.moment.ids.next()
    script.add(incoming(command, message_id), command.actor)
    if command.text.strip() and prepared.line.language.code != "und":
        line = prepared.line
        script.add(
            SignalsMeasured(
                message_id, line.language, line.signals, marks(script.state.contact_id, line.orders)
            )
        )
    return message_id


def _with_message(prepared: Prepared, message_id: str) -> Prepared:
    return replace(prepared, message_ids=(message_id,))


def _score(command: PostMessage, state: State) -> int | None:
    """The rating somebody chose under the words that asked for one."""
    chosen = (command.payload or "").removeprefix(RATING)
    asked = state.rating_requested and (command.payload or "").startswith(RATING)
    return int(chosen) if asked and chosen in {str(n) for n in range(1, BEST_RATING + 1)} else None


def _rate(script: Script, scene: Scene, command: PostMessage, prepared: Prepared, score: int) -> None:
    """A rating opens nothing."""
    _append(script, command, prepared)
    note_decision(script, scene, Choice("silent", "silent", counts=False, about="small_talk"), prepared)
    script.add(RatingGiven(score, None), command.actor)
    script.announce(scene.line(script.state.locale, "rating_thanks"), "thanks")


def _says_goodbye(script: Script, prepared: Prepared, command: PostMessage) -> bool:
    line = prepared.line
    small = line.thanks or line.closing or line.reaction or line.yes
    return small and not command.human and within(script.state, script, THANKS_FOR)


def _answer_goodbye(script: Script, scene: Scene, command: PostMessage, prepared: Prepared) -> None:
    """Thanks after the end is answered and opens nothing; a mere reaction is left as it is."""
    _append(script, command, prepared)
    choice = Choice("silent", "silent", counts=False, about="small_talk")
    note_decision(script, scene, choice, prepared)
    if not prepared.line.thanks and not prepared.line.closing:
        return
    text = scene.line(script.state.locale, "thanks")
    if script.state.owner.kind == "agent":
        script.announce(text, "thanks")
    else:
        speak(script, scene, text, "thanks")
