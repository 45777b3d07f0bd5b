"""Hooks of playbooks: called once, answered or not, overtaken by whatever the contact says; and what an answer may hold."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bots.decider.ears import SignalEars
from bots.dialogue.playbooks import shipped_playbooks
from bots.dialogue.playbooks.hook_values import HookAnswerError, read_answer
from bots.dialogue.playbooks.linting import lint
from bots.dialogue.playbooks.model import Step
from bots.dialogue.playbooks.replies import value_of
from bots.dialogue.playbooks.shelf import Playbooks, shipped_documents
from bots.dialogue.wording import site_words
from funnel.conversations.commands import Claim, Resolve, TellHookResult
from funnel.conversations.events import (
    ConversationHandedOver,
    HookAnswered,
    HookCalled,
    Logged,
)
from funnel.conversations.timers import next_due, timers_of
from funnel.conversations.values import SYSTEM
from tests.unit.decider_world import Talk, bundle

HOOKED: Playbooks = replace(shipped_playbooks(), hooks=frozenset({"order_status", "return_label"}))


def talking(channel: str = "web", *, ears: bool = True) -> Talk:
    changes: dict[str, object] = {"playbooks": HOOKED, "words": lambda site: site_words(site, HOOKED)}
    return Talk(bundle(**changes, **({"ears": SignalEars()} if ears else {})), channel=channel)


def waiting(number: str = "it is #4711", channel: str = "web") -> tuple[Talk, HookCalled]:
    """Somebody who asks for an order's status, whose number was just passed on."""
    talk = talking(channel)
    talk.says("start", payload="playbook:order-status")
    talk.wait(20).says(number)
    if channel != "web":
        talk.next_timer()
    called = talk.one(HookCalled)
    assert isinstance(called, HookCalled)
    return talk, called


def tell(talk: Talk, call_id: str, error: str | None = None, **values: str) -> list[Logged]:
    return talk.do(
        TellHookResult(
            command_id=f"hook:{call_id}",
            actor=SYSTEM,
            conversation_id="c",
            call_id=call_id,
            values=values,
            error=error,
        )
    )


def handed(talk: Talk) -> bool:
    return talk.one(ConversationHandedOver) is not None


@pytest.mark.parametrize("channel", ["web", "whatsapp"])
def test_an_answer_is_said_with_its_values_and_counts_as_one_turn(channel: str) -> None:
    talk, called = waiting(channel=channel)
    assert talk.outcomes() == []
    assert (called.hook, called.playbook, called.step) == ("order_status", "order-status", "look")
    assert called.until == talk.at + timedelta(seconds=10)
    (sent,) = called.replies
    reply = [
        one for one in talk.log if sent.after_seq < one.seq < sent.before_seq and one.actor.kind == "contact"
    ]
    assert [one.payload.text for one in reply] == ["it is #4711"]  # type: ignore[union-attr]
    tell(talk.wait(1), called.call_id, status="on its way")
    assert talk.outcomes() == ["answer"]
    assert "status of your order: \u2068on its way\u2069" in talk.said()[-1]
    assert talk.state is not None
    assert (talk.state.hook, talk.state.episode.bot_turns) == (None, 2)
    # Told again, by another worker, it is the past.
    assert tell(talk, called.call_id, status="lost") == []
    talk.whole()


def test_replies_of_earlier_steps_go_with_the_call_by_their_places() -> None:
    talk = talking()
    talk.says("start", payload="playbook:return")
    for text in ("no idea", "4711", "1", "the glass is broken"):
        talk.wait(20).says(text)
    called = talk.one(HookCalled)
    assert isinstance(called, HookCalled)
    assert [one.step for one in called.replies] == ["number", "why", "fault"]
    said = [
        [one.payload.text for one in talk.log if sent.after_seq < one.seq < sent.before_seq and one.actor.kind == "contact"]  # type: ignore[union-attr]
        for sent in called.replies
    ]  # fmt: skip
    assert said == [["4711"], ["1"], ["the glass is broken"]]
    talk.whole()


@pytest.mark.parametrize("error", ["refused", None])
def test_without_an_answer_of_use_the_other_way_is_taken(error: str | None) -> None:
    talk, called = waiting()
    tell(talk, called.call_id, error, carrier="post")
    told = talk.one(HookAnswered)
    assert isinstance(told, HookAnswered)
    assert (told.outcome, told.error, told.values) == ("failed", error or "incomplete", {})
    assert handed(talk)
    assert tell(talk, called.call_id, status="late") == []


