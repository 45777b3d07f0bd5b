"""The document is whole: examples, credentials, every refusal; and random requests meet no status that it does not name."""

from typing import Any

from fastapi.routing import APIRoute

from api.app import routes
from tests.api.gateway import Gateway
from tests.api.operations import documented

BODIES: list[Any] = [None, {}, [], {"odd": "\x00"}, "text", {"client_message_id": "x", "text": "y"}]


def test_every_operation_names_its_refusals_and_credential() -> None:
    found = documented()
    assert found["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in found["components"]["schemas"]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            assert {"401", "404", "405", "422", "429", "503"} <= statuses, (path, method)
            assert operation.get("summary") or operation.get("description")
            for status, response in operation["responses"].items():
                if status.startswith("4"):
                    assert "application/problem+json" in response["content"], (path, method, status)
    assert found["paths"]["/v1/conversations"]["post"]["security"] == [{"visitor": []}]
    assert "security" not in found["paths"]["/v1/widget/session"]["post"]
    frames = found["x-socket"]["client_frames"]
    assert frames["anyOf"]


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(inner) for inner in value))
    return set()


def test_every_reference_leads_somewhere() -> None:
    found = documented()
    for name in _references(found["paths"]) | _references(found["components"]):
        assert name.startswith("#/components/schemas/"), name
        assert name.rpartition("/")[2] in found["components"]["schemas"], name


async def test_statuses_are_documented(gateway: Gateway) -> None:
    paths = documented()["paths"]
    visitor, agent = await gateway.visitor(), await gateway.agent(preset="admin")
    for route in (
        one for one in routes() if one.include_in_schema
    ):  # pages for people are no part of the document
        if (await visitor.call("GET", "/v1/conversations")).status_code == 401:
            visitor = await gateway.visitor()
        if (await agent.call("GET", "/v1/me")).status_code == 401:
            agent = await gateway.agent(preset="admin")
        for token in (None, visitor.token, agent.token):
            for method in route.methods or ():
                await _probe(
                    gateway, route, method, token, paths[route.path_format][method.lower()]["responses"]
                )


async def _probe(gateway: Gateway, route: APIRoute, method: str, token: str | None, known: Any) -> None:
    path = route.path_format
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", "0192f3c1-0000-7000-8000-000000000001")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    for body in BODIES if method != "GET" else BODIES[:1]:
        more = {"json": body} if body is not None else {}
        answer = await gateway.http.request(method, path, headers=headers, **more)
        assert str(answer.status_code) in known, (method, path, body, answer.status_code, answer.text)
        assert answer.status_code < 500, (method, path, body)
