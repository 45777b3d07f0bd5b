"""Questions that are none, or far too much of one: never an error, never an answer out of nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.question_sets import made, snapshot
from kb.search import Outcome

BASE = snapshot(
    [
        made(
            "returns",
            "Returning an item",
            "Send it back within 30 days.",
            "en",
            ["How do I return something?"],
        ),
        made(
            "postage",
            "What does shipping cost?",
            "Shipping costs five euros.",
            "en",
            ["how much is shipping"],
        ),
        made("退货", "怎么退货", "三十天内可以退货。", "zh-Hans", ["退货流程是什么"]),
        made("إرجاع", "كيف أعيد منتجا؟", "يمكنك إعادة المنتج خلال ثلاثين يوما.", "ar", ["أريد إرجاع الطلب"]),
    ]
)
MARKS = (
    "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
)


@pytest.mark.parametrize("piece", ["return ", "退货怎么办", "كيف أعيد ", "x", "\u0301", "return-"])
def test_a_question_of_five_thousand_characters_is_searched(piece: str) -> None:
    found = BASE.search((piece * 5_000)[:5_000], "en", None, fallbacks=("zh-Hans", "ar"))
    assert 0.0 <= found.confidence <= 1.0


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("what is the of and to", "en"), ("how do I", "en"), ("的 了 吗 呢", "zh-Hans"), ("怎么办", "zh-Hans"),
        ("في من على", "ar"), ("😀😀😀", "en"), ("👍🏽 ❤️ 🏳️‍🌈", "zh-Hans"), ("?!… — ·", "ar"), ("", "en"), (" \n\t ", "en"),
        (MARKS, "en"), ("\ud800\udfff", "en"), ("\x00\x00", "en"),
    ],
)  # fmt: skip
def test_what_asks_for_nothing_is_not_answered(text: str, locale: str) -> None:
    found = BASE.search(text, locale, None, fallbacks=("en", "zh-Hans", "ar"))
    assert found.outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    "text", ["お問い合わせの方法を教えてください", "ฉันต้องการคืนสินค้า", "как вернуть товар", "어떻게 반품하나요"]
)
def test_a_language_without_articles_is_not_answered_in_another(text: str) -> None:
    assert BASE.search(text, "ja", None).hits == ()
    assert BASE.search(text, "ja", None, fallbacks=("en",)).outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    ("text", "locale", "article"),
    [
        ("How do I return something?", "en", "returns"),
        ("怎么退货", "zh-Hans", "退货"),
        ("كيف أعيد منتجا؟", "ar", "إرجاع"),
    ],
)
def test_marks_that_nobody_sees_change_nothing(text: str, locale: str, article: str) -> None:
    strewn = "".join(letter + MARKS[n % len(MARKS)] for n, letter in enumerate(text))
    plain, marked = (BASE.search(one, locale, None) for one in (text, strewn))
    assert (marked.outcome, marked.hits[0].article_id) == (Outcome.ANSWER, article)
    assert marked.confidence == plain.confidence


@settings(max_examples=60)
@given(st.text(max_size=80), st.sampled_from(["en", "zh-Hans", "ar", "th", "nonsense tag", ""]))
def test_no_question_raises(text: str, locale: str) -> None:
    found = BASE.search(text, locale, None, fallbacks=("en", "ar"))
    assert 0.0 <= found.confidence <= 1.0
