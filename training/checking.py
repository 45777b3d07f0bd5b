"""What a model that learned without a fifth of the examples makes of that fifth, measured as the product measures: with the phrase
lists and the rules on top."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.registry import RAISED
from funnel.escalation.signals.trained import FILE, replaced
from training.corpus import EMOTION
from training.fit import auroc
from training.gathered import Corpus
from training.heads import MOODS, languages

_FEWEST: Final = 20
_MOST: Final = 1_500
"""Texts of one source and language in one fifth."""
Place = tuple[str, str]


class Cell(NamedTuple):
    """A mood in one source and language: how many texts, how many of them have it, and what was made of them."""

    texts: int
    with_it: int
    auroc: float
    recall: float
    high: int
    high_right: int


Checked = dict[tuple[str, str, str], Cell]


def check(corpus: Corpus, part: int, write: Callable[[Path], None]) -> Checked:
    """By mood, source and language."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        write(path)
        with replaced(path):
            return {key: cell for head in MOODS for key, cell in _mood(corpus, head, part)}


def _mood(corpus: Corpus, head: str, part: int) -> Iterable[tuple[tuple[str, str, str], Cell]]:
    told = [corpus.parted(head, lang, part, kept=True) for lang in languages(corpus)]
    rows, labels = (np.concatenate(column) for column in zip(*told, strict=True))
    groups: dict[Place, list[int]] = defaultdict(list)
    for place, at in enumerate(rows):
        one = corpus.examples[at]
        if one.source in EMOTION:
            groups[one.source, one.lang].append(place)
    for (source, lang), all_places in sorted(groups.items()):
        places = all_places[:: max(len(all_places) // _MOST, 1)]
        truth = labels[places]
        if len(places) < _FEWEST or not 0 < truth.sum() < len(truth):
            continue
        texts = [corpus.examples[int(rows[at])].text for at in places]
        scores = np.array([measure(text, lang).signals[head].score for text in texts])
        high = scores >= 0.8
        yield (
            (head, source, lang),
            Cell(
                len(places),
                int(truth.sum()),
                auroc(truth, scores),
                float((scores[truth == 1] >= RAISED).mean()),
                int(high.sum()),
                int(truth[high].sum()),
            ),
        )


def tell(found: list[Checked]) -> str:
    """A table in Markdown: the mean over the fifths, with the standard error of the AUROC."""
    out = [
        "| mood | source | language | texts | with it | AUROC | ± | recall | right from 0.8 on |",
        "|---" * 9 + "|",
    ]
    for key in sorted({key for one in found for key in one}):
        cells = [one[key] for one in found if key in one]
        texts, with_it = sum(c.texts for c in cells), sum(c.with_it for c in cells)
        mean = float(np.mean([c.auroc for c in cells]))
        high = sum(c.high for c in cells)
        right = f"{sum(c.high_right for c in cells) / high:.2f} of {high}" if high else "–"
        recall = float(np.mean([c.recall for c in cells]))
        out.append(
            f"| {key[0]} | {key[1]} | {key[2]} | {texts} | {with_it} | {mean:.3f} | {_error(mean, with_it, texts - with_it):.3f} "
            f"| {recall:.2f} | {right} |"
        )
    return "\n".join(out) + "\n"


def _error(area: float, with_it: int, without: int) -> float:
    """The standard error of an AUROC after Hanley and McNeil (1982)."""
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (with_it - 1) * (first - area**2) + (without - 1) * (second - area**2)
    return float(np.sqrt(spread / (with_it * without)))
