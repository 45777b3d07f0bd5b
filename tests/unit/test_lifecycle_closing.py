"""Closing and coming back: the settle question, silence, thanks, reopening, ratings."""

import pytest

from funnel.conversations.commands import Claim, GiveRating, Resolve
from funnel.conversations.events import (
    ContextAttached,
    ConversationAssigned,
    ConversationQueued,
    ConversationResolved,
    RatingRequested,
)
from funnel.conversations.timers import timers_of
from funnel.core.errors import FunnelError
from tests.unit.decider_world import AMY, QUEUE, START, VISITOR, Talk, bundle, directory

DAY = 86_400


def ended(talk: Talk) -> tuple[str, str, str]:
    """By whom, how, and whether the need was met."""
    found = talk.one(ConversationResolved)
    assert isinstance(found, ConversationResolved)
    return found.by, found.how, found.need_met


def served(talk: Talk) -> Talk:
    """A conversation that an agent has answered and resolved."""
    talk.asks_human()
    talk.replies()
    talk.by_agent(Resolve)
    return talk


def test_settle_is_asked_once_after_ten_minutes_and_yes_confirms() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.wait(599)
    assert talk.time() == []
    talk.wait(1).time()
    assert talk.said() == ["settle@en"]
    assert talk.time() == []
    talk.says("yes")
    assert ended(talk) == ("contact", "confirmed", "yes")
    assert "rating.requested" in talk.types()
    assert talk.state is not None
    assert timers_of(talk.state) == ()


def test_a_contact_who_has_left_is_not_asked_and_not_asked_later() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.present = False
    talk.wait(600).time()
    assert talk.types() == ["contact.absent"]
    assert talk.said() == []
    talk.present = True
    assert talk.wait(60).time() == []
    talk.says("how do I return this")
    talk.wait(600).time()
    assert talk.said() == ["settle@en"]


def test_no_to_settle_is_a_rejected_answer() -> None:
    talk = Talk()
    talk.says("how do I return this")
    talk.next_timer()
    talk.says("chip", payload="no")
    assert "answer.rated" in talk.types()
    assert talk.outcomes() == ["answer"]


def test_an_open_question_is_not_followed_by_settle() -> None:
    talk = Talk()
    talk.says("elephants")
    talk.next_timer()
    assert ended(talk) == ("system", "silent", "unknown")
    assert (talk.at - START).total_seconds() == DAY


@pytest.mark.parametrize(("channel", "hours"), [("web", 24), ("whatsapp", 72)])
def test_silence_closes_what_the_bot_has(channel: str, hours: int) -> None:
    talk = Talk(channel=channel)
    talk.says("elephants")
    if channel != "web":
        talk.next_timer()
    since = talk.at
    talk.next_timer()
    assert ended(talk) == ("system", "silent", "unknown")
    assert (talk.at - since).total_seconds() == hours * 3600
    assert "rating.requested" not in talk.types()


def test_an_agents_conversation_is_closed_with_notice_after_three_quiet_days() -> None:
    talk = Talk()
    talk.asks_human()
    talk.replies()
    since = talk.at
    talk.next_timer()
    assert talk.said() == ["closed_quiet@en"]
    assert ended(talk) == ("system", "silent", "unknown")
    assert (talk.at - since).total_seconds() == 3 * DAY


@pytest.mark.parametrize("text", ["thanks", "谢谢", "شكرا", "bye"])
def test_thanks_within_72_hours_are_answered_and_open_nothing(text: str) -> None:
    talk = served(Talk())
    talk.wait(71 * 3600).says(text)
    assert talk.state is not None
    assert talk.state.status == "resolved"
    assert len(talk.said()) == 1
    assert talk.outcomes() == ["silent"]


def test_thanks_later_than_72_hours_reopen_like_any_message() -> None:
    talk = served(Talk())
    talk.wait(73 * 3600).says("thanks")
    assert "conversation.reopened" in talk.types()


def test_a_message_within_seven_days_goes_to_the_last_agent_if_online_with_room() -> None:
    talk = served(Talk())
    talk.wait(DAY).says("one more thing about my order")
    assert talk.types()[:3] == ["conversation.reopened", "conversation.assigned", "message.created"]
    assigned = talk.one(ConversationAssigned)
    assert isinstance(assigned, ConversationAssigned)
    assert (assigned.agent.id, assigned.by) == (AMY, "reopen")
    assert talk.said() == []


def test_else_to_that_queue_with_a_receipt() -> None:
    talk = served(Talk(bundle(directory=directory(amy="offline"))))
    talk.wait(DAY).says("one more thing about my order")
    queued = talk.one(ConversationQueued)
    assert isinstance(queued, ConversationQueued)
    assert (queued.queue_id, queued.by) == (QUEUE, "reopen")
    assert queued.expected_reply_at is not None
    assert talk.said()[0].startswith("receipt@en")
    talk.next_timer()
    assert talk.said()[0].startswith("expectation@en")


def test_what_only_the_bot_had_comes_back_to_the_bot_with_fresh_counters() -> None:
    talk = Talk()
    talk.says("elephants")
    talk.wait(20).says("lions")
    talk.next_timer()
    talk.wait(DAY).says("elephants")
    assert talk.outcomes() == ["question"]
    assert talk.state is not None
    assert (talk.state.episode.number, talk.state.episode.misses) == (2, 1)


def test_the_button_on_a_resolved_conversation_is_a_full_hand_over() -> None:
    talk = served(Talk())
    talk.wait(DAY).asks_human()
    assert talk.types()[0] == "conversation.reopened"
    assert "conversation.handed_over" in talk.types()
    assert talk.one(ContextAttached) is not None


def test_a_rating_is_asked_for_once_in_fourteen_days_and_never_after_danger() -> None:
    talk = served(Talk())
    assert "rating.requested" in talk.types()
    talk.wait(DAY).says("one more thing about my order")
    talk.by_agent(Resolve)
    assert "rating.requested" not in talk.types()
    talk.wait(DAY).says("and one more thing again")
    talk.wait(13 * DAY).by_agent(Resolve)
    assert isinstance(talk.one(RatingRequested), RatingRequested)
    urgent = Talk()
    urgent.says("I will kill myself")
    urgent.by_agent(Claim)
    with pytest.raises(FunnelError) as refused:
        urgent.by_agent(Resolve)
    assert refused.value.code == "lead_only"
    urgent.by_agent(Resolve, by_lead=True)
    assert "rating.requested" not in urgent.types()


def test_a_rating_is_taken_once_it_was_asked_for() -> None:
    talk = Talk()
    talk.asks_human()
    with pytest.raises(FunnelError) as refused:
        talk.do(GiveRating(command_id="g", actor=VISITOR, score=5))
    assert refused.value.code == "rating_not_requested"
    talk.replies()
    talk.by_agent(Resolve)
    talk.do(GiveRating(command_id="g", actor=VISITOR, score=5))
    assert talk.types() == ["rating.given"]
    assert talk.do(GiveRating(command_id="g2", actor=VISITOR, score=5)) == []
    with pytest.raises(FunnelError):
        talk.do(GiveRating(command_id="g3", actor=VISITOR, score=6))
