"""Fits the two rules of `kb.confidence`: how far the best article can be trusted to answer.

`python benchmarks/fit_confidence.py [--data FOLDER]` prints what each rule does on sets that it was fitted without, then
the rules to write into kb/confidence.py. Passages: sets of `kb` with half of the topics away, then with half of the
articles away while their siblings stay. Examples: sets of `faq` with a third of the labels away, and the demo's articles
with one example question of each left out, or with a third of the articles away. Used for the rules as they stand:
Banking77 (CC BY 4.0, Casanueva et al.), CLINC150 (CC BY 3.0, Larson et al.), HINT3 (ODbL, Arora et al.), XQuAD (CC BY-SA
4.0, Artetxe et al.), CMRC 2018 (CC BY-SA 4.0, Cui et al.), DRCD (CC BY-SA 3.0, Shao et al.), JSQuAD (CC BY-SA 4.0,
Kurihara et al.). Nothing of them is kept but the weights of the rules.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_retrieval import DEMO, demo_articles
from benchmarks.question_sets import Asked, QuestionSet, intents, lines, passages, snapshot, thinned
from kb.articles import Article, Audience
from kb.confidence import ANSWER, FEATURES, features
from kb.question import Question
from kb.search import KbSnapshot, asked_in, ranked

Floats = NDArray[np.float64]
LEFT_OUT: Final = ("arcd",)  # several passages answer a question there and one is called right
MOST, MOST_ARTICLES, CANDIDATES = 250, 300, 8
SHRINK = 1.0
OF_EXAMPLES: Final = (
    "asked",
    "asked_gram",
    "like",
    "title",
    "contained",
    "taught",
    "taught_lead",
    "taught_squared",
    "asked_lead",
)


class Rows(NamedTuple):
    """One set asked: features, whether the first article was right, whether there was a right one."""

    name: str
    family: str
    values: Floats
    right: NDArray[np.bool_]
    having: NDArray[np.bool_]


def measured(name: str, family: str, base: KbSnapshot, asked: Iterable[Asked]) -> Rows:
    """The rows of a set; a question that finds nothing is left out, as nothing has to be trusted there."""
    values, right, having = [], [], []
    for one in asked:
        shelf = base.shelf(one.locale)
        if shelf is None:
            continue
        question = Question(shelf, *asked_in(one.question, one.locale))
        found = ranked(shelf, question, "", None, Audience.AGENTS, CANDIDATES)
        if len(found.articles):
            values.append(features(question, found.evidence, found.scores))
            right.append(shelf.entry(int(found.articles[0])).article.id == one.gold)
            having.append(one.gold is not None)
    return Rows(name, family, np.array(values), np.array(right), np.array(having))


def smaller(given: QuestionSet) -> QuestionSet:
    """The first few hundred articles and their questions."""
    kept = {one.id for one in given.articles[:MOST_ARTICLES]}
    asked = [one for one in given.asked if one.gold in kept]
    chance = random.Random(2)
    return given._replace(
        articles=given.articles[:MOST_ARTICLES], asked=tuple(chance.sample(asked, min(MOST, len(asked))))
    )


def passage_rows(folder: Path) -> Iterator[Rows]:
    """Every set of passages in two states."""
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        if path.name.startswith(LEFT_OUT):
            continue
        whole = smaller(passages(path, 100_000, titles=False))
        family = "xquad" if path.name.startswith("xquad") else whole.name
        for name, by_topic in (("topic away", True), ("article away", False)):
            for seed in (7, 8):
                part = thinned(whole, by_topic=by_topic, seed=seed)
                yield measured(f"{whole.name}, {name}", family, snapshot(part.articles), part.asked)


def example_rows(folder: Path) -> Iterator[Rows]:
    """Every set of labels, then the demo."""
    for path in sorted(folder.glob("faq/*_train.jsonl")):
        if "_oos_" not in path.name:
            part = thinned(
                intents(path, 10, MOST, 57 if "77" in path.name else None), by_topic=True, seed=7, share=1 / 3
            )
            yield measured(part.name, part.name, snapshot(part.articles), part.asked)
            outside = [
                text for other in sorted(folder.glob(f"faq/{part.name}_oos_*.jsonl")) for text in lines(other)
            ]
            if outside:
                many = intents(path, 100, 3 * MOST, 60)
                asked = (*many.asked, *(Asked(one["text"], None, "en") for one in outside))
                yield measured(f"{part.name}, many", part.name, snapshot(many.articles), asked)
    for locale, articles in sorted(demo_articles(DEMO).items()):
        for number in range(4):
            cut = [_without(article, number) for article in articles]
            asked = [Asked(question, one.id, locale) for one, question in cut if question is not None]
            yield measured(f"demo {locale}", f"demo {locale}", snapshot(one for one, _ in cut), asked)
        for seed in (1, 2, 3):
            gone = {one.id for one in random.Random(seed).sample(articles, len(articles) // 3)}
            kept = [one for one in articles if one.id not in gone]
            away = [
                Asked(text, None, locale)
                for one in articles
                if one.id in gone
                for text in one.example_questions
            ]
            yield measured(f"demo {locale}, away", f"demo {locale}", snapshot(kept), away)


def _without(article: Article, number: int) -> tuple[Article, str | None]:
    """The article without one of its example questions, and that one; None where it has too few."""
    questions = article.example_questions
    if number >= len(questions) or len(questions) < 2:
        return article, None
    others = tuple(one for one in questions if one != questions[number])
    return msgspec.structs.replace(article, example_questions=others), questions[number]


def fit(sets: Sequence[Rows], names: Sequence[str]) -> Floats:
    """Weights of the named features, then the constant: logistic regression by Newton steps, each set counting alike."""
    columns = [FEATURES.index(name) for name in names]
    x = np.vstack([one.values[:, columns] for one in sets])
    y = np.concatenate([one.right for one in sets]).astype(np.float64)
    weight = np.concatenate([np.full(len(one.right), MOST / len(one.right)) for one in sets])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    shrink = np.array([SHRINK] * len(columns) + [1e-6])
    found = np.zeros(z.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-z @ found))
        slope = z.T @ (weight * (chance - y)) + shrink * found
        curve = (z * (weight * chance * (1 - chance))[:, None]).T @ z + np.diag(shrink)
        found -= np.linalg.solve(curve, slope)
    weights = found[:-1] / spread
    return np.append(weights, found[-1] - float((weights * mean).sum()))


def chances(rows: Rows, rule: Floats, names: Sequence[str]) -> Floats:
    """The probability that the first article is right, for every row."""
    columns = [FEATURES.index(name) for name in names]
    return np.asarray(1 / (1 + np.exp(-(rows.values[:, columns] @ rule[:-1] + rule[-1]))))


def report(sets: Sequence[Rows], names: Sequence[str]) -> None:
    """What a rule fitted without a family of sets does on each of them."""
    for one in sets:
        others = [
            other
            for other in sets
            if other.family != one.family
            or (one.family == "xquad" and other.name.split(",")[0] != one.name.split(",")[0])
        ]
        chance = chances(one, fit(others, names), names)
        answered = chance >= ANSWER
        having = max(1, int(one.having.sum()))
        print(
            f"{one.name:<34} answered {float((answered & one.having).sum() / having):.3f} "
            f"precision {float(one.right[answered].mean()) if answered.any() else 0:.3f} "
            f"false {float((answered & ~one.having).sum() / max(1, (~one.having).sum())):.3f}",
            flush=True,
        )


def shown(name: str, sets: Sequence[Rows], names: Sequence[str]) -> str:
    """The rule as it is written down."""
    rule = fit(sets, names)
    weights = ", ".join(f'"{one}": {weight:.2f}' for one, weight in zip(names, rule, strict=False))
    return f"{name}: Final = Rule({rule[-1]:.2f}, {{{weights}}}, {{}})"


def main() -> None:
    """Prints the tables and the rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    of_passages = [name for name in FEATURES if name not in OF_EXAMPLES]
    for name, rows, names in (
        ("BY_PASSAGES", passage_rows, of_passages),
        ("BY_EXAMPLES", example_rows, list(FEATURES)),
    ):
        sets = [one for one in rows(given.data) if len(one.right)]
        report(sets, names)
        print(shown(name, sets, names))


if __name__ == "__main__":
    main()
