"""Word lists as columns of the model: what a lexicon says of a text is a sum over its words, so that the learned weight of a
column can be added to the weights of the words and costs nothing at run time.
"""

import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import Grams, salt_of
from training.fit import FEATURES, Floats, Ints

WORDS: Final = Path(__file__).resolve().parent / "words"
OWN: Final = ("anger", "sorrow", "joy")
COLUMNS: Final = 3 + len(OWN)
_LONGEST_SIGNS: Final = 4


def feature_of(entry: str) -> int | None:
    """The feature that stands for a word, a pair of words or up to four ideographs; None for longer ones."""
    folded = fold(entry).text
    body = folded.strip()
    if not body:
        return None
    if all("\u3041" <= char <= "\u9fff" for char in body):
        folded = body
        if len(body) > _LONGEST_SIGNS:
            return None
    elif folded.count(" ") > 3:
        return None
    grams = Grams(folded)
    starts, ends = grams.places()
    whole = np.flatnonzero((starts == 0) & (ends == len(folded)))
    return int(grams.hashes()[whole[-1]]) if len(whole) else None


def columns(folder: Path, language: str) -> list[Floats]:
    """Positive, negative and foul words of the lexicons of a language, then the project's own of anger, sorrow and joy."""
    good, bad, foul = (np.zeros(FEATURES, np.float32) for _ in range(3))
    salt = salt_of(language)
    for path in sorted((folder / "sentiment").glob(f"{language}*.json")):
        for entry, value in json.loads(path.read_text(encoding="utf-8")).items():
            feature = feature_of(entry)
            weight = float(value["coeff"] if isinstance(value, dict) else value) / 5
            if feature is not None:
                side = good if weight > 0 else bad
                side[feature ^ salt] = max(side[feature ^ salt], abs(weight))
    for path in sorted((folder / "profanity").glob(f"{language}*.json")):
        entries = json.loads(path.read_text(encoding="utf-8"))
        for entry in entries if isinstance(entries, list) else ():
            feature = feature_of(entry)
            if feature is not None:
                foul[feature ^ salt] = 1.0
    return [good, bad, foul, *(_own(name, salt) for name in OWN)]


def _own(name: str, salt: int) -> Floats:
    column = np.zeros(FEATURES, np.float32)
    column[_words(name) ^ salt] = 1.0
    return column


@cache
def _words(name: str) -> Ints:
    """The features of a list of our own, before they are told apart by language."""
    entries = (WORDS / f"{name}.txt").read_text(encoding="utf-8").split()
    return np.array([feature for entry in entries if (feature := feature_of(entry)) is not None])
