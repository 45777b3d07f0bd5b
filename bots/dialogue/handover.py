"""Handing over to people: owner, priority, receipt, what is asked after it. It always ends with a queue as owner."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from bots.dialogue.alarms import alarm_seconds, call_for_life, call_leads, call_on_call
from bots.dialogue.hearing import Candidate
from bots.dialogue.orders import NO_ORDERS, Orders, PastMatter
from bots.dialogue.pressing import raised
from bots.dialogue.scene import Promise, Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    AnswerOffered,
    ContextAttached,
    ConversationHandedOver,
    ConversationTagged,
    HumanOffered,
    MessageCreated,
    TargetStarted,
)
from funnel.conversations.state import State
from funnel.conversations.values import (
    BOT,
    SYSTEM,
    OfferChoice,
    PassageRef,
    Priority,
    QuickReply,
    Reason,
    ReplyBy,
)

LEADS: Mapping[Reason | None, str] = {
    "unreadable": "lead_unreadable",
    "not_helpful": "lead_not_helpful",
    "loop_guard": "lead_not_helpful",
}
CHOICES: tuple[OfferChoice, ...] = ("person_now", "reply_later", "keep_asking")


class Handover(Struct, frozen=True):
    """What a hand-over is about. `intake`: the contact has not said yet what it is about, so one question may follow.

    `chosen` is the contact's own choice under an offer, which spares it the same choice again. `urgent_path` is the fixed one
    for a life in danger; `orders` are the rules', `protective` the step that comes first, `matter` what it already wrote about.
    """

    reason: Reason
    intake: bool = False
    unclear: bool = False
    chosen: OfferChoice | None = None
    messages: tuple[str, ...] = ()
    urgent_path: bool = False
    orders: Orders = NO_ORDERS
    protective: Candidate | None = None
    matter: PastMatter | None = None


def hand_over(script: Script, scene: Scene, handover: Handover) -> None:
    """Bot → queue, with the receipt in the contact's language; on the urgent path the fixed text takes its place."""
    state, urgent = script.state, handover.urgent_path
    queue_id = _queue(scene, handover, state)
    promise = scene.outlook.promise(queue_id, script.moment.at)
    if not urgent:
        _protect(script, scene, handover)
    if urgent:
        promise = Promise(open=promise.open, agents_online=promise.agents_online)
    reply_by: ReplyBy = "email" if handover.chosen == "reply_later" else "here"
    priority = _priority(state, handover)
    script.add(
        ConversationHandedOver(
            reason=handover.reason,
            queue_id=queue_id,
            expected_reply_at=promise.expected_reply_at,
            position=promise.position,
            reply_by=reply_by,
            priority=priority,
            lifted=handover.orders.raise_one and priority != state.priority,
            alarm_seconds=None if urgent else alarm_seconds(state.channel, priority, promise),
        ),
        BOT,
    )
    tags = tuple(tag for tag in _tags(handover) if tag not in state.tags)
    if tags:
        script.add(ConversationTagged(add=tags))
    script.add(_context(script.state, handover))
    _for_agents(script, handover)
    call_on_call(script, scene, handover.orders, promise)
    if urgent:
        say_safety(script, scene, promise)
        return
    _receipt(script, scene, handover, promise)
    _ask_after(script, scene, handover, promise)


def _queue(scene: Scene, handover: Handover, state: State) -> str:
    named = scene.outlook.named_queue(handover.orders.queue) if handover.orders.queue is not None else None
    return named or scene.outlook.home_queue(state.home_queue_id)


def _protect(script: Script, scene: Scene, handover: Handover) -> None:
    """The step that keeps from harm comes before everything else, in the words of its article or in general ones."""
    article = handover.protective
    if "protective" not in handover.orders.says:
        return
    text = scene.line(script.state.locale, "protective")
    if article is not None:
        passage = PassageRef(
            article.article_id,
            article.title,
            article.locale,
            article.text,
            article.url,
            round(article.score, 4),
        )
        script.add(AnswerOffered(script.moment.ids.next(), "answer", (passage,)), BOT)
        text = article.text
    if not script.state.automation_told:
        text = f"{scene.line(script.state.locale, 'automated_notice')}\n\n{text}"
    script.say(text, "answer", markdown=article is not None)


def _tags(handover: Handover) -> tuple[str, ...]:
    own = ("safety",) if handover.urgent_path else ("unclear",) if handover.unclear else ()
    return (*own, *handover.orders.tags)


def _for_agents(script: Script, handover: Handover) -> None:
    """Notes of playbooks, clocks, and leads that are called."""
    orders, at = handover.orders, script.moment.at
    for note in orders.notes:
        message_id = script.moment.ids.next()
        script.add(MessageCreated(message_id, note, "outgoing", visibility="private", purpose="note"), SYSTEM)
    if orders.due_days is not None:
        script.add(TargetStarted("resolution", at + timedelta(days=orders.due_days)))
    call_leads(script, orders)
    if handover.urgent_path:
        call_for_life(script)


def _priority(state: State, handover: Handover) -> Priority:
    """The highest of what the rules set and what it had; anger lifts by one, never above high."""
    if handover.urgent_path:
        return "urgent"
    start: Priority | None = "low" if handover.unclear else None
    return raised(state, handover.orders, lifted=False, start=start)


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
    text = joined([*_said_first(script, scene, handover, promise), text])
    chips: tuple[QuickReply, ...] = ()
    if promise.crowded and script.state.channel == "web" and handover.chosen in (None, "person_now"):
        offer_id = script.moment.ids.next()
        script.add(HumanOffered(offer_id, CHOICES, promise.expected_reply_at, "capacity"), BOT)
        # Out of hours nobody is busy: saying so would be untrue.
        text = f"{text}\n\n{scene.line(locale, 'capacity' if promise.open else 'capacity_closed')}"
        chips = offer_chips(scene, locale, offer_id, "capacity")
    script.announce(text, "receipt", chips)


def _said_first(script: Script, scene: Scene, handover: Handover, promise: Promise) -> list[str]:
    """Sentences of the rules before the receipt: what to stop, that it was written about before, who is reading now."""
    locale, orders = script.state.locale, handover.orders
    parts = [scene.line(locale, key) for key in orders.says if key not in ("boundary", "protective")]
    if handover.matter is not None:
        parts.append(_known_matter(script, scene, handover.matter))
    if orders.on_call and not (promise.open and promise.agents_online > 0):
        parts.append(scene.line(locale, "on_call" if scene.on_call else "nobody_reading"))
    return parts


def _known_matter(script: Script, scene: Scene, matter: PastMatter) -> str:
    locale, when = script.state.locale, moment_of(script, scene, matter.at)
    if matter.order is None:
        return scene.line(locale, "known_matter", when=when)
    return scene.line(locale, "known_order", when=when, order=matter.order)


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
    absent = not promise.open and scene.manners.asks_address
    if (absent or handover.chosen == "reply_later") and not state.episode.address_asked:
        ask_address(script, scene)
    elif handover.intake and promise.open and not promise.crowded and state.episode.intake_asked == 0:
        script.announce(scene.line(state.locale, "intake"), "question")


def ask_address(script: Script, scene: Scene) -> None:
    """Where a reply may be sent; asked once an episode."""
    if not script.state.episode.address_asked:
        script.announce(scene.line(script.state.locale, "address"), "address")
