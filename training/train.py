"""`python -m training.train --data FOLDER`: makes the shipped model anew, with fixed seeds.

With `--check N` the N-th fifth of the examples (0 to 4) is kept out and measured instead, and nothing is written. With `--levels` the
weights of the shipped file stay and only its levels are taken anew: seconds, where learning takes minutes.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from funnel.escalation.signals import trained as runtime
from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import BITS
from funnel.escalation.signals.measure import spoken_lists
from training.corpus import Example, learned, lines
from training.fit import EPOCHS, RATE, Floats, Ints, Matrix, auroc, best_cut, fit, telling
from training.lexicons import WORDS, columns

OUT: Final = Path(runtime.__file__).parent / runtime.FILE
TOPIC_BITS: Final = 17
FLAGS: Final = {
    "anger": ("anger",),
    "distress": ("distress",),
    "security": ("security", "fraud"),
    "person": ("wants_person",),
}
"""The phrase lists whose word is a column of a head."""
WEIGHT: Final = {"brighter": 3.0, "bitext": 0.5, "xed": 0.8, "own": 4.0, "calm": 1.0}
FAVOUR: Final = {"anger": 2.0, "distress": 2.0, "security": 1.5, "person": 3.0}
"""How much more a text counts that has what a head looks for; few have."""
QUIET: Final = {"anger": 0.985, "distress": 0.99, "person": 0.9995}
"""The share of calm customer texts that stay below 0.5."""
QUIETER: Final = {"anger": 0.992, "distress": 0.996, "person": 0.9995}
"""The same for questions to an encyclopaedia, which are calmer than customers are."""
OWN_QUIET: Final = 0.98
"""The same for the project's own calm texts of customers, which are few."""
SLOPE: Final = (1.5, 1.5, 1.0, 1.0)
MOODS: Final = ("anger", "distress")
TOPICS: Final = ("security", "person")
CUSTOMERS: Final = ("bank", "clinc", "own")
"""The sources of calm texts that customers wrote."""
SPOKEN: Final = ("en", "zh", "ar")
"""The languages the topic heads have learned."""
NEVER: Final = 99.0
LOUDEST: Final = 127
FOLDS: Final = 5


def say(*words: object) -> None:
    """Progress, on stderr."""
    sys.stderr.write(" ".join(map(str, words)) + "\n")


class Corpus:
    """All examples with everything that is computed of a text once."""

    def __init__(
        self, examples: list[Example], calm: list[tuple[str, str, str]], lexicons: list[Floats]
    ) -> None:
        self.examples = examples
        self.calm_from = len(examples)
        self.calm_sources = np.array([source for _, source, _ in calm])
        texts = [one.text[:2_000] for one in examples] + [text for _, _, text in calm]
        self.langs = np.array([one.lang for one in examples] + [lang for lang, _, _ in calm])
        self.matrix = Matrix(texts)
        self.style = np.array([runtime.style_of(text) for text in texts], np.float32)
        self.lexicons = lexicons
        rows = np.arange(len(texts))
        self.lexical = np.array([self.matrix.sums(rows, one) for one in lexicons], np.float32).T
        spoken = [spoken_lists(fold(text)) for text in texts]
        self.flags = {
            head: np.array([[name in one for name in names] for one in spoken], np.float32)
            for head, names in FLAGS.items()
        }

    def rows_of(self, head: str, kept_out: bool | None, fold: int = 0) -> tuple[Ints, Floats]:
        """The examples that tell of a head; of them the fifth that is kept out, the rest, or all (None)."""
        labels = [getattr(one, head) for one in self.examples]
        rows = np.array([at for at, label in enumerate(labels) if label is not None], dtype=np.int64)
        if kept_out is not None:
            rows = rows[(rows % FOLDS == fold) == kept_out]
        return rows, np.array([labels[at] for at in rows], np.float32)

    def dense(self, head: str, rows: Ints) -> Floats:
        """Style, lexicons and the head's own phrase lists."""
        return np.column_stack([self.style[rows], self.lexical[rows], self.flags[head][rows]])


