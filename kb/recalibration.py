"""What "did this help?" teaches about confidence: by how much the answers of a language helped more or less than promised. Pure."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

MOST: Final = 1.0
"""Logits that feedback moves a language by at most: .75 becomes .52 or .89. Whoever votes in bulk can do no more."""
_DOUBT: Final = 0.5
"""The standard deviation of what a language is expected to be off by: thirty votes say about as much as it does."""
_FARTHEST: Final = 4.0
_STEPS: Final = 20


class Shift(msgspec.Struct, frozen=True):
    """What the confidence of a language is moved by, in logits, from a time on."""

    language: str
    at: datetime
    logits: float


class Rated(msgspec.Struct, frozen=True):
    """An answer somebody judged: the confidence it was given with, and the shift that was part of it then."""

    confidence: float
    shift: float
    helped: bool


def shift_in_force(history: Iterable[Shift], language: str, at: datetime) -> float:
    """What a language was moved by at a time, 0 before the first."""
    before = [one for one in history if one.language == language and one.at <= at]
    return max(before, key=lambda one: one.at).logits if before else 0.0


def shift_of(rated: Iterable[Rated]) -> float:
    """The likeliest shift, -1..1: 0 without votes, and the nearer to it the fewer there are."""
    plain = [(_logit(one.confidence) - one.shift, one.helped) for one in rated]
    found = 0.0
    for _ in range(_STEPS):
        chances = [1 / (1 + math.exp(-(logit + found))) for logit, _ in plain]
        slope = sum(helped - p for p, (_, helped) in zip(chances, plain, strict=True)) - found / _DOUBT**2
        curve = sum(p * (1 - p) for p in chances) + 1 / _DOUBT**2
        found = max(-MOST, min(MOST, found + slope / curve))
    return found


def _logit(confidence: float) -> float:
    inside = min(1 - 1e-9, max(1e-9, confidence))
    return max(-_FARTHEST, min(_FARTHEST, math.log(inside / (1 - inside))))