def test_time_ends_the_waiting() -> None:
    talk, called = waiting()
    assert talk.wait(9).time() == []
    talk.next_timer()
    told = talk.one(HookAnswered)
    assert isinstance(told, HookAnswered)
    assert (told.call_id, told.outcome) == (called.call_id, "timed_out")
    assert handed(talk)
    assert tell(talk, called.call_id, status="late") == []
    talk.whole()


def test_a_person_or_another_question_ends_the_waiting_and_a_word_of_thanks_does_not() -> None:
    talk, called = waiting()
    talk.wait(2).says("thanks")
    assert (talk.types(), talk.state is not None and talk.state.hook is not None) == (
        ["message.created", "signals.measured"],
        True,
    )
    tell(talk, called.call_id, status="here")
    assert "here" in talk.said()[-1]
    for words in ("how long does delivery take?", "I want to talk to a human", "never mind"):
        talk, called = waiting()
        talk.wait(2).says(words)
        assert len(talk.outcomes()) == 1, words
        assert talk.state is not None
        assert talk.state.hook is None
        assert tell(talk, called.call_id, status="late") == []
        talk.whole()
    talk, called = waiting()
    talk.by_agent(Claim)
    assert tell(talk, called.call_id, status="late") == []


def test_another_number_in_the_same_breath_is_asked_about_instead() -> None:
    talk, called = waiting("#4711")
    talk.wait(2).says("sorry, it is #30817")
    again = talk.one(HookCalled)
    assert isinstance(again, HookCalled)
    assert again.call_id != called.call_id
    assert tell(talk, called.call_id, status="of the other one") == []
    tell(talk, again.call_id, status="right")
    assert "right" in talk.said()[-1]


def test_on_a_messenger_what_waits_for_its_rest_is_judged_after_the_answer() -> None:
    talk, called = waiting(channel="whatsapp")
    talk.wait(2).says("how long does delivery take?")
    assert talk.types()[-1] == "answer.deferred"
    tell(talk.wait(1), called.call_id, status="here")
    assert "here" in talk.said()[-1]
    talk.next_timer()
    assert talk.outcomes() == ["answer"]
    talk.whole()


def test_a_judgement_that_breaks_on_the_result_ends_with_a_person() -> None:
    talk, called = waiting()
    talk.fail(TellHookResult(command_id="x", actor=SYSTEM, conversation_id="c", call_id=called.call_id))
    assert handed(talk)
    assert talk.state is not None
    assert talk.state.hook is None


steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(["4711", "thanks", "human please", "delivery", "never mind", "also", "30817", "yes"])),
        st.tuples(st.just("begin"), st.sampled_from(["order-status", "return"])),
        st.tuples(st.just("tell"), st.sampled_from(["now", "old", "error", "empty"])),
        st.tuples(st.just("timer"), st.just("")),
        st.tuples(st.just("wait"), st.sampled_from(["1", "9", "40"])),
        st.tuples(st.just("agent"), st.sampled_from(["claim", "resolve"])),
    ),
    max_size=16,
)  # fmt: skip


@pytest.mark.parametrize("channel", ["web", "whatsapp"])
@given(script=steps)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_of_result_time_message_and_wish_keeps_the_invariants(
    channel: str, script: list[tuple[str, str]]
) -> None:
    talk = talking(channel, ears=False)
    talk.says("start", payload="playbook:order-status")
    called: list[str] = []
    for kind, value in script:
        before = talk.state
        assert before is not None
        talk.last = []
        _step(talk, kind, value, called)
        called += [one.payload.call_id for one in talk.last if isinstance(one.payload, HookCalled)]
        state = talk.state
        assert state is not None
        assert len(talk.outcomes()) <= 1
        told = [one.payload for one in talk.last if isinstance(one.payload, HookAnswered)]
        assert all(before.hook is not None and one.call_id == before.hook.call_id for one in told)
        if state.hook is not None:
            assert (state.status, state.hook.call_id) == ("open", called[-1])
            assert state.owner.kind != "agent"
            assert ("hook", state.hook.until) in [(one.kind, one.due_at) for one in timers_of(state)]
        spoke = kind in ("say", "begin") and before.status != "resolved" and before.owner.kind == "bot"
        owed = state.hook is not None or state.deferred_until is not None
        assert not spoke or owed or len(talk.outcomes()) == 1
        assert len(msgspec.json.encode(state)) < 8192
    ended = [one.payload.call_id for one in talk.log if isinstance(one.payload, HookAnswered)]
    assert len(ended) == len(set(ended))
    talk.whole()


