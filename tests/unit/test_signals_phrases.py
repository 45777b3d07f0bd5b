"""The phrase lists against labelled phrases of every language: recall and false alarms, each detector on its own."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from funnel.core.locales import CATALOGUE_LOCALES
from funnel.escalation.signals.measure import Measured, measure

PHRASES = Path(__file__).parent / "phrases"
RECALL = 0.97
FALSE_ALARMS = 0.005

DETECTORS: dict[str, Callable[[Measured], bool]] = {
    "wants_person": lambda m: "wants_person" in m.signals,
    "greeting": lambda m: m.small_talk == "greeting",
    "thanks": lambda m: m.small_talk == "thanks",
    "yes": lambda m: m.small_talk == "yes",
    "no": lambda m: m.small_talk == "no",
    "rejects": lambda m: m.rejects,
    "solved": lambda m: m.withdraws == "solved",
    "never_mind": lambda m: m.withdraws == "never_mind",
    "explicit": lambda m: m.urgent == "explicit",
    "figurative": lambda m: m.urgent == "figurative",
}
UNJUDGED = {
    "rejects": {"wants_person", "no"},  # turning away from the bot, or a thumb down, is also a rejection
    "never_mind": {"no", "thanks"},  # “no need” and “that's all” may end a wait
    "no": {"never_mind"},
    "thanks": {"solved", "never_mind"},
    "yes": {"solved"},
}


@cache
def labelled(locale: str) -> dict[str, list[str]]:
    """Phrases by label."""
    loaded: dict[str, list[str]] = yaml.safe_load((PHRASES / f"{locale}.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("locale", CATALOGUE_LOCALES)
def test_every_language_has_enough_phrases(locale: str) -> None:
    phrases = labelled(locale)
    assert set(phrases) == {*DETECTORS, "none"}
    assert sum(map(len, phrases.values())) >= 200
    assert len(phrases["wants_person"]) >= 40
    assert len(phrases["none"]) >= 55


@pytest.mark.parametrize("detector", sorted(DETECTORS))
@pytest.mark.parametrize("locale", CATALOGUE_LOCALES)
def test_recall(locale: str, detector: str) -> None:
    wanted = labelled(locale)[detector]
    missed = [text for text in wanted if not DETECTORS[detector](measure(text, locale))]
    assert len(missed) <= (1 - RECALL) * len(wanted), missed


@pytest.mark.parametrize("detector", sorted(DETECTORS))
@pytest.mark.parametrize("locale", CATALOGUE_LOCALES)
def test_false_alarms(locale: str, detector: str) -> None:
    others = [
        text
        for label, texts in labelled(locale).items()
        if label != detector and label not in UNJUDGED.get(detector, set())
        for text in texts
    ]
    assert len(others) >= 100
    alarms = [text for text in others if DETECTORS[detector](measure(text, locale))]
    assert len(alarms) <= FALSE_ALARMS * len(others), alarms


@pytest.mark.parametrize("locale", CATALOGUE_LOCALES)
def test_language_is_told(locale: str) -> None:
    texts = [text for text in labelled(locale)["none"] if len(text) > 6]
    other = {"en": "ar", "ar": "en", "zh-Hans": "en", "zh-Hant": "en"}[locale]
    wrong = [text for text in texts if measure(text, other).language.code != locale]
    assert len(wrong) <= 0.1 * len(texts), wrong
    kept = [text for text in texts if measure(text, locale).language.code != locale]
    assert not kept
