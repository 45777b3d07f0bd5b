"""The part of a long passage that answers: the neighbouring sentences that hold most of what was asked. Pure."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from kb.analyzer import analyse

LONGEST_SHOWN: Final = 700
"""Characters shown of a passage; a Chinese or Japanese one counts as two."""
_SENTENCES: Final = re.compile(r".+?(?:[.!?؟।](?=\s)|[。！？]|\n+|\Z)\s*", re.DOTALL)
_WIDE: Final = re.compile("[\u2e80-\U0010ffff]+")


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def excerpt(text: str, words: Collection[str], locale: str) -> str:
    """`text` itself where it is short, else the run of whole sentences with the most of `words` that can be shown.

    The earlier of two equal runs; a single sentence that is too long is given whole, as half a sentence may mislead.
    """
    if _weight(text) <= LONGEST_SHOWN:
        return text
    sentences = _SENTENCES.findall(text)
    weights = list(map(_weight, sentences))
    held = [frozenset(words).intersection(analyse(sentence, locale)) for sentence in sentences]
    first, last = _best_run(weights, held)
    return "".join(sentences[first:last]).strip()


def _best_run(weights: Sequence[int], held: Sequence[frozenset[str]]) -> tuple[int, int]:
    """From where to where: every run starts at a sentence and takes in what fits behind it."""
    best, most = (0, 1), -1
    for first in range(len(weights)):
        last, room, found = first + 1, LONGEST_SHOWN - weights[first], held[first]
        while last < len(weights) and weights[last] <= room:
            room -= weights[last]
            found |= held[last]
            last += 1
        if len(found) > most:
            best, most = (first, last), len(found)
    return best
