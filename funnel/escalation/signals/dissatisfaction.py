"""Whether a turn of the contact is a dissatisfied one, by the shape of the talk: negations, said again, the bot says the
same again, an apology before it. Shape carries over to other matters better than words do. `training.shapes` makes the weights.
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
_MANY_NEGATIONS: Final = 3
_SIGNALS: Final = ("dissatisfied", "anger", "distress", "thanks")
BIAS: Final = -4.0
WEIGHTS: Final = (1.87, 1.38, 1.38, 2.38, 1.59, 1.53, 2.97, 2.01, 1.95, -3.59, 2.93)


class Said(Struct, frozen=True):
    """A turn of the talk, oldest first in a history."""

    who: Literal["contact", "bot"]
    text: str


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / (len(one | two) or 1)


def shape(measured: Measured, text: str, history: Sequence[Said]) -> tuple[float, ...]:
    """What is weighed, in the order of `WEIGHTS`: the question said again, the bot's answer said again, an excuse before it,
    negations, an opening that objects, how far the talk is, then signals, then an outright rejection."""
    folded = fold(text)
    mine = pieces_of(folded)
    asked = [pieces_of(fold(one.text)) for one in history if one.who == "contact"]
    answers = [one.text for one in history if one.who == "bot"]
    told = [pieces_of(fold(one)) for one in answers]
    return (
        max((_overlap(mine, one) for one in asked), default=0.0),
        max((_overlap(told[-1], one) for one in told[:-1]), default=0.0) if told else 0.0,
        float(bool(answers) and _EXCUSES.search(fold(answers[-1]).text) is not None),
        min(len(_NEGATIONS.findall(folded.text)), _MANY_NEGATIONS) / _MANY_NEGATIONS,
        float(_OPENS.match(folded.text) is not None),
        min(len(history), _MANY_TURNS) / _MANY_TURNS,
        *(measured.signals[name].score if name in measured.signals else 0.0 for name in _SIGNALS),
        float(measured.rejects),
    )


def dissatisfaction(measured: Measured, text: str, history: Sequence[Said]) -> float:
    """0..1 for a turn after `history`. Without a history it is what the words alone say."""
    value = BIAS + sum(
        weight * one for weight, one in zip(WEIGHTS, shape(measured, text, history), strict=True)
    )
    return round(1.0 / (1.0 + exp(-value)), 4)
