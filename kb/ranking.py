"""From evidence to an order of articles: one weight a measure, the same for every language and base."""

from typing import Final

import numpy as np

from kb.bm25 import Floats
from kb.evidence import MEASURES

WEIGHTS: Final = {
    "stem": 2.8, "gram": 11.3, "covered": 2.8, "sentence": 3.9, "sentences": 2.1, "joined": 3.4, "asked": 40.0,
    "asked_gram": 25.0, "like": 0.0, "title": 0.0, "contained": 1.0, "length": -3.7, "unread": 40.0, "taught": 120.0,
}  # fmt: skip
"""From a pairwise logistic fit of a right against a wrong candidate on the sets that benchmarks/fit_confidence.py names;
those of example questions (`asked`, `asked_gram`, `taught`) by a grid over the shares found. For articles without example
questions, and for those whose text is hardly more than such a question."""
WEIGHTS_OF_BOTH: Final = {
    "stem": 4.93, "gram": 3.47, "covered": 1.97, "sentence": -2.33, "sentences": 1.45, "joined": 4.46, "asked": 0.57,
    "asked_gram": 0.03, "like": 1.97, "title": -0.67, "contained": 1.27, "length": -1.43, "unread": 1.34, "taught": 10.48,
}  # fmt: skip
"""Fitted in the way of benchmarks/fit_ranking.py, the sets of `faq` among the others, for articles with example questions
and a text: there the text has to be heard
as well, or an article is drowned by the examples of its neighbours."""
BY_EITHER: Final = np.array([WEIGHTS[name] for name in MEASURES])
BY_BOTH: Final = np.array([WEIGHTS_OF_BOTH[name] for name in MEASURES])
_LEAST: Final = 1e-6


def rank_scores(evidence: Floats, *, both: bool) -> Floats:
    """One positive number a row; it orders articles of one search and means nothing else. `both`: see WEIGHTS_OF_BOTH."""
    found: Floats = np.maximum(_LEAST, np.einsum("ij,j->i", evidence, BY_BOTH if both else BY_EITHER))
    return found
