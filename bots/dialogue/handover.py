"""Handing over to people: owner, priority, receipt, what is asked after it. It always ends with a queue as owner."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from bots.dialogue.scene import Promise, Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    ContextAttached,
    ConversationHandedOver,
    ConversationTagged,
    HumanOffered,
)
from funnel.conversations.state import State
from funnel.conversations.values import BOT, OfferChoice, Priority, QuickReply, Reason, ReplyBy

LEADS: Mapping[Reason | None, str] = {
    "unreadable": "lead_unreadable",
    "not_helpful": "lead_not_helpful",
    "loop_guard": "lead_not_helpful",
}
CHOICES: tuple[OfferChoice, ...] = ("person_now", "reply_later", "keep_asking")


class Handover(Struct, frozen=True):
    """What a hand-over is about. `intake`: the contact has not said yet what it is about, so one question may follow.

    `chosen` is the contact's own choice under an offer, which spares it the same choice again.
    """

    reason: Reason
    intake: bool = False
    unclear: bool = False
    chosen: OfferChoice | None = None
    messages: tuple[str, ...] = ()


def hand_over(script: Script, scene: Scene, handover: Handover) -> None:
    """Bot → queue, with the receipt in the contact's language; on the urgent path the fixed text takes its place."""
    state = script.state
    queue_id = scene.outlook.home_queue(state.home_queue_id)
    promise = scene.outlook.promise(queue_id, script.moment.at)
    urgent = handover.reason == "safety"
    if urgent:
        promise = Promise(open=promise.open, agents_online=promise.agents_online)
    reply_by: ReplyBy = "email" if handover.chosen == "reply_later" else "here"
    script.add(
        ConversationHandedOver(
            reason=handover.reason,
            queue_id=queue_id,
            expected_reply_at=promise.expected_reply_at,
            position=promise.position,
            reply_by=reply_by,
            priority=_priority(state, handover),
        ),
        BOT,
    )
    if handover.unclear or urgent:
        script.add(ConversationTagged(add=("unclear" if handover.unclear else "safety",)))
    script.add(_context(state, handover))
    if urgent:
        say_safety(script, scene, promise)
        return
    _receipt(script, scene, handover, promise)
    _ask_after(script, scene, handover, promise)


def _priority(state: State, handover: Handover) -> Priority:
    if handover.reason == "safety":
        return "urgent"
    return "low" if handover.unclear else state.priority


def _context(state: State, handover: Handover) -> ContextAttached:
    episode = state.episode.number
    return ContextAttached(
        question=handover.messages[0] if handover.messages else None,
        messages=handover.messages,
        answers=tuple(mark.answer_id for mark in state.answers if mark.episode == episode),
    )


def say_safety(script: Script, scene: Scene, promise: Promise) -> None:
    """The fixed text of the urgent path, once, and truthfully whether a person is reading now."""
    locale = script.state.locale
    attended = promise.open and promise.agents_online > 0
    presence = "safety_reading" if attended else "safety_unattended"
    text = scene.words.safety(locale, script.moment.at)
    script.announce(f"{text}\n\n{scene.line(locale, presence)}", "safety")


def receipt_text(script: Script, scene: Scene, promise: Promise, reason: Reason | None = None) -> str:
    """That a person will answer, by when, and the place in the queue where that is worth saying."""
    locale = script.state.locale
    parts = [scene.line(locale, LEADS[reason])] if reason in LEADS else []
    if promise.expected_reply_at is None:
        parts.append(scene.line(locale, "receipt_soon" if promise.open else "receipt_closed_unknown"))
        return joined(parts)
    when = promised(script, scene, promise)
    parts.append(scene.line(locale, "receipt" if promise.open else "receipt_closed", when=when))
    if promise.position == 1 and promise.open:
        parts.append(scene.line(locale, "position_next"))
    elif promise.position is not None and promise.open:
        parts.append(scene.line(locale, "position", count=promise.position))
    return joined(parts)


def joined(sentences: Sequence[str]) -> str:
    """Sentences in one line; after a full-width stop no space follows."""
    text = ""
    for sentence in sentences:
        text += sentence if not text or text[-1] in "。！？" else f" {sentence}"
    return text


def promised(script: Script, scene: Scene, promise: Promise) -> str:
    """The promised time in the contact's zone and numerals; empty where none is promised."""
    return moment_of(script, scene, promise.expected_reply_at) if promise.expected_reply_at else ""


def moment_of(script: Script, scene: Scene, at: datetime) -> str:
    """A time as the contact reads it."""
    state = script.state
    return scene.words.when(state.locale, at, script.moment.at, state.zone or scene.zone)


def _receipt(script: Script, scene: Scene, handover: Handover, promise: Promise) -> None:
    locale = script.state.locale
    text = receipt_text(script, scene, promise, handover.reason)
    chips: tuple[QuickReply, ...] = ()
    if promise.crowded and script.state.channel == "web" and handover.chosen in (None, "person_now"):
        offer_id = script.moment.ids.next()
        script.add(HumanOffered(offer_id, CHOICES, promise.expected_reply_at, "capacity"), BOT)
        text = f"{text}\n\n{scene.line(locale, 'capacity')}"
        chips = offer_chips(scene, locale, offer_id, "capacity")
    script.announce(text, "receipt", chips)


def offer_chips(
    scene: Scene, locale: str, offer_id: str, why: Literal["bot", "capacity"]
) -> tuple[QuickReply, ...]:
    """The three choices as buttons; their payloads name the offer, so that an old button answers nothing new."""
    keys = ("chip_wait" if why == "capacity" else "chip_person", "chip_reply_later", "chip_keep_asking")
    pairs = [(key, f"offer:{offer_id}:{choice}") for key, choice in zip(keys, CHOICES, strict=True)]
    return scene.chips(locale, pairs)


def _ask_after(script: Script, scene: Scene, handover: Handover, promise: Promise) -> None:
    """At most one question, never a gate: an address out of hours or for a later reply, else what to pass on."""
    state = script.state
    if (not promise.open or handover.chosen == "reply_later") and not state.episode.address_asked:
        ask_address(script, scene)
    elif handover.intake and promise.open and not promise.crowded and state.episode.intake_asked == 0:
        script.announce(scene.line(state.locale, "intake"), "question")


def ask_address(script: Script, scene: Scene) -> None:
    """Where a reply may be sent; asked once an episode."""
    if not script.state.episode.address_asked:
        script.announce(scene.line(script.state.locale, "address"), "address")
