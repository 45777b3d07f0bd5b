"""The trained model at run time: small, deterministic, sane at the edges, and its evidence lies in the text."""

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import BITS, Grams, distinct, salt_of
from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.registry import RAISED
from funnel.escalation.signals.trained import FILE, HEADS, probability, raw, spans_of, style_of

MOST_BYTES = 5 << 20


def test_the_file_is_small() -> None:
    assert len((files("funnel.escalation.signals") / FILE).read_bytes()) <= MOST_BYTES


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_features_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    grams = Grams(folded.text)
    hashes = grams.hashes()
    starts, ends = grams.places()
    assert len(hashes) == len(starts) == len(ends)
    assert (hashes < 1 << BITS).all()
    by_piece: dict[str, int] = {}
    for value, start, end in zip(hashes.tolist(), starts.tolist(), ends.tolist(), strict=True):
        piece = folded.text[start:end]
        assert by_piece.setdefault(piece, value) == value


def test_a_repeated_feature_counts_once() -> None:
    values = np.array([3, 1, 3, 2, 1], dtype=np.uint64)
    assert distinct(values).tolist() == [1, 2, 3]
    assert distinct(values[:1]).tolist() == [3]


@given(st.text(max_size=80), st.sampled_from(["en", "zh-Hans", "xx"]))
@settings(max_examples=200, deadline=None)
def test_scores_and_evidence_of_any_text(text: str, language: str) -> None:
    folded = fold(text)
    heard = raw(text, folded, language)
    for head in range(len(HEADS)):
        assert 0 <= probability(heard, head) <= 1
        for low, high in spans_of(heard, head, folded):
            assert 0 <= low < high <= len(text)
    assert all(0 <= value <= 1 for value in style_of(text))


@pytest.mark.parametrize("sign", ["😡", "好", "!", "a ", "\u0640"])
def test_ten_thousand_of_one_sign(sign: str) -> None:
    signals = measure((sign * 10_000)[:10_000]).signals
    assert all(0 <= value.score <= 1 for value in signals.values())
    assert all(len(value.evidence) <= 12 for value in signals.values())


@pytest.mark.parametrize(
    ("angry", "calm", "language"),
    [
        ("you are the worst company ever, I hate you", "what sizes does the jacket come in", "en"),
        ("什么破公司，气死我了，退钱", "请问这款外套有哪些尺码", "zh-Hans"),
        ("氣死我了，什麼爛公司", "請問這件外套有哪些尺寸", "zh-Hant"),
        ("ايه القرف ده، انتو نصابين وكذابين", "ما هي المقاسات المتوفرة", "ar"),
        ("sois unos ladrones, qué asco de empresa", "¿cuánto tarda el envío?", "es"),
        ("это безобразие, вы меня достали", "сколько стоит доставка", "ru"),
    ],
)
def test_anger_is_told_from_calm(angry: str, calm: str, language: str) -> None:
    high, low = measure(angry, language).signals["anger"], measure(calm, language).signals["anger"]
    assert high.score >= 0.5 > low.score
    assert high.evidence
    assert not low.evidence


def test_the_same_letters_are_other_features_in_another_language() -> None:
    folded = fold("this is what they say of the gift")
    plain = set(Grams(folded.text).hashes().tolist())
    own = {
        language: set(Grams(folded.text, salt_of(language)).hashes().tolist()) for language in ("en", "de")
    }
    assert all(len(hashes) == len(plain) for hashes in own.values())
    assert len(own["en"] & own["de"]) < 0.1 * len(plain)
    assert salt_of("zh-Hans") == salt_of("zh-Hant") == salt_of("zh")


@pytest.mark.parametrize(
    "text", ["", " ", "?", "no", "not it", "no, that's not it", "4711", "لا", "不是", "不是这个", "wrong one"]
)
def test_a_text_that_says_next_to_nothing_raises_nothing(text: str) -> None:
    signals = measure(text).signals
    assert signals["anger"].score < RAISED
    assert signals["distress"].score < RAISED
    assert "security" not in signals
