"""What is wrong is refused with a typed problem that says what to do and repeats nothing of what was sent."""

import json
from typing import Any

import pytest

from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway

PATH = "/v1/conversations"


def _message(**fields: Any) -> dict[str, Any]:
    return {"client_message_id": new_id(), **fields}


async def _raw(caller: Caller, path: str, content: bytes, kind: str = "application/json") -> Any:
    return await caller.call("POST", path, content=content, headers={"content-type": kind})


async def test_bodies_that_are_no_json(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    for content in (b"{", b"\xff\xfe{}", b"[" * 100_000, b"NaN", '{"text": "x"}'.encode("utf-16"), b"nul"):
        for path in (PATH, "/v1/widget/session"):
            answer = await _raw(visitor, path, content)
            assert answer.status_code == 422, (content[:20], answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_invalid"),
        (" \n\t", "text_invalid"),
        ("x" * 10_001, "text_invalid"),
        ("a\0b", "text_invalid"),
        ("\ud800", "text_invalid"),
        (7, "invalid"),
        (["x"], "invalid"),
    ],
)
async def test_texts_that_cannot_be_kept(gateway: Gateway, text: Any, code: str) -> None:
    visitor = await gateway.visitor()
    answer = await _raw(visitor, PATH, json.dumps(_message(text=text)).encode())
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == "body.text"


@pytest.mark.parametrize("key", ["secret_word", "a\0b", "\ud800", "__class__"])
async def test_unknown_fields_are_refused_and_not_repeated(gateway: Gateway, key: str) -> None:
    visitor = await gateway.visitor()
    for path, body in (
        (PATH, _message(text="hi")),
        ("/v1/widget/session", {"site_key": gateway.site.key}),
        (
            "/v1/widget/session",
            {"site_key": gateway.site.key, "page": {"url": "https://shop.example/", key: 1}},
        ),
    ):
        target = body if "page" not in body else {**body}
        if "page" not in body:
            target[key] = "canary-value"
        answer = await _raw(visitor, path, json.dumps(target).encode())
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] in ("unknown_field", "string_unicode")
        assert "secret_word" not in answer.text
        assert "canary" not in answer.text


async def test_odd_keys_inside_attributes(gateway: Gateway) -> None:
    visitor = gateway.anonymous()
    for key in ("a\0b", "\ud800"):
        body = {"site_key": gateway.site.key, "attributes": {key: 1}}
        answer = await _raw(visitor, "/v1/widget/session", json.dumps(body).encode())
        assert answer.status_code == 422, answer.text


async def test_a_body_may_have_a_megabyte(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    for path in (PATH, "/v1/widget/session", "/v1/auth/login"):
        answer = await _raw(visitor, path, b" " * (1024 * 1024 + 1))
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"

    async def stream() -> Any:
        for _ in range(20):
            yield b" " * 65_536

    for path in (PATH, "/v1/widget/session"):
        answer = await gateway.http.post(
            path, content=stream(), headers={"authorization": f"Bearer {visitor.token}"}
        )
        assert answer.status_code == 413


async def test_malformed_ids_in_paths_are_unknown(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    for bad in ("x", "0" * 36, "%00", new_id(), "..%2f", "{}", "%ed%a0%80"):
        for method, tail, body in (
            ("GET", "", None),
            ("GET", "/events", None),
            ("POST", "/messages", _message(text="x")),
            ("POST", "/human", _message()),
        ):
            answer = await visitor.call(method, f"{PATH}/{bad}{tail}", body)
            assert answer.status_code == 404, (bad, tail, answer.text)
        assert (await agent.act(bad, "claim")).status_code == 404
        assert (await agent.call("POST", f"/v1/queues/{bad}/next")).status_code == 404
        assert (await visitor.call("GET", f"/v1/attachments/{bad}?sig=x")).status_code == 404


async def test_credentials(gateway: Gateway) -> None:
    for token in (None, "nonsense", "fk_nonsense", "x" * 5000, "a b", "."):
        caller = Caller(gateway.http, token)
        for method, path in (("GET", PATH), ("GET", "/v1/inbox"), ("GET", f"{PATH}/{new_id()}/events")):
            answer = await caller.call(method, path)
            assert answer.status_code == 401, (token, path, answer.text)
            assert answer.json()["code"] == "unauthenticated"
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_id_means_one_message(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    body = _message(text="number 4711")
    first = await visitor.call("POST", PATH, body)
    again = await visitor.call("POST", PATH, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["message"]["id"] == first.json()["message"]["id"]
    assert [e["id"] for e in again.json()["events"]] == [e["id"] for e in first.json()["events"]]
    other = await visitor.call("POST", PATH, {**body, "text": "another"})
    assert other.status_code == 409
    assert other.json()["code"] == "id_reused"
    assert other.json()["message"]["text"] == "number 4711"


async def test_unknown_locales_zones_and_routes(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    assert (await visitor.call("POST", PATH, _message(text="hi", locale="xx-nope"))).status_code == 422
    assert (await visitor.call("PUT", "/v1/me", {"timezone": "Mars/Olympus"})).status_code == 422
    session = await gateway.anonymous().call(
        "POST",
        "/v1/widget/session",
        {"site_key": gateway.site.key, "locale": "!!", "timezone": "Mars/Olympus"},
    )
    assert session.status_code == 201
    missing = await visitor.call("GET", "/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await visitor.call("DELETE", PATH)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, POST"


async def test_a_parameter_comes_once(gateway: Gateway) -> None:
    """Which of two was meant cannot be known; who may not ask is told nothing else."""
    visitor, admin = await gateway.visitor(), await gateway.agent(preset="admin")
    conversation_id = (await visitor.say("hello"))["conversation"]["id"]
    for caller, address in (
        (visitor, f"/v1/conversations/{conversation_id}/events?limit=1&limit=2"),
        (visitor, "/v1/conversations?limit=1&limit=1"),
        (admin, "/v1/inbox?view=all&view=mine"),
        (admin, "/v1/rules/verdicts?version=1&version=2"),
    ):
        answer = await caller.call("GET", address)
        assert answer.status_code == 422, (address, answer.text)
        [error] = answer.json()["errors"]
        assert error["field"].removeprefix("query.") in ("limit", "view", "version")
        assert (await gateway.anonymous().call("GET", address)).status_code == 401
