"""Articles as HTML and answers with variables: nothing that runs, and no hole where nothing is known."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.articles import safe_address
from kb.rendering import TAGS, html_of
from kb.variables import fill, unknown


def test_markdown_becomes_what_it_says() -> None:
    html = html_of(
        "# A\n\n1. one\n2. **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![A lamp](https://s.example/a.png) [x](/help)"
    )
    for part in ("<h1>A</h1>", "<ol>", "<strong>two</strong>", "<td>1</td>", 'alt="A lamp"', 'href="/help"'):
        assert part in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](data:text/html;base64,AAAA)",
        "<iframe src='https://e.example'></iframe>", "[x]( vbscript:x )", "<svg onload=alert(1)>", "`<b onclick=x>`",
        "[a](https://e.example \"t' onclick='x\")", "&#60;script&#62;alert(1)&#60;/script&#62;", "<a href='x' style='y'>z</a>",
    ],
)  # fmt: skip
def test_nothing_runs(text: str) -> None:
    html = html_of(text)
    assert "<script" not in html
    assert "<iframe" not in html
    assert "<svg" not in html
    assert not any(f'="{scheme}' in html.lower() for scheme in ("javascript:", "data:", "vbscript:"))
    inside = nh3.clean(html, tags=set(TAGS), attributes={"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}}, link_rel=None)  # fmt: skip
    assert inside == html


@given(st.text(max_size=300))
def test_any_text_renders_to_narrow_tags(text: str) -> None:
    html = html_of(text)
    assert nh3.clean(html, tags=set(TAGS), attributes={"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}, "ol": {"start"}}, link_rel=None) == html  # fmt: skip


@pytest.mark.parametrize(
    ("target", "safe"),
    [("https://a.example/x", True), ("/help", True), ("#a", True), ("mailto:a@b.example", True), ("javascript:x", False), ("//evil.example", False), ("", False), ("a b", False), ("data:x", False), ("JAVASCRIPT:x", False)],
)  # fmt: skip
def test_addresses_are_judged(target: str, safe: bool) -> None:
    assert safe_address(target) is safe


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{contact.name}}, welcome.", "Hello Mia, welcome."),
        ("Hello {{contact.name}}. Yes, {{contact.name|dear}}.", "Hello Mia. Yes, dear."),
        ("We open {{site.hours|in the morning}}.", "We open in the morning."),
        ("You have it, {{contact.plan}}, today.", "You have it, today."),
        ("{{contact.plan}} Hello.", " Hello."),
        ("No {{ braces }} of ours {{site.name}}", "No of ours Shop"),
        ("您好,{{contact.plan}}。", "您好。"),
        ("a {b} c", "a {b} c"),
    ],
)
def test_variables_are_filled_or_gone(text: str, filled: str) -> None:
    assert fill(text, {"contact.name": "Mia", "site.name": "Shop", "contact.plan": " "}) == filled


def test_variables_nobody_knows_are_named() -> None:
    assert unknown("{{contact.name}} {{contact.iban}}") == ["contact.iban"]
