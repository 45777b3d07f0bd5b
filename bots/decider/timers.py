"""What time does to a conversation: bursts end, promises pass, silence closes, snoozes wake."""

from collections.abc import Callable

from bots.decider.hooks import time_over
from bots.dialogue.alarms import call_again, call_for_unseen
from bots.dialogue.choice import Choice
from bots.dialogue.choosing import choose
from bots.dialogue.closing import resolve
from bots.dialogue.hearing import Prepared
from bots.dialogue.judging import note_decision, take_turn
from bots.dialogue.moves import speak
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from bots.dialogue.waiting import expectation_passed, safety_follow_up
from funnel.conversations.events import ContactAbsent, ConversationWoken
from funnel.conversations.state import State, reachable
from funnel.conversations.timers import TimerKind, timers_of
from funnel.conversations.values import SYSTEM, Actor

YES_NO = (("chip_yes", "yes"), ("chip_no", "no"))


def timers_due(state: State, prepared: Prepared, scene: Scene) -> Script:
    """Does all that is due, each kind once; a timer that came early or twice does nothing."""
    script = Script(state, scene.moment)
    done: set[TimerKind] = set()
    while True:
        due = [
            timer.kind
            for timer in timers_of(script.state)
            if timer.due_at <= scene.moment.at and timer.kind not in done
        ]
        if not due:
            return script
        done.add(due[0])
        HANDLERS[due[0]](script, scene, prepared)


def _burst(script: Script, scene: Scene, prepared: Prepared) -> None:
    """The contact is quiet: the burst is answered, unless nothing of it is left or the bot has no voice any more."""
    state = script.state
    asks_on = state.waiting is not None and state.waiting.keep_asking
    left = bool(prepared.seqs) or not prepared.readable
    if not left or not (state.owner.kind == "bot" or asks_on):
        note_decision(script, scene, Choice("silent", "silent", counts=False), prepared)
        return
    take_turn(script, scene, choose(state, prepared), prepared, Actor(kind="contact", id=state.contact_id))


def _safety(script: Script, scene: Scene, prepared: Prepared) -> None:
    safety_follow_up(script, scene)


def _expectation(script: Script, scene: Scene, prepared: Prepared) -> None:
    expectation_passed(script, scene)


def _settle(script: Script, scene: Scene, prepared: Prepared) -> None:
    """Asked while the contact is still there. Messengers tell nobody who is; what is said there waits for its reader."""
    left = script.state.channel == "web" and not scene.moment.present
    if left or not scene.manners.settle or not reachable(script.state, script.moment.at):
        script.add(ContactAbsent())
        return
    locale = script.state.locale
    speak(script, scene, scene.line(locale, "settle"), "settle", scene.chips(locale, YES_NO))


def _silence(script: Script, scene: Scene, prepared: Prepared) -> None:
    """Silence ends the episode and is never reported as a need met."""
    resolve(script, scene, SYSTEM, by="system", how="silent", need_met="unknown")


def _agent_silence(script: Script, scene: Scene, prepared: Prepared) -> None:
    if scene.manners.closing_text:
        script.announce(scene.line(script.state.locale, "closed_quiet"), "notice")
    resolve(script, scene, SYSTEM, by="system", how="silent", need_met="unknown")


def _wake(script: Script, scene: Scene, prepared: Prepared) -> None:
    script.add(ConversationWoken("time"))


def _alarm(script: Script, scene: Scene, prepared: Prepared) -> None:
    call_again(script)


def _unseen(script: Script, scene: Scene, prepared: Prepared) -> None:
    call_for_unseen(script)


def _hook(script: Script, scene: Scene, prepared: Prepared) -> None:
    time_over(script, scene, prepared)


HANDLERS: dict[TimerKind, Callable[[Script, Scene, Prepared], None]] = {
    "burst": _burst,
    "safety": _safety,
    "expectation": _expectation,
    "settle": _settle,
    "silence": _silence,
    "agent_silence": _agent_silence,
    "wake": _wake,
    "alarm": _alarm,
    "unseen": _unseen,
    "hook": _hook,
}
