"""Verdicts, choices, identity; and what is left when the judgement breaks."""

import pytest
from msgspec.structs import replace

from funnel.conversations.commands import (
    AnswerOffer,
    AskHuman,
    Claim,
    IdentifyContact,
    PostMessage,
    RateAnswer,
    TimerDue,
)
from funnel.conversations.events import ConversationHandedOver, HumanOffered
from funnel.conversations.values import Actor
from funnel.core.errors import FunnelError
from tests.unit.decider_world import VISITOR, Talk, TinyKnowledge, bundle


def rate(talk: Talk, helpful: bool, answer_id: str | None = None) -> Talk:
    """A verdict on the last answer."""
    assert talk.state is not None
    found = answer_id or talk.state.answers[-1].answer_id
    talk.do(RateAnswer(command_id="r", actor=VISITOR, answer_id=found, helpful=helpful))
    return talk


def test_not_helpful_gives_another_answer_then_a_person() -> None:
    talk = Talk()
    talk.says("how do I return this")
    rate(talk, False)
    assert talk.types() == ["answer.rated", "decision.made", "answer.offered", "message.created"]
    assert "About refunds." in talk.said()[0]
    rate(talk, False)
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.reason == "not_helpful"
    assert talk.said()[0].startswith("lead_not_helpful@en receipt@en")


def test_not_helpful_without_another_answer_asks_what_is_different() -> None:
    talk = Talk()
    talk.says("delivery")
    rate(talk, False)
    assert talk.outcomes() == ["question"]
    assert talk.said() == ["clarify_rejected@en"]


def test_helpful_is_a_positive_sign_and_said_twice_changes_nothing() -> None:
    talk = Talk()
    talk.says("elephants")
    talk.wait(20).says("delivery")
    rate(talk, True)
    assert talk.types() == ["answer.rated"]
    assert talk.state is not None
    assert talk.state.episode.misses_in_row == 0
    assert rate(talk, True).last == []


def test_a_verdict_while_people_have_it_is_only_recorded() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.asks_human()
    talk.by_agent(Claim)
    assert talk.state is not None
    rate(talk, False, talk.state.answers[0].answer_id)
    assert talk.types() == ["answer.rated"]


def test_unknown_answers_and_closed_offers_are_refused() -> None:
    talk = Talk()
    talk.says("elephants")
    with pytest.raises(FunnelError) as unknown:
        rate(talk, True, "nothing")
    assert unknown.value.code == "not_found"
    talk.wait(20).says("lions")
    offered = talk.one(HumanOffered)
    assert isinstance(offered, HumanOffered)
    take = AnswerOffer(command_id="o", actor=VISITOR, offer_id=offered.offer_id, choice="reply_later")
    talk.do(take)
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.reply_by == "email"
    assert talk.said()[1:] == ["address@en"]
    with pytest.raises(FunnelError) as closed:
        talk.do(take)
    assert closed.value.code == "offer_closed"


def test_identity_is_recorded_once() -> None:
    talk = Talk()
    talk.says("delivery")
    known = IdentifyContact(command_id="i", actor=VISITOR, verified=True, name="Kim")
    talk.do(known)
    assert talk.types() == ["contact.identified"]
    assert talk.do(known) == []
    travels = replace(known, zone="Africa/Cairo")
    talk.do(travels)
    assert talk.types() == ["contact.identified"]
    assert talk.do(travels) == talk.do(known) == []
    talk.whole()


def test_a_broken_judgement_leaves_the_message_and_a_person() -> None:
    talk = Talk(bundle(knowledge=TinyKnowledge(broken=True)), locale="zh-Hant")
    message = PostMessage(command_id="m", actor=VISITOR, opening=talk.opening(), text="delivery")
    with pytest.raises(RuntimeError):
        talk.do(message)
    talk.fail(message)
    assert talk.types() == [
        "conversation.started", "message.created", "conversation.handed_over", "message.created",
    ]  # fmt: skip
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.reason == "bot_failure"
    assert talk.said() == ["您的訊息已轉交給我們的團隊，會有專人在這裡回覆您。"]
    talk.fail(message)
    assert talk.types() == ["message.created"]
    talk.whole()


def test_a_broken_burst_ends_with_a_person_and_a_broken_wait_goes_on() -> None:
    talk = Talk(channel="whatsapp", locale="fr")
    talk.says("delivery")
    due = TimerDue(command_id="t", actor=Actor("system"), generation=1)
    talk.fail(due)
    assert talk.types() == ["conversation.handed_over", "message.created"]
    talk.fail(due)
    assert talk.types() == ["expectation.changed"]
    talk.fail(AskHuman(command_id="h", actor=VISITOR))
    assert talk.types() == []
