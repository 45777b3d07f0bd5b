"""The outermost layer of every request, plain ASGI: request id, body cap, CORS, security headers, metrics, last resort."""

import time
from collections.abc import Awaitable
from itertools import count
from secrets import token_hex
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import header
from api.errors import Problem, internal, problem_of, too_large
from api.front import Answer, Front
from api.origins import VISITOR_PATHS, refused
from api.routers.knowledge_import import LARGEST_UPLOAD
from api.services import Services
from api.ws.handler import SocketDoor
from api.ws.outgoing import close_at_once
from funnel.core import metrics
from funnel.core.errors import FunnelError
from funnel.core.ids import is_id
from funnel.core.logging import bind_contextvars, get_logger

MOST_BODY = 1024 * 1024
MULTIPART_ROOM = 64 * 1024
HOOKS = "/hooks/"
MOST_HOOK = 31_000_000
SOCKET_PATH = "/v1/ws"
NO_SUCH_SOCKET = 4404
_JSON = (b"content-type", b"application/json")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_API_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"600"),
]
_process = token_hex(8)
_requests = count()
log = get_logger(__name__)


class Edge:
    """Wraps the application. Nothing inside it may answer 500 without a log entry under the request's id."""

    def __init__(self, app: ASGIApp, services: Services, front: Front | None = None) -> None:
        """What `front` holds is answered by it, everything else by `app`."""
        self._app = app
        self._front = front
        self._services = services
        self._door = SocketDoor(services)
        self._larger = {
            "/v1/uploads": services.settings.uploads.max_bytes + MULTIPART_ROOM,
            "/v1/kb/import": LARGEST_UPLOAD + MULTIPART_ROOM,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatches by kind."""
        if scope["type"] == "http":
            limit = self._larger.get(scope["path"], MOST_BODY)
            if scope["path"].startswith(HOOKS):
                limit = MOST_HOOK  # each channel has a smaller one of its own
            await _Exchange(self._app, self._front, self._services, limit, scope["path"], receive, send).run(
                scope
            )
        elif scope["type"] == "websocket":
            if scope["path"] == SOCKET_PATH:
                await self._door(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.accept"})
                await close_at_once(send, NO_SUCH_SOCKET)
        else:
            await self._app(scope, receive, send)


class _Exchange:
    """One request and its answer."""

    __slots__ = (
        "_answered",
        "_app",
        "_front",
        "_limit",
        "_origin",
        "_path",
        "_receive",
        "_received",
        "_send",
        "_services",
        "_started",
        "request_id",
        "status",
    )

    def __init__(
        self,
        app: ASGIApp,
        front: Front | None,
        services: Services,
        limit: int,
        path: str,
        receive: Receive,
        send: Send,
    ) -> None:
        self._app = app
        self._front = front
        self._services = services
        self._limit = limit
        self._path = path
        self._receive = receive
        self._send = send
        self._received = 0
        self._started = False
        self._answered = False
        self._origin: str | None = None
        self.request_id = f"{_process}{next(_requests):08x}"
        self.status = 500

    async def run(self, scope: Scope) -> None:
        """Answers, whatever happens inside."""
        began = time.perf_counter()
        if self._path.startswith("/v1/"):
            bind_contextvars(request_id=self.request_id)
        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await _answer(refusal, self.send)
            elif self._front is not None and (hot := self._front.find(scope, self.receive)) is not None:
                await self._say(hot)
            elif scope["method"] != "OPTIONS" or not await self._preflight(scope, self.send):
                await self._app(scope, self.receive, self.send)
        except HTTPException as error:
            if self._started or error.status_code != 413:
                raise
            await _answer(too_large(), self.send)
        except Exception:
            log.exception(
                "request_failed",
                method=scope["method"],
                path_template=_template(scope),
                conversation_id=_conversation(self._path),
            )
            if not self._started:
                await _answer(internal(), self.send)
            elif not self._answered:
                raise
        finally:
            _count(scope, self.status, time.perf_counter() - began)

    async def _say(self, work: Awaitable[Answer]) -> None:
        """An answer of the front table."""
        try:
            status, body = await work
        except FunnelError as error:
            await _answer(problem_of(error), self.send)
            return
        start = {
            "type": "http.response.start",
            "status": status,
            "headers": (_JSON, (b"content-length", b"%d" % len(body))),
        }
        self._dress(start)
        await self._send(start)
        self._answered = True
        await self._send({"type": "http.response.body", "body": body})

    async def receive(self) -> Message:
        """The request's body, up to the limit."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > self._limit:
                raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """The answer, with the headers every answer has."""
        if message["type"] == "http.response.start":
            self._dress(message)
        elif not message.get("more_body"):
            self._answered = True
        await self._send(message)

    def _refusal(self, scope: Scope) -> Problem | None:
        """What is refused unread."""
        for name, value in scope["headers"]:
            if name == b"content-length":
                if value.isdigit() and int(value) > self._limit:
                    return too_large()
            elif name == b"origin":
                self._origin = self._services.origins.shared(scope)
        return None

    async def _preflight(self, scope: Scope, send: Send) -> bool:
        """Answers a browser's question whether it may ask; True where this was one."""
        if header(scope, b"access-control-request-method") is None:
            return False
        if not self._path.startswith(VISITOR_PATHS):
            return False
        if self._origin is None:
            await _answer(problem_of(refused()), send)
            return True
        await send({"type": "http.response.start", "status": 204, "headers": list(_PREFLIGHT)})
        await send({"type": "http.response.body", "body": b""})
        return True

    def _dress(self, message: Message) -> None:
        self._started = True
        self.status = message["status"]
        headers = [*message.get("headers", ()), *_HEADERS, (b"x-request-id", self.request_id.encode())]
        if self._path.startswith("/v1/"):
            named = {name for name, _ in headers}
            headers += [entry for entry in _API_HEADERS if entry[0] not in named]
            if self._path.startswith(VISITOR_PATHS):
                headers.append((b"vary", b"Origin"))
        if self._origin is not None:
            headers.append((b"access-control-allow-origin", self._origin.encode("latin-1")))
            headers.append((b"access-control-expose-headers", b"retry-after, x-request-id"))
        message["headers"] = headers


async def _answer(refusal: Problem, send: Send) -> None:
    await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers()})
    await send({"type": "http.response.body", "body": refusal.body})


def _template(scope: Scope) -> str:
    """The route's pattern, never the path itself: paths hold ids."""
    found: Any = scope.get("path_template") or getattr(scope.get("route"), "path", None)
    return found if isinstance(found, str) else "unmatched"


def _conversation(path: str) -> str | None:
    """The conversation a path names; what is no id never reaches the log."""
    parts = path.split("/")
    named = len(parts) > 3 and parts[2] == "conversations" and is_id(parts[3])
    return parts[3] if named else None


def _count(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if len(scope["method"]) < 8 else "other"
    metrics.http.count(method, _template(scope), status, seconds)
