"""Files of every kind to articles: encodings, tables, exports, archives that mean harm."""

import csv
import io
import json
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.core.errors import FunnelError
from kb.articles import ArticleContent, Audience, Status
from kb.hygiene import Kind
from kb.importers.markup import from_html
from kb.importers.reading import Item, locale_of, read_source
from kb.importers.sources import LARGEST_FILE, Source, single_source, zip_sources

CHINESE = "# 退货流程\n\n您可以在三十天内退货,请先在账户页面打印标签,然后把商品寄回。"
TAIWANESE = "# 退貨流程\n\n您可以在三十天內退貨,請先在帳戶頁面列印標籤,然後把商品寄回。"
ARABIC = "# الإرجاع\n\nإذا أردت إرجاع المنتج خلال ثلاثين يوما من استلامه فاطلب الملصق من صفحة حسابك."


def article(path: str, data: bytes | str, locale: str | None = None) -> ArticleContent:
    raw = data.encode() if isinstance(data, str) else data
    (item,) = read_source(Source(path, raw), locale)
    assert item.draft is not None, item.problems
    return item.draft.content


def items(path: str, text: str, locale: str | None = None) -> list[Item]:
    return read_source(Source(path, text.encode()), locale)


@pytest.mark.parametrize(
    ("text", "encoding", "locale"),
    [(CHINESE, "gbk", "zh-Hans"), (TAIWANESE, "big5", "zh-Hant"), (ARABIC, "cp1256", "ar"), (CHINESE, "utf-16", "zh-Hans"), (ARABIC, "utf-8-sig", "ar")],
)  # fmt: skip
@pytest.mark.parametrize("named", [True, False])
def test_old_encodings_are_read_and_said(text: str, encoding: str, locale: str, named: bool) -> None:
    path = f"a.{locale}.md" if named else "a.md"
    (item,) = read_source(Source(path, text.encode(encoding)))
    assert item.draft is not None
    assert (item.draft.content.locale, item.draft.content.body) == (locale, text.split("\n\n")[1])
    assert [one.kind for one in item.notes] == ([Kind.ENCODING_GUESSED] if "utf" not in encoding else [])


def test_what_is_no_text_is_said_with_its_line() -> None:
    (item,) = read_source(Source("a.md", b"fine\n\x00\xff\xfe\x80"))
    assert item.problems[0].line == 2


@pytest.mark.parametrize(
    ("path", "locale"),
    [("en/a.md", "en"), ("docs/zh-TW/a.md", "zh-Hant"), ("a.zh-Hans.txt", "zh-Hans"), ("a_ar.html", "ar"), ("docs/a.md", None), ("no.md", None), ("faq/how-to.md", None)],
)  # fmt: skip
def test_a_path_may_name_the_locale(path: str, locale: str | None) -> None:
    assert locale_of(path) == locale


def test_pages_come_without_what_runs_and_without_their_frame() -> None:
    html = (
        "<html lang='de'><head><title>Rückgabe - Laden</title></head><body><nav><a href='/'>Start</a></nav><h1>Rückgabe</h1>"
        "<p onclick='x()'>Sie haben <b>30 Tage</b>.<script>alert(1)</script></p><a href='javascript:x()'>hier</a>"
        "<table><tr><th>Land</th></tr><tr><td>DE</td></tr></table><img src='https://s.example/a.png' alt='Ein Paket'></body></html>"
    )
    found = article("a.html", html)
    assert (found.locale, found.title) == ("de", "Rückgabe")
    assert "**30 Tage**" in found.body
    assert "![Ein Paket](https://s.example/a.png)" in found.body
    assert not any(word in found.body for word in ("alert", "javascript", "onclick", "Start", "<"))


def test_deep_markup_does_no_harm() -> None:
    assert from_html("<div>" * 50 + "x").body == "x"
    assert read_source(Source("deep.html", b"<div>" * 5_000 + b"x"))[0].problems


def test_a_table_is_read_with_its_lists_and_its_formulas_stay_text() -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(["Question", "answer", "language", "tags", "example_questions", "audience", "id"])
    writer.writerow(["How do I return it?", "Send it\nback.", "en", "a|b", "Return?\nBack?", "staff", "7"])
    writer.writerow(["=HYPERLINK(1)", "It is how you do it and what we want.", "", "", "", "", ""])
    writer.writerow(["No answer", "", "en", "", "", "", ""])
    first, second, third = items("t.csv", stream.getvalue())
    assert first.draft is not None
    assert first.path == "t.csv#7"
    content = first.draft.content
    assert (content.tags, content.example_questions, content.audience) == (
        ("a", "b"),
        ("Return?", "Back?"),
        Audience.AGENTS,
    )
    assert second.draft is not None
    assert (second.draft.content.title, second.notes[0].kind) == ("=HYPERLINK(1)", Kind.FORMULA)
    assert third.problems[0].line == 6
    assert items("t.csv", "a,b\n1,2")[0].problems
    assert items("t.csv", "")[0].problems


