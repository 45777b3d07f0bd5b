"""Whether a turn of the contact is a dissatisfied one, by the shape of the talk: negations, said again, the bot says the
same again, an apology before it. Shape carries over to other matters better than words do. The weights are set by hand.
"""

import re
from collections.abc import Sequence
from math import exp
from typing import Final, Literal

from msgspec import Struct

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.measure import Measured
from funnel.escalation.signals.progress import pieces_of

_NEGATIONS = re.compile(
    r" (?:no|not|nt|never|wrong|dont|didnt|doesnt|isnt|wasnt|cant|cannot|wont|instead|actually|already|again|still|else|another|other"
    r"|لا|مش|مو|ليس|لم|ما|غلط|لسه|بعد|ثاني|تاني|مره) |不|没|别|错|还是|又|再|冇|唔"
)
_OPENS = re.compile(
    r"^ (?:no|nope|not|nah|actually|sorry|but|wait|hmm+|um+|i said|i mean|i meant|i asked|لا|مش|مو|بس|لكن|ليس) |^ (?:不|没|但|可是|我说|我问|唔)"
)
_EXCUSES = re.compile(
    r" (?:sorry|unfortunately|apologi[sz]e|apologies|cannot|cant|unable|couldnt|could not|didnt find|did not find|no results?|not available"
    r"|not sure|dont know|dont understand|failed|none|nothing|عذرا|اسف|نعتذر|للاسف|لم اجد|لا يوجد|غير متوفر) |抱歉|对不起|不好意思|没有找到|找不到|无法|不能|没有|唔好意思|搵唔到"
)
_MANY_TURNS: Final = 24


class Said(Struct, frozen=True):
    """A turn of the talk, oldest first in a history."""

    who: Literal["contact", "bot"]
    text: str


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / (len(one | two) or 1)


def dissatisfaction(measured: Measured, text: str, history: Sequence[Said]) -> float:
    """0..1 for a turn after `history`. Without a history it is what the words alone say."""
    folded = fold(text)
    mine = pieces_of(folded)
    asked = [pieces_of(fold(one.text)) for one in history if one.who == "contact"]
    answers = [one.text for one in history if one.who == "bot"]
    told = [pieces_of(fold(one)) for one in answers]
    again = max((_overlap(mine, one) for one in asked), default=0.0)
    repeats = max((_overlap(told[-1], one) for one in told[:-1]), default=0.0) if told else 0.0
    excuse = bool(answers) and _EXCUSES.search(fold(answers[-1]).text) is not None
    negations = min(len(_NEGATIONS.findall(folded.text)), 3)
    value = -1.6 + 0.8 * again + 0.6 * repeats + 0.5 * excuse + 0.9 * negations
    value += (
        0.7 * (_OPENS.match(folded.text) is not None) + 0.6 * min(len(history), _MANY_TURNS) / _MANY_TURNS
    )
    signals = measured.signals
    for name, weight in (("dissatisfied", 1.4), ("anger", 1.6), ("distress", 0.5), ("thanks", -1.6)):
        if name in signals:
            value += weight * signals[name].score
    if measured.rejects:
        value += 1.0
    return round(1.0 / (1.0 + exp(-value)), 4)
