"""Rendering is an allow-list: a visitor sees what payload classes name, and nothing of notes, scores, ids of agents or reasons."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from funnel.conversations.events import (
    REGISTRY,
    AnswerOffered,
    ConversationAssigned,
    ConversationHandedOver,
    DecisionMade,
    Logged,
    MessageCreated,
    Payload,
    SignalsMeasured,
    is_visible,
)
from funnel.conversations.render import (
    Audience,
    conversation_fields,
    encode_json,
    message_fields,
    render_event,
)
from funnel.conversations.state import Owner, State, Waiting
from funnel.conversations.values import (
    Actor,
    AgentRef,
    Attachment,
    Language,
    PassageRef,
    RuleResult,
    SignalValue,
)

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA = Actor(kind="agent", id="agent-id-canary", name="Ada")


def _logged(payload: Payload | None, kind: str | None = None, actor: Actor = ADA) -> Logged:
    return Logged(
        id="e1",
        turn_id="t1",
        conversation_id="c1",
        seq=7,
        prev_visible=3,
        at=AT,
        type=kind or (payload.TYPE if payload else "future.type"),
        actor=actor,
        visible=payload is None or is_visible(payload),
        payload=payload,
    )


def _link(upload_id: str) -> str:
    return f"/v1/attachments/{upload_id}?sig=s"


def _shown(event: Logged, audience: Audience) -> dict[str, object]:
    found: dict[str, object] = json.loads(render_event(event, audience, _link))
    return found


def test_a_message_to_a_visitor() -> None:
    payload = MessageCreated(
        message_id="m1",
        text="hi",
        direction="outgoing",
        attachments=(Attachment(id="u1", name="a.png", content_type="image/png", size=3),),
        purpose="reply",
    )
    event = _logged(payload)
    assert _shown(event, Audience.VISITOR) == {
        "id": "e1",
        "turn_id": "t1",
        "conversation_id": "c1",
        "seq": 7,
        "prev": 3,
        "at": "2026-01-02T03:04:05Z",
        "type": "message.created",
        "actor": {"kind": "agent", "name": "Ada"},
        "data": {
            "message_id": "m1",
            "conversation_id": "c1",
            "seq": 7,
            "text": "hi",
            "format": "plain",
            "direction": "outgoing",
            "author": {"kind": "agent", "name": "Ada"},
            "attachments": [
                {
                    "id": "u1",
                    "name": "a.png",
                    "content_type": "image/png",
                    "size": 3,
                    "url": "/v1/attachments/u1?sig=s",
                }
            ],
            "quick_replies": [],
            "created_at": "2026-01-02T03:04:05Z",
        },
    }
    seen = _shown(event, Audience.AGENT)
    assert seen["prev"] == 6
    assert seen["actor"] == {"kind": "agent", "id": "agent-id-canary", "name": "Ada"}
    message = message_fields(event, Audience.VISITOR, _link)
    assert message is not None
    assert message["id"] == "m1"
    assert "message_id" not in message


def test_what_a_visitor_may_not_see_is_never_rendered() -> None:
    note = MessageCreated(message_id="m", text="canary", direction="outgoing", visibility="private")
    for payload in (note, DecisionMade(decision_id="d", rule_set_version="1", outcome="human")):
        with pytest.raises(ValueError, match="may not see"):
            render_event(_logged(payload), Audience.VISITOR, _link)
        assert _shown(_logged(payload), Audience.AGENT)["seq"] == 7


@pytest.mark.parametrize("payload_type", [kind for kind in REGISTRY.values() if kind.PUBLIC is not None])
def test_every_public_type_shows_named_fields_only(payload_type: type[Payload]) -> None:
    allowed = payload_type.PUBLIC
    assert allowed is not None
    assert allowed <= set(payload_type.__struct_fields__)


def test_inside_the_allowed_fields() -> None:
    handed = ConversationHandedOver(reason="safety", queue_id="queue-canary", priority="urgent")
    data = _shown(_logged(handed), Audience.VISITOR)["data"]
    assert data == {"reason": "other", "expected_reply_at": None, "reply_by": "here"}
    assert _shown(_logged(handed), Audience.AGENT)["data"]["reason"] == "safety"  # type: ignore[index]
    assigned = ConversationAssigned(agent=AgentRef(name="Ada", id="agent-id-canary"), queue_id="q")
    assert _shown(_logged(assigned), Audience.VISITOR)["data"] == {"agent": {"name": "Ada"}}
    passage = PassageRef(article_id="a", title="T", locale="en", text="x", score=0.123)
    answer = AnswerOffered(answer_id="an", kind="answer", passages=(passage,), confidence=0.5)
    shown = render_event(_logged(answer), Audience.VISITOR, _link)
    assert b"0.123" not in shown
    assert b"confidence" not in shown
    assert b"0.123" in render_event(_logged(answer), Audience.AGENT, _link)


def test_agents_get_what_the_contract_names() -> None:
    decided = DecisionMade(
        decision_id="d", rule_set_version="1", outcome="answer", rules=(RuleResult(id="r", result="near"),)
    )
    data = _shown(_logged(decided), Audience.AGENT)["data"]
    assert data["reason"] is None  # type: ignore[index]
    assert data["rules"] == [{"id": "r", "result": "near"}]  # type: ignore[index]
    measured = SignalsMeasured(
        message_id="m",
        language=Language(code="en", script="Latn", score=0.9),
        signals={"thanks": SignalValue(score=0.8, evidence=((0, 3),))},
    )
    data = _shown(_logged(measured), Audience.AGENT)["data"]
    assert data["signals"] == {  # type: ignore[index]
        "thanks": {"score": 0.8, "evidence": [[0, 3]]},
        "language": {"code": "en", "script": "Latn", "score": 0.9},
    }


def test_erased_and_unknown_content() -> None:
    assert _shown(_logged(None, "message.created"), Audience.VISITOR)["data"] == {"redacted": True}
    assert _shown(_logged(None, "future.type"), Audience.VISITOR)["data"] == {}


def test_conversations() -> None:
    state = State(
        id="c1",
        site_id="s1",
        inbox_id="i1",
        contact_id="k1",
        channel="web",
        locale="en",
        home_queue_id="q1",
        queue_id="q1",
        started_at=AT,
        updated_at=AT,
        last_at=AT,
        last_seq=9,
        last_visible_seq=5,
        tags=("vip",),
        reached_people=True,
        owner=Owner(kind="queue", queue_id="q1"),
        waiting=Waiting(since=AT, reason="no_answer", promised_at=AT),
    )
    shown = json.loads(encode_json(conversation_fields(state, 3, AT, Audience.VISITOR)))
    assert shown == {
        "id": "c1",
        "status": "open",
        "owner": {"kind": "queue"},
        "channel": "web",
        "locale": "en",
        "contact": {"id": "k1", "verified": False},
        "last_seq": 5,
        "version": 3,
        "created_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:05Z",
    }
    agents = conversation_fields(state, 3, AT, Audience.AGENT, queue_name="Support", site_name="Shop")
    assert agents["last_seq"] == 9
    assert agents["queue"] == {"id": "q1", "name": "Support"}
    assert agents["waiting_since"] == AT
    assert agents["tags"] == ["vip"]
    owned = msgspec.structs.replace(state, owner=Owner(kind="agent", agent_id="a1", agent_name="Ada"))
    assert conversation_fields(owned, 3, AT, Audience.VISITOR)["owner"] == {"kind": "agent", "name": "Ada"}
    assert conversation_fields(owned, 3, AT, Audience.AGENT)["owner"] == {
        "kind": "agent",
        "name": "Ada",
        "id": "a1",
    }
