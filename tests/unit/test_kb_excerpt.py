"""What is shown of a long passage: whole sentences, the ones that hold what was asked, never more than fits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.excerpt import LONGEST_SHOWN, excerpt

FILLER = "This sentence is about something else entirely. " * 20


def test_the_sentences_that_answer_are_shown() -> None:
    text = f"{FILLER}Refunds reach your card within five days. {FILLER}"
    shown = excerpt(text, ["refund", "card"], "en")
    assert "Refunds reach your card within five days." in shown
    assert len(shown) <= LONGEST_SHOWN
    assert shown.endswith(".")


def test_chinese_is_cut_at_its_own_full_stop() -> None:
    text = "这句话说的是别的事情，与问题没有关系。" * 30 + "退款会在五天内到账。" + "这句话也没有关系。" * 30
    shown = excerpt(text, ["退款"], "zh-Hans")
    assert "退款会在五天内到账。" in shown
    assert len(shown) <= LONGEST_SHOWN // 2


def test_a_short_passage_is_shown_as_it_is() -> None:
    assert excerpt("Short.  As it is.\n", ["short"], "en") == "Short.  As it is.\n"


@given(st.text(max_size=3000), st.lists(st.text(min_size=1, max_size=6), max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_a_part_of_the_passage(text: str, words: list[str]) -> None:
    assert excerpt(text, words, "en") in text
