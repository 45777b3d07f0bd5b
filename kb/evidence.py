"""What speaks for an article: measures of its best passage and of what it is asked for, none of which depends on size."""

from itertools import accumulate, chain
from typing import Final, NamedTuple

import numpy as np

from kb.bm25 import Bools, Codes, Floats, Ints, best
from kb.question import Question, Words
from kb.shelf import Field, Masks, Shelf

MEASURES: Final = (
    "stem", "gram", "covered", "sentence", "sentences", "joined", "asked", "asked_gram", "like", "title",
    "contained", "length", "unread", "taught",
)  # fmt: skip
"""The columns of a table of evidence, each 0..1.

`stem`, `gram`: BM25 of the best passage by words and by pieces of words, as shares of the greatest possible. `covered`:
share of the question's weight that the passage holds; `sentence`, `sentences`: that one, that two neighbouring sentences
hold. `joined`: share of the question's neighbours that are neighbours in the passage. `asked`, `asked_gram`, `like`,
`title`, `contained`: the same of titles and example questions: BM25, likeness to the closest one, to the title, and how
much of one of them the question holds. `length`: how long the passage is, 1 from about 3,000 words on.
`unread`: `gram` times the share of the question that words nobody knows make up: there the pieces tell more.
`taught`: what the linear model makes of the example questions.
"""
_K1: Final = 1.2
_PASSAGES: Final = 16
_ASKED: Final = 12
_TELLING: Final = 6.0
_LONGEST: Final = 8.0
_ROUGH: Final = (1.0, 1.5, 1.0)


class Candidates(NamedTuple):
    """Articles that may answer, one row each: the numbers of article and best passage, and the evidence."""

    articles: Ints
    passages: Ints
    evidence: Floats
    held: Bools


def gather(shelf: Shelf, question: Question, masks: Masks, most: int) -> Candidates:
    """The most promising articles this reader may see, at most `most`, with their evidence; in no particular order."""
    matter, wording = question.matter, question.wording
    scores, asked, passages, texts = matching(shelf, question, masks)
    places = shelf.places
    found = np.concatenate(
        [passages, _first_passages(shelf, scores, places.article_of_asked[texts], passages)]
    )
    if not len(found):
        return Candidates(found, found, np.zeros((0, len(MEASURES))), np.zeros((0, 0), dtype=np.bool_))
    stem = scores[found] / (matter.total * (_K1 + 1))
    gram = _grams(shelf.passages, found, question)
    owners = places.article_of_passage[found]
    of_asked = np.zeros(len(places.alive))
    np.maximum.at(of_asked, places.article_of_asked[texts], asked[texts] / (wording.total * (_K1 + 1)))
    order = (-rough_scores(stem, gram, of_asked[owners])).argsort(kind="stable")
    kept = order[_firsts(owners[order], most)]
    passages, owners = found[kept], owners[kept]
    evidence = np.empty((len(kept), len(MEASURES)))
    evidence[:, 0], evidence[:, 1] = stem[kept], gram[kept]
    evidence[:, 2:6], held = _passage_evidence(shelf, passages, matter)
    evidence[:, 6:11] = _asked_evidence(shelf, owners, texts, asked, question)
    lengths = shelf.passages.words.sequences.starts
    evidence[:, 11] = np.minimum(1.0, np.log1p(lengths[passages + 1] - lengths[passages]) / _LONGEST)
    evidence[:, 12] = evidence[:, 1] * matter.unknown
    evidence[:, 13] = shelf.taught_scores(question.features())[owners] if shelf.taught is not None else 0.0
    return Candidates(owners, passages, evidence, held)


def matching(shelf: Shelf, question: Question, masks: Masks) -> tuple[Floats, Floats, Ints, Ints]:
    """The scores of all passages and of all asked texts this reader may see, others 0, and the best of both, best first."""
    scores = question.matter.scores(shelf.passages.words)
    asked = question.wording.scores(shelf.asked.words)
    for values, allowed in ((scores, masks.passages), (asked, masks.asked)):
        if allowed is not None:
            values *= allowed
    return scores, asked, best(scores, _PASSAGES), best(asked, _ASKED)


def _firsts(owners: Ints, most: int) -> list[int]:
    """Where each of the first so many different owners stands first."""
    places: dict[int, int] = {}
    for place, owner in enumerate(owners.tolist()):
        if owner not in places:
            places[owner] = place
            if len(places) == most:
                break
    return list(places.values())


def rough_scores(stem: Floats, gram: Floats, asked: Floats) -> Floats:
    """What decides which candidates are looked at closely."""
    return np.asarray(_ROUGH[0] * stem + _ROUGH[1] * gram + _ROUGH[2] * asked, dtype=np.float64)


def _first_passages(shelf: Shelf, scores: Floats, articles: Ints, passages: Ints) -> Ints:
    """The best passage of each article that only its title or a question brought up."""
    known = frozenset(shelf.places.article_of_passage[passages].tolist())
    missing = np.array([one for one in dict.fromkeys(articles.tolist()) if one not in known], dtype=np.int64)
    firsts, ends = shelf.places.first_passage[missing], shelf.places.first_passage[missing + 1]
    if not len(missing):
        return missing
    sizes = ends - firsts
    each = np.arange(int(sizes.max()))
    of_each = np.where(each < sizes[:, None], scores.take(firsts[:, None] + each, mode="clip"), -1.0)
    places: Ints = firsts + of_each.argmax(axis=1)
    return places