def _step(talk: Talk, kind: str, value: str, called: list[str]) -> None:
    state = talk.state
    assert state is not None
    match kind:
        case "say":
            talk.says(value)
        case "begin":
            talk.says(value, payload=f"playbook:{value}")
        case "tell" if called:
            call_id = called[0] if value == "old" else called[-1]
            tell(
                talk,
                call_id,
                "refused" if value == "error" else None,
                **({} if value == "empty" else {"status": "x"}),
            )
        case "timer" if next_due(state) is not None:
            talk.next_timer()
        case "wait":
            talk.wait(float(value))
        case "agent" if value == "claim" and state.status != "resolved" and state.owner.kind != "agent":
            talk.by_agent(Claim)
        case "agent" if value == "resolve" and state.owner.kind == "agent":
            talk.by_agent(Resolve, by_lead=True)


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'{"values": {"status": " on\\nits way ", "parcels": 2, "price": 49.9}}', {"status": "on its way", "parcels": "2", "price": "49.9"}),
        ('{"values": {"status": "\u202eyaw\u2069 \u0000x"}}'.encode().replace(b"\x00", b"\\u0000"), {"status": "yaw x"}),
        (b'{"values": {"card": "4111 1111 1111 1111"}}', {"card": "[\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2 1111]".replace("\xe2\x80\xa2", "\u2022")}),
        (b'{"values": {}}', {}),
    ],
)  # fmt: skip
def test_what_a_hook_may_answer(body: bytes, values: dict[str, str]) -> None:
    assert read_answer(body) == values


@pytest.mark.parametrize(
    "body",
    [
        b"", b"ok", b"[]", b"{}", b'{"values": []}', b'{"values": {"a": null}}', b'{"values": {"a": true}}', b'{"values": {"a": {"b": 1}}}',
        b'{"values": {"A b": 1}}', b'{"values": {"a": 1}, "say": "x"}', b'{"values": {"a": 1e300}}', b'{"values": {"a": "' + b"x" * 301 + b'"}}',
        b'{"values": {' + b", ".join(b'"%s": 1' % (b"a" * n) for n in range(1, 22)) + b"}}", b'{"values": {"a": "\xff"}}', b"[" * 5_000,
    ],
)  # fmt: skip
def test_what_a_hook_may_not_answer(body: bytes) -> None:
    with pytest.raises(HookAnswerError):
        read_answer(body)


@given(st.binary(max_size=80))
def test_any_answer_is_read_or_refused(body: bytes) -> None:
    try:
        values = read_answer(body)
    except HookAnswerError:
        return
    assert all(isinstance(value, str) for value in values.values())


@pytest.mark.parametrize(
    ("step", "text", "value"),
    [
        (Step("s", expect="order_number"), "رقم الطلب ٤٧١١", "4711"),
        (Step("s", expect="order_number"), "no idea", None),
        (Step("s", expect="email"), "it is a@b.example, thanks", "a@b.example"),
        (Step("s", expect="yes_no", yes="y", no="n"), "Yes!", "yes"),
        (Step("s", expect="yes_no", yes="y", no="n"), "没有", "no"),
        (Step("s", expect="yes_no", yes="y", no="n"), "perhaps", None),
        (Step("s", expect="text"), " broken ", "broken"),
    ],
)
def test_what_a_hook_is_told_of_a_reply(step: Step, text: str, value: str | None) -> None:
    assert value_of(step, text) == value


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("send: [number]", "send: [told]", "asks nothing"),
        ("send: [number]", "seconds: 31", "waits for 1 to 30 seconds"),
        ("gives: [status]", "gives: [Status]", "named with a-z"),
        ("gives: [status]", "gives: [carrier]", "no call right before it gives"),
        ("call: order_status", "call: Order Status", "named with a-z"),
        ("    expect: order_number", "    seconds: 5\n    expect: order_number", "calls nothing"),
    ],
)
def test_faults_of_a_call_are_named(old: str, new: str, words: str) -> None:
    problems = lint(shipped_documents()["order-status"].replace(old, new)).problems
    assert any(words in problem.message for problem in problems), problems
