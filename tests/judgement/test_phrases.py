"""The project's labelled phrases: the half that nothing was made with must meet the bars, language by language."""

from collections.abc import Callable
from functools import cache

import pytest

from funnel.escalation.signals.measure import Measured, measure
from funnel.escalation.signals.registry import RAISED
from training.corpus import own_phrases

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar")
LEAST = {
    "wants_person": 0.9,
    "disguised_wish": 0.9,
    "self_harm": 0.93,
    "figurative": 0.9,
    "abuse_to_staff": 0.85,
    "safety": 0.85,
    "churn": 0.75,
}
ENGLISH = {"wants_person": 0.85}
MATTERS = ("payment", "fraud", "security", "legal", "privacy")


@cache
def heard(language: str, part: int) -> dict[str, list[tuple[str, Measured]]]:
    """Measured phrases by label."""
    found: dict[str, list[tuple[str, Measured]]] = {}
    for label, text, lang in own_phrases(part):
        if lang == language:
            found.setdefault(label, []).append((text, measure(text, language)))
    return found


def raised(name: str) -> Callable[[Measured], bool]:
    """Whether a signal is raised."""
    return lambda m: name in m.signals and m.signals[name].score >= RAISED


HITS: dict[str, Callable[[Measured], bool]] = {
    "disguised_wish": raised("wants_person"),
    "self_harm": lambda m: m.urgent == "explicit",
    "figurative": lambda m: m.urgent != "explicit",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough(language: str) -> None:
    texts = {text for part in (0, 1) for phrases in heard(language, part).values() for text, _ in phrases}
    assert len(texts) >= 400


@pytest.mark.parametrize("label", sorted(LEAST))
@pytest.mark.parametrize("language", LANGUAGES)
def test_recall_on_the_kept_half(language: str, label: str) -> None:
    phrases = heard(language, 1)[label]
    least = ENGLISH.get(label, LEAST[label]) if language == "en" else LEAST[label]
    hit = HITS.get(label, raised(label))
    missed = [text for text, measured in phrases if not hit(measured)]
    assert len(missed) <= (1 - least) * len(phrases) + 1e-9, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_matters_on_the_kept_half(language: str) -> None:
    pairs = [(label, text, m) for label in MATTERS for text, m in heard(language, 1)[label]]
    missed = [(label, text) for label, text, m in pairs if not raised(label)(m)]
    assert len(missed) <= 0.2 * len(pairs), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_anger_on_the_kept_half(language: str) -> None:
    angry = heard(language, 1)["anger"]
    missed = [text for text, m in angry if not raised("anger")(m)]
    assert len(missed) <= 0.55 * len(angry), missed


MOODS = ("anger", "distress")


def calm(language: str) -> list[tuple[str, Measured]]:
    """Calm texts and look-alikes of a wish."""
    return heard(language, 1)["calm"] + heard(language, 1)["not_person"]


def test_calm_text_raises_no_mood() -> None:
    texts = [pair for language in LANGUAGES for pair in calm(language)]
    alarms = [text for text, m in texts if any(raised(name)(m) for name in MOODS)]
    assert len(alarms) <= 0.03 * len(texts), alarms


@pytest.mark.parametrize("language", LANGUAGES)
def test_calm_text_raises_nothing_else(language: str) -> None:
    texts = calm(language)
    alarms = [
        (name, text)
        for text, m in texts
        for name in ("wants_person", "self_harm", "abuse_to_staff", "safety", "legal")
        if raised(name)(m)
    ]
    assert len(alarms) <= 0.02 * len(texts), alarms
    assert all(m.urgent != "explicit" for _, m in texts)
