"""The index against rank_bm25: same scores, same order, after additions and removals, and readers that see no change."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from kb.bm25 import Bm25Writer, Parameters, best

_WORDS = [f"w{i}" for i in range(12)]
_document = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9)
_corpus = st.lists(_document, min_size=1, max_size=30)
_query = st.lists(st.sampled_from([*_WORDS, "unknown"]), min_size=1, max_size=6)


@given(_corpus, _query)
@settings(max_examples=200, deadline=None)
def test_scores_are_those_of_rank_bm25(corpus: list[list[str]], query: list[str]) -> None:
    writer = Bm25Writer()
    writer.extend(corpus)
    ours = writer.index().scores(query)
    assert np.abs(ours - BM25Okapi(corpus).get_scores(query)).max() < 1e-9


@given(_corpus, st.lists(_document, max_size=8), st.sets(st.integers(0, 29)), _query)
@settings(max_examples=200, deadline=None)
def test_scores_after_changes_are_those_of_the_living_documents(
    corpus: list[list[str]], later: list[list[str]], removed: set[int], query: list[str]
) -> None:
    writer = Bm25Writer()
    writer.extend(corpus)
    gone = {number for number in removed if number < len(corpus)}
    writer.remove(gone)
    writer.extend(later)
    kept = [number for number in range(len(corpus) + len(later)) if number not in gone]
    scores = writer.index().scores(query)
    assert all(scores[number] == 0 for number in gone)
    if kept:
        reference = BM25Okapi([(corpus + later)[number] for number in kept]).get_scores(query)
        assert np.abs(scores[kept] - reference).max() < 1e-9


@given(_corpus, st.lists(_document, min_size=1, max_size=8), _query)
@settings(max_examples=100, deadline=None)
def test_a_reader_never_sees_a_later_change(
    corpus: list[list[str]], later: list[list[str]], query: list[str]
) -> None:
    writer = Bm25Writer()
    writer.extend(corpus)
    index = writer.index()
    writer.extend(later)
    writer.remove([0])
    writer.index().scores(query)
    assert np.abs(index.scores(query) - BM25Okapi(corpus).get_scores(query)).max() < 1e-9
    assert index.size == index.live == len(corpus)


def test_top_is_exact_on_many_documents_with_ties() -> None:
    chance = random.Random(7)
    corpus = [[chance.choice(_WORDS) for _ in range(chance.randint(1, 6))] for _ in range(3000)]
    writer = Bm25Writer()
    writer.extend(corpus)
    index = writer.index()
    for query in (["w1"], ["w1", "w2", "w3"], ["w4", "w4"], ["unknown"]):
        scores = BM25Okapi(corpus).get_scores(query)
        order = sorted(
            (i for i in range(len(corpus)) if abs(scores[i]) > 1e-12), key=lambda i: (-round(scores[i], 9), i)
        )
        found = index.top(query, 10)
        assert [round(score, 9) for _, score in found] == [round(scores[i], 9) for i in order[:10]]
        assert [number for number, _ in found] == order[:10]


def test_what_is_not_allowed_is_never_ranked() -> None:
    writer = Bm25Writer()
    writer.extend([["a", "b"], ["a"], ["c"], ["d"], ["e"]])
    allowed = np.array([True, False, True, True, True])
    assert [number for number, _ in writer.index().top(["a"], 5, allowed)] == [0]


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.5]), min_size=1, max_size=2000), st.integers(1, 7))
@settings(max_examples=100, deadline=None)
def test_best_equals_a_full_sort(values: list[float], k: int) -> None:
    scores = np.array(values)
    expected = sorted((i for i in range(len(values)) if values[i]), key=lambda i: (-values[i], i))[:k]
    assert best(scores, k).tolist() == expected


def test_few_documents_are_told_apart_with_the_smoothed_weight() -> None:
    writer = Bm25Writer(Parameters(smooth=50))
    writer.extend([["refund", "card"], ["delivery", "time"]])
    assert writer.index().top(["refund"], 2)[0][0] == 0
    assert writer.index().top(["refund"], 2)[0][1] > 0


def test_empty_index_and_empty_documents_answer_nothing() -> None:
    writer = Bm25Writer()
    assert writer.index().top(["a"], 3) == []
    writer.extend([[], []])
    assert writer.index().top(["a"], 3) == []
    writer.remove([0, 1])
    writer.remove([1])
    assert writer.index().live == 0
    assert writer.dead_share == 1.0
    with pytest.raises(IndexError):
        writer.remove([2])


def test_weights_of_words_unknown_and_known() -> None:
    writer = Bm25Writer()
    writer.extend([["a"], ["b"], ["b"], ["c"]])
    index = writer.index()
    assert index.idf("unknown") > index.idf("a") > index.idf("b")
    assert (index.document_frequency("b"), index.document_frequency("unknown")) == (2, 0)
