"""The OpenAPI document: what the framework derives from the routes, made whole with credentials, problems and the socket."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api import app as application
from api.credentials import COOKIE, schemes_of
from api.schemas.objects import ProblemOut
from api.ws import frames
from funnel.conversations.events import json_schema as event_schema

PROBLEM = "application/problem+json"
SCHEMES: dict[str, dict[str, str]] = {
    "visitor": {"type": "http", "scheme": "bearer", "description": "`visitor_token` of a widget session."},
    "agent": {"type": "http", "scheme": "bearer", "description": "`token` of a login."},
    "agentCookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by a login."},
    "apiKey": {"type": "http", "scheme": "bearer", "description": "A key that begins with `fk_`."},
}
_REFUSALS = {
    "401": "No credential, or a bad one.",
    "403": "Known to the caller, but not allowed.",
    "404": "No such thing, or none the caller may know of.",
    "405": "The address does not know the method.",
    "409": "It is in another state than the caller thought; the body shows it as it is now.",
    "413": "Too large.",
    "422": "The input cannot be used; `errors` says what is wrong.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "Try again after `Retry-After`; nothing is lost.",
}
_WITH_BODY = frozenset({"409", "413"})
_METHODS = frozenset({"get", "post", "put", "delete", "patch"})


def document() -> dict[str, Any]:
    """The whole document, without a running process."""
    return application.build().openapi()


def install(app: FastAPI, routes: Sequence[APIRoute]) -> None:
    """Makes `app.openapi` give the whole document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app, routes)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # the framework's documented way to change it


def _complete(app: FastAPI, routes: Sequence[APIRoute]) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(_definitions(ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = SCHEMES
    by_address = {
        (route.path_format, method.lower()): route for route in routes for method in route.methods or ()
    }
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                _complete_operation(operation, by_address.get((path, method)))
    found["x-socket"] = {"path": "/v1/ws", "client_frames": frames.json_schema(), "events": event_schema()}
    return found


def _definitions(schema: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = schema.pop("$defs", {})
    return {**inner, "ProblemOut": schema}


def _complete_operation(operation: dict[str, Any], route: APIRoute | None) -> None:
    """Every refusal that may come, and who may call."""
    responses = operation["responses"]
    schemes = schemes_of(route) if route is not None else None
    for status, sentence in _REFUSALS.items():
        if status in _WITH_BODY and "requestBody" not in operation:
            continue
        if status in responses and status != "422":
            continue
        responses[status] = {
            "description": sentence,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
        }
    if schemes:
        operation["security"] = [{name: []} for name in schemes]