ZENDESK = {
    "articles": [
        {
            "id": 5, "title": "Returns", "body": "<p>Send it <b>back</b>.</p>", "locale": "en-us", "section_id": 1, "draft": False,
            "label_names": ["x"], "user_segment_id": None,
            "translations": [{"locale": "en-us", "title": "Old", "body": "<p>Old</p>"}, {"locale": "ar", "title": "الإرجاع", "body": "<p>أرسله</p>", "draft": True}],
        },
        {"id": 6, "title": "Goodwill", "body": "<p>For staff.</p>", "locale": "en-us", "section_id": 1, "draft": False, "user_segment_id": 9},
    ]
}  # fmt: skip
INTERCOM = {
    "type": "list",
    "data": [
        {
            "type": "article", "id": "9", "title": "Returns", "description": "How to send back", "body": "<p>Send it.</p>", "state": "published",
            "default_locale": "en", "translated_content": {"type": "article_translated_content", "zh-CN": {"title": "退货", "body": "<p>退货</p>", "state": "draft"}},
        }
    ],
}  # fmt: skip


def test_exports_of_zendesk_come_with_their_translations() -> None:
    found = [item.draft for item in items("export.json", json.dumps(ZENDESK))]
    assert [
        (one.content.locale, one.content.status, one.content.audience, one.key) for one in found if one
    ] == [
        ("en-US", Status.PUBLISHED, Audience.PUBLIC, "zendesk:5"),
        ("ar", Status.DRAFT, Audience.PUBLIC, "zendesk:5"),
        ("en-US", Status.PUBLISHED, Audience.AGENTS, "zendesk:6"),
    ]
    assert found[0] is not None
    assert (found[0].content.body, found[0].source) == ("Send it **back**.", "zendesk/5/en-us")
    pages = [item.path for item in items("export.json", json.dumps([ZENDESK, ZENDESK]))]
    assert len(pages) == 6


def test_exports_of_intercom_come_with_their_translations() -> None:
    found = [item.draft for item in items("export.json", json.dumps(INTERCOM))]
    assert [(one.content.locale, one.content.status, one.content.title) for one in found if one] == [
        ("en", Status.PUBLISHED, "Returns"),
        ("zh-Hans", Status.DRAFT, "退货"),
    ]


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "{}", "[[]]", "[" * 100_000, '[{"title": 1}]', "NaN"])
def test_json_that_is_no_export_is_said(text: str) -> None:
    assert all(item.problems for item in items("a.json", text))


@given(st.binary(max_size=300), st.sampled_from(["md", "html", "txt", "csv", "json", "jsonl"]))
def test_no_bytes_raise(data: bytes, ending: str) -> None:
    for item in read_source(Source(f"a.{ending}", data), "en"):
        assert (item.draft is None) == bool(item.problems)


def test_large_files_and_many_headings_are_said_or_read() -> None:
    (item,) = read_source(single_source("a.md", b"x" * 10_000_000))
    assert "1 MB" in item.problems[0].message
    many = "# T\n\n" + "".join(f"## {n}\n\nx\n\n" for n in range(10_000))
    assert article("a.md", many, "en").body.count("##") == 10_000


def packed(entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def test_links_and_paths_out_of_an_archive_are_reported_and_not_read() -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = packed(
        [
            ("../up.md", b"x"),
            ("/abs.md", b"x"),
            ("a\\..\\..\\b.md", b"x"),
            (link, b"/etc/passwd"),
            ("fine.md", b"x"),
            ("i.png", b"x"),
        ]
    )
    found = {source.path: source.problem for source in zip_sources(data)}
    assert found.pop("fine.md") is None
    assert len(found) == 4
    assert all(found.values())


def test_an_archive_of_a_hundred_thousand_entries_is_refused_before_it_is_read() -> None:
    end = bytearray(packed([("a.md", b"x")]))
    place = end.rfind(b"PK\x05\x06")
    end[place + 8 : place + 12] = (65_535).to_bytes(2, "little") * 2
    with pytest.raises(FunnelError, match="archive_too_large"):
        list(zip_sources(bytes(end)))


def test_an_archive_that_lies_about_its_sizes_is_still_cut_off() -> None:
    bomb = bytearray(packed([("a.md", b"\0" * (LARGEST_FILE * 20))]))
    name = bomb.rfind(b"PK\x01\x02")
    bomb[name + 24 : name + 28] = (10).to_bytes(4, "little")
    (source,) = list(zip_sources(bytes(bomb)))
    assert source.problem is not None
