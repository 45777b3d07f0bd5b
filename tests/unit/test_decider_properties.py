"""Any sequence of commands keeps what must always hold: one outcome, one owner, one voice, a whole stream, an end of misses."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.decider.pinned import Bundle
from funnel.conversations.commands import (
    AddNote,
    AgentAbsent,
    AnswerOffer,
    Assign,
    ChangeTags,
    Claim,
    HandBack,
    IdentifyContact,
    MarkSeen,
    RateAnswer,
    Release,
    Reopen,
    Resolve,
    SetPriority,
    Snooze,
)
from funnel.conversations.events import ConversationResolved, MessageCreated
from funnel.conversations.state import State
from funnel.conversations.timers import next_due, timers_of
from funnel.conversations.values import Attachment
from funnel.core.errors import FunnelError
from tests.unit.decider_world import (
    AMY,
    BEN,
    COLLEAGUE,
    OFFICE,
    OTHER_QUEUE,
    QUEUE,
    VISITOR,
    Talk,
    bundle,
    directory,
)

FILE = Attachment("f", "voice.ogg", "audio/ogg", 10)
TEXTS = [
    "how do I return this", "my order is late", "return maybe", "delivery", "asdf", "elephants", "yes", "no", "thanks",
    "hi", "did not help", "never mind", "solved", "human please", "I will kill myself", "??? lorem ipsum dolor", "4711",
    "怎么退货", "转人工", "没用", "谢谢", "还有", "你好", "退貨", "沒用", "算了", "إرجاع الطلب", "اريد موظف", "لم يساعد",
    "شكرا", "😀", "👍", "bye",
]  # fmt: skip
QUIET = ("receipt", "acknowledgement", "expectation", "safety", "address", "question", "notice", "thanks")

Step = tuple[str, object]
steps = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(TEXTS)),
    st.tuples(st.just("say"), st.sampled_from(TEXTS)),
    st.tuples(st.just("file"), st.none()),
    st.tuples(st.just("human_text"), st.sampled_from(TEXTS)),
    st.tuples(st.just("button"), st.none()),
    st.tuples(st.just("rate"), st.booleans()),
    st.tuples(st.just("offer"), st.sampled_from(["person_now", "reply_later", "keep_asking"])),
    st.tuples(st.just("chip"), st.integers(0, 3)),
    st.tuples(st.just("timer"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 9, 700, 90_000, 300_000, 700_000])),
    st.tuples(st.just("agent"), st.integers(0, 17)),
)


def agent_step(talk: Talk, number: int) -> None:
    """One of the agents' commands."""
    later = talk.at + timedelta(hours=30)
    choices = [
        lambda: talk.by_agent(Claim),
        lambda: talk.by_agent(Claim, COLLEAGUE),
        lambda: talk.replies("hello"),
        lambda: talk.replies("hello", COLLEAGUE),
        lambda: talk.by_agent(AddNote, text="secret"),
        lambda: talk.by_agent(Assign, agent_id=BEN, agent_name="Ben", note="secret"),
        lambda: talk.by_agent(Assign, queue_id=OTHER_QUEUE),
        lambda: talk.by_agent(Assign, queue_id=QUEUE),
        lambda: talk.by_agent(Release),
        lambda: talk.by_agent(HandBack),
        lambda: talk.by_agent(AgentAbsent, agent_id=AMY),
        lambda: talk.by_agent(MarkSeen),
        lambda: talk.by_agent(ChangeTags, add=("a", "b"), remove=("c",)),
        lambda: talk.by_agent(SetPriority, priority="high"),
        lambda: talk.by_agent(Snooze, until=later),
        lambda: talk.by_agent(Resolve),
        lambda: talk.by_agent(Resolve, by_lead=True),
        lambda: talk.by_agent(Reopen),
    ]
    choices[number]()


def run(talk: Talk, step: Step) -> None:
    """One step; a refusal changes nothing."""
    kind, value = step
    talk.last = []
    try:
        _run(talk, kind, value)
    except FunnelError:
        assert not talk.last


def _run(talk: Talk, kind: str, value: object) -> None:
    state = talk.state
    match kind:
        case "say":
            talk.says(str(value))
        case "file":
            talk.says("", attachments=(FILE,))
        case "human_text":
            talk.says(str(value), human=True)
        case "button":
            talk.asks_human()
        case "rate" if state is not None and state.answers:
            talk.do(
                RateAnswer(
                    command_id="r", actor=VISITOR, answer_id=state.answers[-1].answer_id, helpful=bool(value)
                )
            )
        case "offer" if state is not None and state.offer is not None:
            talk.do(
                AnswerOffer(
                    command_id="o",
                    actor=VISITOR,
                    offer_id=state.offer.offer_id,
                    choice=value,  # type: ignore[arg-type]
                )
            )
        case "chip":
            _tap(talk, int(value))  # type: ignore[call-overload]
        case "timer" if state is not None and next_due(state) is not None:
            talk.next_timer()
        case "wait":
            talk.wait(float(value))  # type: ignore[arg-type]
        case "agent" if state is not None:
            agent_step(talk, int(value))  # type: ignore[call-overload]


