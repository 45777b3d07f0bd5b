"""From evidence to an order of articles: one weight a measure, the same for every language and base."""

from typing import Final

import numpy as np

from kb.bm25 import Floats
from kb.evidence import MEASURES
from kb.shelf import Kind

WEIGHTS: Final = {
    Kind.PASSAGES: {
        "stem": 4.07, "gram": 7.34, "covered": 2.3, "sentence": 2.55, "sentences": 2.21, "joined": 2.06, "asked": 6.87,
        "asked_gram": 6.29, "like": 0.72, "title": 2.27, "contained": 1.13, "length": -2.37, "unread": 15.48, "taught": 0.0,
    },
    Kind.EXAMPLES: {
        "stem": 1.25, "gram": -0.31, "covered": 0.25, "sentence": -0.25, "sentences": 0.17, "joined": -0.27, "asked": 2.61,
        "asked_gram": 3.9, "like": 2.11, "title": 0.5, "contained": 0.89, "length": -0.8, "unread": 5.05, "taught": 7.32,
    },
    Kind.BOTH: {
        "stem": 3.84, "gram": 4.43, "covered": 1.26, "sentence": -0.42, "sentences": 1.29, "joined": 3.6, "asked": 2.61,
        "asked_gram": 1.43, "like": 1.37, "title": -0.73, "contained": 0.97, "length": -1.32, "unread": -0.12, "taught": 8.96,
    },
}  # fmt: skip
"""As benchmarks/fit_ranking.py prints them, to the letter: by what the articles of a base can be told."""
_ROWS: Final = {kind: np.array([weights[name] for name in MEASURES]) for kind, weights in WEIGHTS.items()}
_LEAST: Final = 1e-6


def rank_scores(evidence: Floats, kind: Kind) -> Floats:
    """One positive number a row; it orders articles of one search and means nothing else."""
    found: Floats = np.maximum(_LEAST, np.einsum("ij,j->i", evidence, _ROWS[kind]))
    return found
