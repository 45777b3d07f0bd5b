"""Carrying out a choice: the decision, then the words and events of its one outcome."""

from msgspec.structs import replace

from bots.dialogue.choice import Choice, rule_results
from bots.dialogue.closing import resolve
from bots.dialogue.handover import CHOICES, Handover, hand_over, offer_chips
from bots.dialogue.hearing import Candidate, Prepared
from bots.dialogue.lookup import open_mark
from bots.dialogue.record import record_of
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    AnswerOffered,
    AnswerRated,
    AnswerSuperseded,
    DecisionMade,
    HumanOfferAnswered,
    HumanOffered,
)
from funnel.conversations.events.talk import AnswerKind
from funnel.conversations.values import BOT, Actor, PassageRef, Purpose, QuickReply

PERSON_CHIP = ("chip_person", "human")


def perform(script: Script, scene: Scene, choice: Choice, prepared: Prepared, actor: Actor) -> None:
    """Appends the events of `choice`; `actor` is who the verdict or the answer to an offer comes from."""
    state = script.state
    choice = _while_queued(choice) if state.owner.kind == "queue" else choice
    if choice.rated is not None:
        script.add(AnswerRated(choice.rated, False, choice.rated_by), actor)
    if choice.offer_choice is not None and state.offer is not None:
        script.add(HumanOfferAnswered(state.offer.offer_id, choice.offer_choice, choice.offer_by), actor)
    _supersede(script, choice)
    record_decision(script, scene, choice, prepared)
    match choice.move:
        case "answer" | "suggest":
            _answer(script, scene, choice)
        case "ask":
            _ask(script, scene, choice)
        case "offer":
            _offer(script, scene, scene.line(script.state.locale, choice.key), "offer")
        case "hand_over":
            _to_person(script, scene, choice, prepared)
        case "settled":
            _settled(script, scene, actor)
        case "small_talk":
            purpose: Purpose = "thanks" if choice.key == "thanks" else "greeting"
            speak(script, scene, scene.line(script.state.locale, choice.key), purpose)
        case "decline":
            speak(script, scene, scene.line(script.state.locale, choice.key), "acknowledgement")
        case "silent":
            pass


def _while_queued(choice: Choice) -> Choice:
    """The contact already waits for a person and asks on meanwhile: nothing is offered twice, no second hand-over."""
    if choice.move == "offer":
        return replace(choice, move="ask", outcome="question", key="clarify_again")
    if choice.outcome == "answer_and_offer":
        return replace(choice, outcome="answer")
    return choice


def _supersede(script: Script, choice: Choice) -> None:
    """The rest of a burst replaces the answer that nobody has acted on."""
    state = script.state
    mark = open_mark(state)
    burst = state.burst
    if mark is None or burst is None or choice.move not in ("answer", "suggest"):
        return
    if burst.counted and len(burst.seqs) > 1 and mark.seq > burst.seqs[0]:
        script.add(AnswerSuperseded(mark.answer_id), BOT)


def record_decision(script: Script, scene: Scene, choice: Choice, prepared: Prepared) -> None:
    """The decision and its record; what it does to the counters is in the event."""
    decision_id = script.moment.ids.next()
    script.record = record_of(decision_id, choice, script.state, prepared, scene)
    script.add(
        DecisionMade(
            decision_id=decision_id,
            rule_set_version=scene.rule_set_version,
            outcome=choice.outcome,
            rules=rule_results(choice.fired),
            reason=choice.reason,
            need=choice.need,
            counts=choice.counts,
            miss=choice.miss,
            positive=choice.positive,
            about=choice.about,
        ),
        BOT,
    )


def speak(
    script: Script,
    scene: Scene,
    text: str,
    purpose: Purpose,
    chips: tuple[QuickReply, ...] = (),
    *,
    markdown: bool = False,
) -> None:
    """Says it as the bot; the first message of a conversation says that it is automated."""
    if not script.state.automation_told:
        text = f"{scene.line(script.state.locale, 'automated_notice')}\n\n{text}"
    script.say(text, purpose, chips, markdown=markdown)


def _person_chip(script: Script, scene: Scene, choice: Choice) -> tuple[QuickReply, ...]:
    if choice.miss is None or script.state.owner.kind != "bot":
        return ()
    return scene.chips(script.state.locale, [PERSON_CHIP])


def _answer(script: Script, scene: Scene, choice: Choice) -> None:
    locale = script.state.locale
    suggests = choice.move == "suggest"
    kind: AnswerKind = "suggestions" if suggests else "answer"
    script.add(
        AnswerOffered(
            script.moment.ids.next(),
            kind,
            tuple(_passage(one) for one in choice.candidates),
            round(choice.confidence or 0.0, 4),
        ),
        BOT,
    )
    chips = _person_chip(script, scene, choice)
    if suggests:
        titles = "\n".join(f"- {one.title}" for one in choice.candidates)
        text = f"{scene.line(locale, 'suggestions')}\n\n{titles}"
        chips = (*(QuickReply(one.title, f"article:{one.article_id}") for one in choice.candidates), *chips)
    else:
        text = choice.candidates[0].text
        if choice.miss is not None:
            text = f"{scene.line(locale, 'another_answer')}\n\n{text}"
    if choice.outcome == "answer_and_offer":
        _offer(script, scene, f"{text}\n\n{scene.line(locale, 'answer_offer')}", "answer")
    else:
        speak(script, scene, text, "answer", chips, markdown=True)


def _passage(one: Candidate) -> PassageRef:
    return PassageRef(one.article_id, one.title, one.locale, one.text, one.url, round(one.score, 4))


def _ask(script: Script, scene: Scene, choice: Choice) -> None:
    question = choice.key
    script.add(AnswerOffered(script.moment.ids.next(), "question", question=question), BOT)
    purpose: Purpose = "unreadable" if choice.about == "unreadable" else "question"
    text = scene.line(script.state.locale, question)
    speak(script, scene, text, purpose, _person_chip(script, scene, choice))


def _offer(script: Script, scene: Scene, text: str, purpose: Purpose) -> None:
    """An offer of a person; one that was ignored until now is closed first."""
    state = script.state
    if state.offer is not None:
        script.add(HumanOfferAnswered(state.offer.offer_id, "keep_asking", "timeout"))
    promise = scene.outlook.promise(state.home_queue_id, script.moment.at)
    offer_id = script.moment.ids.next()
    script.add(HumanOffered(offer_id, CHOICES, promise.expected_reply_at, "bot"), BOT)
    chips = offer_chips(scene, state.locale, offer_id, "bot")
    speak(script, scene, text, purpose, chips, markdown=purpose == "answer")


def _to_person(script: Script, scene: Scene, choice: Choice, prepared: Prepared) -> None:
    state = script.state
    if state.owner.kind == "queue":
        script.announce(scene.line(state.locale, "already_passed_on"), "acknowledgement")
        return
    moment = script.moment
    unclear = choice.reason == "loop_guard" and not state.episode.about_need
    untold = state.episode.need.number == 0 and prepared.found_whole.outcome == "none"
    hand_over(
        script,
        scene,
        Handover(
            reason=choice.reason or "rule",
            intake=choice.reason == "human_requested" and untold,
            unclear=unclear,
            chosen=choice.offer_choice,
            messages=tuple(one.message_id for one in moment.burst if one.seq in prepared.seqs)
            + prepared.message_ids,
        ),
    )


def _settled(script: Script, scene: Scene, actor: Actor) -> None:
    speak(script, scene, scene.line(script.state.locale, "solved"), "thanks")
    resolve(script, actor, by="contact", how="confirmed", need_met="yes")