def _tap(talk: Talk, number: int) -> None:
    replies = [
        chip
        for event in reversed(talk.log)
        if isinstance(event.payload, MessageCreated)
        for chip in event.payload.quick_replies
    ]
    if replies:
        chip = replies[number % len(replies)]
        talk.says(chip.label, payload=chip.payload)


def check(talk: Talk, before: State | None) -> None:
    """What holds after every turn."""
    state = talk.state
    if state is None:
        return
    owner = state.owner
    assert (owner.kind == "agent") == (owner.agent_id is not None)
    assert owner.kind != "queue" or (
        owner.queue_id == state.queue_id and state.waiting and state.status != "resolved"
    )
    assert owner.kind == "agent" or owner.agent_id is None
    never_closed = owner.kind == "agent" and state.episode.urgent and state.status == "open"
    assert bool(timers_of(state)) == (state.status != "resolved") or never_closed
    assert state.deferred_until is None or owner.kind != "agent"
    assert len(msgspec.json.encode(state)) < 8192
    if talk.decided.record is not None and talk.last:
        made = talk.outcomes()
        assert made == [talk.decided.record.outcome]
        msgspec.json.decode(talk.decided.record.facts)
    _check_voice(talk, before)
    _check_outcome(talk, before)


def _check_voice(talk: Talk, before: State | None) -> None:
    state = before
    owner, keep, resolved = "bot", False, False
    if state is not None:
        owner, resolved = state.owner.kind, state.status == "resolved"
        keep = state.waiting is not None and state.waiting.keep_asking
    for event in talk.last:
        match event.type:
            case "conversation.assigned":
                owner, keep = "agent", False
            case "conversation.handed_over" | "conversation.queued" | "conversation.released":
                owner = "queue"
            case "conversation.handed_back" | "conversation.withdrawn" | "conversation.reopened":
                owner, resolved = "bot", False
            case "conversation.resolved":
                resolved = True
            case "message.created" if not resolved:
                assert isinstance(event.payload, MessageCreated)
                purpose = event.payload.purpose
                if event.actor.kind == "bot":
                    assert owner == "bot" or (owner == "queue" and keep), (owner, purpose)
                if event.actor.kind == "system":
                    assert purpose in QUIET
                    assert owner != "agent" or purpose == "notice"


def _check_outcome(talk: Talk, before: State | None) -> None:
    """A contact's message to the bot has exactly one outcome, now or at the end of its burst."""
    spoke = [
        event for event in talk.last if event.type == "message.created" and event.actor.kind == "contact"
    ]
    started = before is None or before.status == "resolved" or before.owner.kind == "bot"
    assert len(talk.outcomes()) <= 1
    if not spoke or not started:
        return
    to_people = {"conversation.queued", "conversation.assigned"} & set(talk.types())
    if to_people and "decision.made" not in talk.types():
        assert before is not None
        assert before.status == "resolved"
        return
    assert len(talk.outcomes()) == 1 or "answer.deferred" in talk.types()


@pytest.mark.parametrize("channel", ["web", "whatsapp"])
@given(script=st.lists(steps, max_size=25), office=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sequence_keeps_the_invariants(channel: str, script: list[Step], office: bool) -> None:
    pinned: Bundle = bundle(
        directory=directory(OFFICE if office else None, reply_seconds=900 if office else 240)
    )
    talk = Talk(pinned, channel=channel)
    for step in script:
        before = talk.state
        run(talk, step)
        check(talk, before)
    talk.whole()


@pytest.mark.parametrize("misses", [["asdf"], ["elephants"], ["did not help"], ["??? lorem ipsum dolor"]])
@given(script=st.lists(steps, max_size=14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_from_every_state_of_the_bot_misses_end_with_a_person(misses: list[str], script: list[Step]) -> None:
    talk = Talk()
    for step in script:
        run(talk, step)
    if talk.state is not None and (talk.state.status == "resolved" or talk.state.owner.kind != "bot"):
        return
    for _ in range(4):
        talk.wait(10)
        talk.says(misses[0])
        assert talk.state is not None
        if talk.state.owner.kind != "bot":
            return
    raise AssertionError("four misses and still no person")


@given(script=st.lists(steps, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_time_alone_ends_what_the_bot_has_and_never_loops(script: list[Step]) -> None:
    talk = Talk()
    for step in script:
        run(talk, step)
    state = talk.state
    for _ in range(12):
        if state is None or next_due(state) is None:
            break
        before = next_due(state)
        events = talk.next_timer()
        assert events, timers_of(state)
        state = talk.state
        assert state is not None
        after = next_due(state)
        assert after is None or before is None or after > before
        if state.owner.kind == "bot" and state.status == "resolved":
            break
    if state is not None and state.status == "resolved":
        assert timers_of(state) == ()


def test_silence_is_never_reported_as_solved() -> None:
    talk = Talk()
    talk.says("how do I return this")
    talk.next_timer()
    assert talk.said() == ["settle@en"]
    talk.next_timer()
    closed = talk.one(ConversationResolved)
    assert isinstance(closed, ConversationResolved)
    assert (closed.by, closed.how, closed.need_met) == ("system", "silent", "unknown")
    talk.do(IdentifyContact(command_id="i", actor=VISITOR, verified=True, name="Kim"))
    assert talk.state is not None
    assert talk.state.contact_verified