def _grams(field: Field, numbers: Ints, question: Question) -> Floats:
    return field.bags.scores(numbers, question.codes)


def _passage_evidence(shelf: Shelf, passages: Ints, question: Words) -> tuple[Floats, Bools]:
    """Columns `covered`, `sentence`, `sentences`, `joined`; and which words of the question each passage holds."""
    sequence, sizes = shelf.passages.words.sequences.of(passages)
    passage_ends, ends = sizes.cumsum(), (sequence == 0).nonzero()[0]
    at, word = _occurrences(sequence, question.numbers, question.places)
    owner = passage_ends.searchsorted(at, side="right")
    holds = np.zeros((len(ends) + 1, len(question.tokens)), dtype=np.bool_)  # one more: a text may have none
    holds[ends.searchsorted(at), word] = True
    owner_of = passage_ends.searchsorted(ends, side="right")
    first = owner_of.searchsorted(np.arange(len(passages)))
    weights = question.weights / question.total
    measures = np.empty((len(passages), 4))
    held = np.logical_or.reduceat(holds, first, axis=0)
    measures[:, 0] = weighed(held, weights)
    measures[:, 1] = np.maximum.reduceat(weighed(holds, weights), first)
    two = np.zeros(len(holds))
    two[:-1] = weighed(holds[1:] | holds[:-1], weights)
    two[:-2][owner_of[1:] != owner_of[:-1]] = 0.0
    measures[:, 2] = np.maximum(measures[:, 1], np.maximum.reduceat(two, first))
    measures[:, 3] = _joined(at, word, owner, len(passages), question)
    return measures, held


def _joined(at: Ints, word: Ints, owner: Ints, passages: int, question: Words) -> Floats:
    """The share of the question's neighbouring words that are neighbours in each passage, by weight."""
    words = len(question.tokens)
    if words < 2 or len(at) < 2:
        return np.zeros(passages)
    pair_weights = question.weights[1:] + question.weights[:-1]
    neighbours = ((at[1:] == at[:-1] + 1) & (word[1:] == word[:-1] + 1)).nonzero()[0]
    if not len(neighbours):
        return np.zeros(passages)
    holds = np.zeros((passages, words - 1), dtype=np.bool_)
    holds[owner[neighbours], word[neighbours]] = True
    return weighed(holds, pair_weights / pair_weights.sum())


def _occurrences(sequence: Codes, numbers: Ints, places: Ints) -> tuple[Ints, Ints]:
    """Where in a sequence words of the question stand, and which."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    same = sequence == numbers.astype(sequence.dtype)[:, None]
    at = np.logical_or.reduce(same, axis=0).nonzero()[0]
    return at, places[numbers.searchsorted(sequence[at])]


def _asked_evidence(shelf: Shelf, articles: Ints, texts: Ints, scores: Floats, question: Question) -> Floats:
    """Columns `asked`, `asked_gram`, `like`, `title`, `contained`, over the title and the best of the other texts."""
    places = shelf.places
    row_of = {article: row for row, article in enumerate(articles.tolist())}
    by_row = [[title] for title in places.first_asked[articles].tolist()]
    for text, article in zip(texts.tolist(), places.article_of_asked[texts].tolist(), strict=True):
        if (row := row_of.get(article)) is not None:
            by_row[row].append(text)
    numbers = np.array(list(chain.from_iterable(by_row)), dtype=np.int64)
    titles = np.array([0, *accumulate(map(len, by_row[:-1]))], dtype=np.int64)
    wording = question.wording
    shared, whole = _overlaps(shelf, numbers, wording)
    measured = np.empty((len(numbers), 5))
    measured[:, 0] = scores[numbers] / (wording.total * (_K1 + 1))
    measured[:, 1] = _grams(shelf.asked, numbers, question)
    measured[:, 2] = likeness = np.minimum(1.0, 2 * shared / np.maximum(wording.total + whole, 1e-9))
    measured[:, 3] = 0.0
    measured[:, 4] = np.minimum(1.0, shared / np.maximum(whole, 1e-9) * np.minimum(1.0, whole / _TELLING))
    best_of: Floats = np.maximum.reduceat(measured, titles, axis=0)
    best_of[:, 3] = likeness[titles]
    return best_of


def _overlaps(shelf: Shelf, numbers: Ints, wording: Words) -> tuple[Floats, Floats]:
    """The weight that each of some asked texts shares with the question, and its own."""
    sequence, sizes = shelf.asked.words.sequences.of(numbers)
    at, word = _occurrences(sequence, wording.numbers, wording.places)
    holds = np.zeros((len(numbers), len(wording.tokens)), dtype=np.bool_)
    holds[sizes.cumsum().searchsorted(at, side="right"), word] = True
    return weighed(holds, wording.weights), shelf.asked_totals[numbers]


def weighed(holds: Bools, weights: Floats) -> Floats:
    """The weight of the words that each row holds. Not a matrix product: a library's threads cost more than they gain."""
    found: Floats = np.einsum("ij,j->i", holds, weights)
    return found
