"""The bridge between languages: by the glossary or linked titles, only whole terms, and only where the own language is silent."""

from benchmarks.question_sets import NOW, made
from kb.bridge import Bridge, titles_as_terms
from kb.library import Shelving
from kb.search import KbSnapshot, Outcome
from kb.store import Changes
from kb.terms import GlossaryTerm

ARTICLES = (
    made(
        "warranty",
        "Two-year warranty",
        "The warranty covers faults for two years.",
        "en",
        ["how long is the warranty"],
    ),
    made("returns", "Returning an item", "Send it back within thirty days.", "en", ["can I return it"]),
    made("运费", "运费怎么算", "运费是五欧元。", "zh-Hans", ["运费多少"]),
)


def base(*glossary: GlossaryTerm) -> KbSnapshot:
    shelving = Shelving()
    shelving.use((), glossary)
    shelving.apply(Changes(1, NOW, ARTICLES, ()))
    return shelving.study()


def test_a_question_finds_an_article_that_its_language_does_not_have() -> None:
    term = GlossaryTerm("1", {"zh-Hant": ("保固",), "en": ("warranty",), "de": ("Garantie",)})
    assert base().search("保固期有多長", "zh-Hant", None, fallbacks=("en",)).outcome is not Outcome.ANSWER
    found = base(term).search("Garantie?", "de", None, fallbacks=("en",))
    assert (found.hits[0].article_id, found.hits[0].locale) == ("warranty", "en")
    found = base(term).search("保固", "zh-Hant", None, fallbacks=("en",))
    assert found.hits[0].locale == "en" or found.outcome is not Outcome.ANSWER


def test_a_term_counts_whole_and_both_ways() -> None:
    bridge = Bridge([{"en": ("gift card", "voucher"), "de": ("Gutschein",)}])
    assert bridge.carried(["gift"], "en", "de") == ""
    assert bridge.carried(["my", "gift", "card"], "en", "de") == "Gutschein"
    assert bridge.carried(["gutschein"], "de", "en") == "gift card voucher"
    assert bridge.carried(["gutschein"], "de", "ar") == ""


def test_titles_of_translations_are_terms() -> None:
    titles = [
        ("1", "en", "Gift cards"),
        ("1", "de", "Gutscheine"),
        ("2", "en", "Alone"),
        ("3", "en", "word " * 30),
    ]
    assert titles_as_terms(titles) == [{"en": ("Gift cards",), "de": ("Gutscheine",)}]
