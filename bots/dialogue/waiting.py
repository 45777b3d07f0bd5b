"""While a person is waited for: messages are added and acknowledged once, promises kept honest, leaving is one word away."""

from datetime import timedelta

from bots.dialogue.alarms import call_for_life
from bots.dialogue.bursts import wait_until
from bots.dialogue.choice import Choice
from bots.dialogue.choosing import choose
from bots.dialogue.closing import resolve
from bots.dialogue.handover import ask_address, moment_of, promised, say_safety
from bots.dialogue.hearing import Prepared
from bots.dialogue.judging import note_decision, take_turn
from bots.dialogue.pressing import hear_meanwhile
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    AnswerDeferred,
    ConversationTagged,
    ConversationWithdrawn,
    ExpectationChanged,
    HumanOfferAnswered,
    PriorityChanged,
)
from funnel.conversations.state import State
from funnel.conversations.timers import MOST_UPDATES
from funnel.conversations.values import BOT, PRIORITIES, Actor, OfferChoice

OVERDUE = "overdue"
REMINDED_AFTER = timedelta(minutes=1)


def take_message(script: Script, scene: Scene, prepared: Prepared, actor: Actor, *, wish: bool) -> None:
    """A contact's message, already appended, to a conversation that waits in a queue."""
    state = script.state
    if prepared.line.urgent:
        raise_alarm(script, scene, prepared)
    elif not state.episode.urgent:
        hear_meanwhile(script, scene, prepared)
        _take(script, scene, prepared, actor, wish=wish)


def _take(script: Script, scene: Scene, prepared: Prepared, actor: Actor, *, wish: bool) -> None:
    state = script.state
    if state.question == "address" and prepared.line.email is not None:
        text = scene.line(state.locale, "address_saved", email=prepared.line.email)
        script.announce(text, "address_saved")
    elif state.offer is not None and (prepared.line.yes or prepared.line.no):
        answer_offer(script, scene, "person_now" if prepared.line.yes else "keep_asking", actor, tapped=False)
    elif (prepared.line.withdraws or prepared.line.solved) and not wish:
        withdraw(script, scene, actor, solved=prepared.line.solved)
    elif state.waiting is not None and state.waiting.keep_asking and not wish:
        ask_on(script, scene, prepared, actor)
    elif wish and _may_speak_again(script, scene):
        _still_waiting(script, scene)
    elif _owes_acknowledgement(state, prepared, scene):
        script.announce(scene.line(state.locale, "acknowledged"), "acknowledgement")


def _owes_acknowledgement(state: State, prepared: Prepared, scene: Scene) -> bool:
    told = state.waiting is None or state.waiting.acknowledged or not scene.manners.acknowledgement
    return not told and not _small_talk(prepared)


def _may_speak_again(script: Script, scene: Scene) -> bool:
    """Messages are acknowledged once; a wish that is repeated after a while is still owed an answer."""
    state = script.state
    if not scene.manners.receipt_again:
        return False
    acknowledged = state.waiting is not None and state.waiting.acknowledged
    return not acknowledged or state.bot_at is None or script.moment.at - state.bot_at >= REMINDED_AFTER


def _still_waiting(script: Script, scene: Scene) -> None:
    """A person asked for once more: what was promised still stands."""
    state = script.state
    expected = state.waiting.expected_reply_at if state.waiting is not None else None
    if expected is None or expected <= script.moment.at:
        text = scene.line(state.locale, "already_passed_on")
    else:
        text = scene.line(state.locale, "already_waiting", when=moment_of(script, scene, expected))
    script.announce(text, "acknowledgement")


def _small_talk(prepared: Prepared) -> bool:
    line = prepared.line
    return line.thanks or line.greeting or line.reaction or line.closing or line.yes


def ask_on(script: Script, scene: Scene, prepared: Prepared, actor: Actor) -> None:
    """The bot goes on answering in the queue, because the contact chose so."""
    until = wait_until(script.state, prepared, script.moment.at)
    if until is not None:
        script.add(AnswerDeferred(until), BOT)
        return
    take_turn(script, scene, choose(script.state, prepared), prepared, actor)


def raise_alarm(script: Script, scene: Scene, prepared: Prepared) -> None:
    """Danger named while people already have the conversation: urgent for them, and the fixed text where none owns it."""
    state = script.state
    if state.priority != "urgent":
        script.add(PriorityChanged("urgent"))
    if "safety" not in state.tags:
        script.add(ConversationTagged(add=("safety",)))
    call_for_life(script)
    if state.owner.kind != "queue" or state.safety_at is not None:
        return
    choice = Choice("hand_over", "human", "safety", counts=False, danger=True)
    note_decision(script, scene, choice, prepared)
    say_safety(script, scene, scene.outlook.promise(state.queue_id, script.moment.at))


def withdraw(script: Script, scene: Scene, actor: Actor, *, solved: bool) -> None:
    """Never mind, or solved: it leaves the queue and the episode ends; a word is enough to begin again."""
    script.add(ConversationWithdrawn(), actor)
    text = scene.line(script.state.locale, "solved" if solved else "withdrawn")
    script.announce(text, "acknowledgement")
    resolve(script, scene, actor, by="contact", how="withdrawn", need_met="yes" if solved else "unknown")


def answer_offer(script: Script, scene: Scene, choice: OfferChoice, actor: Actor, *, tapped: bool) -> None:
    """The choice between waiting, a later reply and asking on; the place is kept whatever is chosen."""
    state = script.state
    if state.offer is None:
        return
    script.add(HumanOfferAnswered(state.offer.offer_id, choice, "tap" if tapped else "text"), actor)
    if choice == "reply_later" and not state.episode.address_asked:
        ask_address(script, scene)
        return
    key = {
        "person_now": "acknowledged",
        "reply_later": "reply_later_done",
        "keep_asking": "keep_asking_done",
    }[choice]
    script.announce(scene.line(state.locale, key), "acknowledgement")


def expectation_passed(script: Script, scene: Scene) -> None:
    """The promised time is over: two honest updates with a new time, then a lead is alerted and nothing more is promised."""
    state = script.state
    waiting = state.waiting
    if waiting is None:
        return
    if waiting.expected_reply_at is not None and waiting.updates < MOST_UPDATES:
        promise = scene.outlook.promise(state.queue_id, script.moment.at, stretch=waiting.updates + 1)
        if promise.expected_reply_at is not None:
            script.add(ExpectationChanged(promise.expected_reply_at))
            if scene.manners.wait_update:
                when = promised(script, scene, promise)
                script.announce(scene.line(state.locale, "expectation", when=when), "expectation")
            return
    _alert_lead(script, scene, state)


def _alert_lead(script: Script, scene: Scene, state: State) -> None:
    """Said once; later rounds only keep the alert alive."""
    script.add(ExpectationChanged(None))
    if OVERDUE not in state.tags:
        if not state.episode.urgent and scene.manners.wait_update:
            script.announce(scene.line(state.locale, "expectation_unknown"), "expectation")
        script.add(ConversationTagged(add=(OVERDUE,)))
        raised = PRIORITIES[min(PRIORITIES.index(state.priority) + 1, PRIORITIES.index("high"))]
        if PRIORITIES.index(raised) > PRIORITIES.index(state.priority):
            script.add(PriorityChanged(raised))


def safety_follow_up(script: Script, scene: Scene) -> None:
    """Nobody has come in five minutes: one further fixed line."""
    script.announce(scene.line(script.state.locale, "safety_follow_up"), "safety")
