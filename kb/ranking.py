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
those of example questions (`asked`, `asked_gram`, `taught`) by a grid over the shares found."""
_WEIGHTS: Final = np.array([WEIGHTS[name] for name in MEASURES])
_LEAST: Final = 1e-6


def rank_scores(evidence: Floats) -> Floats:
    """One positive number a row; it orders articles of one search and means nothing else."""
    found: Floats = np.maximum(_LEAST, np.einsum("ij,j->i", evidence, _WEIGHTS))
    return found
