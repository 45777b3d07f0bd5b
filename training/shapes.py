"""`python -m training.shapes --data FOLDER`: the weights of `dissatisfaction`. Every column of `shape` has the same say: what it usually
varies by, in the dialogues of DBDC3 (MIT), weighs the same. Votes are not used: those of DBDC3 are about the bot's turns and say
little of the contact's next one, and rated dialogues of other sets may not be learned from.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from funnel.escalation.signals.dissatisfaction import BIAS, WEIGHTS, Said, shape
from funnel.escalation.signals.measure import measure
from training.corpus import lines

SAY: Final = 0.35
"""What one usual deviation of a column adds."""
LEAST: Final = 0.05
"""A column that hardly ever moves there counts as one that moves so much."""
THANKS: Final = 9
"""The place of thanks, which speak against."""
SHARE: Final = 0.9
"""So many turns stay below one half."""
Floats = NDArray[np.float64]


def turns(dialogue: dict[str, Any]) -> Iterator[tuple[float, ...]]:
    """The shape of each turn of the contact."""
    history: list[Said] = []
    for turn in dialogue["turns"]:
        if turn["s"] == "U" and history:
            yield shape(measure(turn["t"], "en"), turn["t"], history)
        history.append(Said("contact" if turn["s"] == "U" else "bot", turn["t"]))


def weights_of(shapes: Floats) -> tuple[float, tuple[float, ...]]:
    """Bias and weights, rounded as they are shipped."""
    weights = SAY / np.maximum(shapes.std(axis=0), LEAST)
    weights[THANKS] *= -1
    rounded = weights.round(2)
    return round(-float(np.quantile(shapes @ rounded, SHARE)), 2), tuple(rounded.tolist())


def main() -> None:
    """Prints the weights, and says whether they are those that are shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    given = parser.parse_args()
    found = [one for talk in lines(given.data / "dialogue" / "dbdc3_en_dev.jsonl") for one in turns(talk)]
    bias, weights = weights_of(np.array(found))
    same = (bias, weights) == (BIAS, WEIGHTS)
    sys.stdout.write(
        f"{len(found)} turns\nBIAS: Final = {bias}\nWEIGHTS: Final = {weights}\nshipped: {same}\n"
    )


if __name__ == "__main__":
    main()
