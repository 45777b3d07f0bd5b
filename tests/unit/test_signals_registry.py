"""The list of signals: complete, stable, and true to what `measure` reports."""

from importlib import import_module

import pytest

from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.registry import DETECTORS, SCORES, SIGNALS, detector_of, versions

OF_THE_API = {
    "anger", "distress", "dissatisfied", "wants_person", "thanks", "greeting", "churn", "complexity", "payment", "fraud",
    "security", "legal", "privacy", "safety", "self_harm", "abuse_to_staff",
}  # fmt: skip
LOUD = (
    "You idiots charged my card twice, I am furious, this is unacceptable!!! Hackers stole my account, the charger burned my hand, my lawyer will sue, "
    "delete my personal data, cancel my subscription, I want to complain. My son bought it, I'm in tears, I don't know what to do, I want to die. "
    "Hello, thanks, that did not help. Get me a human. Also: why? And when? Second, error ERR_4711?"
)


def test_every_name_of_the_api_is_there() -> None:
    assert OF_THE_API <= SCORES


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_every_signal_has_a_detector_and_a_range(name: str) -> None:
    signal = SIGNALS[name]
    assert detector_of(name).version >= 1
    assert signal.high is None or signal.low < signal.high


@pytest.mark.parametrize("name", sorted(DETECTORS))
def test_every_detector_exists_and_measures_something(name: str) -> None:
    assert import_module(DETECTORS[name].module).__doc__
    assert any(signal.detector == name for signal in SIGNALS.values())
    assert versions()[name] == DETECTORS[name].version


def test_every_score_is_reached_and_none_is_unknown() -> None:
    signals = measure(LOUD).signals
    assert set(signals) == SCORES
    for name, value in signals.items():
        assert SIGNALS[name].low <= value.score <= (SIGNALS[name].high or 0.0)
        assert value.evidence or name == "complexity"
