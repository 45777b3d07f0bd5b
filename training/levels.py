"""The levels of the model, all taken from data: which raw score stands for 0.5 in a language, and how fast a score rises there."""

from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import Final

import numpy as np

from training.corpus import EMOTION
from training.fit import Floats, Ints, best_cut
from training.gathered import Corpus
from training.heads import SPOKEN, languages, rated

QUIET: Final = {"anger": 0.985, "distress": 0.995, "person": 0.999}
"""The share of calm customer texts, kept out of learning, that stay below 0.5: both moods together raise one in fifty at most, a
wish for a person one in a thousand."""
QUIETER: Final = {"anger": 0.988, "distress": 0.996, "person": 0.999}
"""The same for questions to an encyclopaedia, which are calmer than customers are."""
OWN_QUIET: Final = 0.98
"""The same for the project's own calm texts of customers, which are few."""
UNMEANT: Final = 0.99
"""The same for the project's own texts that have no wish for a person, most of which were written to look like one, in a language
whose customers are known by thousands; in another the level is above all of them."""
CUSTOMERS: Final = ("bank", "clinc", "own")
"""The sources of calm texts that customers wrote."""
_SHARES: Final = {head: {"kb": share, "own": OWN_QUIET} for head, share in QUIETER.items()}
NEVER: Final = 99.0
HIGH: Final = 0.8
SURE: Final = 0.95
"""From `HIGH` on so many of the texts that are found are what they seem."""
_STEEP: Final = (0.5, 1.5)
"""A steeper slope would leave calm texts no order: scores are kept to four digits."""
_STRICT: Final = 0.9
_FEWEST: Final = 30
Scores = Callable[[Ints], Floats]


def mood_cuts(corpus: Corpus, head: str, scores: Scores) -> dict[str, float]:
    """By language what so few calm texts reach, of whichever source. Where only questions to an encyclopaedia are known, customers
    are taken to be as much louder than those as they are in the other languages in the mean, in units of how far the scores of
    the language vary; where no calm text is known, the level lies as high among the language's texts without the mood as the
    strictest tenth of the others does."""
    without = {lang: _without(corpus, head, lang, scores) for lang in languages(corpus)}
    values = scores(corpus.calm_rows)
    questions = {lang: _reached(corpus, head, lang, ("kb",), values) for lang in without}
    customers = {lang: _reached(corpus, head, lang, CUSTOMERS, values) for lang in without}
    louder = float(
        np.mean(
            [
                max(own - questions[lang], 0.0) / float(without[lang].std())
                for lang, own in customers.items()
                if own > -NEVER and questions[lang] > -NEVER
            ]
        )
    )
    found = {}
    for lang, asked in questions.items():
        if customers[lang] > -NEVER:
            found[lang] = max(customers[lang], asked)
        elif asked > -NEVER:
            found[lang] = asked + louder * float(without[lang].std())
    strict = float(np.quantile([(without[lang] < cut).mean() for lang, cut in found.items()], _STRICT))
    for lang, texts in without.items():
        found.setdefault(lang, float(np.quantile(texts, strict)))
    return found


def _reached(corpus: Corpus, head: str, lang: str, sources: Sequence[str], values: Floats) -> float:
    """What the share of calm texts that `QUIET` and its like leave reaches in the loudest of these sources that has enough of
    them; -`NEVER` where none has."""
    spoken = corpus.langs[corpus.calm_rows] == lang
    levels = [
        float(np.quantile(values[own], _SHARES[head].get(source, QUIET[head])))
        for source in sources
        if (own := spoken & (corpus.calm_sources == source)).sum() >= _FEWEST
    ]
    return max(levels, default=-NEVER)


def _without(corpus: Corpus, head: str, lang: str, scores: Scores) -> Floats:
    """The scores of the texts of the emotion sets that have not the mood."""
    rows, labels = corpus.rows_of(head, lang)
    return scores(rows[(labels == 0) & np.isin(corpus.sources[rows], EMOTION)])


def wish_cuts(corpus: Corpus, scores: Scores, tried: Mapping[int, Scores]) -> dict[str, float]:
    """The wish for a person, in the languages it was learned in and calm texts are known of: above what so few of those reach, and
    above our own texts that have no such wish, as heads say it that learned without their fifth (`tried`). A phrase list is
    believed at once; the model only adds what it is sure of."""
    values = scores(corpus.calm_rows)
    many = np.isin(corpus.calm_sources, CUSTOMERS[:-1])
    found = {}
    for lang in SPOKEN["person"]:
        spoken = corpus.langs[corpus.calm_rows] == lang
        levels = [
            float(np.quantile(values[own], _SHARES["person"].get(source, QUIET["person"])))
            for source in sorted(set(corpus.calm_sources))
            if (own := spoken & (corpus.calm_sources == source)).any()
        ]
        if levels:
            unmeant = [_unmeant(corpus, lang, part, one) for part, one in tried.items()]
            share = UNMEANT if (many & spoken).any() else 1.0
            found[lang] = max(*levels, float(np.quantile(np.concatenate(unmeant), share)))
    return found


def _unmeant(corpus: Corpus, lang: str, part: int, scores: Scores) -> Floats:
    """The scores of the texts of our own in a fifth that have no wish for a person and are in no phrase list."""
    rows, labels = corpus.parted("person", None, part, kept=True)
    plain = ~corpus.flags["person"][rows].any(axis=1)
    own = plain & (labels == 0) & (corpus.langs[rows] == lang) & (corpus.sources[rows] == "own")
    return scores(rows[own])


def security_cut(corpus: Corpus, tried: Mapping[int, Scores]) -> dict[str, float]:
    """Where heads that learned without a fifth of the examples (`tried`) tell their fifths apart best, all of them together."""
    scores, labels = [], []
    for part, one in tried.items():
        rows, told = corpus.parted("security", None, part, kept=True)
        own = np.isin(corpus.sources[rows], ("banking77", "clinc150"))
        scores.append(one(rows[own]))
        labels.append(told[own])
    return {"en": best_cut(np.concatenate(labels), np.concatenate(scores))}


def slope_of(corpus: Corpus, head: str, part: int, scores: Scores, cuts: dict[str, float]) -> float:
    """How fast a mood rises above its level, so that `HIGH` is where texts that were kept out are found with precision `SURE`."""
    told = [corpus.parted(head, lang, part, kept=True) for lang in rated(corpus)]
    rows, labels = (np.concatenate(column) for column in zip(*told, strict=True))
    own = corpus.sources[rows] == "brighter"
    rows, labels = rows[own], labels[own]
    above = scores(rows) - np.array([cuts[str(lang)] for lang in corpus.langs[rows]], np.float32)
    order = np.argsort(-above, kind="stable")
    precision = np.cumsum(labels[order]) / np.arange(1, len(order) + 1)
    sure = np.flatnonzero((precision >= SURE) & (above[order] > 0))
    margin = float(above[order][sure[-1]]) if len(sure) else log(HIGH / (1 - HIGH)) / _STEEP[0]
    return float(np.clip(log(HIGH / (1 - HIGH)) / max(margin, 1e-6), *_STEEP))
