"""What a contact says without words of its own: verdicts on answers, choices under an offer, ratings, who it is."""

from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.judging import take_turn
from bots.dialogue.replies import rejected_answer
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from bots.dialogue.waiting import answer_offer
from funnel.conversations.commands import AnswerOffer, GiveRating, IdentifyContact, RateAnswer
from funnel.conversations.events import AnswerRated, ContactIdentified, RatingGiven
from funnel.conversations.state import AnswerMark, State
from funnel.conversations.values import Actor, OfferChoice
from funnel.core.errors import conflict, invalid, not_found

BEST = 5


def rate_answer(command: RateAnswer, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """A verdict by button. One that says no is a rejected answer and gets the next step in the same turn."""
    if state is None:
        raise not_found("answer")
    mark = next((one for one in state.answers if one.answer_id == command.answer_id), None)
    if mark is None:
        raise not_found("answer")
    script = Script(state, scene.moment)
    if mark.helpful == command.helpful:
        return script
    if command.helpful or not _bot_goes_on(state, mark):
        script.add(AnswerRated(mark.answer_id, command.helpful, "button"), command.actor)
        return script
    choice = replace(rejected_answer(state, prepared), rated=mark.answer_id, rated_by="button")
    take_turn(script, scene, choice, prepared, command.actor)
    return script


def _bot_goes_on(state: State, mark: AnswerMark) -> bool:
    """Whether the bot has the voice, and the answer is still one of this episode's."""
    if state.status == "resolved" or mark.superseded or mark.episode != state.episode.number:
        return False
    if state.owner.kind == "bot":
        return True
    return state.owner.kind == "queue" and state.waiting is not None and state.waiting.keep_asking


def choose_offer(command: AnswerOffer, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """A choice under an offer. Raises not_found without a conversation, conflict `offer_closed` for any but the open one."""
    if state is None:
        raise not_found("offer")
    script = Script(state, scene.moment)
    if state.offer is None or state.offer.offer_id != command.offer_id or state.status == "resolved":
        raise conflict("offer_closed", "This offer has been answered or replaced.")
    _take(script, scene, command.choice, command.actor, prepared)
    return script


def chosen_offer(script: Script, scene: Scene, payload: str, actor: Actor, prepared: Prepared) -> bool:
    """A tapped offer button that came as a message; False where it names no open offer."""
    offer_id, _, choice = payload.partition(":")
    offer = script.state.offer
    if offer is None or offer.offer_id != offer_id:
        return False
    for known in offer.choices:
        if known == choice:
            _take(script, scene, known, actor, prepared)
            return True
    return False


def _take(script: Script, scene: Scene, chosen: OfferChoice, actor: Actor, prepared: Prepared) -> None:
    if script.state.owner.kind == "queue":
        answer_offer(script, scene, chosen, actor, tapped=True)
        return
    choice = Choice("hand_over", "human", "human_requested", asks_person=True)
    if chosen == "keep_asking":
        choice = Choice("decline", "question", counts=False, key="offer_declined")
    take_turn(script, scene, replace(choice, offer_choice=chosen, offer_by="tap"), prepared, actor)


def give_rating(command: GiveRating, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """Refused with `rating_not_requested` unless it was asked for; the same rating again changes nothing."""
    if state is None:
        raise not_found("conversation")
    if not 1 <= command.score <= BEST:
        raise invalid("rating_invalid", "A rating is a whole number from 1 to 5.")
    if state.rating_requested_at is None or state.rating_requested_at < state.started_at:
        raise conflict("rating_not_requested", "This conversation has not been asked for a rating.")
    script = Script(state, scene.moment)
    if state.rating != command.score or command.comment is not None:
        script.add(RatingGiven(command.score, command.comment), command.actor)
    return script


def identify(command: IdentifyContact, state: State | None, prepared: Prepared, scene: Scene) -> Script:
    """The contact became verified, has a name or another time zone; nothing happens where that is known."""
    script = Script(state, scene.moment)
    if state is None:
        return script
    known = (
        state.contact_verified == command.verified
        and command.name in (None, state.contact_name)
        and command.zone in (None, state.zone)
    )
    if not known:
        script.add(ContactIdentified(command.verified, command.name, command.zone), command.actor)
    return script
