"""All examples with everything that is computed of a text once, and the calm texts that levels are taken from."""

from pathlib import Path
from typing import Final

import numpy as np

from funnel.escalation.signals import trained as runtime
from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.measure import spoken_lists
from training.corpus import Example, calm_customers, learned
from training.fit import Floats, Ints, Matrix
from training.lexicons import COLUMNS, columns

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
FOLDS: Final = 5
_LONGEST: Final = 2_000


class Corpus:
    """The examples first, then the calm texts."""

    def __init__(self, folder: Path) -> None:
        self.examples: list[Example] = learned(folder)
        calm = calm_customers(folder)
        self.calm_rows: Ints = np.arange(len(self.examples), len(self.examples) + len(calm))
        self.calm_sources = np.array([source for _, source, _ in calm])
        texts = [one.text[:_LONGEST] for one in self.examples] + [text for _, _, text in calm]
        langs = [one.lang for one in self.examples] + [lang for lang, _, _ in calm]
        self.langs = np.array(langs)
        self.sources = np.array([one.source for one in self.examples])
        self._labels = {
            head: np.array(
                [-1 if told is None else told for told in (getattr(one, head) for one in self.examples)],
                np.float32,
            )
            for head in FLAGS
        }
        self.matrix = Matrix(texts, langs)
        self.style = np.array([runtime.style_of(text) for text in texts], np.float32)
        self._lexicons: dict[str, list[tuple[Ints, Floats]]] = {}
        self.lexical = np.zeros((len(texts), COLUMNS), np.float32)
        for lang in sorted(set(langs)):
            own = np.flatnonzero(self.langs == lang)
            lexicons = columns(folder / "lexicons", lang)
            self.lexical[own] = np.column_stack([self.matrix.sums(own, one) for one in lexicons])
            self._lexicons[lang] = [(words := np.flatnonzero(one), one[words]) for one in lexicons]
        spoken = [spoken_lists(fold(text)) for text in texts]
        self.flags = {
            head: np.array([[name in one for name in names] for one in spoken], np.float32)
            for head, names in FLAGS.items()
        }

    def rows_of(self, head: str, lang: str | None = None) -> tuple[Ints, Floats]:
        """The examples that tell of a head, of one language or of all, and what they tell."""
        labels = self._labels[head]
        told = labels >= 0
        if lang is not None:
            told &= self.langs[: len(labels)] == lang
        rows = np.flatnonzero(told)
        return rows, labels[rows]

    def parted(self, head: str, lang: str | None, part: int | None, kept: bool) -> tuple[Ints, Floats]:
        """Of these examples the fifth `part`, or all but it; without a part all of them, and none."""
        rows, labels = self.rows_of(head, lang)
        if part is None:
            return (rows[:0], labels[:0]) if kept else (rows, labels)
        inside = (np.arange(len(rows)) % FOLDS == part) == kept
        return rows[inside], labels[inside]

    def dense(self, head: str, rows: Ints) -> Floats:
        """Style, lexicons and the head's own phrase lists."""
        return np.column_stack([self.style[rows], self.lexical[rows], self.flags[head][rows]])

    def without_lexicons(self, weights: Floats) -> Floats:
        """Of the weights of the dense columns those that a text is weighed with at run time."""
        after = runtime.STYLE + self.lexical.shape[1]
        return np.concatenate((weights[: runtime.STYLE], weights[after:]))

    def folded_in(self, table: Floats, weights: Floats, langs: list[str]) -> Floats:
        """The table, changed, with what the lexicons of these languages say."""
        for lang in langs:
            for weight, (words, values) in zip(weights[runtime.STYLE :], self._lexicons[lang], strict=False):
                table[words] += weight * values
        return table
