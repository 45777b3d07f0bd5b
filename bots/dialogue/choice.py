"""What the bot chose to do in a turn: one outcome, why, and what it does to the counters. A value; nothing is said yet."""

from typing import Literal

from msgspec import Struct

from bots.dialogue.hearing import Candidate
from funnel.conversations.events.talk import MissCause
from funnel.conversations.values import OfferChoice, Outcome, Reason, RuleResult

Move = Literal["answer", "suggest", "ask", "offer", "hand_over", "small_talk", "decline", "settled", "silent"]
About = Literal["need", "unclear", "small_talk", "unreadable", "unsure_language"]

ASKS_PERSON = "asks_person"
FIRST_MISS = "first_miss"
LOOP_GUARD = "loop_guard"
CANNOT_READ = "cannot_read"
URGENT = "urgent_safety"
ROWS = (URGENT, ASKS_PERSON, FIRST_MISS, LOOP_GUARD, CANNOT_READ)


class Choice(Struct, frozen=True):
    """The plan of one bot turn.

    `key` is the text to say where the move says one; `rated` the answer that the contact's words rejected;
    `offer_choice` what the contact's words answered to the open offer; `counts` is false for what is never a turn.
    """

    move: Move
    outcome: Outcome
    fired: tuple[str, ...] = ()
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


def rule_results(fired: tuple[str, ...]) -> tuple[RuleResult, ...]:
    """What every shipped row said, in the order of precedence."""
    return tuple(RuleResult(id=row, result="fired" if row in fired else "no") for row in ROWS)
