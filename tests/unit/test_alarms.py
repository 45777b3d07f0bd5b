"""Somebody is called until somebody looks: every three minutes for a life, until a lead says so where a rule calls."""

import pytest

from bots.decider.ears import SignalEars
from bots.dialogue.alarms import URGENT_MINUTES
from funnel.conversations.commands import Acknowledge, Claim, MarkSeen, Release, Resolve
from funnel.conversations.events import ConversationHandedOver, LeadAcknowledged, LeadCalled
from funnel.conversations.state import ON_CALL, UNSEEN, URGENT_PATH
from funnel.core.errors import FunnelError
from tests.unit.decider_world import AGENT, COLLEAGUE, OFFICE, Talk, bundle, directory


def calls(one: Talk) -> list[tuple[str, int]]:
    """The calls of the last turn: which, and how often by now."""
    return [
        (event.payload.rule_id, event.payload.times)
        for event in one.last
        if isinstance(event.payload, LeadCalled)
    ]


def open_calls(one: Talk) -> list[str]:
    """What nobody has answered."""
    assert one.state is not None
    return [call.rule_id for call in one.state.calls]


def until(one: Talk, minutes: float) -> list[tuple[float, str, int]]:
    """Lets every timer fire for so long; each call with the minute it came in."""
    end, start = one.at.timestamp() + 60 * minutes, one.at
    found = []
    while True:
        one.next_timer()
        if one.at.timestamp() > end:
            return found
        found += [((one.at - start).total_seconds() / 60, *call) for call in calls(one)]


def test_a_life_in_danger_is_called_for_every_three_minutes_until_it_is_seen() -> None:
    one = Talk()
    one.says("I will kill myself")
    assert calls(one) == [(URGENT_PATH, 1)]
    found = until(one, 13)
    assert [minute for minute, rule, _ in found if rule == URGENT_PATH] == [3, 6, 9, 12]
    assert [times for _, rule, times in found if rule == URGENT_PATH] == [2, 3, 4, 5]
    assert {rule for _, rule, _ in found} == {URGENT_PATH}
    one.by_agent(MarkSeen, COLLEAGUE)
    assert open_calls(one) == []
    assert until(one, 30) == []
    one.whole()


def test_danger_named_to_an_agent_is_called_for_too_and_their_answer_ends_it() -> None:
    one = Talk()
    one.asks_human()
    one.by_agent(Claim)
    one.says("I will kill myself")
    assert calls(one) == [(URGENT_PATH, 1)]
    one.says("I will kill myself")
    assert calls(one) == []
    assert until(one, 7)[0] == (URGENT_MINUTES, URGENT_PATH, 2)
    one.replies("I am here.")
    assert open_calls(one) == []
    one.whole()


def test_a_hand_over_nobody_has_seen_calls_its_people_then_their_leads_and_then_rests() -> None:
    one = Talk()
    one.asks_human()
    handed = one.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.alarm_seconds == 300
    found = until(one, 60)
    assert found == [(5, UNSEEN, 1), (10, UNSEEN, 2)]
    assert open_calls(one) == []
    one.by_agent(Claim)
    one.by_agent(Release)
    assert until(one, 60) == [(5, UNSEEN, 1), (10, UNSEEN, 2)], "nobody looks at it any more"
    one.whole()


def test_what_is_seen_in_time_calls_nobody() -> None:
    one = Talk()
    one.asks_human()
    one.wait(200)
    one.by_agent(MarkSeen)
    assert until(one, 60) == []


def test_out_of_hours_and_by_mail_nobody_is_called_for_a_plain_hand_over() -> None:
    night = Talk(bundle(directory=directory(OFFICE)))
    night.wait(12 * 3600)
    night.asks_human()
    letter = Talk(channel="email")
    letter.asks_human()
    for one in (night, letter):
        assert one.state is not None
        assert one.state.waiting is not None
        assert one.state.waiting.alarm_at is None


def test_the_on_call_contact_is_called_where_the_visitor_is_told_so() -> None:
    places = directory(OFFICE, on_call="duty@shop.example")
    one = Talk(bundle(ears=SignalEars(), directory=places))
    one.wait(12 * 3600)
    one.says("somebody hacked my account and ordered things I did not order")
    assert "on_call@en" in " ".join(one.said())
    assert (ON_CALL, 1) in calls(one)
    attended = Talk(bundle(ears=SignalEars(), directory=places))
    attended.says("somebody hacked my account and ordered things I did not order")
    assert calls(attended) == []


def test_a_rule_calls_until_a_lead_acknowledges_it() -> None:
    one = Talk(bundle(ears=SignalEars()))
    one.says("The kettle burst and burned my hand")
    assert calls(one) == [("injury", 1)]
    one.by_agent(Claim)
    one.replies("I am here.")
    assert open_calls(one) == ["injury"]
    assert until(one, 7) == [(3, "injury", 2), (6, "injury", 3)]
    with pytest.raises(FunnelError, match="lead_only"):
        one.by_agent(Acknowledge, AGENT)
    one.by_agent(Acknowledge, COLLEAGUE, by_lead=True)
    assert one.types() == ["lead.acknowledged"]
    assert until(one, 60) == []
    assert one.by_agent(Acknowledge, COLLEAGUE, by_lead=True) == []
    one.whole()


def test_a_lead_who_takes_it_knows_and_the_end_ends_it_too() -> None:
    one = Talk(bundle(ears=SignalEars()))
    one.says("The kettle burst and burned my hand")
    one.by_agent(Claim, by_lead=True)
    assert isinstance(one.one(LeadAcknowledged), LeadAcknowledged)
    other = Talk(bundle(ears=SignalEars()))
    other.says("The kettle burst and burned my hand")
    other.by_agent(Claim)
    other.by_agent(Resolve)
    assert open_calls(other) == []
