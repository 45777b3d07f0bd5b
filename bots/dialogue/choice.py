"""What the bot chose to do in a turn: one outcome, why, and what it does to the counters. A value; nothing is said yet."""

from typing import Literal

from msgspec import Struct

from bots.dialogue.hearing import Candidate
from funnel.conversations.events.talk import MissCause
from funnel.conversations.values import OfferChoice, Outcome, Reason

Move = Literal["answer", "suggest", "ask", "offer", "hand_over", "small_talk", "decline", "settled", "silent"]
About = Literal["need", "unclear", "small_talk", "unreadable", "unsure_language"]


class Choice(Struct, frozen=True):
    """The plan of one bot turn: what the bot would do by itself, which the rules then constrain.

    `key` is the text to say where the move says one; `rated` the answer that the contact's words rejected;
    `offer_choice` what the contact's words answered to the open offer; `counts` is false for what is never a turn.
    `hook` is whether the turn calls one or waits on for it, and says nothing yet; `values` are what one gave, to be said.
    `danger` is the fixed path for a life in danger, `asks_person` a wish for a person by button, words or a yes to an offer.
    """

    move: Move
    outcome: Outcome
    reason: Reason | None = None
    need: Literal["new", "same"] = "same"
    counts: bool = True
    miss: MissCause | None = None
    positive: bool = False
    about: About = "need"
    candidates: tuple[Candidate, ...] = ()
    confidence: float | None = None
    key: str = ""
    rated: str | None = None
    rated_by: Literal["button", "words"] = "words"
    offer_choice: OfferChoice | None = None
    offer_by: Literal["tap", "text"] = "text"
    danger: bool = False
    asks_person: bool = False
    hook: Literal["", "call", "wait"] = ""
    values: dict[str, str] = {}
