"""What stands beside the words: rows, bags of pieces, likely spellings, the linear model; each seen by readers unchanged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.analyzer import GRAM_KINDS, analyse, gram_codes, normalise
from kb.bm25 import BagWriter, Rows
from kb.classifier import features_of, fitted
from kb.spellings import SpellingsWriter

_rows = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=6), max_size=12)


def codes(text: str, language: str = "en") -> list[int]:
    return gram_codes(normalise(text), language)


@given(_rows, _rows)
@settings(max_examples=100, deadline=None)
def test_rows_come_back_as_they_were_put_in_and_views_stay(
    first: list[list[int]], later: list[list[int]]
) -> None:
    rows = Rows()
    rows.extend([len(one) for one in first], [value for one in first for value in one])
    view = rows.view()
    rows.extend([len(one) for one in later], [value for one in later for value in one])
    for seen, expected in ((view, first), (rows.view(), first + later)):
        values, sizes = seen.of(np.arange(len(expected)))
        assert sizes.tolist() == [len(one) for one in expected]
        assert values.tolist() == [value for one in expected for value in one]


@given(
    st.text(st.characters(codec=None, exclude_categories=()), max_size=60),
    st.sampled_from(["en", "zh", "ar", "th", "ko"]),
)
@settings(max_examples=200, deadline=None)
def test_any_text_has_codes_in_range(text: str, language: str) -> None:
    assert all(0 <= code < GRAM_KINDS for code in codes(text, language))


def test_a_text_with_slips_is_closest_to_what_was_meant() -> None:
    writer = BagWriter()
    writer.extend(
        [codes("returning a damaged parcel"), codes("opening hours at the weekend"), codes("gift vouchers")]
    )
    view = writer.view()
    asked = np.array(list(dict.fromkeys(codes("retruning damgaed parcl"))))
    scores = view.scores(np.arange(3), asked)
    assert scores.argmax() == 0
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert view.scores(np.arange(0), asked).tolist() == []


def test_a_removed_bag_no_longer_makes_its_pieces_common() -> None:
    writer = BagWriter()
    writer.extend([codes("parcel"), codes("parcel"), codes("voucher")])
    before, asked = writer.view(), np.array(codes("parcel"))
    weight = before.weights(asked).sum()
    writer.remove([0])
    assert writer.view().weights(asked).sum() > weight
    assert before.weights(asked).sum() == weight


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("delivrey", "delivery"), ("refnud", "refund"), ("الشحنن", "الشحن"), ("доставкка", "доставка")],
)
def test_a_misspelt_word_stands_for_the_closest_one(slip: str, meant: str) -> None:
    writer = SpellingsWriter()
    writer.add(["delivery", "refund", "warranty", "الشحن", "доставка", "4711"])
    found = writer.view().like(slip)
    assert found[0][0] == meant
    assert 0.5 <= found[0][1] <= 1


def test_short_words_numbers_and_strangers_stand_for_nothing() -> None:
    writer = SpellingsWriter()
    before = writer.view()
    writer.add(["delivery", "4711", "refund"])
    assert before.like("delivrey") == ()
    assert [writer.view().like(word) for word in ("dlv", "4712", "xylophone", "")] == [(), (), (), ()]


def test_the_linear_model_tells_labels_apart_and_gives_strangers_nothing() -> None:
    texts = ["where is my parcel", "has my parcel been sent", "reset the password", "I forgot my password"]
    features = [features_of(analyse(text, "en"), codes(text)) for text in texts]
    model = fitted(features, np.array([0, 0, 1, 1]), 2)
    for text, label in (("my parcel?", 0), ("password please", 1)):
        assert model.scores(features_of(analyse(text, "en"), codes(text))).argmax() == label
    assert model.scores([]).tolist() == [0, 0]
    again = fitted(features, np.array([0, 0, 1, 1]), 2)
    assert np.array_equal(model.scores(features[0]), again.scores(features[0]))


def test_likely_spellings_do_not_depend_on_how_the_words_came() -> None:
    chance = np.random.default_rng(3)
    words = ["".join(chr(97 + n) for n in row) for row in chance.integers(0, 8, (1_500, 6)).tolist()]
    at_once, by_and_by = SpellingsWriter(), SpellingsWriter()
    at_once.add(words)
    for first in range(0, len(words), 170):  # some sorted, some waiting behind them
        by_and_by.add(words[first : first + 170])
    asked = [word[:2] + word[3] + word[2] + word[4:] for word in words[::50]]
    found = [[writer.view().like(word) for word in asked] for writer in (at_once, by_and_by)]
    assert found[0] == found[1]
    assert any(found[0])
