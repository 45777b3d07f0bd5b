"""The script that makes the model, on a small folder of made-up texts: it runs to its end, makes the same file twice, and what it
makes tells angry from calm."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.trained import HEADS, replaced
from training import heads, train
from training.checking import Cell, check, tell
from training.descent import least_of
from training.gathered import Corpus

THINGS = (
    "lamp",
    "jacket",
    "parcel",
    "order",
    "kettle",
    "chair",
    "table",
    "phone",
    "tent",
    "mirror",
    "carpet",
)
DAYS = (
    "today",
    "yesterday",
    "on monday",
    "last week",
    "again",
    "this morning",
    "at noon",
    "for days",
    "since may",
    "now",
    "so far",
)
ANGRY = "what a {} disaster with the {} , i hate that it broke {}"
CALM = "could you tell me whether the {} comes in blue , it was shown {} in the shop"
DATEN = "so ein mist mit dem {} , das nervt mich gewaltig {}"
KNOWN = "in which century was the first {} made and by whom {}"
WUSSTEN = "in welchem jahrhundert wurde {} zuerst gebaut und von wem {}"
FRAGE = "ich wollte gern wissen wann der {} ankommt , er wurde {} bestellt"


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def pairs(angry: str, calm: str, lang: str) -> list[dict[str, Any]]:
    """As many angry texts as calm ones."""
    rows = []
    for thing in THINGS:
        for day in DAYS:
            filled = angry.format(day, thing, day) if angry.count("{}") == 3 else angry.format(thing, day)
            rows.append({"text": filled, "lang": lang, "anger": 1, "upset": 1})
            rows.append(
                {"text": calm.format(thing, day), "lang": lang, "anger": 0, "upset": int(thing == "tent")}
            )
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English and German texts in every file that is learned from."""
    root = tmp_path_factory.mktemp("data")
    english, german = pairs(ANGRY, CALM, "en"), pairs(DATEN, FRAGE, "de")
    for name, rows in (
        ("xed", english[:40]),
        ("brighter_traindev", [*english, *german]),
        ("goemotions_traindev", english[40:80]),
        ("wisesight_th_A", english[:4]),
    ):
        write(root / "emotion" / f"{name}.jsonl", rows)
    asked = [{"text": row["text"], "lang": "en", "label": "price"} for row in english if not row["anger"]]
    stolen = [
        {"text": f"my {thing} card was stolen {day}", "lang": "en", "label": "lost_or_stolen_card"}
        for thing in THINGS
        for day in DAYS
    ]
    for name in ("banking77_train", "clinc150_train", "clinc150_val"):
        write(
            root / "faq" / f"{name}.jsonl", [*asked[:60], *(stolen[:60] if name == "banking77_train" else [])]
        )
    for name in (
        "clinc150_oos_train",
        "clinc150_oos_val",
        "hint3_curekart_train",
        "hint3_powerplay11_train",
        "hint3_sofmattress_train",
    ):
        write(root / "faq" / f"{name}.jsonl", asked[:5])
    write(root / "handoff" / "bitext_traindev.jsonl", [
        {"text": text, "lang": "en", "handoff": hand, "intent": "x", "swear": 0}
        for text, hand in (("i want an agent", 1), ("what does it cost", 0)) for _ in range(20)
    ])  # fmt: skip
    for lang, question in (("en", KNOWN), ("de", WUSSTEN)):
        asked_of = [{"q": question.format(thing, day), "lang": lang} for thing in THINGS for day in DAYS[:3]]
        write(root / "kb" / f"{lang}.queries.jsonl", asked_of)
    for kind in ("sentiment", "profanity"):
        (root / "lexicons" / kind).mkdir(parents=True)
    return root


def test_the_script_runs_to_its_end(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "model.npz"
    monkeypatch.setattr(sys, "argv", ["train", "--data", str(folder), "--out", str(out)])
    fewer = {head: recipe._replace(passes=4) for head, recipe in heads.TOPIC_RECIPES.items()}
    monkeypatch.setattr(heads, "TOPIC_RECIPES", fewer)  # moods are what is looked at
    train.main()
    with replaced(out):
        for angry, calm, lang in ((ANGRY, CALM, "en"), (DATEN, FRAGE, "de")):
            filled = angry.replace("{}", "again", 1).replace("{}", "boiler")
            assert measure(filled, lang).signals["anger"].score >= 0.5, filled
            assert measure(calm.replace("{}", "boiler"), lang).signals["anger"].score < 0.5


def test_the_same_data_make_the_same_head_and_what_is_kept_out_is_measured(folder: Path) -> None:
    corpus = Corpus(folder)
    one, two = (train.make(corpus, "anger", 1) for _ in range(2))
    assert all(np.array_equal(one.packed[lang][0], two.packed[lang][0]) for lang in ("de", "en"))
    assert (one.cuts, one.slope) == (two.cuts, two.slope)
    made = dict.fromkeys(HEADS, one)
    lines = tell([check(corpus, 1, partial(train.write, made, ["de", "en"]))]).splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| anger | brighter | de")]
    assert len(rows) == 1
    assert float(rows[0][6]) > 0.9


def test_the_error_of_an_area_shrinks_with_the_texts() -> None:
    few, many = (
        tell([{("anger", "x", "en"): Cell(n, n // 4, 0.75, 0.4, 0, 0)}]).splitlines()[-1].split("|")[7]
        for n in (100, 4_000)
    )
    assert 0 < float(many) < float(few) < 0.1


def test_the_descent_finds_the_lowest_place() -> None:
    rng = np.random.default_rng(5)
    spread = rng.normal(size=(30, 12))
    bend, pull = spread.T @ spread + np.eye(12), rng.normal(size=12)

    def slope(at: np.ndarray) -> tuple[float, np.ndarray]:
        return float(at @ bend @ at / 2 - pull @ at), bend @ at - pull

    found = least_of(slope, np.zeros(12), passes=60)
    assert np.allclose(found, np.linalg.solve(bend, pull), atol=1e-4)
