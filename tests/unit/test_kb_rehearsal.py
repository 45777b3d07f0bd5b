"""The rehearsal: the same base gives the same figure, its own articles are away while they are asked for."""

import random

import numpy as np

from benchmarks.bench_retrieval import DEMO, NOW, demo_articles
from kb.articles import Audience
from kb.evidence import gather
from kb.library import Shelving
from kb.passages import Passage
from kb.question import Question
from kb.rehearsal import absent, offset_of, piece_of
from kb.search import Outcome, asked_in
from kb.shelf import LEAST_STUDIED, UNSTUDIED, Shelf
from kb.store import Changes

ARTICLES = demo_articles(DEMO)


def shelf(locale: str = "en") -> Shelf:
    found = Shelving().apply(Changes(1, NOW, tuple(ARTICLES[locale]), ())).shelf(locale)
    assert found is not None
    return found


def test_the_same_articles_give_the_same_figure() -> None:
    one, other = shelf("ar"), shelf("ar")
    assert np.array_equal(list(absent(one)), list(absent(other)))
    assert offset_of(one) == offset_of(other)


def test_a_shelf_without_articles_is_the_shelf_that_never_had_them() -> None:
    whole, gone = shelf(), [3, 7, 20]
    kept = [one for number, one in enumerate(ARTICLES["en"]) if number not in gone]
    never = Shelving().apply(Changes(1, NOW, tuple(kept), ())).shelf("en")
    assert never is not None
    without = whole.without(np.array(gone))
    for text in ("how do I return shoes", "the battery smokes", "where is my parcel", "track"):
        tables = []
        for one in (without, never):
            asked = asked_in(text, "en")
            found = gather(one, Question(one, *asked), one.mask(None, Audience.AGENTS), 8)
            ids = [one.entry(number).article.id for number in found.articles.tolist()]
            tables.append(dict(zip(ids, found.evidence.round(9).tolist(), strict=True)))
        assert tables[0] == tables[1]
    assert whole.places.alive.all()


def test_a_piece_is_about_as_long_as_a_question() -> None:
    chance = random.Random(1)
    english = Passage(
        "", "The parcel comes with the courier on the third working day after the order was packed. " * 3
    )
    chinese = Passage(
        "", "包裹会在订单打包后的第三个工作日由快递员送到您家门口请您当面验收然后再签字确认谢谢。" * 3
    )
    for passage, longest in ((english, 46), (chinese, 23)):
        for _ in range(50):
            piece = piece_of([passage], chance)
            assert 0 < len(piece) <= longest
            assert piece in passage.text
    assert piece_of([Passage("", "")], chance) == ""


def test_a_base_is_shy_until_it_has_been_studied() -> None:
    shelving = Shelving()
    new = shelving.apply(Changes(1, NOW, tuple(ARTICLES["en"]), ()))
    few = Shelving().apply(Changes(1, NOW, tuple(ARTICLES["en"][: LEAST_STUDIED - 1]), ()))
    studied = shelving.study()
    later = shelving.apply(Changes(2, NOW, tuple(ARTICLES["en"][:1]), ()))
    offsets = [one.shelf("en").offset for one in (new, few, studied, later)]  # type: ignore[union-attr]
    assert offsets == [UNSTUDIED, 0.0, offsets[2], offsets[2]]
    assert offsets[2] > UNSTUDIED
    literally = ARTICLES["en"][0].title
    assert new.search(literally, "en", None).outcome is Outcome.ANSWER
