"""What `measure` says of single texts, and that it never breaks on any."""

import sys

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.escalation.signals.excerpt import excerpt_of
from funnel.escalation.signals.folding import _traced, fold
from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.small_talk import SMALL_TALK_LISTS
from funnel.escalation.signals.urgent import URGENT_LISTS
from funnel.escalation.signals.verdicts import VERDICT_LISTS
from funnel.escalation.signals.wants_person import PERSON_WORD, WANTS_PERSON

LISTS = (WANTS_PERSON, PERSON_WORD, *SMALL_TALK_LISTS, *VERDICT_LISTS, *URGENT_LISTS)
PIECES = st.sampled_from(
    [
        "I want a human",
        "转人工",
        "轉人工",
        "عايز أكلم حد",
        "ﷺ",
        "ﬁ",
        "ß",
        "İ",
        "👍🏽",
        "👨‍👩‍👧",
        "e\u0301",
        "\u202e",
        "\ud800",
        "　",
        "١٢٣",
        "noooo",
        "我要human",
        "|",
        "a<b>",
        "\u0640",
        "Ⅷ",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=8).map(" ".join)
)


@pytest.mark.parametrize("entry", LISTS, ids=lambda entry: entry.name)
def test_every_pattern_stands_by_itself(entry: object) -> None:
    for field in ("words", "han", "unless", "unless_han"):
        for pattern in getattr(entry, field):
            assert re2.compile(pattern).search("") is None, pattern


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_never_raises_and_spans_lie_in_the_text(text: str) -> None:
    measured = measure(text)
    spans = [span for value in measured.signals.values() for span in value.evidence]
    entities = measured.entities
    for low, high in [*spans, *entities.orders, *entities.emails, *entities.phones]:
        assert 0 <= low < high <= len(text)
    assert all(0 <= value.score <= 1 for value in measured.signals.values())
    assert 0 <= measured.language.score <= 1


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_quick_fold_is_the_traced_one(text: str) -> None:
    folded = fold(text)
    traced, origins = _traced(text)
    assert folded.text == traced
    assert len(traced) == len(origins)
    assert origins == sorted(origins)
    for index, char in enumerate(traced):
        if char.isalnum():
            assert folded.span(index, index + 1) == (origins[index], origins[index] + 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("So, I WANT   to talk to a human!!", "talk to a human"),
        ("好的。請幫我轉人工，謝謝", "轉人工"),
        ("لو سمحت أَبْغَى أكلّم مُوظَّف", "أَبْغَى أكلّم مُوظَّف"),
        ("ya akhi 3ayez akallem 7ad", "3ayez akallem 7ad"),
        ("my heeeeelp: agent please", "agent please"),
    ],
)
def test_evidence_points_into_the_original(text: str, words: str) -> None:
    low, high = measure(text).signals["wants_person"].evidence[0]
    assert words.casefold().endswith(text[low:high].casefold()) or words in text[low:high]


def test_wishes_within_a_burst() -> None:
    assert "wants_person" in measure("where is my order\nagent please").signals
    assert "wants_person" not in measure("no\nhuman hair wig in stock?").signals


@pytest.mark.parametrize(
    ("text", "affirms"),
    [
        ("ok thanks", "yes"),
        ("no thanks", "no"),
        ("好的，不用了", "no"),
        ("لا شكرا", "no"),
        ("👍", "yes"),
        ("where is it", None),
        ("没问题，谢谢", "yes"),
    ],
)
def test_plain_answers(text: str, affirms: str | None) -> None:
    assert measure(text).affirms == affirms


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("asdfghjkl", "gibberish"),
        ("sdfjkh", "gibberish"),
        ("???", "punctuation"),
        ("…", "punctuation"),
        ("🍕🍕", "emoji"),
        ("test", "test"),
        ("测试", "test"),
        ("اختبار", "test"),
        ("aaaaaaa", "gibberish"),
        ("jkjkjkjk", "gibberish"),
    ],
)
def test_texts_that_say_nothing(text: str, why: str) -> None:
    assert measure(text).unclear == why


@pytest.mark.parametrize(
    "text",
    [
        "rhythm",
        "Where is my package",
        "4711",
        "退货",
        "Rechtschreibprüfung",
        "شحن",
        "xxl",
        "👍",
        "property",
        "ok",
        "DHL",
    ],
)
def test_texts_that_say_something(text: str) -> None:
    assert measure(text).unclear is None


def test_a_story_in_which_something_failed_is_not_a_verdict() -> None:
    story = "Hello, yesterday I tried to pay with my card at the checkout and it did not work, what should I do now?"
    assert not measure(story).rejects
    assert measure(
        "That did not work. I did all the steps on the page and the lamp still stays dark."
    ).rejects


def test_fragments_wait_and_wishes_do_not() -> None:
    assert measure("my order").fragment
    assert measure("订单").fragment
    assert not measure("agent").fragment
    assert not measure("my order #4711").fragment
    assert not measure("where is my order?").fragment
    assert not measure("that didn't help").fragment
    assert not measure("我想死").fragment


@pytest.mark.parametrize("sign", ["\U0001f600", "\u4e2d", "\U0001f44d", "hi "])
def test_the_time_grows_with_the_text_not_with_its_square(sign: str) -> None:
    def steps(size: int) -> int:
        found = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            measure((sign * size)[:size])
        finally:
            sys.setprofile(None)
        return found

    assert steps(1_200) < 6 * steps(300) + 2_000


@pytest.mark.parametrize("filler", ["hi ", "😀", "你好", "yes no ok ", "x"])
def test_the_end_of_a_very_long_text_is_heard(filler: str) -> None:
    text = (filler * 10_000)[:9_900] + " " + "I want to talk to a human, order #48213. I will kill myself."
    heard = measure(text)
    assert heard.urgent == "explicit"
    (start, end) = heard.signals["wants_person"].evidence[-1]
    assert "human" in text[start:end]
    (start, end) = heard.entities.orders[-1]
    assert text[start:end] == "#48213"


def test_no_word_is_made_by_cutting_a_long_text() -> None:
    text = "a" * 1_493 + " humanities " + "b " * 400
    assert set(measure(text).signals) <= {"complexity", "anger", "distress"}
    excerpt = excerpt_of(text)
    assert "human" not in excerpt.text
    for at in (0, 1_000, len(excerpt.text) - 1):
        start, end = excerpt.origin((at, at + 1))
        assert text[start:end] == excerpt.text[at]


@pytest.mark.parametrize("size", [0, 1_999, 2_000, 2_001, 2_002, 10_000])
def test_every_character_of_an_excerpt_is_found_where_it_stands(size: int) -> None:
    text = "".join(chr(0x4E00 + at) for at in range(size))
    excerpt = excerpt_of(text)
    for at, char in enumerate(excerpt.text):
        start, end = excerpt.origin((at, at + 1))
        assert text[start:end] == char or (char == "\n" and excerpt.text != text)


@pytest.mark.parametrize(
    "text",
    [
        "2009年2月にコンパで酔った女子学生に対して集団準強姦を行った学生の大学は",
        "殺人、強姦、同性愛行為、麻薬の使用などの犯罪を犯した場合の刑は？",
        "王守仁認為如果先急救安慶會造成什麼情況?",
    ],
)
def test_crimes_in_the_news_and_in_history_are_no_cry_for_help(text: str) -> None:
    assert measure(text, "ja").urgent != "explicit"


@pytest.mark.parametrize("text", ["我被强奸了", "有人強姦我", "他强奸了我，救我"])
def test_a_crime_to_the_writer_is_one(text: str) -> None:
    assert measure(text, "zh-Hans").urgent == "explicit"
