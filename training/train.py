"""`python -m training.train --data FOLDER`: makes the shipped model anew. Nothing in it is drawn by chance or set by hand: the same
data give the same file.

With `--check N` the N-th fifth of the examples (0 to 4) is kept out and measured instead, as the product measures, and nothing is
written; `--check all` does so with every fifth.
"""

import argparse
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from funnel.escalation.signals import trained as runtime
from funnel.escalation.signals.grams import BITS
from training.checking import check, tell
from training.fit import Floats, Ints
from training.gathered import FOLDS, Corpus
from training.heads import MOODS, TOPICS, Learned, columns_of, languages, learn, rated
from training.levels import NEVER, mood_cuts, security_cut, slope_of, wish_cuts

OUT: Final = Path(runtime.__file__).parent / runtime.FILE
TOPIC_BITS: Final = 17
LOUDEST: Final = 127
Packed = dict[str, tuple[Any, float]]


class Made(NamedTuple):
    """A head as it is shipped, by language: eight bits a weight with what one step is worth, and its levels."""

    packed: Packed
    small: dict[str, Floats]
    cuts: dict[str, float]
    slope: float


def say(*words: object) -> None:
    """Progress, on stderr."""
    sys.stderr.write(" ".join(map(str, words)) + "\n")


def squeeze(table: Floats, bits: int) -> tuple[Any, float]:
    """Eight bits a weight, and what one step is worth. A smaller table adds what falls together."""
    if bits < BITS:
        table = table.reshape(-1, 1 << (BITS - bits)).sum(axis=1)
    worth = float(np.quantile(np.abs(table), 0.9999)) / LOUDEST
    return np.clip(np.round(table / worth), -LOUDEST, LOUDEST).astype(np.int8), worth


def scores_of(corpus: Corpus, head: str, packed: Packed, small: dict[str, Floats], rows: Ints) -> Floats:
    """Raw scores as the runtime has them; 0 in languages that were not learned."""
    dense = np.column_stack([corpus.style[rows], corpus.flags[head][rows]])
    scores: Floats = np.zeros(len(rows), np.float32)
    for lang, (table, worth) in packed.items():
        own = np.flatnonzero(corpus.langs[rows] == lang)
        if len(own):
            wide = np.repeat(table, (1 << BITS) // len(table)).astype(np.float32) * worth
            scores[own] = corpus.matrix.sums(rows[own], wide) + dense[own] @ small[lang]
    return scores


def make(corpus: Corpus, head: str, part: int | None) -> Made:
    """Learns a head and sets its levels. What only texts can tell that were not learned from is told by a model that learned
    without a fifth."""
    bits = TOPIC_BITS if head in TOPICS else BITS

    def squeezed(learned: Learned) -> tuple[Packed, partial[Floats]]:
        packed = {lang: squeeze(table, bits) for lang, table in learned.tables.items()}
        return packed, partial(scores_of, corpus, head, packed, learned.small)

    learned = learn(corpus, head, part)
    packed, scores = squeezed(learned)

    def tried(without: int = 0) -> partial[Floats]:
        return scores if part is not None else squeezed(learn(corpus, head, without, rated(corpus)))[1]

    cuts: dict[str, float]
    slope = 1.0
    if head in MOODS:
        cuts = mood_cuts(corpus, head, scores)
        slope = slope_of(corpus, head, part or 0, tried(), cuts)
    else:
        parts = {one: tried(one) for one in (range(FOLDS) if part is None else [part])}
        cuts = wish_cuts(corpus, scores, parts) if head == "person" else security_cut(corpus, parts)
    say(head, "slope", round(slope, 3), "levels", {lang: round(cut, 2) for lang, cut in cuts.items()})
    return Made(packed, learned.small, cuts, slope)


def write(made: dict[str, Made], langs: list[str], out: Path) -> None:
    """The file of the package."""
    width = max(len(weights) for one in made.values() for weights in one.small.values())
    style = [np.column_stack([columns_of(one.small, lang, width) for one in made.values()]) for lang in langs]
    scale = [[one.packed[lang][1] if lang in one.packed else 0.0 for one in made.values()] for lang in langs]
    arrays: dict[str, Any] = {
        "topics": np.column_stack([made[head].packed["en"][0] for head in TOPICS]),
        "scale": np.array(scale, np.float32),
        "style": np.array(style, np.float32),
        "langs": np.array(langs),
        "cut": np.array([[one.cuts.get(lang, NEVER) for one in made.values()] for lang in langs], np.float32),
        "slope": np.array([one.slope for one in made.values()], np.float32),
    }
    for lang in langs:
        moods = [made[head].packed[lang][0] for head in MOODS]
        arrays[runtime.TABLE + lang] = np.column_stack(moods)
    np.savez_compressed(out, **arrays)
    say("wrote", out.name, out.stat().st_size, "bytes, sha256", sha256(out.read_bytes()).hexdigest())


def main() -> None:
    """Reads, learns, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--check", choices=[*map(str, range(FOLDS)), "all"])
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    corpus = Corpus(given.data)
    langs = languages(corpus)
    say(len(corpus.examples), "examples read;", "learned:", *langs)
    if given.check is None:
        write({head: make(corpus, head, None) for head in runtime.HEADS}, langs, given.out)
        return
    parts = range(FOLDS) if given.check == "all" else [int(given.check)]
    found = []
    for part in parts:
        made = {head: make(corpus, head, part) for head in runtime.HEADS}
        found.append(check(corpus, part, partial(write, made, langs)))
    sys.stdout.write(tell(found))


if __name__ == "__main__":
    main()
