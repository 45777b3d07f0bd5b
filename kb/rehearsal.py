"""How trusting a base may be, by its own articles: each asked for in its own words as if it were not there. Pure.

A base whose other articles look right for such questions (a language of short syllables, many articles about one thing)
needs more evidence for an answer than one where they look wrong. Slow work for a thread; the same shelf always gives the
same figure.
"""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from kb.articles import Audience
from kb.bm25 import Floats
from kb.confidence import RULES, features, told
from kb.passages import Passage
from kb.question import Question
from kb.search import asked_in, ranked
from kb.shelf import LEAST_STUDIED, Kind, Shelf

MOST: Final = 100
"""Articles asked for at most: the median is then known to about a sixth of a logit."""
_SEED: Final = 1
_FOLDS: Final = 10
_CANDIDATES: Final = 8
_SPAN: Final = 46
_SHORTEST: Final = 12
_WIDE: Final = 0x2E80
_ENDS: Final = re.compile(r"(?<=[.!?؟।;:])\s+|(?<=[。！？；])|\n+")


class Move(NamedTuple):
    """By how much a base's median moves its confidence, in logits a logit, and where it moves nothing."""

    slope: float
    usual: float


MOVES: Final = {
    Kind.PASSAGES: Move(-0.41, -3.07),
    Kind.BOTH: Move(-0.01, -1.57),
    Kind.EXAMPLES: Move(0.0, 0.0),
}
"""As benchmarks/fit_confidence.py prints them; bases of example questions alone are too few to fit one on."""


def offset_of(shelf: Shelf) -> float:
    """What the confidence of this shelf is moved by; 0 where it has fewer than twenty articles to judge by."""
    move = MOVES[shelf.kind]
    if not move.slope or int(shelf.places.alive.sum()) < LEAST_STUDIED:
        return 0.0
    logits = [told(values, RULES[shelf.kind]) for values in absent(shelf)]
    return move.slope * (float(np.median(logits)) - move.usual) if logits else 0.0


def absent(shelf: Shelf) -> Iterator[Floats]:
    """The features of the best article for each question whose own article is away, where anything is found."""
    chance = random.Random(_SEED)  # noqa: S311 - a sample, not a secret
    numbers = np.flatnonzero(shelf.places.alive).tolist()
    chosen = chance.sample(numbers, min(MOST, len(numbers)))
    for fold in range(_FOLDS):
        away = chosen[fold::_FOLDS]
        if not away:
            continue
        rest = shelf.without(np.array(away, dtype=np.int64))
        for number in away:
            text = piece_of(shelf.entry(number).passages, chance)
            question = Question(rest, *asked_in(text, shelf.locale, shelf.kind))
            found = ranked(rest, question, "", None, Audience.AGENTS, _CANDIDATES)
            if len(found.articles):
                yield features(question, found.evidence, found.scores)


def piece_of(passages: Sequence[Passage], chance: random.Random) -> str:
    """A piece of a sentence about as long as a question: what somebody who needs just that passage might put."""
    text = chance.choice(passages).text
    sentences = [one for one in _ENDS.split(text) if len(one) >= _SHORTEST] or [text]
    sentence = chance.choice(sentences)
    room = _SPAN // 2 if sentence and ord(sentence[len(sentence) // 2]) >= _WIDE else _SPAN
    if len(sentence) <= room:
        return sentence
    first = chance.randrange(len(sentence) - room + 1)
    space = sentence.find(" ", first, first + room // 2)
    first = space + 1 if first and space >= 0 else first
    end = sentence.rfind(" ", first + room // 2, first + room)
    return sentence[first : end if end > 0 else first + room]
