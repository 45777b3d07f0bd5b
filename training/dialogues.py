"""Dissatisfied turns in labelled dialogues: a contact's turn that most annotators rated below three."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from funnel.escalation.signals.dissatisfaction import Said, dissatisfaction
from funnel.escalation.signals.measure import measure
from training.corpus import lines
from training.fit import auroc
from training.tables import Line

_BARS = {"mwoz": 0.80, "ccpe": 0.78}


def _turns(dialogue: dict[str, Any]) -> Iterator[tuple[int, float]]:
    history: list[Said] = []
    for turn in dialogue["turns"]:
        user = turn["s"] in ("USER", "U")
        if user and turn["t"] == "OVERALL":
            continue
        votes = turn.get("sat") or []
        if user and votes:
            unhappy = sum(vote < 3 for vote in votes) > len(votes) / 2
            yield int(unhappy), dissatisfaction(measure(turn["t"], "en"), turn["t"], history)
        history.append(Said("contact" if user else "bot", turn["t"]))


def dialogue_lines(folder: Path) -> list[Line]:
    """AUROC of each file that has ratings."""
    found = []
    files = [
        *sorted((folder / "dialogue").glob("*.jsonl")),
        *sorted((folder / "measure-only").glob("uss_*.jsonl")),
    ]
    for path in files:
        rated = [pair for dialogue in lines(path) for pair in _turns(dialogue)]
        truth = [label for label, _ in rated]
        if sum(truth) < 20:
            continue
        bar = next((bar for name, bar in _BARS.items() if name in path.stem.lower()), None)
        found.append(
            Line(
                "dissatisfied turn AUROC",
                path.stem,
                len(rated),
                auroc(truth, [value for _, value in rated]),
                bar,
            )
        )
    return found
