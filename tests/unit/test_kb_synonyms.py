"""Synonyms: a question in one word finds the article in the other, in either direction and only where the whole term is said."""

from benchmarks.question_sets import NOW, made
from kb.library import Shelving
from kb.search import KbSnapshot
from kb.store import Changes
from kb.synonyms import Synonyms
from kb.terms import SynonymSet

ARTICLES = (
    made("postage", "What does shipping cost?", "Shipping costs five euros.", "en"),
    made("sizes", "Choosing a size", "Measure your chest.", "en"),
    made("运费", "运费怎么算", "运费是五欧元。", "zh-Hans"),
)


def base(*sets: SynonymSet) -> KbSnapshot:
    shelving = Shelving()
    shelving.use(sets)
    return shelving.apply(Changes(1, NOW, ARTICLES, ()))


def test_a_word_finds_what_its_synonym_finds() -> None:
    sets = (
        SynonymSet("1", "en", ("shipping", "haulage", "carriage")),
        SynonymSet("2", "zh-Hant", ("運費", "腳錢")),
    )
    assert base().search("haulage", "en", None).hits == ()
    assert base(*sets).search("haulage please", "en", None).hits[0].article_id == "postage"
    assert (
        base(*sets).search("carriage", "en", None).confidence
        > base().search("carriage", "en", None).confidence
    )
    assert base(*sets).search("脚钱多少", "zh-Hans", None).hits[0].article_id == "运费"


def test_synonyms_changed_later_leave_the_earlier_snapshot_alone() -> None:
    shelving = Shelving()
    before = shelving.apply(Changes(1, NOW, ARTICLES, ()))
    after = shelving.use([SynonymSet("1", "en", ("shipping", "haulage"))])
    assert before.search("haulage", "en", None).hits == ()
    assert after.search("haulage", "en", None).hits[0].article_id == "postage"
    assert shelving.use([]).search("haulage", "en", None).hits == ()


def test_a_term_of_several_words_counts_only_whole() -> None:
    synonyms = Synonyms([("cash on delivery", "cod")], "en")
    words = {word for _, word, _ in synonyms.meant(["cash", "on", "deliveri"])}
    assert words == {"cod"}
    assert synonyms.meant(["deliveri"]) == []
    assert Synonyms([("", "  ")], "en").meant(["cash"]) == []
