"""Deny by default, and one gate: every operation against strangers, another site's visitors, other teams' agents and nobody."""

from typing import Any

import pytest
from fastapi import APIRouter

from api.app import UndeclaredCredentialError, build, check_credentials, routes
from api.credentials import Public, schemes_of
from funnel.core.ids import new_id
from funnel.people.principals import AgentPrincipal
from tests import builders
from tests.api.gateway import Caller, Gateway

VISITOR_WRITES: dict[str, Any] = {
    "messages": {"client_message_id": "x", "text": "canary"},
    "human": {"client_message_id": "x"},
    "feedback": {"client_message_id": "x", "answer_id": new_id(), "helpful": True},
    f"offers/{new_id()}": {"client_message_id": "x", "choice": "person_now"},
    "rating": {"score": 5},
    "read": {"up_to_seq": 1},
}
AGENT_WRITES: dict[str, Any] = {
    "claim": {},
    "release": {},
    "hand_back": {},
    "seen": {},
    "reopen": {},
    "resolve": {},
    "assign": {"queue_id": new_id()},
    "messages": {"client_message_id": "x", "text": "canary"},
    "notes": {"client_message_id": "x", "text": "canary"},
    "tags": {"add": ["canary"]},
    "priority": {"priority": "urgent"},
    "snooze": {"until": "2099-01-01T00:00:00Z"},
    "read": {"up_to_seq": 1},
}
READS = ("", "/events", "/context")


async def _strangers(gateway: Gateway) -> dict[str, Caller]:
    other_site = await builders.make_site(gateway.db, origins=["https://other.example"])
    _, foreign = await builders.make_visitor(gateway.db, other_site)
    return {
        "other visitor": await gateway.visitor(),
        "visitor of another site": Caller(gateway.http, foreign),
        "agent of another team": await gateway.agent(team_id=await builders.make_team(gateway.db)),
        "agent without a team": await gateway.agent(team_id=None),
        "writer": await gateway.agent(preset="writer"),
        "anonymous": gateway.anonymous(),
        "key": Caller(gateway.http, await builders.make_key(gateway.db, "converse")),
    }


async def test_nobody_but_those_who_may(gateway: Gateway) -> None:
    owner = await gateway.visitor()
    conversation_id = (await owner.say("a person please"))["conversation"]["id"]
    path = f"/v1/conversations/{conversation_id}"
    row = await gateway.services.rows.see(_admin(), conversation_id, fresh=True)
    for name, caller in (await _strangers(gateway)).items():
        calls = [("GET", f"{path}{tail}", None) for tail in READS]
        calls += [
            ("POST", f"{path}/{what}", body) for what, body in {**AGENT_WRITES, **VISITOR_WRITES}.items()
        ]
        for method, target, body in calls:
            answer = await caller.call(method, target, body)
            assert answer.status_code in (401, 403, 404), (name, method, target, answer.text)
            if answer.status_code == 403:
                assert name == "writer", (name, target)
            assert "person please" not in answer.text
    after = await gateway.services.rows.see(_admin(), conversation_id, fresh=True)
    assert after.version == row.version


def _admin() -> Any:
    return AgentPrincipal("a", "A", "a@example.com", frozenset(), frozenset(), frozenset(), True, b"")


async def test_each_side_has_its_own_operations(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    for what, body in AGENT_WRITES.items():
        if what in VISITOR_WRITES:
            continue
        assert (await visitor.act(conversation_id, what, body)).status_code == 401, what
    for what, body in VISITOR_WRITES.items():
        if what in AGENT_WRITES:
            continue
        assert (await agent.act(conversation_id, what, body)).status_code == 401, what
    assert (await visitor.call("GET", "/v1/inbox")).status_code == 401
    assert (await agent.call("GET", "/v1/conversations")).status_code == 401


async def test_agents_see_what_reached_people_leads_all_of_their_teams(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    agent, lead, admin = (
        await gateway.agent(),
        await gateway.agent(lead=True),
        await gateway.agent(preset="admin", team_id=None),
    )
    conversation_id = (await visitor.say("Where can I read about returns?"))["conversation"]["id"]
    path = f"/v1/conversations/{conversation_id}"
    assert [(await caller.call("GET", path)).status_code for caller in (agent, lead, admin)] == [
        404,
        200,
        200,
    ]
    await visitor.call("POST", f"{path}/human", {"client_message_id": "h"})
    assert (await agent.call("GET", path)).status_code == 200
    inbox = (await agent.call("GET", "/v1/inbox", params={"view": "queue"})).json()
    assert [found["id"] for found in inbox["items"]] == [conversation_id]
    assert (await agent.act(conversation_id, "claim")).status_code == 201
    assert (await agent.act(conversation_id, "claim")).status_code == 200
    taken = await lead.act(conversation_id, "claim")
    assert (taken.status_code, taken.json()["code"]) == (409, "already_owned")
    assert taken.json()["owner"] == {"kind": "agent", "id": agent.id, "name": "Ada"}


def test_every_route_declares_its_credential() -> None:
    build()
    open_to_all = {
        route.path for route in routes() if route.path.startswith("/v1/") and schemes_of(route) == ()
    }
    assert open_to_all <= {
        "/v1/widget/session",
        "/v1/widget/resume",
        "/v1/attachments/{attachment_id}",
        "/v1/auth/login",
        "/v1/auth/password",
        "/v1/kb/search",
        "/v1/kb/suggest",
        "/v1/kb/preview",  # its signed link is the credential
    }
    router = APIRouter(prefix="/v1")

    @router.get("/open")
    async def forgotten() -> None: ...

    with pytest.raises(UndeclaredCredentialError):
        check_credentials(router.routes)  # type: ignore[arg-type]

    @router.get("/meant")
    async def meant(_: Public) -> None: ...

    check_credentials([route for route in router.routes if route.path == "/v1/meant"])  # type: ignore[attr-defined,misc]
