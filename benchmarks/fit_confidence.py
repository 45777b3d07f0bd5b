"""Fits the rule of `kb.confidence`: how far the best article can be trusted to answer.

`python benchmarks/fit_confidence.py [--data FOLDER]` prints the table of the held-out folds and the rule to write into
kb/confidence.py. Every question of the demo articles is asked with itself left out, with its article left out and as it
stands; folds are by article, all languages of it together. FOLDER adds question sets (`faq/*.jsonl`: text, label;
`kb/*.docs.jsonl` with `*.queries.jsonl`) at a small weight, half of their subjects away, so that the rule is not one of a
single shop. Used for the rule as it stands: Banking77 (CC BY 4.0, Casanueva et al.), CLINC150 (CC BY 3.0, Larson et al.),
HINT3 (ODbL, Arora et al.), XQuAD (CC BY-SA 4.0, Artetxe et al.), CMRC 2018 (CC BY-SA 4.0, Cui et al.), DRCD (CC BY-SA
3.0, Shao et al.), JSQuAD (CC BY-SA 4.0, Kurihara et al.), ARCD (MIT, Mozannar et al.). Nothing of them is kept but
the weights of the rule.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_retrieval import DEMO, NOW, demo_articles
from funnel.core.locales import canonical_locale, language_of
from kb.analyzer import content_tokens
from kb.articles import Article, Audience
from kb.confidence import Question, features
from kb.library import Shelving
from kb.search import KbSnapshot, ranked
from kb.store import Changes

Kind = Literal["held out", "away", "as it stands", "shared"]
Floats = NDArray[np.float64]
LANGUAGES: Final = ("ar", "en", "zh")
FOLDS, CANDIDATES = 8, 10
WEIGHT: Final[dict[Kind, float]] = {"held out": 1.0, "away": 1.0, "as it stands": 0.2, "shared": 0.05}
FALSE_ANSWERS, PRECISION = 0.075, 0.8
SHRINK = 2.0


class Row(NamedTuple):
    """One question asked: what the rule sees of the best article and whether that is the right one."""

    kind: Kind
    locale: str
    subject: str
    values: tuple[float, ...] | None
    right: bool


def asked(
    snapshot: KbSnapshot,
    locale: str,
    question: str,
    gold: str | None,
    kind: Kind,
    subject: str,
    reader: Audience = Audience.PUBLIC,
) -> Row:
    """The row of a question whose article is `gold` (None: it is away), asked by somebody who may read that one."""
    shelf = snapshot.shelf(locale)
    if shelf is None:
        return Row(kind, locale, subject, None, False)
    tokens = content_tokens(question, locale)
    found = shelf.find(tokens, None, reader, CANDIDATES)
    if not found:
        return Row(kind, locale, subject, None, False)
    view = Question(shelf, tokens)
    best = ranked(view, found, 2)
    values = features(view.measure(best))
    return Row(kind, locale, subject, values, best[0].entry.article.id == gold)


def demo_rows() -> Iterator[Row]:
    """The demo's questions, each in three states of its base."""
    for locale, articles in demo_articles(DEMO).items():
        shelving = Shelving()
        shelving.apply(Changes(1, NOW, tuple(articles), ()))
        for article in articles:
            key, reader = article.slug, article.audience
            for question in article.example_questions:
                others = tuple(one for one in article.example_questions if one != question)
                without = msgspec.structs.replace(article, example_questions=others)
                base = shelving.apply(Changes(1, NOW, (without,), ()))
                yield asked(base, locale, question, article.id, "held out", key, reader)
            base = shelving.apply(Changes(1, NOW, (), (article.id,)))
            for question in article.example_questions:
                yield asked(base, locale, question, None, "away", key, reader)
            base = shelving.apply(Changes(1, NOW, (article,), ()))
            for question in (article.title, *article.example_questions):
                yield asked(base, locale, question, article.id, "as it stands", key, reader)


def made(name: str, title: str, body: str, locale: str, questions: Iterable[str]) -> Article:
    """An article of a question set."""
    return Article(
        id=name, group_id=name, revision=1, updated_at=NOW, locale=locale, slug=name, title=title, body=body,
        example_questions=tuple(questions),
    )  # fmt: skip


