"""Carrying out a choice: the decision, then the words and events of its one outcome."""

from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.closing import resolve
from bots.dialogue.constraint import Judged
from bots.dialogue.handover import CHOICES, Handover, hand_over, offer_chips
from bots.dialogue.hearing import Candidate, Prepared
from bots.dialogue.lookup import open_mark
from bots.dialogue.next_steps import PERSON, step_chips
from bots.dialogue.orders import effects_of, matter_told
from bots.dialogue.playbooks import PLAYBOOK, place_of
from bots.dialogue.pressing import press
from bots.dialogue.record import record_of
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    AnswerOffered,
    AnswerRated,
    AnswerSuperseded,
    ConversationTagged,
    DecisionMade,
    HumanOfferAnswered,
    HumanOffered,
)
from funnel.conversations.events.talk import AnswerKind
from funnel.conversations.values import BOT, Actor, PassageRef, Purpose, QuickReply, RuleResult
from funnel.escalation.rules.outcome import WHILE_QUEUED


def perform(script: Script, scene: Scene, judged: Judged, prepared: Prepared, actor: Actor) -> None:
    """Appends the events of the plan; `actor` is who the verdict or the answer to an offer comes from."""
    state = script.state
    choice = _while_queued(judged.choice) if state.owner.kind == "queue" else judged.choice
    judged = replace(judged, choice=choice)
    if choice.rated is not None:
        script.add(AnswerRated(choice.rated, False, choice.rated_by), actor)
    if choice.offer_choice is not None and state.offer is not None:
        script.add(HumanOfferAnswered(state.offer.offer_id, choice.offer_choice, choice.offer_by), actor)
    _supersede(script, choice)
    record_decision(script, scene, judged, prepared)
    _before(script, scene, judged)
    if choice.move != "hand_over" or state.owner.kind == "queue":
        _obey(script, judged)
    match choice.move:
        case "answer" | "suggest":
            _answer(script, scene, choice, prepared)
        case "ask":
            _ask(script, scene, choice)
        case "offer":
            _offer(script, scene, scene.line(script.state.locale, choice.key), "offer")
        case "hand_over":
            _to_person(script, scene, judged, prepared)
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
    outcome = WHILE_QUEUED.get(choice.outcome, choice.outcome)
    if choice.move == "offer":
        return replace(choice, move="ask", outcome=outcome, key="clarify_again")
    if outcome != choice.outcome:
        return replace(choice, outcome=outcome)
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


def _before(script: Script, scene: Scene, judged: Judged) -> None:
    """What is said ahead of the move: a known issue once an episode, and the calm line against abuse."""
    state, choice = script.state, judged.choice
    if choice.danger or choice.move in ("silent", "settled"):
        return
    for tag, texts in scene.brakes.announcements:
        if tag not in state.tags:
            script.add(ConversationTagged(add=(tag,)))
            speak(script, scene, scene.words.own(state.locale, texts), "notice")
    if "boundary" in judged.verdict.says:
        speak(script, scene, scene.line(state.locale, "boundary"), "boundary")


def _obey(script: Script, judged: Judged) -> None:
    """What the rules order where the bot keeps the turn: priority, tags, calls of leads; and that a playbook was begun."""
    orders = effects_of(judged)
    guide = judged.verdict.guide
    begun = (
        f"{PLAYBOOK}{guide}"
        if guide
        and (place := place_of(judged.choice.key)) is not None
        and place.key == guide
        and judged.proposal.key != judged.choice.key
        else None
    )
    press(script, replace(orders, tags=(*orders.tags, begun)) if begun else orders, judged.verdict.fired)


def record_decision(script: Script, scene: Scene, judged: Judged, prepared: Prepared) -> None:
    """The decision and its record; what it does to the counters is in the event."""
    decision_id = script.moment.ids.next()
    choice = judged.choice
    script.record = record_of(decision_id, judged, script.state, prepared, scene)
    script.add(
        DecisionMade(
            decision_id=decision_id,
            rule_set_version=scene.rules.version,
            outcome=choice.outcome,
            rules=tuple(RuleResult(one.rule_id, one.result) for one in judged.verdict.rulings),
            reason=choice.reason,
            need=choice.need,
            counts=choice.counts,
            miss=choice.miss,
            positive=choice.positive,
            about=choice.about,
            account=prepared.whole.account,
            activation=scene.rules.activation,
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
    return scene.chips(script.state.locale, [PERSON])


def _answer(script: Script, scene: Scene, choice: Choice, prepared: Prepared) -> None:
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
        steps = step_chips(script.state, scene, prepared.playbooks, choice.candidates[0])
        chips = (*steps, *(one for one in chips if all(one.payload != step.payload for step in steps)))
        text = choice.candidates[0].text
        if choice.miss is not None:
            text = f"{scene.line(locale, 'another_answer')}\n\n{text}"
    if choice.outcome == "answer_and_offer":
        tapped = tuple(one for one in chips if one.payload != PERSON[1])
        _offer(script, scene, f"{text}\n\n{scene.line(locale, 'answer_offer')}", "answer", tapped)
    else:
        speak(script, scene, text, "answer", chips, markdown=True)


def _passage(one: Candidate) -> PassageRef:
    return PassageRef(one.article_id, one.title, one.locale, one.text, one.url, round(one.score, 4))


def _ask(script: Script, scene: Scene, choice: Choice) -> None:
    question = choice.key
    script.add(AnswerOffered(script.moment.ids.next(), "question", question=question), BOT)
    purpose: Purpose = "unreadable" if choice.about == "unreadable" else "question"
    text = scene.line(script.state.locale, question, **choice.values)
    speak(script, scene, text, purpose, _person_chip(script, scene, choice))


def _offer(
    script: Script, scene: Scene, text: str, purpose: Purpose, more: tuple[QuickReply, ...] = ()
) -> None:
    """An offer of a person; one that was ignored until now is closed first."""
    state = script.state
    if state.offer is not None:
        script.add(HumanOfferAnswered(state.offer.offer_id, "keep_asking", "timeout"))
    promise = scene.outlook.promise(state.home_queue_id, script.moment.at)
    offer_id = script.moment.ids.next()
    script.add(HumanOffered(offer_id, CHOICES, promise.expected_reply_at, "bot"), BOT)
    chips = (*more, *offer_chips(scene, state.locale, offer_id, "bot"))
    speak(script, scene, text, purpose, chips, markdown=purpose == "answer")


def _to_person(script: Script, scene: Scene, judged: Judged, prepared: Prepared) -> None:
    state, choice, verdict = script.state, judged.choice, judged.verdict
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
            urgent_path=choice.danger,
            orders=effects_of(judged),
            protective=_protective(prepared) if verdict.protective else None,
            matter=matter_told(state, prepared) if "same_matter" in verdict.fired else None,
            messages=tuple(one.message_id for one in moment.burst if one.seq in prepared.seqs)
            + prepared.message_ids,
        ),
    )


def _protective(prepared: Prepared) -> Candidate | None:
    """The article that keeps from harm, best one first."""
    found = (*prepared.found_line.candidates, *prepared.found_whole.candidates)
    return next((one for one in found if one.protective), None)


def _settled(script: Script, scene: Scene, actor: Actor) -> None:
    speak(script, scene, scene.line(script.state.locale, "solved"), "thanks")
    resolve(script, scene, actor, by="contact", how="confirmed", need_met="yes")
