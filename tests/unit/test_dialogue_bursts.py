"""Bursts: what waits, what never waits, what a later line changes."""

import pytest

from funnel.conversations.events import AnswerDeferred, AnswerOffered
from tests.unit.decider_world import START, Talk


@pytest.mark.parametrize("text", ["hi", "在吗", "السلام عليكم", "还有"])
def test_lone_greetings_and_fragments_wait_two_seconds_on_the_web(text: str) -> None:
    talk = Talk()
    talk.says(text)
    deferred = talk.one(AnswerDeferred)
    assert isinstance(deferred, AnswerDeferred)
    assert (deferred.until - START).total_seconds() == 2
    assert talk.said() == []
    talk.next_timer()
    assert len(talk.said()) == 1
    assert len(talk.outcomes()) == 1


def test_the_rest_of_a_greeting_is_judged_with_it_at_once() -> None:
    talk = Talk()
    talk.says("hi")
    talk.wait(1).says("how do I return this")
    assert talk.outcomes() == ["answer"]
    assert talk.state is not None
    assert talk.state.deferred_until is None
    assert talk.state.episode.need.bot_turns == 1


@pytest.mark.parametrize("text", ["a human please", "I will kill myself", "转人工"])
def test_what_must_not_wait_does_not_wait_on_a_messenger(text: str) -> None:
    talk = Talk(channel="whatsapp")
    talk.says("hello there")
    assert "answer.deferred" in talk.types()
    talk.wait(1).says(text)
    assert talk.outcomes() == ["human"]


def test_a_rejected_answer_does_not_wait_on_a_messenger() -> None:
    talk = Talk(channel="whatsapp")
    talk.says("delivery")
    talk.next_timer()
    talk.wait(20).says("that did not help")
    assert talk.outcomes() == ["question"]


def test_a_messenger_waits_for_three_seconds_of_quiet_and_eight_at_most() -> None:
    talk = Talk(channel="whatsapp")
    for second in range(0, 8, 2):
        talk.says("and the delivery")
        deferred = talk.one(AnswerDeferred)
        assert isinstance(deferred, AnswerDeferred)
        assert (deferred.until - START).total_seconds() == min(second + 3, 8)
        talk.wait(2)
    talk.time()
    assert talk.outcomes() == ["answer"]
    assert talk.state is not None
    assert talk.state.episode.bot_turns == 1


def test_a_late_timer_leaves_no_message_behind() -> None:
    talk = Talk(channel="whatsapp")
    talk.says("delivery")
    talk.wait(30).says("elephants")
    assert talk.outcomes() == ["answer"]


def test_a_later_line_replaces_the_answer_nobody_acted_on_and_counts_no_second_turn() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.wait(2).says("I mean the warranty")
    assert talk.types().index("answer.superseded") < talk.types().index("answer.offered")
    offered = talk.one(AnswerOffered)
    assert isinstance(offered, AnswerOffered)
    assert [one.article_id for one in offered.passages] == ["warranty"]
    assert talk.state is not None
    assert (talk.state.episode.bot_turns, talk.state.episode.misses) == (1, 0)


def test_an_added_word_that_changes_nothing_is_answered_by_silence() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.wait(2).says("and")
    assert talk.outcomes() == ["silent"]
    assert talk.said() == []


def test_one_burst_is_one_miss_at_most() -> None:
    talk = Talk()
    outcomes = []
    for _ in range(4):
        talk.says("elephants")
        talk.wait(1)
        outcomes += talk.outcomes()
    assert talk.state is not None
    assert talk.state.episode.misses == 1
    assert outcomes == ["question", "offer", "silent", "silent"]


def test_the_eleventh_message_starts_another_burst() -> None:
    talk = Talk()
    for _ in range(11):
        talk.says("elephants")
        talk.wait(0.1)
    assert talk.state is not None
    assert talk.state.episode.misses == 2
