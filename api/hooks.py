"""Where platforms deliver: `/hooks/{channel}/{inbox_id}` as plain ASGI. Raw bytes in, a short answer out, never a 5xx for bad input."""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.addresses import header
from api.services import Services
from bots.intake.receiving import NOT_FOUND, Received
from funnel.channels.request import Headers

PREFIX = "/hooks/"
TEMPLATE = "/hooks/{channel}/{inbox_id}"
TOO_LARGE = Received(413)
NOT_ALLOWED = Received(405)
GONE = Received(400)


class Hooks:
    """Answers what lies under `/hooks/`; everything else goes to the application behind."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._receiver = services.channels.receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        scope["path_template"] = TEMPLATE
        await _answer(await self._handle(scope, receive), send)

    async def _handle(self, scope: Scope, receive: Receive) -> Received:
        channel, _, inbox_id = scope["path"][len(PREFIX) :].partition("/")
        found = await self._receiver.connector(channel, inbox_id)
        if found is None:
            return NOT_FOUND
        connector, account = found
        url = self._receiver.url(scope["path"], scope["query_string"].decode("latin-1"))
        if scope["method"] == "GET":
            return await self._receiver.check_address(connector, account, url)
        if scope["method"] != "POST":
            return NOT_ALLOWED
        body = await _body(scope, receive, connector.most_bytes)
        if isinstance(body, Received):
            return body
        headers = Headers(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        )
        return await self._receiver.receive(connector, account, headers, url, body)


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | Received:
    """The whole body, refused as soon as it is longer than the channel may send."""
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > most:
        return TOO_LARGE
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return GONE
        piece: bytes = message.get("body", b"")
        length += len(piece)
        if length > most:
            return TOO_LARGE
        parts.append(piece)
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(received: Received, send: Send) -> None:
    headers = [
        (b"content-type", f"{received.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(received.body)).encode()),
    ]
    if received.retry_after is not None:
        headers.append((b"retry-after", str(received.retry_after).encode()))
    await send({"type": "http.response.start", "status": received.status, "headers": headers})
    await send({"type": "http.response.body", "body": received.body})
