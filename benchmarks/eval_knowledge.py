"""The knowledge base on question sets that it was not made from: how well it finds, and how far its answers can be trusted.

`python benchmarks/eval_knowledge.py [--data FOLDER] [--most N] [--json]`. FOLDER holds `kb` and `faq` (see
benchmarks/question_sets.py); any folder of that form will do.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from opencc import OpenCC

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.question_sets import (
    Asked,
    QuestionSet,
    intents,
    lines,
    passages,
    snapshot,
    thinned,
    with_slips,
)
from kb.search import KbSnapshot, Outcome

SHARED: Final = Path(__file__).parents[2] / "shared" / "data"
SLIPS: Final = ("en", "ar", "de")
MANY_EXAMPLES, FEW_EXAMPLES, CUT = 100, 10, 57
Row = dict[str, str | int | float]


class Told(NamedTuple):
    """What came back for one question: the place of the right article (0: not among ten), how sure, and whether answered."""

    asked: Asked
    place: int
    confidence: float
    answered: bool


def ask(base: KbSnapshot, asked: Sequence[Asked]) -> list[Told]:
    """Every question, as a visitor would."""
    told = []
    for one in asked:
        found = base.search(one.question, one.locale, None, limit=10)
        place = next((n for n, hit in enumerate(found.hits, 1) if hit.article_id == one.gold), 0)
        told.append(Told(one, place, found.confidence, found.outcome is Outcome.ANSWER))
    return told


def finding(name: str, told: Sequence[Told]) -> Row:
    """How well the articles were found."""
    places = np.array([one.place for one in told])
    return {
        "set": name, "asked": len(told), "R@1": float((places == 1).mean()),
        "R@3": float(((places > 0) & (places <= 3)).mean()),
        "MRR": float(np.where(places > 0, 1 / np.maximum(places, 1), 0).mean()),
    }  # fmt: skip


def trust(name: str, told: Sequence[Told]) -> Row:
    """How far the answers could be trusted: some of the questions have no article."""
    having = np.array([one.asked.gold is not None for one in told])
    answered = np.array([one.answered for one in told])
    right = np.array([one.place == 1 for one in told])
    sure = np.array([one.confidence for one in told])
    return {
        "set": name, "asked": len(told), "AUROC": auroc(sure[having], sure[~having]),
        "precision": float((answered & right).sum() / max(1, answered.sum())),
        "answered": float((answered & having).sum() / max(1, having.sum())),
        "false answers": float((answered & ~having).sum() / max(1, (~having).sum())),
    }  # fmt: skip


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive one is above a negative one."""
    every = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(every, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / max(1, n * m))


def found_rows(folder: Path, most: int) -> Iterator[Row]:
    """Tables of finding: many languages in one base, other bases, the other Chinese script, slips, example questions."""
    together = [passages(path, most) for path in sorted(folder.glob("kb/xquad_*.docs.jsonl"))]
    if together:
        base = snapshot(article for one in together for article in one.articles)
        every: list[Told] = []
        for one in together:
            told = ask(base, one.asked)
            every += told
            yield finding(one.name, told)
            if one.name.removeprefix("xquad_") in SLIPS:
                yield finding(f"{one.name}, slips", ask(base, with_slips(one.asked)))
            if one.name == "xquad_zh":
                to = OpenCC("s2t")
                asked = [a._replace(question=to.convert(a.question), locale="zh-Hant") for a in one.asked]
                yield finding("xquad_zh, asked in Hant", ask(base, asked))
        yield finding(f"{len(together)} languages in one base", every)
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        if not path.name.startswith("xquad_"):
            alone = passages(path, most)
            yield finding(alone.name, ask(snapshot(alone.articles), alone.asked))
    for path in sorted(folder.glob("faq/*_train.jsonl")):
        if "_oos_" not in path.name:
            few = intents(path, FEW_EXAMPLES, most, CUT if path.name.startswith("banking") else None)
            yield finding(f"{few.name}, {FEW_EXAMPLES} examples", ask(snapshot(few.articles), few.asked))


def trust_rows(folder: Path, most: int) -> Iterator[Row]:
    """Tables of trust: half the topics away, half the articles away while their siblings stay, and questions out of scope."""
    for path in sorted(folder.glob("kb/*.docs.jsonl")):
        whole = passages(path, most)
        for name, by_topic in (("topic away", True), ("article away", False)):
            part = thinned(whole, by_topic=by_topic, seed=7)
            yield trust(f"{whole.name}, {name}", ask(snapshot(part.articles), part.asked))
    for path in sorted(folder.glob("faq/*_train.jsonl")):
        if "_oos_" in path.name:
            continue
        outside = [
            one["text"] for other in folder.glob(f"faq/{_stem(path)}_oos_*.jsonl") for one in lines(other)
        ]
        if outside:
            part = _with_outside(intents(path, MANY_EXAMPLES, most), outside)
        else:
            part = thinned(intents(path, MANY_EXAMPLES, most), by_topic=True, seed=7, share=1 / 3)
        yield trust(f"{part.name}, out of scope", ask(snapshot(part.articles), part.asked))


def _stem(path: Path) -> str:
    return path.name.removesuffix("_train.jsonl")


def _with_outside(given: QuestionSet, outside: Sequence[str]) -> QuestionSet:
    return given._replace(asked=(*given.asked, *(Asked(text, None, "en") for text in outside)))


def show(rows: Iterator[Row], kept: list[Row]) -> None:
    """One line a row as soon as it is there."""
    for row in rows:
        if not kept or kept[-1].keys() != row.keys():
            print(f"\n{'':<34}" + "".join(f"{name:>14}" for name in row if name != "set"))
        print(
            f"{row['set']:<34}"
            + "".join(
                f"{v:>14.3f}" if isinstance(v, float) else f"{v:>14}" for k, v in row.items() if k != "set"
            ),
            flush=True,
        )
        kept.append(row)


def main() -> None:
    """Prints the tables; a folder that is not there is said and measures nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--most", type=int, default=400, help="questions of a set")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    given = parser.parse_args()
    if not any(given.data.glob("kb/*.docs.jsonl")) and not any(given.data.glob("faq/*_train.jsonl")):
        print(f"Nothing measured: {given.data} holds no question sets; give a folder of them with --data.")
        return
    rows: list[Row] = []
    show(found_rows(given.data, given.most), rows)
    show(trust_rows(given.data, given.most), rows)
    if given.json:
        given.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
