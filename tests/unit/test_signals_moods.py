"""What is made of the model's word on a mood, and of plain words and insults beside it."""

from math import log

import pytest

from funnel.escalation.signals.emotion import moods
from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.grams import Grams
from funnel.escalation.signals.harm import ABUSE
from funnel.escalation.signals.lexicon import Found, Lexicon
from funnel.escalation.signals.moods import ANGER, DISTRESS
from funnel.escalation.signals.registry import HIGH, RAISED
from funnel.escalation.signals.trained import HEADS, Raw, trained

LONG = "the parcel was left in front of the door again"
SHORT = "left at the door"
WORDS = "two words"
INSULT = "you are such an idiot and the parcel is late"
PLAIN = "I am furious that the parcel was left at the door"
HEAD = HEADS.index("anger")
LISTS = Lexicon((ANGER, DISTRESS, ABUSE))


def found(text: str) -> Found:
    """What the lists find in a text."""
    return LISTS.find(fold(text))


def anger(text: str, heard: float) -> float:
    """The anger of an English text of which the model says so much, before its lists."""
    model = trained()
    above = log(heard / (1 - heard)) / model.slope[HEAD]
    scores = tuple(cut + above for cut in model.cut["en"])
    folded = fold(text)
    return moods(Raw(scores, "en", Grams(folded.text)), found(text), folded)["anger"].score


def test_the_texts_are_what_they_are_taken_for() -> None:
    assert not any(found(text).names for text in (LONG, SHORT, WORDS))
    assert found(INSULT).spans("abuse")
    assert not found(INSULT).spans("anger")
    assert found(PLAIN).spans("anger")


@pytest.mark.parametrize(("text", "least"), [(LONG, RAISED), (SHORT, HIGH)])
def test_of_a_short_text_the_model_is_believed_where_it_is_sure(text: str, least: float) -> None:
    assert anger(text, least + 0.01) > least
    assert anger(text, least - 0.01) < RAISED


def test_of_two_words_it_is_not_believed() -> None:
    assert anger(WORDS, 0.99) < RAISED


def test_an_insult_alone_is_never_high_and_raised_only_where_the_model_is_sure() -> None:
    assert anger(INSULT, 0.75) < RAISED
    assert RAISED <= anger(INSULT, 0.9) < anger(INSULT, 0.999) < HIGH


def test_a_plain_word_raises_by_itself_and_the_model_gives_the_order() -> None:
    heard = [anger(PLAIN, at) for at in (0.01, 0.3, 0.6, 0.9)]
    assert heard[0] >= RAISED
    assert heard == sorted(set(heard))
