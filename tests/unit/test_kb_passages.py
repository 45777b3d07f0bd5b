"""Markdown to passages: headings, length, and text without marks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.passages import LONGEST, Passage, plain, split


def test_headings_open_passages_and_name_them() -> None:
    text = "Intro.\n\n# Returns\n\n## By post\n\nSend it.\n\n## In a shop\n\nBring it.\n\n# Refunds\n\nSoon."
    assert split(text) == [
        Passage("", "Intro."),
        Passage("Returns › By post", "Send it."),
        Passage("Returns › In a shop", "Bring it."),
        Passage("Refunds", "Soon."),
    ]


def test_underlined_headings_and_rules() -> None:
    assert split("Returns\n=======\n\nSend it.\n\n---\n\nBack.") == [Passage("Returns", "Send it.\n\nBack.")]


def test_marks_are_taken_out_of_the_text() -> None:
    text = (
        "**Bold**, *soft*, ~~gone~~, __strong__ and `code` in [a link](https://x.example/a_b) "
        '![picture](a.png "t") <b>tag</b> <https://y.example> snake_case 3 * 4 * 5 \\*kept\\*'
    )
    assert plain(text) == (
        "Bold, soft, gone, strong and code in a link picture tag https://y.example snake_case 3 * 4 * 5 *kept*"
    )


def test_lists_quotes_and_tables_stay_readable() -> None:
    text = "1. Open **Orders**\n2. Tap\n\n- one\n* two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert plain(text) == "1. Open Orders\n2. Tap\n\n• one\n• two\n\nquoted\n\na · b\n\n1 · 2"


def test_a_fenced_block_is_taken_as_it_stands() -> None:
    assert split("```\n# no heading\n*x*\n```\nafter") == [Passage("", "# no heading\n*x*\nafter")]


def test_long_text_is_cut_at_sentences() -> None:
    passages = split(" ".join(f"Sentence number {i} is here." for i in range(200)))
    assert len(passages) > 3
    assert all(len(passage.text) <= LONGEST and passage.text.endswith(".") for passage in passages)


def test_chinese_is_cut_too() -> None:
    passages = split("这是一个很长的句子。" * 200)
    assert all(len(passage.text) <= LONGEST // 2 and passage.text.endswith("。") for passage in passages)


@given(st.text(st.sampled_from("ab *_`#>-[]()!|\\<\n。. \t~=退"), max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_split_without_losing_its_letters(text: str) -> None:
    passages = split(text)
    assert passages == split(text)
    assert all(passage.text.strip() for passage in passages)


def test_hostile_text_takes_linear_time() -> None:
    for text in (
        "[" * 50_000,
        "*" * 50_000,
        "a_" * 30_000,
        "<a" * 30_000,
        "`" * 50_000,
        "x" * 100_000,
        "|-" * 30_000,
    ):
        split(text)
