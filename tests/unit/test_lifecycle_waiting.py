"""Waiting for a person: receipts, one acknowledgement, honest promises, three choices, and one word to leave."""

from datetime import timedelta

import pytest

from funnel.conversations.commands import AnswerOffer, Claim
from funnel.conversations.events import (
    ConversationHandedOver,
    ConversationResolved,
    ExpectationChanged,
    HumanOffered,
    MessageCreated,
)
from funnel.conversations.timers import next_due
from funnel.routing.estimates import EstimatesSnapshot, QueueEstimate, Reply
from tests.unit.decider_world import OFFICE, QUEUE, START, VISITOR, Talk, bundle, directory


def busy(**changes: object) -> Talk:
    """A queue whose usual wait is half an hour."""
    replies = tuple(Reply(START - timedelta(hours=2), START - timedelta(hours=1.5)) for _ in range(20))
    estimates = EstimatesSnapshot({QUEUE: QueueEstimate(12, 1, replies)}, {})
    return Talk(bundle(estimates=estimates, **changes))


def closed() -> Talk:
    """Saturday."""
    talk = Talk(bundle(directory=directory(OFFICE)))
    return talk.wait(5 * 86_400)


def test_the_promise_is_the_80th_percentile_rounded_up_and_the_place_is_kept_quiet_beyond_ten() -> None:
    talk = busy()
    talk.asks_human()
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert (handed.expected_reply_at, handed.position) == (START + timedelta(minutes=30), None)


def test_no_capacity_offers_three_choices_in_the_receipt() -> None:
    talk = busy()
    talk.asks_human()
    offered = talk.one(HumanOffered)
    assert isinstance(offered, HumanOffered)
    assert offered.why == "capacity"
    message = talk.one(MessageCreated)
    assert isinstance(message, MessageCreated)
    assert [chip.payload.split(":")[2] for chip in message.quick_replies] == list(offered.choices)
    assert message.text.endswith("capacity@en")


@pytest.mark.parametrize("by", ["route", "chip"])
@pytest.mark.parametrize("choice", ["person_now", "reply_later", "keep_asking"])
def test_the_place_is_kept_whatever_is_chosen(choice: str, by: str) -> None:
    talk = busy()
    talk.asks_human()
    offered = talk.one(HumanOffered)
    assert isinstance(offered, HumanOffered)
    if by == "route":
        talk.do(AnswerOffer(command_id="o", actor=VISITOR, offer_id=offered.offer_id, choice=choice))  # type: ignore[arg-type]
    else:
        talk.says("label", payload=f"offer:{offered.offer_id}:{choice}")
    state = talk.state
    assert state is not None
    assert state.waiting is not None
    assert (state.owner.kind, state.waiting.since, state.offer) == ("queue", START, None)
    assert state.waiting.keep_asking == (choice == "keep_asking")
    assert state.waiting.reply_by == ("email" if choice == "reply_later" else "here")
    assert ("address@en" in talk.said()) == (choice == "reply_later")


def test_keep_asking_lets_the_bot_answer_until_somebody_claims() -> None:
    talk = busy()
    talk.asks_human()
    talk.wait(20).says("no")
    talk.wait(20).says("delivery")
    assert talk.outcomes() == ["answer"]
    assert talk.said()[0].endswith("About delivery.")
    talk.wait(20).says("elephants")
    talk.wait(20).says("lions")
    talk.wait(20).says("bears")
    assert talk.outcomes() == ["human"]
    assert talk.said() == ["already_passed_on@en"]
    talk.by_agent(Claim)
    talk.wait(20).says("delivery")
    assert talk.said() == []


def test_messages_are_acknowledged_once() -> None:
    talk = Talk()
    talk.asks_human()
    talk.wait(20).says("it is about my parcel")
    assert talk.said() == ["acknowledged@en"]
    talk.wait(20).says("and a human please")
    assert talk.said() == []
    talk.wait(60).says("a human please!")
    assert talk.said() == ["already_waiting@en when=02 10:05"]
    assert talk.outcomes() == []


def test_out_of_hours_it_is_queued_for_the_next_opening_and_an_address_is_asked_once() -> None:
    talk = closed()
    talk.says("a human please")
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.expected_reply_at is not None
    assert handed.expected_reply_at.isoformat() == "2026-03-09T09:05:00+00:00"
    assert talk.said()[0].startswith("receipt_closed@en when=09 09:05")
    assert talk.said()[0].endswith("capacity_closed@en"), "nobody is busy out of hours"
    assert talk.said()[1:] == ["address@en"]
    assert "position" not in talk.said()[0]


@pytest.mark.parametrize(("text", "met"), [("never mind", "unknown"), ("solved", "yes"), ("算了", "unknown")])
def test_a_word_leaves_the_queue(text: str, met: str) -> None:
    talk = Talk()
    talk.asks_human()
    talk.wait(20).says(text)
    assert "conversation.withdrawn" in talk.types()
    resolved = talk.one(ConversationResolved)
    assert isinstance(resolved, ConversationResolved)
    assert (resolved.how, resolved.need_met, resolved.by) == ("withdrawn", met, "contact")
    assert talk.state is not None
    assert talk.state.owner.kind == "bot"
    assert "rating.requested" not in talk.types()


def test_two_honest_updates_then_a_lead_is_alerted_and_nothing_more_is_promised() -> None:
    talk = Talk()
    talk.asks_human()
    said = []
    for _ in range(3):
        talk.next_timer()
        said += talk.said()
    assert [text.split("@")[0] for text in said] == ["expectation", "expectation", "expectation_unknown"]
    changed = talk.one(ExpectationChanged)
    assert isinstance(changed, ExpectationChanged)
    assert changed.expected_reply_at is None
    assert talk.state is not None
    assert (talk.state.priority, talk.state.tags) == ("high", ("overdue",))
    talk.next_timer()
    assert talk.said() == []
    assert next_due(talk.state) is not None


def test_a_promise_that_is_not_due_changes_nothing() -> None:
    talk = Talk()
    talk.asks_human()
    assert talk.wait(60).time() == []


def test_the_answer_of_an_agent_ends_the_promise() -> None:
    talk = Talk()
    talk.asks_human()
    talk.replies()
    assert talk.state is not None
    assert talk.state.waiting is None
    assert talk.wait(3600).time() == []
