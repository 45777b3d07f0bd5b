"""Fitting a shelf's linear model to the example questions of its articles: slow work, done beside the serving. Pure."""

from typing import Final

import numpy as np

from kb.analyzer import analyse, gram_codes, language_of, normalise
from kb.articles import Audience
from kb.classifier import Classifier, features_of, fitted
from kb.shelf import Shelf

MOST_LABELS: Final = 1_000
MOST_QUESTIONS: Final = 20_000
_LEAST_LABELS: Final = 2


def learnt(shelf: Shelf) -> tuple[Classifier, tuple[str, ...]] | None:
    """A model of the shelf's example questions and the article of each of its labels; None where there is little to learn
    or too much: fewer than two articles with examples, more than 1,000, or more than 20,000 questions."""
    language = language_of(shelf.locale)
    taught = [one.article for one in shelf.entries(None, Audience.AGENTS) if one.article.example_questions]
    texts = [(n, text) for n, one in enumerate(taught) for text in (one.title, *one.example_questions)]
    if not _LEAST_LABELS <= len(taught) <= MOST_LABELS or len(texts) > MOST_QUESTIONS:
        return None
    features = [_features(shelf, text, language) for _, text in texts]
    usable = [(n, some) for (n, _), some in zip(texts, features, strict=True) if some]
    if not usable:
        return None
    labels = np.array([n for n, _ in usable], dtype=np.int64)
    return fitted([some for _, some in usable], labels, len(taught)), tuple(one.id for one in taught)


def _features(shelf: Shelf, text: str, language: str) -> list[int]:
    tokens = analyse(text, shelf.locale)
    return features_of(tokens, gram_codes(normalise(text), language), shelf.synonyms.matters(tokens))
