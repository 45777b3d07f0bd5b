"""Okapi BM25 over an inverted index of numpy arrays: scores equal to rank_bm25.BM25Okapi, documents come and go.

One writer (`Bm25Writer`) changes the index; readers hold a `Bm25Index`, which never changes. Pure, numpy only.
"""

from kb.bm25.bags import Bags, BagWriter
from kb.bm25.index import Bm25Index, Bools, Floats, Ints, Parameters, best
from kb.bm25.rows import Codes, Rows, RowsView
from kb.bm25.writer import BREAK, Bm25Writer

__all__ = [
    "BREAK", "BagWriter", "Bags", "Bm25Index", "Bm25Writer", "Bools", "Codes", "Floats", "Ints", "Parameters", "Rows",
    "RowsView", "best",
]  # fmt: skip
