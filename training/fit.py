"""Texts as rows of hashed features, how freely a feature may move, and how well scores tell texts apart."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import BITS, Grams, distinct, salt_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

FEATURES: Final = 1 << BITS


class Matrix:
    """Texts as rows of distinct hashed features, each worth one over the square root of their number."""

    def __init__(self, texts: Sequence[str], languages: Sequence[str]) -> None:
        rows = [
            distinct(Grams(fold(text).text, salt_of(language)).hashes()).astype(np.uint32)
            for text, language in zip(texts, languages, strict=True)
        ]
        self.counts: Ints = np.array([len(row) for row in rows], dtype=np.int64)
        self.starts: Ints = np.concatenate(([0], np.cumsum(self.counts)))
        self.features = np.concatenate(rows)
        self.worth: Floats = (1 / np.sqrt(np.maximum(self.counts, 1))).astype(np.float32)

    def take(self, rows: Ints) -> tuple[NDArray[np.uint32], Ints, Ints]:
        """The features of some rows, where each row starts, and how many it has."""
        counts = self.counts[rows]
        starts = np.concatenate(([0], np.cumsum(counts)))
        places = np.repeat(self.starts[rows] - starts[:-1], counts) + np.arange(starts[-1])
        return self.features[places], starts[:-1], counts

    def sums(self, rows: Ints, weights: Floats) -> Floats:
        """The weighted sum of every row."""
        out = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), 20_000):
            part = rows[at : at + 20_000]
            features, starts, _ = self.take(part)
            out[at : at + 20_000] = np.add.reduceat(weights[features], starts) * self.worth[part]
        return out


def common(matrix: Matrix, rows: Ints, least: int = 3) -> Floats:
    """1 for the features of at least so many texts."""
    features, _, _ = matrix.take(rows)
    return (np.bincount(features, minlength=FEATURES) >= least).astype(np.float32)


def telling(matrix: Matrix, rows: Ints, labels: Floats, least: int = 3) -> Floats:
    """How freely each feature may move: by the root of its log odds; features of fewer than `least` texts not at all."""
    counts = np.zeros((2, FEATURES), np.float32)
    for value in (0, 1):
        features, _, _ = matrix.take(rows[labels == value])
        counts[value] = np.bincount(features, minlength=FEATURES)
    smooth = (counts + 3) / counts.sum(axis=1, keepdims=True)
    odds = np.minimum(np.abs(np.log(smooth[1] / smooth[0])), 3.0)
    free = np.sqrt(odds) * (counts.sum(axis=0) >= least)
    used = free[free > 0]
    even: Floats = (free / np.sqrt(np.mean(used**2))).astype(np.float32)
    return even


def auroc(labels: Sequence[int] | Floats, scores: Sequence[float] | Floats) -> float:
    """The chance that a positive scores higher than a negative; ties count half. NaN without both kinds."""
    truth = np.asarray(labels) > 0
    values, places, repeats = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    del values
    ranks = (np.cumsum(repeats) - (repeats - 1) / 2)[places]
    positive = int(truth.sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return float("nan")
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def best_cut(labels: Floats, scores: Floats) -> float:
    """The score from which taking texts gives the highest F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    taken = np.arange(1, len(order) + 1)
    best = int(np.argmax(2 * hits / (taken + labels.sum())))
    after = min(best + 1, len(order) - 1)
    return float(scores[order[best]] + scores[order[after]]) / 2
