"""Routes that take nothing but who asks: answered without the framework's solving of parameters there are none of."""

import inspect
from collections.abc import Callable

from fastapi import Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_TAKEN = (
    "path_params", "query_params", "header_params", "cookie_params", "body_params", "websocket_param_name",
    "http_connection_param_name", "response_param_name", "background_tasks_param_name", "security_scopes_param_name",
)  # fmt: skip


def plain_app(route: APIRoute) -> ASGIApp | None:
    """The route as an application of its own, with the framework's very answers; None for a route that takes parameters, a
    body or the response, or answers in another way than by its declared model.
    """
    dependant, field, endpoint = route.dependant, route.response_field, route.endpoint
    if field is None or route.body_field is not None or not _bare(dependant) or not _answers_plainly(route):
        return None
    if not all(_bare(inner) and not inner.dependencies for inner in dependant.dependencies):
        return None
    asked = [(inner.name, inner.call, inner.request_param_name) for inner in dependant.dependencies]
    own, status = dependant.request_param_name, route.status_code or 200

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        values: dict[str, object] = {own: request} if own else {}
        for name, call, wanted in asked:
            found = await (call(**{wanted: request}) if wanted else call())  # type: ignore[misc]
            if name is not None:
                values[name] = found
        answer = await endpoint(**values)
        if not isinstance(answer, Response):
            value, errors = field.validate(answer, {}, loc=("response",))
            if errors:
                raise TypeError(f"{route.path} answered something else than it declares")
            answer = Response(field.serialize_json(value), status_code=status, media_type="application/json")
        await answer(scope, receive, send)

    return app


def _bare(dependant: Dependant) -> bool:
    """A coroutine function that takes the request at most."""
    call: Callable[..., object] | None = dependant.call
    return inspect.iscoroutinefunction(call) and not any(getattr(dependant, name) for name in _TAKEN)


def _answers_plainly(route: APIRoute) -> bool:
    shaped = (
        route.response_model_include, route.response_model_exclude, route.response_model_exclude_unset,
        route.response_model_exclude_defaults, route.response_model_exclude_none,
    )  # fmt: skip
    usual = isinstance(route.response_class, DefaultPlaceholder) and route.response_model_by_alias
    return usual and not any(shaped)
