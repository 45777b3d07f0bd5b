"""Fits the weights of `kb.ranking` for articles that have both a text and example questions.

`python benchmarks/fit_ranking.py --data FOLDER` prints the share found first with the weights as they are and with weights
fitted without that family of sets, then the weights to write down. Sets: those of `kb`, up to three questions of each
article given to it as its examples and the others asked, and the demo with one example question of each article left out.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_retrieval import DEMO, demo_articles
from benchmarks.question_sets import Asked, QuestionSet, passages, snapshot
from kb.articles import Article, Audience
from kb.evidence import MEASURES, gather
from kb.question import Question
from kb.ranking import BY_BOTH
from kb.search import KbSnapshot, asked_in

Floats = NDArray[np.float64]
LEFT_OUT: Final = ("arcd",)  # several passages answer a question there and one is called right
MOST, MOST_ARTICLES, EXAMPLES, CANDIDATES, ABSENT = 120, 300, 3, 8, -9.0


class Choices(NamedTuple):
    """One set: the evidence of up to eight candidates a question (rows of -9: none) and which of them is right."""

    name: str
    family: str
    evidence: Floats
    right: NDArray[np.int64]


def with_examples(path: Path, seed: int = 3) -> QuestionSet:
    """A set of passages whose articles have some of their questions as examples; the others are asked."""
    whole = passages(path, 100_000)
    chance = random.Random(seed)
    by_article: dict[str, list[Asked]] = defaultdict(list)
    for one in whole.asked:
        by_article[one.gold or ""].append(one)
    articles, asked = [], []
    for article in whole.articles[:MOST_ARTICLES]:
        own = chance.sample(by_article[article.id], len(by_article[article.id]))
        given = own[: min(EXAMPLES, len(own) - 1)] if own else []
        articles.append(msgspec.structs.replace(article, example_questions=tuple(q.question for q in given)))
        asked += own[len(given) :] if given else []
    return whole._replace(articles=tuple(articles), asked=tuple(asked))


def without_one(article: Article, number: int) -> tuple[Article, str | None]:
    """The article without one of its example questions, and that one; None where it has too few."""
    questions = article.example_questions
    if number >= len(questions) or len(questions) < 2:
        return article, None
    others = tuple(one for one in questions if one != questions[number])
    return msgspec.structs.replace(article, example_questions=others), questions[number]


def choices(name: str, family: str, base: KbSnapshot, asked: Iterable[Asked]) -> Choices:
    """The candidates of each question whose right article is among them."""
    found, right = [], []
    for one in asked:
        shelf = base.shelf(one.locale)
        if shelf is None:
            continue
        question = Question(shelf, *asked_in(one.question, one.locale, shelf.kind))
        close = gather(shelf, question, shelf.mask(None, Audience.AGENTS), CANDIDATES)
        ids = [shelf.entry(number).article.id for number in close.articles.tolist()]
        if one.gold in ids:
            rows = np.full((CANDIDATES, len(MEASURES)), ABSENT)
            rows[: len(ids)] = close.evidence
            found.append(rows)
            right.append(ids.index(one.gold))
    return Choices(name, family, np.array(found), np.array(right))


def every_set(folder: Path) -> Iterator[Choices]:
    """The sets one after the other."""
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        if not path.name.startswith(LEFT_OUT):
            whole = with_examples(path)
            asked = random.Random(5).sample(whole.asked, min(MOST, len(whole.asked)))
            family = "xquad" if path.name.startswith("xquad") else whole.name
            yield choices(whole.name, family, snapshot(whole.articles), asked)
    for locale, articles in sorted(demo_articles(DEMO).items()):
        for number in range(4):
            cut = [without_one(article, number) for article in articles]
            asked = [Asked(question, one.id, locale) for one, question in cut if question is not None]
            yield choices(f"demo {locale} {number}", "demo", snapshot(one for one, _ in cut), asked)


def fit(sets: Sequence[Choices]) -> Floats:
    """One weight a measure: conditional logistic regression by Newton steps, each family counting alike."""
    evidence = np.concatenate([one.evidence for one in sets])
    right = np.concatenate([one.right for one in sets])
    sizes: dict[str, int] = defaultdict(int)
    for one in sets:
        sizes[one.family] += len(one.right)
    counts = np.concatenate([np.full(len(one.right), 300 / sizes[one.family]) for one in sets])
    there = evidence[:, :, 0] > ABSENT
    spread = evidence[there].std(0) + 1e-9
    x = np.where(there[:, :, None], evidence / spread, 0.0)
    found = np.zeros(x.shape[2])
    for _ in range(25):
        share = np.where(there, np.exp(np.minimum(x @ found, 50)), 0.0)
        share /= share.sum(1, keepdims=True)
        mean = np.einsum("nk,nkd->nd", share, x)
        slope = (counts[:, None] * (mean - x[np.arange(len(right)), right])).sum(0) + found
        square = np.einsum("nk,nkd,nke->de", share * counts[:, None], x, x)
        curve = square - (mean * counts[:, None]).T @ mean + np.eye(len(found))
        found = found - np.linalg.solve(curve, slope)
    return np.asarray(found / spread)


def first(one: Choices, weights: Floats) -> float:
    """The share of questions whose right candidate comes first."""
    scores = np.where(one.evidence[:, :, 0] > ABSENT, one.evidence @ weights, -np.inf)
    return float((scores.argmax(1) == one.right).mean())


def main() -> None:
    """Prints the table and the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    sets = [one for one in every_set(given.data) if len(one.right)]
    for one in sets:
        others = fit([other for other in sets if other.family != one.family])
        print(
            f"{one.name:<20} as it is {first(one, BY_BOTH):.3f} fitted without it {first(one, others):.3f}",
            flush=True,
        )
    print(dict(zip(MEASURES, np.round(fit(sets), 2).tolist(), strict=True)))


if __name__ == "__main__":
    main()
