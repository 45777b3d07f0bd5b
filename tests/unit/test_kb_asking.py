"""Words that only put a question go before its matter is cut into pieces, and nothing else goes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.analyzer import normalise, without_asking
from kb.analyzer.arabic import fold_letters
from kb.search import asked_in

_any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
_letters = st.text(st.sampled_from("何什么多少是的どこですかはใครคะ كم من 退款"), max_size=40)
_language = st.sampled_from(["ar", "en", "ja", "ko", "th", "zh", "xx"])


@pytest.mark.parametrize(
    ("locale", "question", "matter"),
    [
        ("zh-Hans", "在哪一年爆发了战争？", "爆发了战争"),
        ("zh-Hans", "你们的退款要多久？", "你们的退款要"),
        ("zh-Hans", "请问发明电灯的人是谁？", "发明电灯的人"),
        ("zh-Hans", "几何公式是什么？", "几何公式"),
        ("zh-Hant", "退款需要多少天？", "退款需要"),
        ("ja", "日本の首都はどこですか？", "日本の首都"),
        ("ja", "幾何とは", "幾何"),
        ("ar", "كم عدد الطلبات؟", "الطلبات"),
        ("ar", "أين طلبي", "طلبي"),
        ("th", "ใครเป็นผู้เขียน", "เป็นผู้เขียน"),
        ("th", "คะแนนเท่าไหร่คะ", "คะแนน"),
        ("ko", "환불은 언제 되나요", "환불은 되나요"),
        ("ko", "왜곡", "왜곡"),
    ],
)
def test_a_question_is_read_as_what_it_is_about(locale: str, question: str, matter: str) -> None:
    assert asked_in(question, locale).content == asked_in(matter, locale).content
    assert asked_in(question, locale).tells


@pytest.mark.parametrize(
    ("locale", "question"), [("zh-Hans", "为什么？"), ("ja", "どこですか"), ("ar", "لماذا؟"), ("th", "ทำไม")]
)
def test_a_question_of_nothing_else_is_kept_whole_and_tells_nothing(locale: str, question: str) -> None:
    asked = asked_in(question, locale)
    assert asked.content == asked.tokens != []
    assert not asked.tells


@given(st.one_of(_any_text, _letters), _language)
@settings(max_examples=300, deadline=None)
def test_nothing_is_added_and_the_order_stays(text: str, language: str) -> None:
    said = normalise(text)
    left = iter(fold_letters(said) if language == "ar" else said)
    assert all(character in left for character in without_asking(said, language) if character != " ")
