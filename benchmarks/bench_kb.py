"""Retrieval against rank-bm25 on made-up text of 1k, 10k and 100k passages: interleaved, medians, ratios.

`python benchmarks/bench_kb.py [--sizes 1000,10000] [--json]`
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from rank_bm25 import BM25Okapi

from kb.articles import Article, Audience, Status
from kb.bm25 import Bm25Index, Bm25Writer
from kb.evidence import matching
from kb.library import Shelving
from kb.question import Question
from kb.search import KbSnapshot, asked_in
from kb.store import Changes

WORDS, LENGTH, QUERY, ROUNDS = 60_000, 80, 8, 3
SITE = "a"
_AT_ONCE = 4_000
QUERIES = {1_000: 100, 10_000: 40, 100_000: 6}
Row = dict[str, float | int | str]


def corpus(size: int, seed: int = 1) -> list[list[str]]:
    """Documents of words by a Zipf-like law, as a natural text has them."""
    chance = np.random.default_rng(seed)
    ranks = np.arange(1, WORDS + 1, dtype=np.float64)
    weights = 1 / (ranks + 2.7)
    picks = chance.choice(WORDS, size=(size, LENGTH), p=weights / weights.sum())
    names = [
        "".join(chr(97 + digit) for digit in (n % 26, n // 26 % 26, n // 676 % 26, n // 17576)) + "o"
        for n in range(WORDS)
    ]
    return [[names[number] for number in row] for row in picks.tolist()]


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3


def reference_top(reference: BM25Okapi, query: Sequence[str], k: int) -> np.ndarray:
    """The best k as rank-bm25's own get_top_n finds them."""
    return np.argsort(reference.get_scores(query))[::-1][:k]


def compare(size: int) -> Row:
    """Index and reference over the same documents; each query asked of both before the next."""
    documents = corpus(size)
    started = time.perf_counter()
    writer = Bm25Writer()
    writer.extend(documents)
    index = writer.index()
    build = time.perf_counter() - started
    reference = BM25Okapi(documents)
    queries = [query[:QUERY] for query in corpus(QUERIES[size], seed=2)]
    worst = max(float(np.abs(index.scores(q) - reference.get_scores(q)).max()) for q in queries[:5])
    ours, theirs = [], []
    for _ in range(ROUNDS if size < 100_000 else 1):
        for query in queries:
            ours.append(min(timed(lambda q=query: index.top(q, 10)) for _ in range(3)))
            theirs.append(timed(lambda q=query: reference_top(reference, q, 10)))
    added = [timed(lambda d=document: add(writer, d)) for document in corpus(20, seed=3)]
    base = snapshot(documents)
    fields = field_times(base)
    searches = search_times(base)
    shelf = base.shelf("en")
    return {
        "passages": size,
        "rank-bm25 ms": median(theirs),
        "index ms": median(ours),
        "index p99 ms": float(np.percentile(ours, 99)),
        "ratio": median(theirs) / median(ours),
        "score difference": worst,
        "build s": build,
        "add ms": median(added),
        "fields ms": median(fields),
        "fields p99 ms": float(np.percentile(fields, 99)),
        "fields ratio": median(theirs) / median(fields),
        "bytes": (shelf.size_bytes if shelf is not None else 0) / size,
        "search ms": median(searches),
        "search p99 ms": float(np.percentile(searches, 99)),
    }


def add(writer: Bm25Writer, document: list[str]) -> Bm25Index:
    """One document more, visible."""
    writer.extend([document])
    return writer.index()


def article(documents: Sequence[Sequence[str]], number: int, now: datetime) -> Article:
    """One article of four passages."""
    parts = (f"# Part {part}\n\n{' '.join(documents[number + part])}" for part in range(4))
    return Article(
        id=f"{number:032x}",
        group_id=str(number),
        revision=1,
        updated_at=now,
        locale="en",
        slug=str(number),
        title=" ".join(documents[number][:4]),
        status=Status.PUBLISHED,
        body="\n\n".join(parts),
        example_questions=tuple(" ".join(documents[number + part][8:14]) for part in range(4)),
        tags=tuple(documents[number][14:16]),
        sites=(SITE,) if number % 8 else ("another",),
        audience=Audience.PUBLIC if number % 20 else Audience.AGENTS,
    )


def snapshot(documents: Sequence[Sequence[str]]) -> KbSnapshot:
    """A knowledge base of these passages, four an article: every second article is one site's, every fifth for agents only."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    shelving = Shelving()
    for first in range(0, len(documents), _AT_ONCE):
        some = (
            article(documents, number, now)
            for number in range(first, min(first + _AT_ONCE, len(documents)), 4)
        )
        base = shelving.apply(Changes(1, now, tuple(some), ()))
    gc.collect()
    gc.freeze()  # as the gateway does once it has started
    return base


def field_times(base: KbSnapshot) -> list[float]:
    """Milliseconds of finding the best passages and questions a reader of one site may see, by both fields."""
    shelf = base.shelf("en")
    assert shelf is not None
    masks = shelf.mask(SITE, Audience.PUBLIC)
    asked = [Question(shelf, *asked_in(" ".join(query[:QUERY]), "en")) for query in corpus(200, seed=4)]
    for question in asked:
        matching(shelf, question, masks)
    return [timed(lambda q=question: matching(shelf, q, masks)) for question in asked]


def search_times(base: KbSnapshot) -> list[float]:
    """Milliseconds of whole searches, analysis, filters and confidence included."""
    questions = [" ".join(query[:QUERY]) for query in corpus(200, seed=4)]
    for question in questions:
        base.search(question, "en", SITE)
    return [timed(lambda q=question: base.search(q, "en", SITE)) for question in questions]


def main() -> None:
    """Prints one row a size; exits 1 when a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [compare(int(size)) for size in given.sizes.split(",")]
    if given.json:
        print(json.dumps(rows))
    else:
        print("  ".join(f"{name:>16}" for name in rows[0]))
        for row in rows:
            print(
                "  ".join(
                    f"{value:>16,.4g}" if isinstance(value, float) else f"{value:>16,}"
                    for value in row.values()
                )
            )
    missed = [row for row in rows if float(row["score difference"]) >= 1e-9]
    missed += [
        row
        for row in rows
        if row["passages"] == 10_000 and (float(row["ratio"]) < 100 or float(row["search ms"]) > 0.5)
    ]
    missed += [
        row
        for row in rows
        if row["passages"] == 100_000
        and (float(row["fields ratio"]) < 500 or float(row["search p99 ms"]) > 3)
    ]
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
