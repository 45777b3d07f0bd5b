"""The tables run on any folder of the format, and say so where a bar is missed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from training import evaluate
from training.calm import calm_texts
from training.corpus import own_phrases
from training.dialogues import dialogue_lines
from training.fit import auroc, best_cut
from training.lexicons import WORDS
from training.tables import Line, show


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty texts of a kind."""
    angry = {"text": "气死我了，什么垃圾公司，骗子", "lang": "zh", "anger": 1, "upset": 1}
    calm = {"text": "请问这款外套有哪些尺码", "lang": "zh", "anger": 0, "upset": 0}
    write(tmp_path / "emotion" / "brighter_x.jsonl", [angry, calm] * 20)
    write(tmp_path / "handoff" / "some.jsonl", [
        {"text": "let me talk to a human", "lang": "en", "handoff": 1},
        {"text": "what does the lamp cost", "lang": "en", "handoff": 0},
    ] * 20)  # fmt: skip
    write(tmp_path / "faq" / "banking77_x.jsonl", [
        {"text": "my card was stolen", "lang": "en", "label": "lost_or_stolen_card"},
        {"text": "what does the lamp cost", "lang": "en", "label": "price"},
    ] * 20)  # fmt: skip
    turns = [
        {"s": "USER", "t": "where is my order", "sat": [3, 4, 3]},
        {"s": "SYSTEM", "t": "Sorry, I do not know.", "sat": []},
        {"s": "USER", "t": "no, that is not what I asked, where is it", "sat": [1, 2, 2]},
    ]
    write(tmp_path / "dialogue" / "uss_MWOZ.jsonl", [{"turns": turns}] * 20)
    return tmp_path


def test_every_table_is_filled(folder: Path) -> None:
    emotion = {line.measure: line.figure for line in evaluate.emotion(folder)}
    assert emotion["anger AUROC"] == 1.0
    assert emotion["anger recall at its level"] == 1.0
    assert all(line.figure == 0 for line in evaluate.calm(folder))
    assert evaluate.handoff(folder)[0].figure == 1.0
    assert evaluate.topics(folder)[0].figure == 1.0
    assert dialogue_lines(folder)[0].figure == 1.0


def test_a_missed_bar_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("t", [Line("a", "b", 3, 0.5, 0.4)])
    assert not show("t", [Line("a", "b", 3, 0.5, 0.6), Line("c", "d", 3, 0.5, 0.4, below=True)])
    assert capsys.readouterr().out.count("MISSED") == 2


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 60).tolist()
    scores = rng.integers(0, 8, 60).tolist()
    pairs = [
        (a, b)
        for a, y in zip(scores, truth, strict=True)
        for b, z in zip(scores, truth, strict=True)
        if y > z
    ]
    expected = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)
    assert auroc(truth, scores) == pytest.approx(expected)
    assert np.isnan(auroc([1, 1], [0.1, 0.2]))


def test_the_best_cut_parts_what_can_be_parted() -> None:
    labels = np.array([0, 0, 1, 1], np.float32)
    scores = np.array([0.1, 0.2, 0.8, 0.9], np.float32)
    assert 0.2 < best_cut(labels, scores) < 0.8


def test_the_calm_texts_that_set_the_levels_are_neither_learned_nor_tested() -> None:
    calm = yaml.safe_load((WORDS / "calm_customers.yaml").read_text(encoding="utf-8"))
    texts = [text for block in calm.values() for text in block.strip().split("\n")]
    assert set(calm) == {"en", "zh", "ar"}
    assert all(len(block.strip().split("\n")) >= 30 for block in calm.values())
    assert len(set(texts)) == len(texts)
    known = {text for _, text, _ in own_phrases(None)} | {text for _, text in calm_texts()}
    assert known.isdisjoint(texts)
