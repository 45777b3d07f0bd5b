"""What is heard in languages that the model has not learned: the same need again, shouting, the safety words, a wish for a person."""

import pytest

from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.progress import read_turn
from funnel.escalation.signals.registry import RAISED
from funnel.escalation.signals.trained import trained

SAID_AGAIN = [
    ("var är mitt paket 48213", "sv", "men var är mitt paket 48213?"),
    ("pou einai i paraggelia mou 48213", "el", "pou einai i paraggelia mou 48213???"),
    ("missä minun tilaukseni 48213 on nyt", "fi", "missä minun tilaukseni 48213 on nyt?"),
    ("注文48213はどこですか", "ja", "注文48213はどこですか？？"),
    ("주문 48213 어디에 있나요", "ko", "주문 48213 어디에 있나요??"),
]


@pytest.mark.parametrize(("asked", "language", "again"), SAID_AGAIN)
def test_the_same_need_said_again_is_a_miss(asked: str, language: str, again: str) -> None:
    assert language not in trained().style
    assert read_turn(again, [asked], prior_language=language).miss == "repeated"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("JAG VILL HA MINA PENGAR TILLBAKA IDAG!!!", "sv"),
        ("ΘΕΛΩ ΤΑ ΛΕΦΤΑ ΜΟΥ ΠΙΣΩ ΤΩΡΑ ΑΜΕΣΩΣ!!", "el"),
        ("HALUAN RAHANI TAKAISIN VIELÄ TÄNÄÄN!!!", "fi"),
        ("VARFÖR ÄR DET FORTFARANDE TRASIGT", "sv"),
        ("ΓΙΑΤΙ ΕΙΝΑΙ ΑΚΟΜΑ ΧΑΛΑΣΜΕΝΟ", "el"),
    ],
)
def test_who_shouts_is_heard(text: str, language: str) -> None:
    loud, calm = measure(text, language), measure(text.lower().replace("!", "."), language)
    assert loud.signals["anger"].score >= RAISED
    assert loud.signals["anger"].evidence
    assert calm.signals["anger"].score < RAISED


@pytest.mark.parametrize(
    "text",
    ["CSS HTML API JSON", "IBAN SE35 5000 0000 0549 1000 0003", "VARFÖR NU DÅ", "ORDER 48213 DHL UPS SE"],
)
def test_abbreviations_and_numbers_are_no_shouting(text: str) -> None:
    assert measure(text, "sv").signals["anger"].score < RAISED


@pytest.mark.parametrize("language", ["sv", "el", "ja", "xx"])
def test_safety_words_of_the_four_languages_are_heard(language: str) -> None:
    for text in ("I want to kill myself", "我想自杀", "我不想活了想自殺", "عايز انتحر"):
        assert measure(text, language).urgent == "explicit"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("jag vill prata med en riktig människa", "sv"),
        ("θέλω να μιλήσω με έναν άνθρωπο", "el"),
        ("担当者と話したいです", "ja"),
        ("상담원 연결해 주세요", "ko"),
    ],
)
def test_a_wish_for_a_person_is_heard(text: str, language: str) -> None:
    assert "wants_person" in measure(text, language).signals


@pytest.mark.parametrize(
    "text", ["var är mitt paket", "πού είναι το πακέτο μου σήμερα παρακαλώ", "荷物はいつ届きますか"]
)
def test_calm_text_raises_no_mood(text: str) -> None:
    signals = measure(text, "sv").signals
    assert max(signals["anger"].score, signals["distress"].score) < RAISED


def test_letters_alone_leave_no_language_without_words_of_its_own() -> None:
    assert measure("haluan rahani takaisin vielä tänään", "fi").language.code == "fi"
    assert measure("ich möchte mein geld heute noch zurück", "fi").language.code == "de"
