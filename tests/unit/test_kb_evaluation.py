"""The evaluation: its figures by hand, its files, and how well the demo's articles are found by questions nobody wrote in."""

from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.bench_retrieval import DEMO, demo_articles
from benchmarks.question_sets import made, snapshot
from funnel.core.errors import FunnelError
from kb.evaluation import Case, Floor, below, evaluate, floor_of, read_cases
from kb.search import KbSnapshot

QUESTIONS = Path(__file__).parents[1] / "questions"


class Demo(NamedTuple):
    """What the demo must reach."""

    recall_1: float
    recall_3: float
    precision: float
    coverage: float


def base() -> KbSnapshot:
    return snapshot(
        [
            made("lamp", "Repairing a lamp", "Open the lamp and change the bulb.", "en", ["my lamp is dark"]),
            made("desk", "Mounting a desk", "Screw the legs to the plate.", "en", ["how to mount the desk"]),
        ]
    )


def test_the_figures_are_those_counted_by_hand() -> None:
    cases = [
        Case("my lamp is dark", "lamp"),
        Case("how to mount the desk", "lamp"),
        Case("zebra crossing", None),
    ]
    en, everything = evaluate(base(), cases)
    assert (en.language, everything.language) == ("en", "all")
    assert (en.questions, en.with_article, en.answered) == (3, 2, 2)
    assert (en.recall_1, en.precision, en.coverage) == (0.5, 0.5, 1.0)
    assert 0.5 <= en.mrr <= 0.75


def test_an_article_that_nobody_can_find_is_refused() -> None:
    with pytest.raises(FunnelError, match="article_unknown"):
        evaluate(base(), [Case("anything", "gone")])


def test_files_of_both_kinds_are_read() -> None:
    lines = '{"question": "怎么退货", "article": "returns", "locale": "zh-Hans"}\n\n{"question": "hi", "article": null}\n'
    table = "question,article,locale\n怎么退货,returns,zh-Hans\nhi,,\n"
    expected = [Case("怎么退货", "returns", "zh-Hans"), Case("hi", None, "en")]
    assert read_cases(lines, "q.jsonl") == read_cases(table, "q.csv") == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [("", "q.jsonl"), ("[]", "q.jsonl"), ('{"question": 1}', "q.jsonl"), ("{", "q.jsonl"), ("article\nx\n", "q.csv"),
     ('{"question": " "}', "q.jsonl"), ('{"question": "a", "locale": "nonsense tag"}', "q.jsonl")],
)  # fmt: skip
def test_a_file_with_mistakes_is_refused(text: str, name: str) -> None:
    with pytest.raises(FunnelError) as refused:
        read_cases(text, name)
    assert refused.value.code == "case_invalid"


@pytest.fixture(scope="module")
def demo() -> KbSnapshot:
    return snapshot(article for group in demo_articles(DEMO).values() for article in group)


# A little below what is measured: a change that loses two or three questions of a file fails here.
@pytest.mark.parametrize(
    ("name", "floor", "least"),
    [
        ("demo", Demo(0.84, 0.92, 0.90, 0.49), 0.72),
        ("demo_plain", Demo(0.90, 0.96, 0.92, 0.59), 0.84),
    ],
)
def test_the_demo_is_found_by_questions_that_nobody_wrote_into_it(
    demo: KbSnapshot, name: str, floor: Demo, least: float
) -> None:
    file = QUESTIONS / f"{name}.jsonl"
    scores = {one.language: one for one in evaluate(demo, read_cases(file.read_text("utf-8"), file.name))}
    every = scores["all"]
    assert every.recall_1 >= floor.recall_1
    assert every.recall_3 >= floor.recall_3
    assert every.precision >= floor.precision
    assert every.coverage >= floor.coverage
    assert min(one.recall_1 for one in scores.values()) >= least


def test_floors_are_read_and_what_does_not_reach_them_is_said() -> None:
    scores = evaluate(base(), [Case("my lamp is dark", "lamp"), Case("how to mount the desk", "lamp")])
    assert floor_of("recall@1=.9") == Floor("recall_1", 0.9) == floor_of("recall1=0.9")
    assert floor_of("ar:precision=1") == Floor("precision", 1.0, "ar")
    assert below(scores, [floor_of("recall1=.5"), floor_of("en:coverage=1")]) == []
    told = below(scores, [floor_of("recall_1=.6"), floor_of("ar:mrr=.1")])
    assert told == ["recall_1 of all is 0.500, less than 0.6.", "No question is in ar."]
    for wrong in ("", "recall1", "recall1=x", "recall1=2", "recall1=-1", "recall1=nan", "speed=.5"):
        with pytest.raises(FunnelError, match="floor_invalid"):
            floor_of(wrong)
