"""The hygiene gate: what it finds, where, what it keeps back, and what it leaves alone."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from funnel.core.locales import canonical_locale
from kb.articles import ArticleContent, Status
from kb.hygiene import Accepted, Kind, scan, served, settle
from kb.hygiene.language import guess
from kb.hygiene.likeness import MOST_CONTRADICTIONS, NEAR, Text, bands, overlap, rivalries, shingles
from kb.hygiene.reasons import SENTENCES, because
from kb.hygiene.units import units
from kb.importers.reading import read_source
from kb.importers.sources import Source

WORDS = Path(__file__).parents[2] / "web" / "desk" / "src" / "i18n" / "reasons" / "en.ts"
SHARED = Path(__file__).parents[3] / "shared" / "data"
RETURNS = (
    "You can return anything within 14 days. Print the label and send the parcel from any shop near you."
)


def content(body: str, locale: str = "en", title: str = "Returns", **more: object) -> ArticleContent:
    fields: dict[str, object] = {"status": Status.PUBLISHED, **more}
    return ArticleContent(locale=locale, title=title, body=body, **fields)  # type: ignore[arg-type]


def found(body: str, locale: str = "en", title: str = "Returns") -> dict[str, str]:
    """Kind -> the text it points at."""
    return {one.kind.value: body[one.start : one.end] for one in scan(content(body, locale, title))}


@pytest.mark.parametrize(
    ("kind", "body", "locale", "span"),
    [
        ("injected_spam", f"{RETURNS}\n\nWith 亚博 you send it亚博app back.\n\n亚博 A label is inside.", "en", "亚博 A label is inside."),
        ("injected_spam", f"{RETURNS}\n\nBack 1xbet home.\n\nThe label 1xbet is inside.", "en", "The label 1xbet is inside."),
        ("injected_spam", f"{RETURNS}\n\nSee [here](https://best-casino77.example/win) for more.", "en", "See [here](https://best-casino77.example/win) for more."),
        ("boilerplate", f"{RETURNS}\n\nFacebook iconTwitter iconYouTube icon", "en", "Facebook iconTwitter iconYouTube icon"),
        ("boilerplate", f"3 min read\n\n{RETURNS}", "en", "3 min read"),
        ("boilerplate", f"{RETURNS}\n\nWe use cookies to make this better. Accept all", "en", "We use cookies to make this better. Accept all"),
        ("boilerplate", f"{RETURNS}\n\n© 2024 Shop Ltd. All rights reserved.", "en", "© 2024 Shop Ltd. All rights reserved."),
        ("boilerplate_part", f"Published: 2022-05-06\n\n{RETURNS}", "en", "Published: 2022-05-06"),
        ("secret", f"{RETURNS}\n\nUse AKIAIOSFODNN7EXAMPL1 to sign in.", "en", "Use AKIAIOSFODNN7EXAMPL1 to sign in."),
        ("secret", f"{RETURNS}\n\nThe password: Harbour4711x opens it.", "en", "The password: Harbour4711x opens it."),
        ("personal_data", "Write to mia.muster@gmail.com about it.", "en", "mia.muster@gmail.com"),
        ("personal_data", "Pay with 4242 4242 4242 4242 please.", "en", "4242 4242 4242 4242"),
        ("personal_data", "Send it to DE89 3704 0044 0532 0130 00 today.", "en", "DE89 3704 0044 0532 0130 00"),
        ("dead_link", "See [the form]() for more.", "en", "[the form]()"),
        ("dead_link", "See [it](javascript:alert(1)) or not", "en", "[it](javascript:alert(1)"),
        ("dead_link", "# How\n\nSee [below](#prices).", "en", "[below](#prices)"),
        ("dead_link", "See [it](http://localhost:3000/x).", "en", "[it](http://localhost:3000/x)"),
        ("no_alternative", "Look: ![](https://shop.example/a.png)", "en", "![](https://shop.example/a.png)"),
        ("empty_passage", "# How\n\n# When\n\nToday.", "en", "# How"),
        ("long_passage", "word " * 700, "en", ("word " * 700).strip()),
        ("wrong_language", "您可以在三十天内退货,请先打印标签,然后把包裹寄回我们的仓库,谢谢您的配合。", "en", None),
        ("wrong_language", "您可以在三十天內退貨,請先列印標籤,然後把包裹寄回我們的倉庫,謝謝您的配合。", "zh-Hans", None),
        ("wrong_language", "Sie können die Ware innerhalb von 30 Tagen zurückgeben. " * 5, "en", None),
        ("mixed_language", "您可以在三十天内退货,请先打印标签。\n\nCustomer support peak season", "zh-Hans", "Customer support peak season"),
        ("translation_slip", "这很重要:a欧洲委员会报告发现,很多人退货。", "zh-Hans", "a"),
        ("translation_slip", "متاجر الإلكترونية وقذائف الهاون على حد سواء", "ar", "قذائف الهاون"),
    ],
)  # fmt: skip
def test_each_kind_is_found_with_its_span(kind: str, body: str, locale: str, span: str | None) -> None:
    spans = found(body, locale)
    assert kind in spans
    if span is not None:
        assert spans[kind].startswith(span)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Your password: choose at least eight characters.\n\nThe api key: <your-key> goes here.", "Keys"),
        ("Follow us on Facebook, Twitter and Instagram to hear about new lamps first.", "News"),
        ("Online casinos may not sell our vouchers. An online casino that does is a fraud.", "Online casino fraud"),
        ("- Facebook\n- Twitter\n- Email", "Where to reach us"),
        ("We use cookies to remember what is in your cart.", "Cookies"),
        ("Write to help@shop.example or call +49 30 1234567.", "Contact"),
        ("```\nexport A=1\n```\n\nRun it.", "Shell"),
        ("Alphabet and better bets are not the same; a slot in the calendar is.", "Words"),
    ],
)  # fmt: skip
def test_honest_texts_are_left_alone(body: str, title: str) -> None:
    assert [one for one in scan(content(body, title=title)) if one.quarantines] == []


def test_only_what_is_found_is_kept_back_and_an_acceptance_gives_it_back() -> None:
    body = f"3 min read\n\n{RETURNS}\n\nShare this article"
    article = content(body)
    settled = settle(article, scan(article))
    assert settled.content.status is Status.PUBLISHED
    assert served(body, settled.held) == RETURNS
    first = settled.findings[0]
    passed = settle(article, scan(article), [Accepted(first.kind, first.mark, "it is a poem")])
    assert served(body, passed.held) == f"3 min read\n\n{RETURNS}"
    again = content(body.replace("Share", "\nShare"))
    assert settle(again, scan(again), [Accepted(first.kind, first.mark, "")]).held[0][0] > 20


def test_an_article_with_nothing_to_serve_is_quarantined_but_a_draft_stays_one() -> None:
    icons = "Facebook iconTwitter iconYouTube icon"
    assert settle(content(icons), scan(content(icons))).content.status is Status.QUARANTINED
    draft = content(icons, status=Status.DRAFT)
    assert settle(draft, scan(draft)).content.status is Status.DRAFT
    titled = content(RETURNS, title="Key AKIAIOSFODNN7EXAMPL1")
    assert settle(titled, scan(titled)).content.status is Status.QUARANTINED


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_any_text_has_findings_inside_it_and_units_that_hold_every_line(text: str) -> None:
    body = text or "x"
    for one in scan(content(body)):
        assert 0 <= one.start <= one.end <= max(len(body), len("Returns"))
    held = "".join(unit.text for unit in units(body))
    assert [line.strip() for line in held.split("\n") if line.strip()] or not body.strip()
    assert (
        sum(len(unit.text.split()) for unit in units(body)) == len(body.split())
        or "\r" in body
        or not body.isascii()
    )


def test_near_duplicates_share_a_band_and_tell_their_numbers() -> None:
    other = RETURNS.replace("14", "30") + " Thank you."
    assert overlap(shingles(RETURNS), shingles(other)) >= NEAR
    assert set(bands(shingles(RETURNS))) & set(bands(shingles(other)))
    own = Text(RETURNS)
    said = list(rivalries(own, [("b", Text(other))]))
    assert [one.kind for one in said] == [Kind.NEAR_DUPLICATE, Kind.CONTRADICTION]
    assert "14" in said[1].reason
    assert "30" in said[1].reason
    assert list(rivalries(own, [("c", Text("A lamp needs a bulb of at most forty watts."))])) == []
    assert list(rivalries(own, [("d", Text(RETURNS))]))[1:] == []


def test_what_many_contradictions_say_is_said_ten_times_at_most() -> None:
    page = "\n\n".join(
        f"Parcel {chr(97 + n) * 4} of shelf {chr(97 + n) * 3} comes back within {n + 10} days at the latest."
        for n in range(20)
    )
    rival = Text(re.sub("within [0-9]+", "within 99", page))
    said = list(rivalries(Text(page), [("b", rival), ("c", rival)]))
    assert [one.other_id for one in said if one.kind is Kind.NEAR_DUPLICATE] == ["b", "c"]
    assert sum(one.kind is Kind.CONTRADICTION for one in said) == MOST_CONTRADICTIONS


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("您可以在三十天内退货", "zh-Hans"), ("您可以在三十天內退貨,請寄回包裹", "zh-Hant"), ("كيف أرجع المنتج", "ar"),
        ("商品を返品したい場合は", "ja"), ("상품을 반품하려면", "ko"), ("How do I return it to you", "en"),
        ("Wie kann ich die Ware zurückgeben", "de"), ("1234", None), ("", None), ("Как вернуть товар", "ru"),
    ],
)  # fmt: skip
def test_the_language_of_a_text_is_told(text: str, locale: str | None) -> None:
    assert guess(text) == locale


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
def test_clean_texts_lose_at_most_two_passages_in_a_thousand() -> None:
    passages = quarantined = 0
    for path in sorted((SHARED / "kb").glob("*.docs.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::4]:
            document = json.loads(line)
            locale = canonical_locale(document["lang"]) or "en"
            findings = scan(content(document["text"], locale, document["title"] or document["id"]))
            passages += 1
            quarantined += any(one.quarantines for one in findings)
    assert passages > 500
    assert quarantined <= 0.002 * passages


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
def test_the_known_faults_of_the_five_articles_are_found() -> None:
    bodies = {}
    for path in sorted((SHARED / "articles").glob("*.txt")):
        (item,) = read_source(Source(path.name, path.read_bytes()))
        assert item.draft is not None
        article = item.draft.content
        bodies[path.name[:2]] = served(article.body, settle(article, scan(article)).held)
    assert len(bodies) == 5
    assert "亚博" not in bodies["s4"]
    assert "icon" not in bodies["s0"]
    assert "CTA" not in bodies["s2"]
    assert all(len(body) > 3_000 for body in bodies.values())


@pytest.mark.parametrize(
    "seed",
    [
        "x",
        "中",
        "![](",
        "[a](b(",
        "_",
        "1-",
        "icon",
        "亚博",
        "a@",
        "`",
        "<a ",
        "password: ",
        "و ، ",
        "{{a|",
        "# \n",
    ],
)
def test_no_text_makes_the_gate_slow(seed: str) -> None:
    """A quadratic pattern would take minutes here, and run into the time limit of every test."""
    body = (seed * 150_000)[:150_000]
    assert all(one.end <= len(body) for one in scan(content(body)))


def test_nothing_of_the_demo_is_kept_back() -> None:
    demo = Path(kb.__file__).parent / "demo"
    held = []
    for path in sorted(demo.rglob("*/*.md")):
        for item in read_source(Source(path.name, path.read_bytes()), None):
            assert item.draft is not None, path
            held += [(path.name, one.reason) for one in scan(item.draft.content) if one.quarantines]
    assert held == []


def test_every_reason_has_words_in_the_desk_with_the_same_values() -> None:
    """The desk's own tests hold its other languages to the English one."""
    words = dict(
        re.findall(r'^  "finding\.why\.(\w+)": "(.+)",$', WORDS.read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {code: sorted(re.findall(r"{(\w+)}", text)) for code, text in SENTENCES.items()}
    assert {code: sorted(re.findall(r"{(\w+)}", text)) for code, text in words.items()} == named


def test_a_reason_is_its_sentence_and_its_code_with_values() -> None:
    why = because("numbers_differ", mine="14", theirs="30")
    assert why.text == "This says 14 where another article says 30."
    assert (why.code, why.values) == ("numbers_differ", {"mine": "14", "theirs": "30"})
    with pytest.raises(KeyError):
        because("numbers_differ", mine="14")
    (found,) = scan(content("See [the page]()."))
    assert (found.reason, found.reason_code, found.reason_values) == (
        "The link has no address.",
        "link_empty",
        {},
    )
