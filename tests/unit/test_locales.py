"""Locale tags: accepted, canonical, resolved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.core.locales import CATALOGUE_LOCALES, canonical_locale, language_of, locale_chain, resolve_locale


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("iw", "he"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"),
        ("ar-EG-u-nu-latn", "ar-EG"),
    ],
)
def test_canonical(tag: str, canonical: str) -> None:
    assert canonical_locale(tag) == canonical


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "e",
        "english",
        "en_US",
        "en-",
        "-en",
        "en--US",
        "xx",
        "qqq",
        "x-private",
        "en-a-bb-a-cc",
        "de-1996-1996",
        "en\n",
        "ën",
        "en-" + "a" * 80,
    ],
)
def test_refused(tag: str) -> None:
    assert canonical_locale(tag) is None
    assert locale_chain(tag) == ()


@pytest.mark.parametrize(
    ("tag", "fallbacks", "wanted"),
    [
        ("zh-TW", (), "zh-Hant"),
        ("ar-EG", (), "ar"),
        ("en-GB", ("ar",), "en"),
        ("fr", ("ar", "en"), "ar"),
        ("fr", (), "en"),
        (None, ("zh-TW",), "zh-Hant"),
        ("nonsense!", ("de", "zh-CN"), "zh-Hans"),
        ("yue-HK", (), "zh-Hant"),
    ],
)
def test_resolved(tag: str | None, fallbacks: tuple[str, ...], wanted: str) -> None:
    assert resolve_locale(tag, fallbacks) == wanted


@given(st.text(max_size=30))
def test_any_text_is_safe(tag: str) -> None:
    canonical = canonical_locale(tag)
    assert canonical is None or canonical_locale(canonical) == canonical
    assert resolve_locale(tag) in CATALOGUE_LOCALES


def test_chains_and_languages() -> None:
    assert locale_chain("pt-BR") == ("pt-BR", "pt")
    assert locale_chain("zh-TW") == ("zh-Hant",)
    assert language_of("zh-Hant") == "zh"
