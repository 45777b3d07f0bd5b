"""How far the best passage can be trusted to answer, 0..1, from measures that do not depend on the size of the base."""

import math
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from kb.bm25 import Floats
from kb.evidence import MEASURES
from kb.question import Question
from kb.shelf import Kind

WRONG_COSTS: Final = 3
"""How many times a hand-over a wrong answer costs; an answer is given where it is the cheaper risk."""
ANSWER: Final = WRONG_COSTS / (WRONG_COSTS + 1)
SUGGEST: Final = 0.5
SAID: Final = 0.95
"""The least confidence when the question literally is, or holds, the title or an example question of the best article."""
_ENOUGH_WORDS: Final = 8
_AT: Final = {name: number for number, name in enumerate(MEASURES)}
_TAKEN: Final = tuple(name for name in MEASURES if name not in ("length", "unread"))
FEATURES: Final = (
    *_TAKEN, "margin", "covered_margin", "gram_margin", "unknown", "words", "covered_squared", "taught_lead",
    "taught_squared", "asked_lead", "rest", "lead",
)  # fmt: skip
"""The evidence for the best article; how far the second lies behind it, by itself and as far as the words are covered;
the share of the question that nobody knows; how much it says, 1 from eight different words on; `rest`: what the other
candidates hold of it on average; `lead`: how far all of them lie behind."""
_PLACES: Final = tuple(_AT[name] for name in _TAKEN)


class Rule(NamedTuple):
    """A logistic rule: a constant and a weight a feature."""

    bias: float
    weights: tuple[float, ...]


def _rule(bias: float, **weights: float) -> Rule:
    return Rule(bias, tuple(weights.get(name, 0.0) for name in FEATURES))


def features(question: Question, evidence: Floats, scores: Floats) -> Floats:
    """What the confidence rests on, for candidates that come best first; not empty."""
    best = evidence[0].tolist()
    others = len(evidence) - 1
    second = evidence[1].tolist() if others else [0.0] * len(best)
    first, *later = scores.tolist()
    margin = (first - later[0]) / first if later else 1.0
    covered, gram, taught, asked = (_AT[name] for name in ("covered", "gram", "taught", "asked"))
    words = min(len(question.matter.tokens), _ENOUGH_WORDS) / _ENOUGH_WORDS
    rest = sum(evidence[1:, covered].tolist()) / others if others else 0.0
    lead = 1 - sum(later) / others / first if later else 1.0
    return np.array([
        *(best[place] for place in _PLACES), margin, margin * best[covered], margin * best[gram],
        question.matter.unknown, words, best[covered] ** 2, best[taught] - second[taught], best[taught] ** 2,
        best[asked] - second[asked], rest, lead,
    ])  # fmt: skip


def confidence(
    question: Question, evidence: Floats, scores: Floats, rule: Rule, offset: float = 0.0
) -> float:
    """The features as one number, 0..1; `offset` is what the base itself has shown (see kb.rehearsal)."""
    total = offset + told(features(question, evidence, scores), rule)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def told(values: Floats, rule: Rule) -> float:
    """What a rule makes of features, in logits."""
    total: float = sum(map(mul, rule.weights, values.tolist()), rule.bias)
    return total


# As benchmarks/fit_confidence.py prints them, and so are the moves of kb.rehearsal. Of the 296 questions of tests/questions,
# which the fit of BOTH has seen, the demo then answers 133 rightly and 8 wrongly.
RULES: Final = {
    Kind.PASSAGES: _rule(
        -8.94,
        stem=4.34,
        gram=6.84,
        covered=2.27,
        sentence=1.83,
        sentences=1.39,
        joined=-1.14,
        margin=-3.12,
        covered_margin=5.34,
        gram_margin=5.56,
        unknown=-0.83,
        words=1.29,
        covered_squared=-2.72,
        rest=0.11,
        lead=3.62,
    ),
    Kind.EXAMPLES: _rule(
        -3.88,
        asked_gram=3.50,
        like=2.23,
        contained=0.88,
        taught=3.24,
        taught_lead=5.61,
        words=1.94,
        rest=-2.34,
    ),
    Kind.BOTH: _rule(
        -3.96,
        stem=1.26,
        gram=1.65,
        covered=0.42,
        sentence=2.02,
        sentences=0.96,
        asked_gram=-3.62,
        title=2.11,
        taught=9.29,
        covered_margin=3.87,
        gram_margin=5.88,
        unknown=-0.76,
        words=0.83,
        rest=-2.06,
    ),
}
