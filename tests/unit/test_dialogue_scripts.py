"""The scripted dialogues themselves: they load, they are complete, and their words are heard as they are meant."""

from collections import Counter

import pytest

from funnel.core.locales import resolve_locale
from funnel.escalation.signals.measure import measure
from tests.dialogues.script import Dialogue, load_dialogues

DIALOGUES = load_dialogues()


def test_six_dialogues_a_language() -> None:
    assert Counter(resolve_locale(one.locale) for one in DIALOGUES) == {
        "en": 6,
        "zh-Hans": 6,
        "zh-Hant": 6,
        "ar": 6,
    }
    assert len({one.name for one in DIALOGUES}) == len(DIALOGUES)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: one.name)
def test_words_are_heard_as_meant(dialogue: Dialogue) -> None:
    prior = resolve_locale(dialogue.locale)
    for step in dialogue.steps:
        if step.says is None:
            continue
        heard = measure(step.says, prior)
        prior = heard.language.code
        if step.expect.reason == "human_requested":
            assert "wants_person" in heard.signals, step.says
        elif step.expect.outcome != "human":
            assert "wants_person" not in heard.signals, step.says
        assert (heard.urgent == "explicit") == (step.expect.reason == "safety"), step.says
        if "conversation.withdrawn" in step.expect.events:
            assert heard.withdraws is not None, step.says
        if step.expect.reason == "not_helpful" or "answer.rated" in step.expect.events:
            assert heard.rejects, step.says
        if step.expect.article:
            assert not heard.rejects, step.says
            assert heard.small_talk is None, step.says
        if step.expect.locale is not None and step.expect.article:
            assert prior == step.expect.locale, step.says