def faq_rows(path: Path, chance: random.Random) -> Iterator[Row]:
    """Sets of questions by label: two thirds of the labels become articles of up to five questions."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["label"] not in (None, "oos", "NO_NODES_DETECTED"):
            by_label[one["label"]].append(one["text"])
    usable = sorted(label for label, texts in by_label.items() if len(texts) >= 4)
    for _ in range(3):
        labels = chance.sample(usable, min(60, len(usable)))
        kept = set(labels[: max(2, len(labels) * 2 // 3)])
        texts = {label: chance.sample(by_label[label], min(14, len(by_label[label]))) for label in labels}
        cut = {label: min(6, len(texts[label]) - 1) for label in labels}
        articles = [
            made(one, one.replace("_", " ").lower(), " ".join(texts[one][:2]), "en", texts[one][1 : cut[one]])
            for one in labels
            if one in kept
        ]
        base = Shelving().apply(Changes(1, NOW, tuple(articles), ()))
        for label in labels:
            for text in texts[label][cut[label] :]:
                yield asked(base, "en", text, label if label in kept else None, "shared", label)


def passage_rows(path: Path, chance: random.Random) -> Iterator[Row]:
    """Sets of passages: half of them become articles of two questions each, the other half is away."""
    documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:240]
    queries = path.with_name(path.name.replace(".docs.", ".queries."))
    by_passage: dict[str, list[str]] = defaultdict(list)
    for line in queries.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        by_passage[one["gold"]].append(one["q"])
    locale = canonical_locale(documents[0]["lang"]) or "en"
    kept = set(chance.sample([one["id"] for one in documents], len(documents) // 2))
    articles = [
        made(one["id"], one["title"] or one["text"][:20], one["text"], locale, by_passage[one["id"]][:2])
        for one in documents
        if one["id"] in kept
    ]
    base = Shelving().apply(Changes(1, NOW, tuple(articles), ()))
    rest = [(one["id"], text) for one in documents for text in by_passage[one["id"]][2:]]
    for passage, text in chance.sample(rest, min(400, len(rest))):
        yield asked(base, locale, text, passage if passage in kept else None, "shared", passage)


def shared_rows(folder: Path) -> list[Row]:
    """The rows of every set in the folder; the same each time."""
    chance = random.Random(3)
    rows = [row for path in sorted(folder.glob("faq/*_train.jsonl")) for row in faq_rows(path, chance)]
    return rows + [
        row for path in sorted(folder.glob("kb/*.docs.jsonl")) for row in passage_rows(path, chance)
    ]


def table(rows: Sequence[Row]) -> Floats:
    """The columns of the fit: one, the values, and which of the languages a demo row is in."""
    return np.array(
        [
            (1.0, *(row.values or ()), *(row.kind != "shared" and language_of(row.locale) == one for one in LANGUAGES))
            for row in rows
        ],
        dtype=np.float64,
    )  # fmt: skip


def fit(rows: Sequence[Row]) -> Floats:
    """A logistic regression by Newton steps, shrunk towards zero but for the constant."""
    x, y = table(rows), np.array([float(row.right) for row in rows])
    weight = np.array([WEIGHT[row.kind] for row in rows])
    shrink = np.array([1e-6, *[SHRINK] * (x.shape[1] - 1)])
    found = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (weight * (chance - y)) + shrink * found
        curve = (x * (weight * chance * (1 - chance))[:, None]).T @ x + np.diag(shrink)
        found -= np.linalg.solve(curve, slope)
    return found


def threshold(held: Sequence[tuple[float, bool]], away: Sequence[float], asked_away: int) -> float:
    """The least score from which on few questions without an article are answered and few answers are wrong."""
    allowed = int(FALSE_ANSWERS * asked_away)
    above = sorted(away, reverse=True)
    least = above[allowed] if len(above) > allowed else -np.inf
    for score in sorted({least, *(score for score, _ in held if score > least)}):
        right = [ok for other, ok in held if other > score]
        if right and sum(right) >= PRECISION * len(right):
            return float(score)
    return float(least)


def scored(demo: Sequence[Row], shared: Sequence[Row]) -> list[tuple[Row, float]]:
    """Every demo row with its score by a rule that was fitted without its article."""
    usable = [row for row in demo if row.values is not None]
    fold_of = {key: number % FOLDS for number, key in enumerate(sorted({row.subject for row in usable}))}
    pairs: list[tuple[Row, float]] = []
    for fold in range(FOLDS):
        rule = fit([row for row in usable if fold_of[row.subject] != fold] + list(shared))
        tested = [row for row in usable if fold_of[row.subject] == fold]
        pairs += zip(tested, (table(tested) @ rule).tolist(), strict=True)
    return pairs


def main() -> None:
    """Prints one row a language, then the rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    demo = list(demo_rows())
    shared = [row for row in (shared_rows(given.data) if given.data else []) if row.values is not None]
    rule = fit([row for row in demo if row.values is not None] + shared)
    pairs = scored(demo, shared)
    offsets = {}
    sys.stdout.write(f"{'':<6} {'answered':>9} {'right':>7} {'false':>7} {'as it stands':>13}\n")
    for number, language in enumerate(LANGUAGES):
        asked_of = {
            kind: sum(r.kind == kind and language_of(r.locale) == language for r in demo) for kind in WEIGHT
        }
        own = [(row, score) for row, score in pairs if language_of(row.locale) == language]
        held = [(score, row.right) for row, score in own if row.kind == "held out"]
        away = [score for row, score in own if row.kind == "away"]
        line = threshold(held, away, asked_of["away"])
        offsets[language] = round(float(rule[7 + number]) - line, 2)
        right = [ok for score, ok in held if score > line]
        stands = sum(score > line for row, score in own if row.kind == "as it stands")
        sys.stdout.write(
            f"{language:<6} {len(right) / asked_of['held out']:>9.3f} {sum(right) / max(1, len(right)):>7.3f} "
            f"{sum(score > line for score in away) / asked_of['away']:>7.3f} {stands / asked_of['as it stands']:>13.3f}\n"
        )
    other = round(sum(offsets.values()) / len(offsets), 2)
    sys.stdout.write(f"Rule({', '.join(str(round(float(w), 2)) for w in rule[:7])}, {offsets}, {other})\n")


if __name__ == "__main__":
    main()