def learn(corpus: Corpus, head: str, fold: int | None) -> tuple[Floats, Floats]:
    """The table of a head with the lexicons added, and its weights of style and phrase lists."""
    rows, labels = corpus.rows_of(head, None if fold is None else False, fold or 0)
    weights = np.array([WEIGHT.get(corpus.examples[at].source, 1.0) for at in rows], np.float32)
    weights[labels == 1] *= FAVOUR[head]
    topic = head in TOPICS
    origins = np.zeros(len(rows), dtype=np.int64)
    if not topic:
        names = [f"{corpus.examples[at].source}|{corpus.examples[at].lang}" for at in rows]
        origins = np.unique(np.array(names), return_inverse=True)[1]
    table, weights_of = fit(
        corpus.matrix,
        rows,
        labels,
        weights,
        corpus.dense(head, rows),
        origins,
        telling(corpus.matrix, rows, labels, 2 if topic else 3),
        epochs=10 if topic else EPOCHS,
        rate=0.3 if topic else RATE,
    )
    for weight, lexicon in zip(weights_of[runtime.STYLE :], corpus.lexicons, strict=False):
        table = table + weight * lexicon
    small = np.concatenate((weights_of[: runtime.STYLE], weights_of[runtime.STYLE + len(corpus.lexicons) :]))
    say(head, len(rows), "examples; style and lists", small.round(2))
    return table, small


def squeeze(table: Floats, bits: int) -> tuple[Any, float]:
    """Eight bits a weight, and what one step is worth. A smaller table adds what falls together."""
    if bits < BITS:
        table = table.reshape(-1, 1 << (BITS - bits)).sum(axis=1)
    worth = float(np.quantile(np.abs(table), 0.9999)) / LOUDEST
    return np.clip(np.round(table / worth), -LOUDEST, LOUDEST).astype(np.int8), worth


