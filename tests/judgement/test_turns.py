"""Labelled replies: a further question, thanks or a detail is hardly ever taken for a miss, and misses are seen."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from funnel.escalation.signals.dissatisfaction import Said, dissatisfaction
from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.progress import Reading, read_turn

TURNS = Path(__file__).parent / "turns"
LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar")


@cache
def read(language: str) -> list[tuple[bool, str, Reading]]:
    """(missed?, reply, how it was read)."""
    data = yaml.safe_load((TURNS / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        (label == "missed", reply, read_turn(reply, [dialogue["asked"]], prior_language=language))
        for dialogue in data["dialogues"]
        for label in ("satisfied", "missed")
        for reply in dialogue[label].strip().split("\n")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_satisfied_follow_ups_are_no_misses(language: str) -> None:
    turns = read(language)
    assert len(turns) >= 200
    satisfied = [(reply, reading) for missed, reply, reading in turns if not missed]
    false = [(reply, reading.miss) for reply, reading in satisfied if reading.miss is not None]
    assert len(false) <= 0.03 * len(satisfied), false


@pytest.mark.parametrize("language", LANGUAGES)
def test_misses_are_seen(language: str) -> None:
    missed = [(reply, reading) for was, reply, reading in read(language) if was]
    unseen = [reply for reply, reading in missed if reading.miss is None]
    assert len(unseen) <= 0.15 * len(missed), unseen


def test_dissatisfaction_follows_the_shape_of_the_talk() -> None:
    asked, answer = "where is my order 48213", "Sorry, I could not find that."
    history = [Said("contact", asked), Said("bot", answer), Said("contact", asked), Said("bot", answer)]
    again = dissatisfaction(measure(asked), asked, history)
    fresh = dissatisfaction(measure("do you sell lamps"), "do you sell lamps", [])
    thanks = dissatisfaction(
        measure("thanks!"), "thanks!", [Said("contact", asked), Said("bot", "It is on its way.")]
    )
    assert again > 0.5 > fresh
    assert thanks < 0.1


def test_a_talk_of_five_hundred_turns_is_read() -> None:
    talk = [Said("bot" if at % 2 else "contact", f"message number {at} about the lamp") for at in range(500)]
    assert 0 <= dissatisfaction(measure("still broken"), "still broken", talk) <= 1
    assert read_turn("still broken", [one.text for one in talk if one.who == "contact"]).need in (
        "new",
        "same",
    )
