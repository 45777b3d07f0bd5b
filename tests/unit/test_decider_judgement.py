"""Rows 4 to 17 as they are carried out: what is said, to which queue, how urgent, and what is recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bots.decider.ears import SignalEars
from funnel.conversations.commands import Resolve
from funnel.conversations.events import (
    AnswerOffered,
    ContextAttached,
    ConversationHandedOver,
    ConversationTagged,
    DecisionMade,
    LeadCalled,
    PriorityChanged,
    TargetStarted,
)
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import complete, shipped
from funnel.escalation.switches import Switch, SwitchBoard
from funnel.people.directory import QueueInfo
from kb.search import Hit, Outcome, SearchResult
from tests.unit.decider_world import OFFICE, QUEUE, SITE, START, TEAM, VISITOR, Talk, bundle, directory
from tests.unit.rules_world import Json, rule

PRIVACY = "00000000-0000-0000-0000-000000000077"


class Shelf:
    """Finds the article about whatever is asked, or the protective one about stolen cards."""

    revision = 3

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """By a word of the text."""
        if "card" in text:
            hit = Hit(
                "block", "block", "Block a card", None, locale, "Block the card now.", 1.0, tags=("safety",)
            )
            return SearchResult(Outcome.SUGGESTIONS, 0.4, (hit,))
        if "delivery" in text:
            hit = Hit("delivery", "delivery", "Delivery", None, locale, "Two days.", 1.0, tags=("shipping",))
            return SearchResult(Outcome.ANSWER, 0.9, (hit,))
        return SearchResult(Outcome.NONE, 0.0, ())


def talk(**changes: Any) -> Talk:
    """A talk with the shipped ears and rules."""
    places = changes.pop("directory", None) or directory()
    places = replace(places, queues={**places.queues, PRIVACY: QueueInfo(PRIVACY, "Privacy", TEAM)})
    return Talk(bundle(ears=SignalEars(), knowledge=Shelf(), directory=places, **changes))


def handed(one: Talk) -> ConversationHandedOver:
    """The hand-over of the last turn."""
    found = one.one(ConversationHandedOver)
    assert isinstance(found, ConversationHandedOver)
    return found


def record(one: Talk) -> Json:
    """The facts stored with the last decision."""
    assert one.decided.record is not None
    found: Json = json.loads(one.decided.record.facts)
    return found


def test_row_12_the_protective_article_comes_first_and_the_person_is_urgent() -> None:
    one = talk()
    one.says("there are payments on my card that I never made")
    types = one.types()
    assert types.index("answer.offered") < types.index("conversation.handed_over")
    assert "Block the card now." in one.said()[0]
    assert one.said()[1].startswith("receipt@en")
    offered, attached = one.one(AnswerOffered), one.one(ContextAttached)
    assert isinstance(offered, AnswerOffered)
    assert isinstance(attached, ContextAttached)
    assert attached.answers == (offered.answer_id,), "whoever takes over learns of it"
    assert (handed(one).reason, handed(one).priority, handed(one).queue_id) == (
        "sensitive_topic",
        "high",
        QUEUE,
    )


def test_row_12_without_an_article_the_general_step_is_said_and_out_of_hours_nobody_is_claimed_to_read() -> (
    None
):
    one = talk(directory=directory(OFFICE))
    one.wait(12 * 3600)
    one.says("somebody hacked my account and ordered things I did not order")
    assert "protective@en" in one.said()[0]
    assert one.said()[1].startswith("nobody_reading@en")


def test_row_13_stop_using_it_comes_first_and_a_lead_is_called() -> None:
    one = talk()
    one.says("The kettle burst and burned my hand")
    assert one.said()[0].startswith("stop_use@en receipt@en")
    assert (handed(one).reason, handed(one).priority) == ("safety", "urgent")
    called = one.one(LeadCalled)
    assert isinstance(called, LeadCalled)
    assert (called.rule_id, called.by, called.every_minutes) == ("injury", ("desk", "email", "webhook"), 3)
    assert one.state is not None
    assert [call.rule_id for call in one.state.calls] == ["injury"]
    one.replies("I am here.")
    assert one.state.calls, "a lead has not said yet that they know"
    assert not one.state.episode.urgent


def test_row_14_a_neutral_receipt_and_no_article() -> None:
    one = talk()
    one.says("My lawyer will be in touch about this delivery, and so will the newspapers")
    assert one.said()[0].startswith("neutral_receipt@en receipt@en")
    assert "answer.offered" not in one.types()
    assert (handed(one).reason, handed(one).priority) == ("sensitive_topic", "high")
    tagged = one.one(ConversationTagged)
    assert isinstance(tagged, ConversationTagged)
    assert tagged.add == ("legal",)


def test_row_15_the_privacy_queue_and_its_clock() -> None:
    one = talk()
    one.says("Please send me all the personal data you have about me")
    assert handed(one).queue_id == PRIVACY
    clock = one.one(TargetStarted)
    assert isinstance(clock, TargetStarted)
    assert clock.due_at == one.at + timedelta(days=30)
    assert one.said()[0].startswith("privacy_receipt@en receipt@en")


def test_row_15_without_a_privacy_queue_its_own_queue_takes_it() -> None:
    one = Talk(bundle(ears=SignalEars(), knowledge=Shelf()))
    one.says("Please send me all the personal data you have about me")
    assert handed(one).queue_id == QUEUE


def test_row_17_one_calm_line_then_a_person_without_a_gain() -> None:
    one = talk()
    one.says("Your staff are a bunch of idiots")
    assert one.said()[0].endswith("boundary@en")
    assert one.outcomes() == ["question"]
    one.wait(60)
    one.says("Your staff are a bunch of idiots")
    assert "boundary@en" not in one.said()[0]
    assert (handed(one).reason, handed(one).priority) == ("emotion", "normal")


def test_row_8_what_was_written_before_is_known() -> None:
    one = talk()
    one.says("the parcel of #48213 is still not here")
    one.wait(20)
    while one.state is not None and one.state.status != "resolved":
        if one.state.owner.kind == "queue":
            one.says("never mind")
        else:
            one.next_timer()
    one.wait(2 * 86400)
    one.says("so what about ٤٨٢١٣ now?")
    made = one.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    assert "same_matter" in {found.id for found in made.rules if found.result == "fired"}
    assert any(text.startswith("known_order@en order=٤٨٢١٣") for text in one.said())
    assert handed(one).reason == "complex"


def test_the_mark_of_an_order_number_does_not_hold_it() -> None:
    one = talk()
    one.says("the parcel of #48213 is still not here")
    assert one.state is not None
    assert all(len(mark) == 4 for mark in one.state.episode.matters)
    assert "48213" not in str(one.state)
    assert one.decided.record is not None
    assert b"48213" not in one.decided.record.facts


def test_a_decision_keeps_what_is_needed_to_judge_it_again_and_no_words() -> None:
    one = talk()
    one.says("I am furious, how long does delivery take?")
    kept = record(one)
    assert kept["plan"]["move"] == "answer"
    assert kept["facts"]["answer.outcome"] == "answer"
    assert kept["knowledge"] == {
        "revision": 3, "outcome": "answer", "confidence": 0.9, "passages": [["delivery", 1.0]], "chosen": ["delivery"],
    }  # fmt: skip
    anger = kept["signals"]["anger"]
    assert anger["evidence"][0][0] == 2
    start, end = anger["evidence"][0][1:]
    assert "furious" in "I am furious, how long does delivery take?"[start:end]
    fired = {found["id"]: found for found in kept["rules"] if found["result"] == "fired"}
    assert fired.keys() == {"anger_with_answer"}
    assert {told["fact"]: told["value"] for told in fired["anger_with_answer"]["conditions"]}[
        "answer.outcome"
    ] == "answer"
    assert "furious" not in json.dumps(kept)


def test_evidence_of_a_burst_points_into_each_of_its_messages() -> None:
    one = talk()
    one.says("hi")
    one.wait(1)
    one.says("there are payments on my card that I never made")
    evidence = record(one)["signals"]["fraud"]["evidence"]
    assert {place[0] for place in evidence} == {5}
    for _, start, end in evidence:
        assert "there are payments on my card that I never made"[start:end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "there are payments on my card that I never made",
        "I will sue you",
        "delete all my personal data",
        "it burned my hand",
    ],
)
def test_sensitive_matters_never_wait_for_the_rest_of_a_burst(text: str) -> None:
    one = Talk(bundle(ears=SignalEars(), knowledge=Shelf()), channel="whatsapp")
    one.says(text)
    if "answer.deferred" in one.types():
        pytest.fail(f"{text} waited")
    assert one.outcomes() == ["human"]


def switched(**fields: Any) -> SwitchBoard:
    """A board with one switch on."""
    return SwitchBoard(
        (Switch(id="00000000-0000-0000-0000-0000000000aa", reason="test", at=START, **fields),)
    )


@pytest.mark.parametrize("kind", ["bot_off", "everything_to_people"])
def test_a_brake_brings_people_and_lets_thanks_be(kind: str) -> None:
    one = talk(switches=switched(kind=kind))
    one.says("how long does delivery take?")
    assert (handed(one).reason, record(one)["facts"]["brake"]) == ("rule", kind)
    calm = talk(switches=switched(kind=kind, site_id="elsewhere"))
    calm.says("how long does delivery take?")
    assert calm.outcomes() == ["answer"]
    ended = talk(switches=switched(kind=kind, expires_at=START))
    ended.says("how long does delivery take?")
    assert ended.outcomes() == ["answer"]


def test_a_held_topic_is_offered_and_not_answered() -> None:
    one = talk(switches=switched(kind="topic_hold", topic="shipping"))
    one.says("how long does delivery take?")
    assert one.outcomes() == ["offer"]
    assert "Two days." not in one.said()[0]


def test_a_known_issue_is_announced_once() -> None:
    one = talk(switches=switched(kind="announce", texts={"en": "Parcels are late.", "ar": "الطرود متأخرة."}))
    one.says("how long does delivery take?")
    assert one.said()[0].endswith("Parcels are late.")
    one.wait(60)
    one.says("how long does delivery take to China?")
    assert not any("Parcels are late." in text for text in one.said())


def custom(*rules: Json, **more: Any) -> RuleBook:
    """The shipped set with more rules."""
    document = plain(shipped())
    return RuleBook(complete(parse({**document, "rules": [*document["rules"], *rules], **more})), "9", 4)


def test_a_rule_of_ones_own_decides_and_is_recorded_with_its_version() -> None:
    book = custom(
        rule(
            "vip",
            {"fact": "channel", "equals": "web"},
            {"human": {"queue": "Privacy", "skills": ["french"]}, "tags": ["vip"]},
        )
    )
    one = talk(rules=book)
    one.says("how long does delivery take?")
    made = one.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    assert (made.rule_set_version, made.activation, made.reason) == ("9", 4, "rule")
    assert handed(one).queue_id == PRIVACY
    assert one.state is not None
    assert one.state.tags == ("vip", "skill:french")
    assert one.state.rules_activation == 4


def test_tighter_numbers_of_a_site_bring_a_person_sooner() -> None:
    parameters = plain(shipped())["parameters"] | {
        "guard_misses_in_row": {"default": 3, "most": 3, "sites": {SITE: 1}}
    }
    one = talk(rules=custom(parameters=parameters))
    one.says("do you sell purple elephants to anybody?")
    assert handed(one).reason == "loop_guard"


def test_the_answer_of_a_question_is_never_lost_by_an_offer_that_may_not_be_repeated() -> None:
    book = custom(rule("always", {"fact": "turn.counts", "equals": True}, {"limit": "answer_and_offer"}))
    one = talk(rules=book)
    one.says("how long does delivery take?")
    assert one.outcomes() == ["answer_and_offer"]
    one.wait(60)
    one.says("do you sell purple elephants to anybody?")
    one.wait(60)
    one.says("how long does delivery take for a delivery?")
    offered = one.one(AnswerOffered)
    assert offered is None or isinstance(offered, AnswerOffered)
    assert one.outcomes()[0] in ("answer", "answer_and_offer", "question", "offer", "human")


@pytest.mark.parametrize(
    ("reply", "owner"),
    [("ok", "queue"), ("yes please", "queue"), ("thanks a lot", "bot"), ("no thanks", "bot")],
)
def test_after_an_answer_with_an_offer_a_yes_takes_it_and_thanks_does_not(reply: str, owner: str) -> None:
    one = talk()
    one.says("I am furious, how long does delivery take?")
    assert one.outcomes() == ["answer_and_offer"]
    one.wait(60)
    one.says(reply)
    assert one.state is not None
    assert (one.state.owner.kind, one.state.offer) == (owner, None)


def test_the_same_need_in_other_words_and_a_dissatisfied_reply_are_misses() -> None:
    one = talk()
    one.says("how long does the delivery to Spain take")
    assert one.outcomes() == ["answer"]
    one.wait(60)
    one.says("how long does delivery take to Spain")
    assert miss_of(one) == "repeated"
    one.wait(60)
    one.says("this is a waste of my time, what kind of delivery service is this")
    assert miss_of(one) in ("dissatisfied", "rejected")
    assert one.state is not None
    assert one.state.episode.misses == 2


def test_a_complaint_before_anything_was_answered_is_no_miss() -> None:
    first = talk()
    first.says("this is a waste of my time, where is my delivery")
    assert miss_of(first) is None, "nothing was answered yet"


def test_what_is_written_in_the_queue_raises_its_priority_once_for_a_mood_and_as_rules_say() -> None:
    one = talk()
    one.says("I want to talk to a person")
    assert handed(one).priority == "normal"
    one.says("I am furious, this is outrageous and disgusting, you people are crooks!!!")
    raised = one.one(PriorityChanged)
    assert isinstance(raised, PriorityChanged)
    assert (raised.priority, raised.lifted) == ("high", True)
    assert "anger_high" in raised.rules
    one.says("I am furious, this is outrageous and disgusting, you people are crooks!!!")
    assert one.one(PriorityChanged) is None
    one.says("The kettle burst and burned my hand")
    raised = one.one(PriorityChanged)
    assert isinstance(raised, PriorityChanged)
    assert raised.priority == "urgent"
    assert isinstance(one.one(LeadCalled), LeadCalled)
    one.says("thank you for waiting with me")
    assert one.one(PriorityChanged) is None
    one.whole()


def miss_of(one: Talk) -> str | None:
    """The miss of the last turn."""
    made = one.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    return made.miss


def test_a_matter_that_is_open_from_before_and_an_unsure_answer_make_it_more_complex() -> None:
    one = talk()
    one.says("where does the delivery of order 48213 stay, and does the voucher count?")
    first = complexity_of(one)
    one.by_agent(Resolve, VISITOR, how="ended", need_met="no")
    one.wait(3600)
    one.says("where does the delivery of order 48213 stay, and does the voucher count?")
    assert complexity_of(one) == pytest.approx(first + 0.25)
    unsure = talk()
    unsure.says("where does my order 48213 stay, and does the voucher count?")
    assert complexity_of(unsure) > first


def complexity_of(one: Talk) -> float:
    """The fact of the last decision."""
    assert one.decided.record is not None
    found: float = json.loads(one.decided.record.facts)["facts"]["complexity"]
    return found


def test_effects_hold_where_the_bot_keeps_the_turn_and_each_of_them_once() -> None:
    effects = {"limit": "offer", "tags": ["vip"], "priority": "high", "notify": {"by": ["desk", "email"]}}
    one = talk(rules=custom(rule("vip", {"fact": "channel", "equals": "web"}, effects)))
    one.says("how long does delivery take?")
    assert one.state is not None
    assert (one.state.owner.kind, one.state.tags, one.state.priority) == ("bot", ("vip",), "high")
    assert [(call.rule_id, call.by, call.until) for call in one.state.calls] == [
        ("vip", ("desk", "email"), "acknowledged")
    ]
    one.wait(seconds=60)
    one.says("and where do you ship to?")
    again = {type(event.payload) for event in one.last}
    assert again.isdisjoint({ConversationTagged, PriorityChanged, LeadCalled})
