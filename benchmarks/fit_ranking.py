"""Fits the weights of `kb.ranking`: for articles of passages, of example questions, and of both.

`python benchmarks/fit_ranking.py --data FOLDER [--table | --check]` prints the weights as they stand in kb/ranking.py, to the letter
the same on every run; with `--check` it fails where they stand there otherwise. With `--table` it first prints the share found first
with the weights as they are and with weights fitted without that family of sets.

Passages: the sets of `kb`, once with the titles that siblings share there and once without any, and the demo without its
example questions, asked with these: there a title tells much. Examples: the sets of `faq`, with ten and with sixty examples a
label. Both: the sets of `kb`, up to three questions of each article given to it as its examples and the others asked, the
demo with one example question of each article left out, and the sets of examples, whose questions are as short as people's.
Sources and licences: benchmarks/fit_confidence.py.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_retrieval import DEMO, demo_articles
from benchmarks.question_sets import Asked, QuestionSet, intents, passages, snapshot
from kb import ranking
from kb.articles import Article, Audience
from kb.evidence import MEASURES, gather
from kb.question import Question
from kb.ranking import WEIGHTS
from kb.search import KbSnapshot, asked_in
from kb.shelf import Kind

Floats = NDArray[np.float64]
LEFT_OUT: Final = ("arcd",)  # several passages answer a question there and one is called right
MOST, MOST_ARTICLES, EXAMPLES, CANDIDATES, ABSENT = 120, 300, 3, 8, -9.0
MOST_OF_PASSAGES, MOST_OF_DEMO = 300, 150
FEW_AND_MANY: Final = (10, 60)
ONE, MANY = 300, 1_200  # how many questions a family counts as; twelve languages say more than one
SHRINK: Final = 60.0  # as good on families left out as 1 and better on short questions; 200 is worse
COLUMNS: Final = {
    Kind.PASSAGES: tuple(name for name in MEASURES if name != "taught"),
    Kind.EXAMPLES: MEASURES,
    Kind.BOTH: MEASURES,
}
"""What is fitted; the weight of any other measure is 0."""


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


def family_of(name: str) -> str:
    """Sets that are translations or parts of each other are one family."""
    return "xquad" if name.startswith("xquad") else name


def passage_sets(folder: Path) -> Iterator[Choices]:
    """The sets of passages, with and without titles, then the demo."""
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        if not path.name.startswith(LEFT_OUT):
            for titles in (True, False):
                whole = passages(path, MOST_OF_PASSAGES, titles=titles)
                yield choices(whole.name, family_of(whole.name), snapshot(whole.articles), whole.asked)
    for locale, articles in sorted(demo_articles(DEMO).items()):
        texts = [Asked(text, one.id, locale) for one in articles for text in one.example_questions]
        asked = random.Random(5).sample(texts, min(MOST_OF_DEMO, len(texts)))
        bare = snapshot(msgspec.structs.replace(one, example_questions=()) for one in articles)
        yield choices(f"demo {locale}", "demo", bare, asked)


def example_sets(folder: Path) -> Iterator[Choices]:
    """The sets of labels, of few and of many examples a label."""
    for path in sorted(folder.glob("faq/*_train.jsonl")):
        if "_oos_" not in path.name:
            for examples in FEW_AND_MANY:
                whole = intents(path, examples, MOST_OF_PASSAGES)
                yield choices(f"{whole.name} {examples}", whole.name, snapshot(whole.articles), whole.asked)


def sets_of_both(folder: Path) -> Iterator[Choices]:
    """The sets of passages with some of their questions as examples, then the demo."""
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        if not path.name.startswith(LEFT_OUT):
            whole = with_examples(path)
            asked = random.Random(5).sample(whole.asked, min(MOST, len(whole.asked)))
            yield choices(whole.name, family_of(whole.name), snapshot(whole.articles), asked)
    for locale, articles in sorted(demo_articles(DEMO).items()):
        for number in range(4):
            cut = [without_one(article, number) for article in articles]
            asked = [Asked(question, one.id, locale) for one, question in cut if question is not None]
            yield choices(f"demo {locale} {number}", "demo", snapshot(one for one, _ in cut), asked)


def fit(sets: Sequence[Choices], kind: Kind) -> dict[str, float]:
    """One weight a measure: conditional logistic regression by Newton steps, shrunk; each family counts by itself."""
    columns = [MEASURES.index(name) for name in COLUMNS[kind]]
    evidence = np.concatenate([one.evidence for one in sets])
    right = np.concatenate([one.right for one in sets])
    sizes: dict[str, int] = defaultdict(int)
    for one in sets:
        sizes[one.family] += len(one.right)
    share_of = {family: (MANY if family == "xquad" else ONE) / size for family, size in sizes.items()}
    counts = np.concatenate([np.full(len(one.right), share_of[one.family]) for one in sets])
    there = evidence[:, :, 0] > ABSENT
    spread = evidence[there].std(0)[columns] + 1e-9
    x = np.where(there[:, :, None], evidence[:, :, columns] / spread, 0.0)
    found = np.zeros(x.shape[2])
    for _ in range(25):
        share = np.where(there, np.exp(np.minimum(x @ found, 50)), 0.0)
        share /= share.sum(1, keepdims=True)
        mean = np.einsum("nk,nkd->nd", share, x)
        slope = (counts[:, None] * (mean - x[np.arange(len(right)), right])).sum(0) + SHRINK * found
        square = np.einsum("nk,nkd,nke->de", share * counts[:, None], x, x)
        curve = square - (mean * counts[:, None]).T @ mean + SHRINK * np.eye(len(found))
        found = found - np.linalg.solve(curve, slope)
    fitted = dict(zip(COLUMNS[kind], np.round(found / spread, 2).tolist(), strict=True))
    return {name: fitted.get(name, 0.0) for name in MEASURES}


def first(one: Choices, weights: Mapping[str, float]) -> float:
    """The share of questions whose right candidate comes first."""
    row = np.array([weights[name] for name in MEASURES])
    scores = np.where(one.evidence[:, :, 0] > ABSENT, one.evidence @ row, -np.inf)
    return float((scores.argmax(1) == one.right).mean())


def shown(found: Mapping[Kind, Mapping[str, float]]) -> str:
    """The weights as they are written down."""
    lines = ["WEIGHTS: Final = {"]
    for kind, weights in found.items():
        pairs = [f'"{name}": {weight!r},' for name, weight in weights.items()]
        lines += [
            f"    Kind.{kind.name}: {{",
            f"        {' '.join(pairs[:7])}",
            f"        {' '.join(pairs[7:])}",
            "    },",
        ]
    return "\n".join([*lines, "}  # fmt: skip\n"])


def table(sets: Sequence[Choices], kind: Kind) -> None:
    """What weights fitted without a family do on it."""
    for one in sets:
        without = fit([other for other in sets if other.family != one.family], kind)
        now, then = first(one, WEIGHTS[kind]), first(one, without)
        print(f"{kind:<10} {one.name:<24} as it is {now:.3f} fitted without it {then:.3f}", flush=True)


def main() -> None:
    """Prints the weights, or compares them; exits 1 where they are others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--table", action="store_true", help="what weights fitted without a family of sets do on it"
    )
    parser.add_argument("--check", action="store_true", help="fail where kb/ranking.py has others")
    given = parser.parse_args()
    found: dict[Kind, dict[str, float]] = {}
    examples = list(example_sets(given.data))
    for kind, gathered in (
        (Kind.PASSAGES, passage_sets(given.data)), (Kind.EXAMPLES, examples),
        (Kind.BOTH, chain(sets_of_both(given.data), examples)),
    ):  # fmt: skip
        sets = [one for one in gathered if len(one.right)]
        if given.table:
            table(sets, kind)
        found[kind] = fit(sets, kind)
    print(text := shown(found), end="")
    if given.check and text not in Path(ranking.__file__).read_text(encoding="utf-8"):
        sys.exit("kb/ranking.py has other weights")


if __name__ == "__main__":
    main()
