"""What each head of the model learns: the moods for each language apart, the topics for their languages together."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from funnel.escalation.signals import trained as runtime
from training.corpus import EMOTION
from training.descent import PASSES, Problem
from training.fit import FEATURES, Floats, Ints, common, telling
from training.gathered import FAVOUR, WEIGHT, Corpus

MOODS: Final = ("anger", "distress")
TOPICS: Final = ("security", "person")
SPOKEN: Final = {"security": ("en",), "person": ("en", "zh", "ar")}
"""The languages a topic is learned in."""
FEWEST: Final = 100
"""Angry texts a language needs to be learned."""


class Recipe(NamedTuple):
    """One fit: how much a text of BRIGHTER counts, whether telling features move more freely, the
    penalty, how many texts a telling feature must be in, and how many passes the descent makes."""

    brighter: float
    told: bool
    penalty: float
    least: int = 3
    passes: int = PASSES


_USUAL: Final = (Recipe(3.0, told=True, penalty=1.0),)
TOPIC_RECIPES: Final = {
    "security": Recipe(1.0, told=True, penalty=0.003, least=2, passes=150),
    "person": Recipe(1.0, told=True, penalty=0.05, least=2),
}
"""Questions to a bank differ by a word: after 30 passes security is not told apart yet (F1 on kept-out texts of Banking77 .88, after
150 .91)."""
_RECIPES: Final = {("anger", "en"): (*_USUAL, Recipe(20.0, told=False, penalty=6.0))}
"""The mean of several fits is one fit more. English has ten times more texts of other sources than of BRIGHTER: alone, the
second fit is best on BRIGHTER and worse on sources it has not seen."""


class Learned(NamedTuple):
    """A head by language: its table (the same for all languages of a topic), and the weights of style and phrase lists."""

    tables: dict[str, Floats]
    small: dict[str, Floats]


def languages(corpus: Corpus) -> list[str]:
    """Those with enough angry texts in the emotion sets."""
    rows, labels = corpus.rows_of("anger")
    angry = rows[(labels == 1) & np.isin(corpus.sources[rows], EMOTION)]
    names, counts = np.unique(corpus.langs[angry], return_counts=True)
    return [str(name) for name, count in zip(names, counts, strict=True) if count >= FEWEST]


def rated(corpus: Corpus) -> list[str]:
    """Languages of BRIGHTER, without English, which takes as long to learn as all others: enough to tell how sure a score is."""
    own = corpus.sources == "brighter"
    return [
        lang
        for lang in languages(corpus)
        if lang != "en" and (own & (corpus.langs[: len(own)] == lang)).any()
    ]


def learn(corpus: Corpus, head: str, part: int | None = None, langs: Sequence[str] = ()) -> Learned:
    """A head of all examples, or of all but a fifth; a mood in these languages only, if any are given."""
    if head in TOPICS:
        return _topic(corpus, head, part)
    return _mood(corpus, head, part, langs or languages(corpus))


def _mood(corpus: Corpus, head: str, part: int | None, langs: Sequence[str]) -> Learned:
    tables: dict[str, Floats] = {}
    small: dict[str, Floats] = {}
    for lang in langs:
        rows, labels = corpus.parted(head, lang, part, kept=False)
        origins = np.unique(corpus.sources[rows], return_inverse=True)[1].astype(np.int64)
        dense = corpus.dense(head, rows)
        recipes = _RECIPES.get((head, lang), _USUAL)
        share = np.float32(1 / len(recipes))
        whole: Floats = np.zeros(FEATURES, np.float32)
        for recipe in recipes:
            table, thick = _fitted(corpus, head, recipe, rows, labels, dense, origins)
            whole += corpus.folded_in(table, thick, [lang]) * share
            own = corpus.without_lexicons(thick) * share
            small[lang] = small[lang] + own if lang in small else own
        tables[lang] = whole
    return Learned(tables, small)


def _fitted(
    corpus: Corpus, head: str, recipe: Recipe, rows: Ints, labels: Floats, dense: Floats, origins: Ints
) -> tuple[Floats, Floats]:
    told = telling(corpus.matrix, rows, labels, recipe.least) if recipe.told else common(corpus.matrix, rows)
    counts = {**WEIGHT, "brighter": recipe.brighter}
    weights = np.array([counts.get(str(one), 1.0) for one in corpus.sources[rows]], np.float32)
    weights[labels == 1] *= FAVOUR[head]
    return Problem(corpus.matrix, rows, labels, dense, origins, told).solve(
        weights, recipe.penalty, recipe.passes
    )


def _topic(corpus: Corpus, head: str, part: int | None) -> Learned:
    rows, labels = corpus.parted(head, None, part, kept=False)
    origins = np.zeros(len(rows), dtype=np.int64)
    table, thick = _fitted(corpus, head, TOPIC_RECIPES[head], rows, labels, corpus.dense(head, rows), origins)
    spoken = SPOKEN[head]
    table = corpus.folded_in(table, thick, list(spoken))
    return Learned(dict.fromkeys(spoken, table), dict.fromkeys(spoken, corpus.without_lexicons(thick)))


def columns_of(small: dict[str, Floats], lang: str, width: int) -> Floats:
    """The weights of style and phrase lists of a head in a language, as wide as those of the others; none where it is not spoken."""
    own = small.get(lang, np.zeros(runtime.STYLE, np.float32))
    return np.pad(own, (0, width - len(own)))
