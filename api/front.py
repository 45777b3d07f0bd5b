"""The front table: the hottest routes, answered without the framework and with the very same answers (a test compares)."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.types import Message, Receive, Scope

from api.addresses import header
from api.credentials import participant_of, visitor_of
from api.errors import malformed, refusal_of
from api.operations import conversing, reading, visitor
from api.schemas.body import decode_json
from api.schemas.queries import EventsQuery
from api.schemas.visitor import MessageIn, StartIn
from api.services import Services

PREFIX = "/v1/conversations/"
NO_BODY = object()
ALIVE = b'{"status":"alive"}'
M = TypeVar("M", bound=BaseModel)
Answer = tuple[int, bytes]
Handler = Callable[[Scope, Receive], Awaitable[Answer]]
Pattern = Callable[[Scope, Receive, str], Awaitable[Answer]]


class Front:
    """Exact paths, and `/v1/conversations/{id}/<word>`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._exact: dict[tuple[str, str], Handler] = {
            ("GET", "/livez"): self._alive,
            ("POST", "/v1/conversations"): self._start,
        }
        self._patterns: dict[tuple[str, str], Pattern] = {
            ("POST", "messages"): self._message,
            ("GET", "events"): self._events,
        }

    def find(self, scope: Scope, receive: Receive) -> Awaitable[Answer] | None:
        """The answer to be awaited of a request that the table holds; None for any other. The answer may raise FunnelError."""
        method, path = scope["method"], scope["path"]
        exact = self._exact.get((method, path))
        if exact is not None:
            scope["path_template"] = path
            return exact(scope, receive)
        if path.startswith(PREFIX):
            conversation_id, _, word = path[len(PREFIX) :].partition("/")
            pattern = self._patterns.get((method, word))
            if pattern is not None and conversation_id:
                scope["path_template"] = f"{PREFIX}{{conversation_id}}/{word}"
                return pattern(scope, receive, conversation_id)
        return None

    async def _alive(self, _scope: Scope, _receive: Receive) -> Answer:
        return 200, ALIVE

    async def _start(self, scope: Scope, receive: Receive) -> Answer:
        value = await _json_body(scope, receive)
        caller = await visitor_of(self._services, scope)
        outcome = await visitor.start(self._services, caller, _checked(StartIn, value, "body"))
        return outcome.status, outcome.body(self._services)

    async def _message(self, scope: Scope, receive: Receive, conversation_id: str) -> Answer:
        value = await _json_body(scope, receive)
        caller = await participant_of(self._services, scope)
        body = _checked(MessageIn, value, "body")
        outcome = await conversing.message(self._services, caller, conversation_id, body)
        return outcome.status, outcome.body(self._services)

    async def _events(self, scope: Scope, _receive: Receive, conversation_id: str) -> Answer:
        caller = await participant_of(self._services, scope)
        query = _checked(EventsQuery, _once(scope["query_string"].decode("latin-1")), "query")
        return 200, await reading.events_page(self._services, caller, conversation_id, query)


def _once(query: str) -> dict[str, Any]:
    """The parameters; of one that comes twice all values, which no field of one value takes."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


async def _json_body(scope: Scope, receive: Receive) -> Any:
    """The body's value as the framework would see it: NO_BODY for none, the bytes where it is declared as no JSON."""
    raw = await _read(receive)
    if not raw:
        return NO_BODY
    declared = header(scope, b"content-type")
    if declared is not None and not _is_json(declared):
        return raw
    try:
        return decode_json(raw)
    except ValueError:
        raise malformed() from None


async def _read(receive: Receive) -> bytes:
    message: Message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


def _is_json(declared: str) -> bool:
    kind, _, subtype = declared.partition(";")[0].strip().lower().partition("/")
    return kind == "application" and (subtype == "json" or subtype.endswith("+json"))


def _checked(model: type[M], value: object, place: str) -> M:
    if value is NO_BODY:
        raise refusal_of([{"type": "missing", "loc": (place,)}])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise refusal_of({**detail, "loc": (place, *detail["loc"])} for detail in details) from None
