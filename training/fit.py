"""Logistic regression over hashed features by AdaGrad, in numpy: deterministic, the order is drawn with a fixed seed."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import BITS, Grams, distinct

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

FEATURES: Final = 1 << BITS
EPOCHS: Final = 3
RATE: Final = 0.1
BATCH: Final = 1024


class Matrix:
    """Texts as rows of distinct hashed features, each worth one over the square root of their number."""

    def __init__(self, texts: Sequence[str]) -> None:
        rows = [distinct(Grams(fold(text).text).hashes()).astype(np.uint32) for text in texts]
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


def fit(
    matrix: Matrix,
    rows: Ints,
    labels: Floats,
    weights: Floats,
    dense: Floats,
    origins: Ints,
    free: Floats,
    epochs: int = EPOCHS,
    rate: float = RATE,
) -> tuple[Floats, Floats]:
    """Weights of the features and of the dense columns. Each origin (a data set in a language) has an
    intercept of its own while learning, so that the model does not learn to tell data sets apart.
    """
    order = np.random.default_rng(0)
    table, table_pace = np.zeros(FEATURES, np.float32), np.full(FEATURES, 1e-6, np.float32)
    columns, columns_pace = np.zeros(dense.shape[1], np.float32), np.full(dense.shape[1], 1e-6, np.float32)
    kinds = int(origins.max()) + 1
    bases, bases_pace = np.zeros(kinds, np.float32), np.full(kinds, 1e-6, np.float32)
    mean, averaged = np.zeros(FEATURES, np.float32), 0
    for epoch in range(epochs):
        shuffled = order.permutation(len(rows))
        for at in range(0, len(shuffled), BATCH):
            part = shuffled[at : at + BATCH]
            features, starts, counts = matrix.take(rows[part])
            value = np.repeat(matrix.worth[rows[part]], counts) * free[features]
            logit = (
                np.add.reduceat(table[features] * value, starts)
                + dense[part] @ columns
                + bases[origins[part]]
            )
            error = ((1 / (1 + np.exp(-logit)) - labels[part]) * weights[part]).astype(np.float32)
            slope = np.repeat(error, counts) * value
            np.add.at(table_pace, features, slope * slope)
            np.add.at(table, features, -rate * slope / np.sqrt(table_pace[features]))
            _step(columns, columns_pace, error @ dense[part], rate)
            _step(bases, bases_pace, np.bincount(origins[part], error, kinds).astype(np.float32), rate)
        if epoch >= epochs - 2:
            mean += table
            averaged += 1
    return (mean / averaged * free).astype(np.float32), columns


def _step(values: Floats, pace: Floats, slope: Floats, rate: float) -> None:
    pace += slope * slope
    values -= rate * slope / np.sqrt(pace)


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
