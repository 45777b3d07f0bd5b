"""Okapi BM25 over an inverted index of numpy arrays: scores equal to rank_bm25.BM25Okapi, documents come and go.

One writer (`Bm25Writer`) changes the index; readers hold a `Bm25Index`, which never changes. Pure, numpy only.
"""

from kb.bm25.index import Bm25Index, Bools, Floats, Ints, Parameters, best
from kb.bm25.writer import Bm25Writer

__all__ = ["Bm25Index", "Bm25Writer", "Bools", "Floats", "Ints", "Parameters", "best"]
