"""The door of `/v1/ws`: address, origin and hello; nothing of a client is trusted before its credential is known."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from api.addresses import header
from api.credentials import cookie_token, unauthenticated
from api.services import Services
from api.ws import frames
from api.ws.frames import BadFrameError, UnreadableFrameError
from api.ws.outgoing import close_at_once
from api.ws.socket import (
    MOST_REFUSALS,
    NO_CREDENTIAL,
    NO_HELLO,
    RESTART,
    SLOW,
    TOO_MANY_REFUSALS,
    UNREADABLE,
    WRONG_ORIGIN,
    Socket,
)
from funnel.core import metrics
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.ids import new_token
from funnel.core.logging import get_logger
from funnel.people.principals import AgentPrincipal, Visitor

HELLO_SECONDS = 5.0
log = get_logger(__name__)


class _ClosedError(Exception):
    """The socket ends with this code; None: the client has gone."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class SocketDoor:
    """The ASGI application of `/v1/ws`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket until it is closed."""
        services = self._services
        await receive()
        await send({"type": "websocket.accept"})
        address = services.addresses.client(scope)
        if services.lifetime.draining or not services.limits.enter_socket(address):
            await close_at_once(send, RESTART if services.lifetime.draining else SLOW)
            return
        try:
            await self._serve(scope, receive, send)
        except _ClosedError as closed:
            if closed.code is not None:
                await close_at_once(send, closed.code)
        finally:
            services.limits.leave_socket(address)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin")
        origins = self._services.origins
        if origin is not None and not (origins.own(scope, origin) or origins.of_any_site(origin)):
            raise _ClosedError(WRONG_ORIGIN)
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = await _hello(receive, send)
        except TimeoutError:
            raise _ClosedError(NO_HELLO) from None
        principal, token = await self._authenticate(scope, hello, origin)
        socket = Socket(self._services, scope, receive, send, principal, token)
        await socket.run(hello, new_token())

    async def _authenticate(
        self, scope: Scope, hello: frames.Hello, origin: str | None
    ) -> tuple[Visitor | AgentPrincipal, str]:
        """A visitor on a page of its site, an agent on ours (by cookie) or without a browser. Raises _ClosedError."""
        services = self._services
        token = hello.token
        by_cookie = token is None
        if token is None:
            token = cookie_token(scope)
        try:
            if not token:
                raise unauthenticated()
            visitor = None if by_cookie else await services.credentials.visitor(token)
            agent = await services.credentials.agent(token) if visitor is None else None
        except FunnelError as error:
            raise _ClosedError(NO_CREDENTIAL if error.kind is ErrorKind.UNAUTHENTICATED else SLOW) from error
        except Exception as error:
            log.warning("hello_unanswered", exc_info=True)
            raise _ClosedError(SLOW) from error
        if visitor is not None:
            if origin is not None and not services.origins.of_site(visitor.site_id, origin):
                raise _ClosedError(WRONG_ORIGIN)
            return visitor, token
        if agent is None:
            metrics.nacks.labels("unauthenticated").inc()
            raise _ClosedError(NO_CREDENTIAL)
        if (by_cookie and origin is None) or (origin is not None and not services.origins.own(scope, origin)):
            raise _ClosedError(WRONG_ORIGIN)
        return agent, token


async def _hello(receive: Receive, send: Send) -> frames.Hello:
    """Reads until hello came. Bad hellos are refused; any other frame before it ends the socket."""
    for _ in range(MOST_REFUSALS):
        message: Message = await receive()
        if message["type"] != "websocket.receive":
            raise _ClosedError(None)
        try:
            frame = frames.parse(message)
        except UnreadableFrameError:
            raise _ClosedError(UNREADABLE) from None
        except BadFrameError as bad:
            await send({"type": "websocket.send", "text": frames.encode(frames.nack(bad.refusal))})
            continue
        if not isinstance(frame, frames.Hello):
            raise _ClosedError(NO_HELLO)
        return frame
    raise _ClosedError(TOO_MANY_REFUSALS)
