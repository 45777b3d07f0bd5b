"""`make eval-judgement [DATA=FOLDER]`: the tables of the judgement bars on any folder of the format of the development data. What the
product measures is what is measured: every figure goes through `measure`. Files that are not there are left out and named.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from funnel.escalation.signals.measure import Measured, measure
from funnel.escalation.signals.registry import RAISED
from training.corpus import NEAR_SECURITY, NOT_CALM, SECURITY, lines, own_phrases
from training.dialogues import dialogue_lines
from training.fit import auroc
from training.tables import Line, show

ANGER_BARS = {
    "tweeteval": 0.83, "emotone": 0.74, "en": 0.73, "zh": 0.88, "arq": 0.75, "ary": 0.74, "es": 0.86, "de": 0.86, "ru": 0.92,
}  # fmt: skip
"""By a part of the file's name, else for BRIGHTER by language."""
_SECURITY_FIELDS = ("security", "sensitive", "lost_stolen")
_FEWEST = 20


class Sampled:
    """Reads files; of long ones evenly spread records, `most` of them (0: all)."""

    most = 0

    def read(self, path: Path) -> list[dict[str, Any]]:
        """The records of one file."""
        rows = list(lines(path))
        step = max(len(rows) // self.most, 1) if self.most else 1
        return rows[::step]


SAMPLED = Sampled()


def score(measured: Measured, name: str) -> float:
    """0 where a signal is not there."""
    value = measured.signals.get(name)
    return value.score if value is not None else 0.0


def sensitive(measured: Measured) -> bool:
    """Money or access at risk."""
    return score(measured, "security") >= RAISED


def f1(truth: Iterable[int], found: Iterable[bool]) -> tuple[float, int]:
    """F1, and over how many."""
    hit = false = missed = count = 0
    for wanted, got in zip(truth, found, strict=True):
        count += 1
        hit += bool(wanted and got)
        false += bool(got and not wanted)
        missed += bool(wanted and not got)
    return 2 * hit / max(2 * hit + false + missed, 1), count


def emotion(folder: Path) -> list[Line]:
    """AUROC of anger and of being upset, and the share of angry texts found at the shipped level."""
    found = []
    for path in sorted((folder / "emotion").glob("*.jsonl")):
        groups: dict[str, list[tuple[int, int, float, float]]] = defaultdict(list)
        for row in SAMPLED.read(path):
            measured = measure(row["text"], row["lang"])
            anger, distress = score(measured, "anger"), score(measured, "distress")
            groups[row.get("dialect") or row["lang"]].append(
                (row["anger"], row.get("upset", 0), anger, max(anger, distress))
            )
        for lang, rows in sorted(groups.items()):
            if len(rows) < _FEWEST:
                continue
            where = f"{path.stem} {lang}"
            bar = _anger_bar(path.stem, lang)
            truth = [row[0] for row in rows]
            found.append(Line("anger AUROC", where, len(rows), auroc(truth, [row[2] for row in rows]), bar))
            found.append(
                Line(
                    "upset AUROC", where, len(rows), auroc([row[1] for row in rows], [row[3] for row in rows])
                )
            )
            angry = [row[2] >= RAISED for row in rows if row[0]]
            if angry:
                found.append(
                    Line("anger recall at its level", where, len(angry), sum(angry) / len(angry), 0.35)
                )
    return found


def _anger_bar(name: str, lang: str) -> float | None:
    for part, bar in ANGER_BARS.items():
        if part in name and len(part) > 3:
            return bar
    return ANGER_BARS.get(lang) if "brighter" in name else None


def calm(folder: Path) -> list[Line]:
    """False alarms on calm customer text, by file and language. Texts whose label is a wish for a person are left out."""
    found = []
    files = [*sorted((folder / "faq").glob("*.jsonl")), *sorted((folder / "kb").glob("*.queries.jsonl"))]
    for path in files:
        heard: dict[str, list[Measured]] = defaultdict(list)
        for row in SAMPLED.read(path):
            if row.get("label") not in NOT_CALM:
                heard[row["lang"]].append(measure(row.get("text") or row["q"], row["lang"]))
        for lang, measured in sorted(heard.items()):
            if len(measured) >= _FEWEST:
                found += _alarms(f"{path.name.split('.')[0]} {lang}", measured)
    return found


def _alarms(where: str, measured: list[Measured]) -> list[Line]:
    size = len(measured)
    emotional = sum(max(score(one, "anger"), score(one, "distress")) >= RAISED for one in measured)
    angry = sum(score(one, "anger") >= RAISED for one in measured)
    person = sum("wants_person" in one.signals for one in measured)
    danger = sum(one.urgent == "explicit" for one in measured)
    return [
        Line("false alarms: anger", where, size, angry / size, 0.03, below=True),
        Line("false alarms: anger or distress", where, size, emotional / size, 0.03, below=True),
        Line("false alarms: wish for a person", where, size, person / size, 0.003, below=True),
        Line("false alarms: urgent path", where, size, danger / size, 0.001, below=True),
    ]


def topics(folder: Path) -> list[Line]:
    """Payment and security matters, from the labels of the question sets and from any field that says so."""
    found = []
    for path in [*sorted((folder / "faq").glob("*.jsonl")), *sorted((folder / "handoff").glob("*.jsonl"))]:
        rows = [(truth, row) for row in SAMPLED.read(path) if (truth := _secure(row)) is not None]
        if sum(truth for truth, _ in rows) < _FEWEST:
            continue
        figure, count = f1(
            [truth for truth, _ in rows], (sensitive(measure(row["text"], row["lang"])) for _, row in rows)
        )
        bar = {"banking": 0.93, "clinc15": 0.75}.get(path.stem[:7], 0.78)
        found.append(Line("payment and security F1", path.stem, count, figure, bar))
    return found


def _secure(row: dict[str, Any]) -> int | None:
    for field in _SECURITY_FIELDS:
        if field in row:
            return int(bool(row[field]))
    intents = row.get("intents")
    if isinstance(intents, list):
        stop = "cancel_close_leave_freeze" in intents and "card" in intents
        return int("lost_stolen" in intents or stop)
    if "label" not in row or row["label"] in NEAR_SECURITY:
        return None
    return int(row["label"] in SECURITY)


def handoff(folder: Path) -> list[Line]:
    """The wish for a person in labelled files."""
    found = []
    for path in sorted((folder / "handoff").glob("*.jsonl")):
        rows = [
            row
            for row in SAMPLED.read(path)
            if "handoff" in row and row.get("intent") != "contact_customer_service"
        ]
        truth = [row["handoff"] for row in rows]
        if sum(truth) >= _FEWEST:
            figure, count = f1(
                truth, ("wants_person" in measure(row["text"], row["lang"]).signals for row in rows)
            )
            found.append(Line("wish for a person F1", path.stem, count, figure, 0.85))
    return found


def own(part: int) -> list[Line]:
    """The project's phrases: part 0 the lists were made with, part 1 is the test."""
    heard: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for label, text, lang in own_phrases(part):
        heard[lang, label].append(measure(text, lang))
    found = []
    for (lang, label), measured in sorted(heard.items()):
        size = len(measured)
        if label in ("calm", "not_person"):
            person = sum("wants_person" in one.signals for one in measured) / size
            moody = sum(max(score(one, "anger"), score(one, "distress")) >= RAISED for one in measured) / size
            found.append(Line("false alarms: wish for a person", f"{label} {lang}", size, person))
            found.append(Line("false alarms: anger or distress", f"{label} {lang}", size, moody))
        elif label in ("self_harm", "figurative"):
            explicit = sum(one.urgent == "explicit" for one in measured) / size
            figure = explicit if label == "self_harm" else 1 - explicit
            found.append(Line(f"{label} told", lang, size, figure, 0.95 if label == "self_harm" else 0.85))
        else:
            bar = 0.9 if label in ("wants_person", "disguised_wish") else None
            name = "wants_person" if label == "disguised_wish" else label
            told = sum(score(one, name) >= RAISED for one in measured) / size
            found.append(Line(f"{label} recall", lang, size, told, bar))
    return found


def main() -> int:
    """Prints all tables; exit 1 where a bar is missed and `--strict` is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--strict", action="store_true", help="exit 1 where a bar is missed")
    parser.add_argument(
        "--most", type=int, default=0, help="texts of a file at most, evenly spread; 0 is all"
    )
    given = parser.parse_args()
    SAMPLED.most = given.most
    met = show("Own phrases, the half kept as the test", own(1))
    if not given.data.is_dir():
        sys.stdout.write(f"\n{given.data} is not there: only the project's own phrases are measured.\n")
        return int(given.strict and not met)
    met &= show(
        "Emotion (development parts have been learned from; see the model card for kept-out figures)",
        emotion(given.data),
    )
    met &= show("Calm customer text", calm(given.data))
    met &= show("Wish for a person", handoff(given.data))
    met &= show("Payment and security", topics(given.data))
    met &= show("Dissatisfied turns", dialogue_lines(given.data))
    return int(given.strict and not met)


if __name__ == "__main__":
    sys.exit(main())
