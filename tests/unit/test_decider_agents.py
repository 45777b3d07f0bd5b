"""What agents do: one owner, refusals with the owner as it is, and nothing twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.conversations.commands import (
    AddNote,
    AgentAbsent,
    Assign,
    ChangeTags,
    Claim,
    HandBack,
    MarkSeen,
    Redact,
    Release,
    Reopen,
    Resolve,
    SetPriority,
    Snooze,
)
from funnel.conversations.events import ConversationHandedOver
from funnel.core.errors import FunnelError
from tests.unit.decider_world import AMY, BEN, COLLEAGUE, OTHER_QUEUE, QUEUE, START, Talk


def waiting() -> Talk:
    """In the queue."""
    talk = Talk()
    talk.asks_human()
    return talk


def owned() -> Talk:
    """Amy's, and she has answered."""
    talk = waiting()
    talk.replies()
    return talk


def refused(act: Callable[[], object]) -> FunnelError:
    """The refusal of an act."""
    with pytest.raises(FunnelError) as caught:
        act()
    return caught.value


def test_claim_wins_once_and_tells_losers_who_owns_it() -> None:
    talk = waiting()
    talk.by_agent(Claim)
    assert talk.types() == ["conversation.assigned"]
    assert talk.by_agent(Claim) == []
    error = refused(lambda: talk.by_agent(Claim, COLLEAGUE))
    assert (error.code, error.params) == ("already_owned", {"kind": "agent", "name": "Amy", "id": AMY})


@pytest.mark.parametrize("act", ["reply", "release", "hand_back"])
def test_another_agents_conversation_is_refused(act: str) -> None:
    talk = owned()
    acts: dict[str, Callable[[], object]] = {
        "reply": lambda: talk.replies("hi", COLLEAGUE),
        "release": lambda: talk.by_agent(Release, COLLEAGUE),
        "hand_back": lambda: talk.by_agent(HandBack, COLLEAGUE),
    }
    assert refused(acts[act]).code == "already_owned"


def test_who_replies_first_owns_it() -> None:
    talk = waiting()
    talk.replies()
    assert talk.types() == ["conversation.assigned", "message.created"]
    talk = Talk()
    talk.says("delivery")
    talk.replies()
    assert talk.types() == ["conversation.assigned", "message.created"]
    talk.replies()
    assert talk.types() == ["message.created"]


def test_a_reply_to_a_resolved_conversation_reopens_it() -> None:
    talk = owned()
    talk.by_agent(Resolve)
    talk.replies("one more thing")
    assert talk.types() == ["conversation.reopened", "conversation.assigned", "message.created"]


def test_assigning_to_an_agent_with_a_note() -> None:
    talk = owned()
    talk.by_agent(Assign, agent_id=BEN, agent_name="Ben", note="be kind")
    assert talk.types() == ["message.created", "conversation.assigned"]
    assert [event.visible for event in talk.last] == [False, True]
    assert talk.by_agent(Assign, agent_id=BEN, agent_name="Ben") == []


def test_assigning_to_a_queue_tells_a_contact_who_was_being_served() -> None:
    talk = owned()
    talk.by_agent(Assign, queue_id=OTHER_QUEUE)
    assert talk.types() == ["conversation.queued", "message.created"]
    assert talk.said() == ["transferred@en"]
    assert talk.by_agent(Assign, queue_id=OTHER_QUEUE) == []
    assert refused(lambda: talk.by_agent(Assign)).code == "target_invalid"


def test_a_lead_who_takes_it_from_the_bot_into_a_queue_hands_over() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.by_agent(Assign, queue_id=QUEUE)
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.reason == "agent_requested"
    assert talk.said()[0].startswith("receipt@en")


def test_release_honours_the_time_already_waited() -> None:
    talk = waiting()
    talk.wait(60).by_agent(Claim)
    talk.wait(60).by_agent(Release)
    assert talk.types() == ["conversation.released"]
    assert talk.state is not None
    assert talk.state.waiting is not None
    assert talk.state.waiting.since == START
    assert talk.by_agent(Release) == []
    bot = Talk()
    bot.says("delivery")
    assert refused(lambda: bot.by_agent(Release)).code == "not_owned"


def test_hand_back_tells_the_contact_in_the_same_turn() -> None:
    talk = owned()
    talk.by_agent(HandBack)
    assert talk.types() == ["conversation.handed_back", "message.created"]
    assert talk.said()[0].endswith("handed_back@en")
    assert talk.by_agent(HandBack) == []
    talk.wait(20).says("delivery")
    assert talk.outcomes() == ["answer"]


def test_an_absent_owners_conversation_waits_again_once() -> None:
    talk = owned()
    talk.by_agent(AgentAbsent, agent_id=AMY)
    assert talk.types() == ["conversation.queued", "message.created"]
    assert talk.by_agent(AgentAbsent, agent_id=AMY) == []


def test_notes_go_into_any_state_and_never_to_the_visitor() -> None:
    talk = owned()
    talk.by_agent(AddNote, text="secret")
    assert [event.visible for event in talk.last] == [False]
    talk.by_agent(Resolve)
    talk.by_agent(AddNote, text="secret")
    assert [event.visible for event in talk.last] == [False]


def test_small_changes_happen_once() -> None:
    talk = waiting()
    talk.by_agent(MarkSeen)
    assert talk.types() == ["conversation.seen"]
    assert talk.by_agent(MarkSeen) == []
    talk.by_agent(ChangeTags, add=("vip", "vip"))
    assert talk.by_agent(ChangeTags, add=("vip",), remove=("gone",)) == []
    talk.by_agent(SetPriority, priority="high")
    assert talk.by_agent(SetPriority, priority="high") == []
    talk.by_agent(Redact, message_id="m", event_seq=2)
    assert talk.types() == ["message.redacted"]


def test_snooze_sleeps_until_then_or_until_the_contact_writes() -> None:
    talk = owned()
    assert refused(lambda: talk.by_agent(Snooze, until=talk.at)).code == "snooze_in_past"
    talk.by_agent(Snooze, until=talk.at + timedelta(days=5))
    talk.next_timer()
    assert talk.types() == ["conversation.woken"]
    talk.by_agent(Snooze, until=talk.at + timedelta(days=5))
    talk.says("hello again")
    assert talk.types()[0] == "conversation.woken"
    assert talk.state is not None
    assert talk.state.status == "open"


def test_resolve_and_reopen_change_nothing_the_second_time() -> None:
    talk = owned()
    talk.by_agent(Resolve)
    assert talk.by_agent(Resolve) == []
    assert refused(lambda: talk.by_agent(Claim)).code == "conversation_resolved"
    talk.by_agent(Reopen)
    assert talk.types() == ["conversation.reopened", "conversation.assigned"]
    assert talk.by_agent(Reopen) == []


def test_the_urgent_path_is_a_leads_to_close_and_never_the_bots() -> None:
    talk = Talk()
    talk.says("I will kill myself")
    talk.by_agent(Claim)
    assert refused(lambda: talk.by_agent(HandBack)).code == "lead_only"
    assert refused(lambda: talk.by_agent(SetPriority, priority="low")).code == "lead_only"
    assert refused(lambda: talk.by_agent(Resolve)).code == "lead_only"
    talk.by_agent(Resolve, by_lead=True)
    assert talk.types() == ["conversation.resolved"]
