"""Agents' doors by HTTP: login, cookie, logout, passwords, presence, and what ends a session."""

import pytest

from tests import builders
from tests.api.gateway import Caller, Gateway

FOREIGN = {"origin": "https://evil.example"}


async def login(gateway: Gateway, email: str, password: str = builders.PASSWORD) -> Caller:
    answer = await gateway.http.post("/v1/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    gateway.http.cookies.clear()
    return Caller(gateway.http, answer.json()["token"], answer.json()["agent"]["id"])


async def test_a_login_gives_a_token_and_a_cookie_that_no_script_can_read(gateway: Gateway) -> None:
    row = await builders.make_agent(gateway.db, gateway.team_id, password=builders.PASSWORD, preset="lead")
    await gateway.services.directory.refresh()
    answer = await gateway.http.post(
        "/v1/auth/login", json={"email": row.email, "password": builders.PASSWORD}
    )
    assert answer.status_code == 200
    agent = answer.json()["agent"]
    assert agent["id"] == row.id
    assert agent["permissions"] == ["converse", "lead"]
    assert agent["queues"] == [{"id": gateway.queue_id, "name": "Support"}]
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie.replace("funnel_session", "")
    me = await gateway.http.get("/v1/me")
    assert me.json()["agent"] == agent
    gateway.http.cookies.clear()
    assert (await gateway.http.get("/v1/me")).status_code == 401


async def test_a_write_by_cookie_comes_from_our_own_page_only(gateway: Gateway) -> None:
    row = await builders.make_agent(gateway.db, gateway.team_id, password=builders.PASSWORD)
    await gateway.http.post("/v1/auth/login", json={"email": row.email, "password": builders.PASSWORD})
    body = {"status": "online"}
    for headers in ({}, FOREIGN, {"origin": "null"}):
        assert (await gateway.http.put("/v1/me/presence", json=body, headers=headers)).status_code == 403
    own = {"origin": gateway.base_url}
    assert (await gateway.http.put("/v1/me/presence", json=body, headers=own)).status_code == 204
    assert (await gateway.http.post("/v1/auth/logout", headers=FOREIGN)).status_code == 403
    assert (await gateway.http.post("/v1/auth/logout", headers=own)).status_code == 204
    assert (await gateway.http.get("/v1/me")).status_code == 401


async def test_no_other_website_logs_a_browser_in(gateway: Gateway) -> None:
    row = await builders.make_agent(gateway.db, password=builders.PASSWORD)
    body = {"email": row.email, "password": builders.PASSWORD}
    answer = await gateway.http.post("/v1/auth/login", json=body, headers=FOREIGN)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "nobody@example.com", "password": builders.PASSWORD}, 401, "login_failed"),
        ({"email": "ada@example.com", "password": "wrong"}, 401, "login_failed"),
        ({"email": "", "password": ""}, 401, "login_failed"),
        ({"email": "ada@example.com"}, 422, "invalid"),
        ({"email": "ada@example.com", "password": ["x"]}, 422, "invalid"),
        ({"email": "ada@example.com\0", "password": "x"}, 422, "invalid"),
        ({"email": "ada@example.com", "password": "x", "remember": True}, 422, "invalid"),
    ],
)
async def test_wrong_logins(gateway: Gateway, body: dict[str, object], status: int, code: str) -> None:
    await builders.make_agent(gateway.db, email="ada@example.com", password=builders.PASSWORD)
    answer = await gateway.http.post("/v1/auth/login", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "set-cookie" not in answer.headers
    assert builders.PASSWORD not in answer.text


async def test_a_new_agent_sets_their_password_by_a_token_once(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    made = (await admin.call("POST", "/v1/agents", {"email": "Bo@example.com", "name": "Bo"})).json()
    assert (made["email"], made["has_password"]) == ("bo@example.com", False)
    body = {"token": made["password_token"], "password": "a fine new password"}
    anonymous = gateway.anonymous()
    short = await anonymous.call("POST", "/v1/auth/password", body | {"password": "short"})
    assert (short.status_code, short.json()["code"]) == (422, "password_invalid")
    assert (await anonymous.call("POST", "/v1/auth/password", body)).status_code == 204
    again = await anonymous.call("POST", "/v1/auth/password", body)
    assert (again.status_code, again.json()["code"]) == (401, "link_invalid")
    bo = await login(gateway, "bo@example.com", "a fine new password")
    link = await admin.call("POST", f"/v1/agents/{bo.id}/password-link")
    assert link.status_code == 201
    body = {"token": link.json()["token"], "password": "another fine password"}
    assert (await anonymous.call("POST", "/v1/auth/password", body)).status_code == 204
    assert (await bo.call("GET", "/v1/me")).status_code == 401


async def test_an_agent_with_a_password_has_no_token(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    body = {
        "email": "bo@example.com",
        "name": "Bo",
        "password": builders.PASSWORD,
        "teams": [{"team_id": gateway.team_id}],
    }
    made = (await admin.call("POST", "/v1/agents", body)).json()
    assert made["password_token"] is None
    assert made["teams"] == [{"team_id": gateway.team_id, "lead": False}]
    assert builders.PASSWORD not in str(made)
    bo = await login(gateway, "bo@example.com")
    taken = await admin.call("POST", "/v1/agents", {"email": "BO@example.com", "name": "Bo"})
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    assert (await admin.call("PUT", f"/v1/agents/{bo.id}", {"preset": "lead"})).json()["permissions"] == [
        "converse",
        "lead",
    ]
    assert (await bo.call("GET", "/v1/me")).status_code == 401


async def test_archiving_an_agent_ends_their_session_at_once(gateway: Gateway) -> None:
    admin, bo = await gateway.agent(preset="admin"), await gateway.agent()
    assert (await bo.call("GET", "/v1/me")).status_code == 200
    assert (await admin.call("DELETE", f"/v1/agents/{bo.id}")).status_code == 204
    assert (await bo.call("GET", "/v1/me")).status_code == 401
    last = await admin.call("DELETE", f"/v1/agents/{admin.id}")
    assert (last.status_code, last.json()["code"]) == (409, "last_admin")


async def test_presence_is_the_agents_own_word(gateway: Gateway) -> None:
    agent = await gateway.agent()
    for status in ("online", "away", "offline"):
        assert (await agent.call("PUT", "/v1/me/presence", {"status": status})).status_code == 204
        assert (await agent.call("GET", "/v1/me")).json()["agent"]["status"] == status
    assert (await agent.call("PUT", "/v1/me/presence", {"status": "asleep"})).status_code == 422


async def test_a_key_is_no_agent_and_an_archived_one_is_nobody(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    made = (await admin.call("POST", "/v1/api-keys", {"name": "Robot", "scopes": ["people"]})).json()
    assert made["token"].startswith("fk_")
    assert "token" not in (await admin.call("GET", f"/v1/api-keys/{made['id']}")).json()
    key = Caller(gateway.http, made["token"])
    assert (await key.call("GET", "/v1/me")).status_code == 401
    assert (await key.call("GET", "/v1/teams")).status_code == 200
    greedy = await key.call("POST", "/v1/agents", {"email": "x@example.com", "name": "X", "preset": "admin"})
    assert (greedy.status_code, greedy.json()["code"]) == (403, "forbidden")
    assert (await admin.call("DELETE", f"/v1/api-keys/{made['id']}")).status_code == 204
    assert (await key.call("GET", "/v1/teams")).status_code == 401
