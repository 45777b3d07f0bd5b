"""The fold: any sequence of events keeps the invariants, and snapshot + later events = fresh snapshot for every type."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.conversations import events as ev
from funnel.conversations.fold import fold, fold_all
from funnel.conversations.state import KEPT, State
from funnel.conversations.timers import next_due, timers_of
from funnel.conversations.values import Actor, AgentRef, Attachment, Language, PassageRef, SignalValue, Window

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTACT = Actor(kind="contact", id="c1", name="Nour")
BOT = Actor(kind="bot")
AGENT = Actor(kind="agent", id="a1", name="Ada")
SYSTEM = Actor(kind="system")
LATER = AT + timedelta(hours=2)

START = ev.ConversationStarted(
    site_id="s", inbox_id="i", contact_id="c1", channel="web", locale="en", queue_id="q1"
)
MESSAGE = ev.MessageCreated(message_id="m1", text="where is my order", direction="incoming")

# One case for every type of the log: a payload that changes something, by whom.
CASES: list[tuple[ev.Payload, Actor]] = [
    (START, CONTACT),
    (MESSAGE, CONTACT),
    (ev.MessageCreated(message_id="m2", text="Here", direction="outgoing", purpose="settle"), BOT),
    (ev.MessageCreated(message_id="m3", text="Stay", direction="outgoing", purpose="safety"), BOT),
    (
        ev.MessageCreated(message_id="m4", text="Noted", direction="outgoing", purpose="acknowledgement"),
        SYSTEM,
    ),
    (ev.MessageCreated(message_id="m5", text="Where to?", direction="outgoing", purpose="address"), SYSTEM),
    (ev.MessageCreated(message_id="m6", text="Hello", direction="outgoing", purpose="reply"), AGENT),
    (ev.MessageCreated(message_id="m7", text="vip", direction="outgoing", visibility="private"), AGENT),
    (ev.MessageEdited(message_id="m1", text="where?"), CONTACT),
    (ev.MessageDeleted(message_id="m1"), CONTACT),
    (ev.AttachmentUpdated("m1", Attachment("a1", "photo.jpg", "image/jpeg", 9), "stored"), SYSTEM),
    (ev.MessageRedacted(message_id="m1"), AGENT),
    (
        ev.SignalsMeasured(
            message_id="m1",
            language=Language("en", "Latn", 1.0),
            signals={"anger": SignalValue(0.5, ((0, 5),))},
        ),
        BOT,
    ),
    (ev.ContactAbsent(), SYSTEM),
    (
        ev.HookCalled(
            "h1", "order_status", "order-status", 2, "look", LATER, (ev.SentReply("number", 2, 5),)
        ),
        BOT,
    ),
    (ev.HookAnswered("h1", "answered", "order_status", {"status": "on its way"}, after_seq=2), SYSTEM),
    (ev.AnswerDeferred(until=AT + timedelta(seconds=2)), BOT),
    (
        ev.DecisionMade(decision_id="d1", rule_set_version="1", outcome="answer", need="new", positive=True),
        BOT,
    ),
    (ev.DecisionMade(decision_id="d2", rule_set_version="1", outcome="question", miss="none_found"), BOT),
    (
        ev.AnswerOffered(
            answer_id="w1",
            kind="question",
            passages=(PassageRef(article_id="k1", title="t", locale="en", text="x", score=0.5),),
            confidence=0.7,
            question="order_number",
        ),
        BOT,
    ),
    (ev.AnswerSuperseded(answer_id="w1"), BOT),
    (ev.AnswerRated(answer_id="w1", helpful=False), CONTACT),
    (ev.ProactiveShown(proactive_id="p1", text="Need help?"), BOT),
    (ev.ContactIdentified(verified=True, name="Nour"), CONTACT),
    (ev.HumanOffered(offer_id="o1", choices=("person_now", "keep_asking"), expected_reply_at=LATER), BOT),
    (ev.HumanOfferAnswered(offer_id="o1", choice="reply_later", by="tap"), CONTACT),
    (
        ev.ConversationHandedOver(
            reason="human_requested", queue_id="q2", expected_reply_at=LATER, position=2, priority="high"
        ),
        BOT,
    ),
    (ev.ExpectationChanged(expected_reply_at=LATER), SYSTEM),
    (ev.ConversationWithdrawn(), CONTACT),
    (ev.ConversationAssigned(agent=AgentRef("Ada", "a1")), AGENT),
    (ev.ConversationQueued(queue_id="q2", by="absence"), SYSTEM),
    (ev.ConversationReleased(queue_id="q1"), AGENT),
    (ev.ConversationHandedBack(), AGENT),
    (ev.ConversationSeen(agent=AgentRef("Ada", "a1")), AGENT),
    (ev.ConversationResolved(by="agent", how="agent", need_met="yes", disposition="sent"), AGENT),
    (ev.ConversationReopened(by="contact"), CONTACT),
    (ev.ConversationSnoozed(until=LATER), AGENT),
    (ev.ConversationWoken(by="time"), SYSTEM),
    (ev.ConversationTagged(add=("vip", "late"), remove=("old",)), AGENT),
    (ev.PriorityChanged(priority="urgent"), AGENT),
    (ev.RatingRequested(), SYSTEM),
    (ev.LeadCalled("legal_or_press", ("desk", "email"), 60), SYSTEM),
    (ev.LeadCalled("urgent_path", ("desk",), 3), SYSTEM),
    (ev.LeadAcknowledged(AgentRef("Ada", "a1")), AGENT),
    (ev.RatingGiven(score=4, comment="fine"), CONTACT),
    (ev.TargetStarted(metric="resolution", due_at=LATER), SYSTEM),
    (ev.TargetMet(metric="resolution"), SYSTEM),
    (ev.TargetBreached(metric="resolution"), SYSTEM),
    (ev.DeliveryUpdated(delivery_id="x", message_id="m6", state="sent"), SYSTEM),
    (ev.MessageUnseen("m1", "agent", AT, "k1", "user-1"), SYSTEM),
    (ev.ContactJoined("j1", "k2"), AGENT),
    (ev.ContactParted("j1", "k2"), AGENT),
    (ev.ContactErased(), SYSTEM),
    (ev.DeliveryRedirected("x", "m6", channel="email", to_conversation_id="c2"), AGENT),
    (ev.ContextAttached(question="m1", messages=("m1",), answers=("w1",)), BOT),
]
LATER_CASES = CASES[1:]


def log(cases: Sequence[tuple[ev.Payload, Actor]], seconds: float = 1.0) -> list[ev.Logged]:
    """A log that starts a conversation and goes on with `cases`."""
    entries: list[ev.Logged] = []
    visible_before = 0
    for place, (payload, actor) in enumerate([CASES[0], *cases], start=1):
        visible = ev.is_visible(payload)
        entries.append(
            ev.Logged(
                id=f"e{place}",
                turn_id=f"t{place}",
                conversation_id="conv",
                seq=place,
                prev_visible=visible_before,
                at=AT + timedelta(seconds=seconds * place),
                type=type(payload).TYPE,
                actor=actor,
                visible=visible,
                payload=payload,
            )
        )
        visible_before = place if visible else visible_before
    return entries


def snapshot(state: State) -> State:
    """The state as the database gives it back."""
    return msgspec.json.decode(msgspec.json.encode(state), type=State)


def folded(entries: Sequence[ev.Logged]) -> State:
    state = fold_all(entries)
    assert state is not None
    return state


def test_a_channel_s_window_opens_anew_is_used_up_and_never_shortened_by_what_comes_late() -> None:
    later = Window(LATER + timedelta(hours=24), 2, ("template",))
    earlier = Window(LATER, 5)
    assert Window().is_open(LATER)
    assert later.is_open(LATER)
    assert not earlier.is_open(LATER)
    assert later.after(earlier).until == later.until
    assert earlier.after(later) == later
    assert not later.spent(LATER).spent(LATER).is_open(LATER)
    assert later.spent(LATER).spent(LATER).spent(LATER).left == 0
    free = Window(left=0, free_until=LATER + timedelta(seconds=30))
    assert free.is_open(LATER)
    assert not free.is_open(LATER + timedelta(seconds=30))
    assert not free.spent(LATER).is_open(LATER)
    counted = Window(left=2, free_until=LATER)
    assert (counted.spent(LATER - timedelta(seconds=1)).left, counted.spent(LATER).left) == (2, 1)


def test_every_type_of_the_registry_has_a_case() -> None:
    assert {type(payload).TYPE for payload, _ in CASES} == set(ev.REGISTRY)


@pytest.mark.parametrize(
    "case", LATER_CASES, ids=[f"{place}-{type(case[0]).TYPE}" for place, case in enumerate(LATER_CASES)]
)
def test_snapshot_and_later_events_equal_a_fresh_snapshot(case: tuple[ev.Payload, Actor]) -> None:
    handed_over = next(pair for pair in CASES if isinstance(pair[0], ev.ConversationHandedOver))
    answered = next(pair for pair in CASES if isinstance(pair[0], ev.AnswerOffered))
    entries = log([CASES[1], answered, handed_over, case, CASES[1]])
    for cut in range(1, len(entries)):
        state = snapshot(folded(entries[:cut]))
        for entry in entries[cut:]:
            state = snapshot(fold(state, entry))
        assert state == folded(entries)


@pytest.mark.parametrize("case", CASES, ids=[type(case[0]).TYPE for case in CASES])
def test_every_payload_survives_the_log(case: tuple[ev.Payload, Actor]) -> None:
    payload = case[0]
    assert ev.decode(type(payload).TYPE, ev.encode(payload)) == payload


sequences = st.lists(st.sampled_from(LATER_CASES), max_size=60)


@given(cases=sequences, seconds=st.floats(0, 5))
@settings(max_examples=150, deadline=None)
def test_any_sequence_keeps_the_invariants(cases: list[tuple[ev.Payload, Actor]], seconds: float) -> None:
    entries = log(cases, seconds)
    state: State | None = None
    for entry in entries:
        state = fold(state, entry)
        _check(state)
    assert state is not None
    assert snapshot(state) == state
    assert state.last_seq == len(entries)
    assert state.last_visible_seq == max((entry.seq for entry in entries if entry.visible), default=0)
    assert len(msgspec.json.encode(state)) < 16_384


def _check(state: State) -> None:
    owner = state.owner
    assert owner.kind in ("bot", "queue", "agent")
    assert (owner.kind == "agent") == (owner.agent_id is not None)
    assert owner.kind != "queue" or owner.queue_id
    assert len(state.answers) <= KEPT
    assert len(state.tags) <= KEPT
    due = timers_of(state)
    assert [timer.due_at for timer in due] == sorted(timer.due_at for timer in due)
    assert next_due(state) == (due[0].due_at if due else None)
    if state.status == "resolved":
        assert not due
    elif owner.kind == "queue" or (owner.kind == "bot"):
        assert due or owner.kind == "queue"


@given(cases=sequences)
@settings(max_examples=60, deadline=None)
def test_a_visitors_stream_has_no_hole_and_no_note(cases: list[tuple[ev.Payload, Actor]]) -> None:
    seen = 0
    for entry in log(cases):
        assert entry.prev_visible == seen
        if entry.visible:
            assert entry.payload is not None
            assert type(entry.payload).PUBLIC is not None
            assert getattr(entry.payload, "visibility", "public") == "public"
            seen = entry.seq


def test_a_hole_is_never_folded_over() -> None:
    entries = log(CASES[1:4])
    with pytest.raises(ValueError, match="does not follow"):
        fold_all([entries[0], entries[2]])
    with pytest.raises(ValueError, match="starts with"):
        fold_all(entries[1:])


def test_unknown_types_and_fields_are_kept_and_ignored() -> None:
    entries = log([CASES[1]])
    strange = msgspec.structs.replace(entries[1], type="message.translated", payload=None)
    assert folded([entries[0], strange]).last_seq == 2
    assert ev.decode("message.translated", b"{}") is None
    newer = b'{"message_id": "m1", "text": "hi", "direction": "incoming", "mood": 3}'
    assert ev.decode("message.created", newer) == ev.MessageCreated(
        message_id="m1", text="hi", direction="incoming"
    )


@pytest.mark.parametrize("case", [CASES[1], CASES[6], CASES[7]], ids=["contact", "agent", "note"])
def test_an_erased_message_folds_as_it_did(case: tuple[ev.Payload, Actor]) -> None:
    entries = log([case, CASES[1]])
    assert ev.decode("message.created", b'{"redacted": true}') is None
    erased = [msgspec.structs.replace(entry, payload=None) if entry.seq == 2 else entry for entry in entries]
    assert folded(erased) == folded(entries)
