"""The front table gives the same answers as the framework's routes behind it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import build
from api.edge import Edge
from api.front import Front
from funnel.core.ids import new_id
from tests.api.gateway import Gateway

SHOWN = (
    "content-type",
    "retry-after",
    "www-authenticate",
    "access-control-allow-origin",
    "x-content-type-options",
)
MADE = {
    "id",
    "turn_id",
    "at",
    "message_id",
    "created_at",
    "updated_at",
    "started_at",
    "answer_id",
    "decision_id",
    "cursor",
    "conversation_id",
    "expected_reply_at",
}


@pytest.fixture
async def both(gateway: Gateway) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """The same service with and without the table."""
    app = build()
    app.state.services = gateway.services
    plain, fronted = Edge(app, gateway.services), Edge(app, gateway.services, Front(gateway.services))
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(plain), base_url=gateway.base_url) as one,
        httpx.AsyncClient(transport=httpx.ASGITransport(fronted), base_url=gateway.base_url) as other,
    ):
        yield one, other


def _shape(value: Any) -> Any:
    """The answer without what is made afresh each time."""
    if isinstance(value, dict):
        return {key: "made" if key in MADE else _shape(inner) for key, inner in value.items()}
    return [_shape(inner) for inner in value] if isinstance(value, list) else value


BODIES: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"\xff",
    b"{}",
    b'{"client_message_id": "a", "text": ""}',
    b'{"client_message_id": "a", "text": "\\ud800"}',
    b'{"client_message_id": "", "text": "x"}',
    b'{"client_message_id": 7, "text": "x"}',
    b'{"client_message_id": "a\\u0000", "text": "x"}',
    b'{"client_message_id": "a", "text": "x", "b\\u0000": 1}',
    b'{"client_message_id": "a", "text": "x", "attachments": ["nope"]}',
    b'{"client_message_id": "a", "text": "x", "attachments": "nope"}',
    b'{"client_message_id": "a"}',
    b'{"client_message_id": "good", "text": "hello there"}',
    b'{"client_message_id": "good", "text": "other"}',
]


async def test_posting(gateway: Gateway, both: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> None:
    for kind in ("application/json", "text/plain", "application/merge-patch+json", None):
        bodies = BODIES if kind == "application/json" else BODIES[-3:]
        plain, fronted = [await _post_all(gateway, http, kind, bodies) for http in both]
        for one, other in zip(plain, fronted, strict=True):
            assert one == other


async def _post_all(
    gateway: Gateway, http: httpx.AsyncClient, kind: str | None, bodies: list[bytes]
) -> list[tuple[object, ...]]:
    """Every body with every credential to both hot paths, in one order."""
    visitor, agent = await gateway.visitor(name="Kim"), await gateway.agent(name="Ada")
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    answers: list[tuple[object, ...]] = []
    for content in bodies:
        for token in (visitor.token, agent.token, None, "wrong"):
            headers = {"authorization": f"Bearer {token}"} if token else {}
            headers |= {"content-type": kind} if kind else {}
            for path in ("/v1/conversations", f"/v1/conversations/{conversation_id}/messages"):
                answer = await http.post(path, content=content, headers=headers)
                answers.append(
                    (content, path[:20], answer.status_code, _headers(answer), _shape(answer.json()))
                )
    return answers


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in SHOWN if name in answer.headers}


async def test_reading_and_living(
    gateway: Gateway, both: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    queries = (
        "",
        "?limit=2",
        "?limit=0",
        "?limit=x",
        "?after=zzz",
        "?after=0&after=1",
        "?wait=26",
        "?wait=1&limit=1",
        "?odd=1",
    )
    for query in (*queries, "?after=", "?limit=1&limit=2", "?after=%00"):
        for token in (visitor.token, agent.token, "wrong"):
            for target in (conversation_id, "nonsense", new_id()):
                found = [
                    await http.get(
                        f"/v1/conversations/{target}/events{query}",
                        headers={"authorization": f"Bearer {token}"},
                    )
                    for http in both
                ]
                assert found[0].status_code == found[1].status_code, query
                assert _headers(found[0]) == _headers(found[1])
                assert found[0].json() == found[1].json()
    alive = [await http.get("/livez") for http in both]
    assert alive[0].json() == alive[1].json() == {"status": "alive"}
    assert _headers(alive[0]) == _headers(alive[1])