def scores_of(corpus: Corpus, head: str, rows: Ints, table: Any, worth: float, small: Floats) -> Floats:
    """Raw scores as the runtime has them."""
    wide = np.repeat(table, (1 << BITS) // len(table)).astype(np.float32) * worth
    dense = np.column_stack([corpus.style[rows], corpus.flags[head][rows]])
    return corpus.matrix.sums(rows, wide) + dense @ small


def level_of(corpus: Corpus, head: str) -> float:
    """The level at which a head that learned without a fifth of its examples tells that fifth apart best."""
    table, small = learn(corpus, head, 0)
    squeezed, worth = squeeze(table, TOPIC_BITS)
    rows, labels = corpus.rows_of(head, True, 0)
    own = np.array([corpus.examples[at].source in ("banking77", "clinc150") for at in rows])
    return best_cut(labels[own], scores_of(corpus, head, rows[own], squeezed, worth, small))


def cuts(corpus: Corpus, head: str, table: Any, worth: float, small: Floats) -> dict[str, float]:
    """For each language the raw score that stands for 0.5: what so few calm texts reach, of whichever source, and the highest
    of them where we know none; for security what tells it from other questions best. A language of which no customers
    are known is taken to have customers as much moodier than its questions to an encyclopaedia as the others have, in the mean."""
    calm = np.arange(corpus.calm_from, len(corpus.langs))
    langs = sorted(set(corpus.langs[calm]))
    if head == "security":
        return {**dict.fromkeys([*langs, "*"], NEVER), "en": level_of(corpus, head)}
    scores = scores_of(corpus, head, calm, table, worth, small)

    shares = {"kb": QUIETER[head], "own": OWN_QUIET}

    def level(lang: str, source: str) -> float:
        own = (corpus.langs[calm] == lang) & (corpus.calm_sources == source)
        return float(np.quantile(scores[own], shares.get(source, QUIET[head]))) if own.any() else -NEVER

    customers = {lang: max(level(lang, source) for source in CUSTOMERS) for lang in langs}
    gaps = [max(own - level(lang, "kb"), 0.0) for lang, own in customers.items() if own > -NEVER]
    moodier = float(np.mean(gaps)) if head in MOODS else 0.0
    found = {
        lang: max(own, level(lang, "kb")) if own > -NEVER else level(lang, "kb") + moodier
        for lang, own in customers.items()
    }
    found["*"] = float(np.quantile(list(found.values()), 0.9))
    say(head, "customers are moodier by", round(moodier, 3))
    if head == "person":
        return {lang: cut if lang in SPOKEN else NEVER for lang, cut in found.items()}
    return found


def levels_anew(corpus: Corpus) -> None:
    """The shipped weights with the levels of moods and wishes as this script takes them from the data."""
    with np.load(OUT) as data:
        arrays = {name: data[name] for name in data.files}
    langs = [str(lang) for lang in arrays["langs"]]
    cut = arrays["cut"].copy()
    for at, head in enumerate(runtime.HEADS):
        if head == "security":
            continue
        group = "topics" if head in TOPICS else "table"
        table = arrays[group][:, (TOPICS if head in TOPICS else MOODS).index(head)]
        small = arrays["style"][: runtime.STYLE + len(FLAGS[head]), at]
        found = cuts(corpus, head, table, float(arrays["scale"][at]), small)
        for row, lang in enumerate(langs):
            say(head, lang, round(float(cut[row, at]), 3), "->", round(found[lang], 3))
            cut[row, at] = found[lang]
    np.savez_compressed(OUT, **{**arrays, "cut": cut})


def check(
    corpus: Corpus, head: str, part: int, table: Any, worth: float, small: Floats, cut: dict[str, float]
) -> None:
    """AUROC on the examples kept out, and the share found at the cut, by source and language."""
    rows, labels = corpus.rows_of(head, True, part)
    scores = scores_of(corpus, head, rows, table, worth, small)
    groups = defaultdict(list)
    for place, at in enumerate(rows):
        one = corpus.examples[at]
        groups[f"{one.source} {one.lang}"].append(place)
    for name, places in sorted(groups.items()):
        truth = labels[places]
        level = cut.get(name.split()[1], cut["*"])
        if len(places) < 20:
            continue
        above = scores[places] >= level
        recall = float(above[truth == 1].mean()) if truth.any() else float("nan")
        say(
            f"  {head} {name}: n {len(places)} AUROC {auroc(truth, scores[places]):.3f} found {recall:.3f} false {float(above[truth == 0].mean()):.3f}"
        )


def main() -> None:
    """Reads, learns, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--check", type=int, choices=range(FOLDS))
    parser.add_argument("--heads", nargs="+", default=runtime.HEADS, help="with --check: only these")
    parser.add_argument("--levels", action="store_true", help="only the levels of the shipped weights")
    given = parser.parse_args()
    if given.levels:
        levels_anew(Corpus([], calm_customers(given.data), []))
        return
    corpus = Corpus(learned(given.data), calm_customers(given.data), columns(given.data / "lexicons"))
    say(len(corpus.examples), "examples read")
    made = {}
    for head in runtime.HEADS if given.check is None else given.heads:
        table, small = learn(corpus, head, given.check)
        squeezed, worth = squeeze(table, TOPIC_BITS if head in TOPICS else BITS)
        made[head] = (squeezed, worth, small, cuts(corpus, head, squeezed, worth, small))
        if given.check is not None:
            check(corpus, head, given.check, squeezed, worth, small, made[head][3])
    if given.check is None:
        write(made)


def calm_customers(folder: Path) -> list[tuple[str, str, str]]:
    """(language, source, text) of calm texts for the cuts: questions to knowledge bases and customers' everyday questions. Only a
    level is taken from them, nothing is learned."""
    found = [
        (row["lang"][:2], "kb", row["q"])
        for path in sorted((folder / "kb").glob("*.queries.jsonl"))
        for row in lines(path)
    ]
    for source, name in (("bank", "banking77_train"), ("clinc", "clinc150_val")):
        found += [("en", source, row["text"]) for row in lines(folder / "faq" / f"{name}.jsonl")]
    own = yaml.safe_load((WORDS / "calm_customers.yaml").read_text(encoding="utf-8"))
    found += [
        (lang, "own", text) for lang, texts in sorted(own.items()) for text in texts.strip().split("\n")
    ]
    return found


def write(made: dict[str, tuple[Any, float, Floats, dict[str, float]]]) -> None:
    """The file of the package."""
    langs = sorted(made["anger"][3])
    width = max(len(one[2]) for one in made.values())
    np.savez_compressed(
        OUT,
        table=np.column_stack([made[head][0] for head in MOODS]),
        topics=np.column_stack([made[head][0] for head in TOPICS]),
        scale=np.array([made[head][1] for head in runtime.HEADS], np.float32),
        style=np.column_stack(
            [np.pad(made[head][2], (0, width - len(made[head][2]))) for head in runtime.HEADS]
        ).astype(np.float32),
        langs=np.array(langs),
        cut=np.array([[made[head][3][lang] for head in runtime.HEADS] for lang in langs], np.float32),
        slope=np.array(SLOPE, np.float32),
    )
    say("wrote", OUT.name, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
