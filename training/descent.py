"""Logistic regression with a quadratic penalty by limited-memory BFGS, in numpy: no chance in it, and far fewer passes than a
stochastic descent needs for the same fit. The passes end early, which is a penalty of its own."""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.fit import FEATURES, Floats, Ints, Matrix

PASSES: Final = 30
_KEPT: Final = 6
_ENOUGH: Final = 1e-4
_HALVINGS: Final = 20
Vector = NDArray[np.float64]


def least_of(slope: Callable[[Vector], tuple[float, Vector]], start: Vector, passes: int = PASSES) -> Vector:
    """Where a smooth convex function is small, after so many steps."""
    at = start
    value, grade = slope(at)
    steps: deque[tuple[Vector, Vector, float]] = deque(maxlen=_KEPT)
    for number in range(passes):
        ahead = -_scaled(grade, steps)
        fall = float(grade @ ahead)
        length = 1.0 if number else 1.0 / max(float(np.linalg.norm(grade)), 1.0)
        for _ in range(_HALVINGS):
            new = at + length * ahead
            new_value, new_grade = slope(new)
            if new_value <= value + _ENOUGH * length * fall:
                break
            length /= 2
        else:
            return at
        moved, turned = new - at, new_grade - grade
        bend = float(moved @ turned)
        if bend > 0:
            steps.append((moved, turned, bend))
        at, value, grade = new, new_value, new_grade
    return at


def _scaled(grade: Vector, steps: deque[tuple[Vector, Vector, float]]) -> Vector:
    """The gradient by the inverse curvature that the last steps have shown."""
    out = grade.copy()
    shares = []
    for moved, turned, bend in reversed(steps):
        share = float(moved @ out) / bend
        shares.append(share)
        out -= share * turned
    if steps:
        _, turned, bend = steps[-1]
        out *= bend / float(turned @ turned)
    for (moved, turned, bend), share in zip(steps, reversed(shares), strict=True):
        out += (share - float(turned @ out) / bend) * moved
    return out


class _Sums:
    """A sparse matrix by its entries, in the order of their rows: what it makes of a vector."""

    def __init__(
        self, rows: NDArray[np.int32], columns: NDArray[np.int32], values: Floats, height: int
    ) -> None:
        self._columns, self._values, self._height = columns, values, height
        self._starts = np.flatnonzero(np.diff(rows, prepend=-1))
        self._rows = rows[self._starts]

    def of(self, vector: Vector) -> Vector:
        """Its product with a vector."""
        out = np.zeros(self._height)
        parts = vector.astype(np.float32)[self._columns]
        parts *= self._values
        out[self._rows] = np.add.reduceat(parts, self._starts)
        return out


class Problem:
    """The texts of one language: what is learned from them is a weight for each feature, for each dense column, and a base for
    each origin (a data set), so that the model does not learn to tell data sets apart."""

    def __init__(
        self, matrix: Matrix, rows: Ints, labels: Floats, dense: Floats, origins: Ints, free: Floats
    ) -> None:
        features, _, counts = matrix.take(rows)
        kept = free[features] > 0
        features = features[kept]
        places = np.repeat(np.arange(len(rows), dtype=np.int32), counts)[kept]
        values = (np.repeat(matrix.worth[rows], counts)[kept] * free[features]).astype(np.float32)
        numbers = np.zeros(FEATURES, np.int32)
        self._used = np.flatnonzero(np.bincount(features, minlength=FEATURES))
        numbers[self._used] = np.arange(len(self._used), dtype=np.int32)
        local = numbers[features]
        self._by_text = _Sums(places, local, values, len(rows))
        order = np.argsort(local, kind="stable")
        self._by_feature = _Sums(local[order], places[order], values[order], len(self._used))
        self._free = free
        self._dense, self._origins = dense.astype(np.float64), origins
        self._signs = 2.0 * labels - 1.0

    def solve(self, weights: Floats, penalty: float, passes: int = PASSES) -> tuple[Floats, Floats]:
        """The weights of all features and of the dense columns."""
        used, columns = len(self._used), self._dense.shape[1]
        bases = int(self._origins.max()) + 1

        def slope(at: Vector) -> tuple[float, Vector]:
            table, thick, base = at[:used], at[used : used + columns], at[used + columns :]
            sums = self._by_text.of(table)
            against = -self._signs * (sums + self._dense @ thick + base[self._origins])
            loss = float(weights @ np.logaddexp(0.0, against))
            loss += penalty / 2 * float(table @ table) + penalty / 200 * float(thick @ thick)
            error = -weights * self._signs / (1.0 + np.exp(-against))
            pull = self._by_feature.of(error)
            parts = (
                pull + penalty * table,
                self._dense.T @ error + penalty / 100 * thick,
                np.bincount(self._origins, error, bases),
            )
            return loss, np.concatenate(parts)

        found = least_of(slope, np.zeros(used + columns + bases), passes)
        out = np.zeros(FEATURES, np.float32)
        out[self._used] = found[:used] * self._free[self._used]
        return out, found[used : used + columns].astype(np.float32)
