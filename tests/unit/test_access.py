"""The gates: who sees a conversation and who holds a permission. Everything that is not said is refused."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest

from funnel.conversations.state import Owner, State
from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.access import (
    PERMISSIONS,
    PRESETS,
    SCOPES,
    held,
    may_see,
    may_work_queue,
    require_grantable,
    require_permission,
)
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Principal, Visitor

AT = datetime(2026, 1, 1, tzinfo=UTC)


def agent(
    *permissions: str, queues: tuple[str, ...] = (), leads: tuple[str, ...] = (), admin: bool = False
) -> AgentPrincipal:
    return AgentPrincipal(
        agent_id="ada",
        name="Ada",
        email="ada@example.com",
        permissions=frozenset(permissions),
        queue_ids=frozenset(queues),
        lead_queue_ids=frozenset(leads),
        admin=admin,
        session_hash=b"",
    )


def visitor(*contact_ids: str) -> Visitor:
    return Visitor(
        contact_ids[0], frozenset(contact_ids), "site", "inbox", "queue", None, False, None, None, b""
    )


def conversation(
    queue: str = "q1",
    contact: str = "c1",
    owner: str | None = None,
    last: str | None = None,
    reached: bool = False,
) -> State:
    return State(
        id="1", site_id="site", inbox_id="inbox", contact_id=contact, channel="web", locale="en", home_queue_id=queue,
        queue_id=queue, started_at=AT, updated_at=AT, last_at=AT, reached_people=reached, last_agent_id=last,
        owner=Owner("agent", queue, owner) if owner else Owner(),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    who: Principal
    state: State
    sees: bool


CASES = {
    "own": Case(visitor("c1"), conversation(), True),
    "of a merged contact": Case(visitor("c2", "c1"), conversation(), True),
    "of a stranger": Case(visitor("c2"), conversation(), False),
    "admin sees the bot's": Case(agent(admin=True), conversation(), True),
    "member, still with the bot": Case(agent("converse", queues=("q1",)), conversation(), False),
    "member, reached people": Case(agent("converse", queues=("q1",)), conversation(reached=True), True),
    "member of another team": Case(agent("converse", queues=("q2",)), conversation(reached=True), False),
    "lead of the team, still with the bot": Case(agent("converse", queues=("q1",), leads=("q1",)), conversation(), True),
    "lead of another team": Case(agent("converse", leads=("q2",)), conversation(reached=True), False),
    "owner without the team": Case(agent("converse"), conversation(owner="ada", reached=True), True),
    "last owner": Case(agent("converse"), conversation(last="ada", reached=True), True),
    "owned by another, other team": Case(agent("converse"), conversation(owner="bo", reached=True), False),
    "nobody's, agent of no team": Case(agent("converse"), conversation(), False),
    "member who may not converse": Case(agent("kb.write", queues=("q1",)), conversation(reached=True), False),
    "owner who may no longer converse": Case(agent("privacy"), conversation(owner="ada"), False),
    "key with every scope": Case(KeyPrincipal("k", "K", frozenset(SCOPES)), conversation(reached=True), False),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_sees_a_conversation(name: str) -> None:
    case = CASES[name]
    assert may_see(case.who, case.state) is case.sees


def test_who_works_a_queue() -> None:
    assert may_work_queue(agent("converse", queues=("q1",)), "q1")
    assert may_work_queue(agent(admin=True), "q1")
    assert not may_work_queue(agent("converse", queues=("q1",)), "q2")
    assert not may_work_queue(agent("lead", queues=("q1",)), "q1")
    assert not may_work_queue(visitor("c1"), "q1")
    assert not may_work_queue(KeyPrincipal("k", "K", frozenset(SCOPES)), "q1")


@pytest.mark.parametrize(("preset", "permission"), list(product(PRESETS, PERMISSIONS)))
def test_a_permission_is_held_or_refused(preset: str, permission: str) -> None:
    granted = PRESETS[preset]  # type: ignore[index]
    who = agent(*granted)
    if permission in granted:
        require_permission(who, permission)
    else:
        with pytest.raises(FunnelError) as caught:
            require_permission(who, permission)
        assert caught.value.kind is ErrorKind.FORBIDDEN


def test_nobody_and_the_unknown_are_refused() -> None:
    with pytest.raises(FunnelError) as caught:
        require_permission(None, "converse")
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    for who in (visitor("c1"), agent("fly", admin=True)):
        for name in ("converse", "fly", ""):
            with pytest.raises(FunnelError) as caught:
                require_permission(who, name)
            assert caught.value.kind is ErrorKind.FORBIDDEN
    assert held(None) == held(visitor("c1")) == frozenset()


def test_only_what_one_holds_can_be_granted() -> None:
    require_grantable(None, PERMISSIONS)
    require_grantable(agent("people", "privacy"), ["privacy", "people", "converse", "contacts"])
    for wanted in (["channels"], ["people", "lead"], ["everything"]):
        with pytest.raises(FunnelError):
            require_grantable(agent("people", "privacy"), wanted)
    with pytest.raises(FunnelError):
        require_grantable(visitor("c1"), ["converse"])
    require_grantable(visitor("c1"), [])
