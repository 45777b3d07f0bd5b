"""How far the best passage can be trusted to answer, 0..1, from measures that do not depend on the size of the base."""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from funnel.core.locales import language_of
from kb.bm25 import Floats
from kb.evidence import MEASURES
from kb.question import Question

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
    "taught_squared", "asked_lead",
)  # fmt: skip
"""The evidence for the best article; how far the second lies behind it, by itself and as far as the words are covered;
the share of the question that nobody knows; how much it says, 1 from eight different words on."""
_PLACES: Final = np.array([_AT[name] for name in _TAKEN])


class Rule(NamedTuple):
    """A logistic rule: a weight a feature (those left out weigh nothing) and an offset of the language."""

    bias: float
    weights: Mapping[str, float]
    offsets: Mapping[str, float]


def features(question: Question, evidence: Floats, scores: Floats) -> Floats:
    """What the confidence rests on, for candidates that come best first; not empty."""
    best = evidence[0]
    second = evidence[1] if len(evidence) > 1 else np.zeros(len(best))
    margin = float((scores[0] - scores[1]) / scores[0]) if len(scores) > 1 else 1.0
    covered, gram, taught, asked = (_AT[name] for name in ("covered", "gram", "taught", "asked"))
    words = min(len(question.matter.tokens), _ENOUGH_WORDS) / _ENOUGH_WORDS
    more = (
        margin, margin * best[covered], margin * best[gram], question.matter.unknown, words, best[covered] ** 2,
        best[taught] - second[taught], best[taught] ** 2, best[asked] - second[asked],
    )  # fmt: skip
    return np.concatenate([best[_PLACES], more])


def confidence(question: Question, evidence: Floats, scores: Floats, locale: str, *, taught: bool) -> float:
    """The features as one number, 0..1; `taught` says whether the shelf has learnt from example questions."""
    rule = BY_EXAMPLES if taught else BY_PASSAGES
    total = rule.bias + rule.offsets.get(language_of(locale), 0.0)
    for name, value in zip(FEATURES, features(question, evidence, scores).tolist(), strict=True):
        total += rule.weights.get(name, 0.0) * value
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


# Fitted as benchmarks/fit_confidence.py does, which says on what; the offsets by one more column a language, shrunk by 8.
# The bias of this one is 0.55 below the fit: on bases held out of it, answers beside a missing article were wrong too often.
BY_PASSAGES: Final = Rule(
    -9.20,
    {
        "stem": 4.99,
        "gram": 6.43,
        "covered": 7.93,
        "sentence": 2.84,
        "sentences": 0.76,
        "joined": 0.50,
        "margin": -2.76,
        "covered_margin": 7.33,
        "gram_margin": 5.36,
        "unknown": -1.30,
        "words": 1.73,
        "covered_squared": -8.41,
    },
    {
        "ar": 0.77,
        "de": 0.51,
        "en": 0.08,
        "hi": 0.39,
        "ja": -1.41,
        "ru": 0.75,
        "th": -0.39,
        "tr": 0.58,
        "vi": -1.38,
        "zh": 0.10,
    },
)
# In half of the questions it was fitted on the article was away; where people write for what is asked, one in three is
# more like it, which is 0.75 on the bias.
BY_EXAMPLES: Final = Rule(
    -4.98,
    {
        "stem": 6.16,
        "gram": 0.19,
        "covered": -1.24,
        "sentence": -3.79,
        "sentences": 0.95,
        "joined": 3.08,
        "asked": 1.82,
        "asked_gram": 2.30,
        "like": 0.55,
        "title": 3.56,
        "contained": -0.38,
        "taught": 4.42,
        "margin": 2.14,
        "covered_margin": -0.38,
        "gram_margin": 4.08,
        "unknown": 2.02,
        "words": 1.63,
        "covered_squared": 1.45,
        "taught_lead": -2.65,
        "taught_squared": 3.08,
        "asked_lead": -4.40,
    },
    {"en": -0.08, "zh": -0.12, "ar": 0.20},
)
