"""Connections that gather what is written in one turn of the event loop: an answer's head and body, or a burst of frames, leave in one write."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HELD = 64 * 1024


class Corked:
    """A transport whose writes are handed on together, at the latest at the end of the loop's turn and always before it
    closes; more than MOST_HELD bytes go at once, so that the real transport's limits still pause whoever writes.
    """

    __slots__ = ("_held", "_loop", "_parts", "_transport", "_write")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._write = transport.write
        self._loop = loop
        self._parts: list[bytes] = []
        self._held = 0

    def write(self, data: bytes) -> None:
        """Keeps the bytes until the loop's next turn."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._held += len(data)
        if self._held > MOST_HELD:
            self.flush()

    def flush(self) -> None:
        """Hands on what is held; a connection that has gone takes nothing. Idempotent."""
        parts = self._parts
        if parts:
            self._parts = []
            self._held = 0
            if self._transport.is_closing():
                return
            self._write(parts[0] if len(parts) == 1 else b"".join(parts))

    def close(self) -> None:
        """Closes behind what was written."""
        self.flush()
        self._transport.close()

    def write_eof(self) -> None:
        """Ends the stream behind what was written."""
        self.flush()
        self._transport.write_eof()

    def get_write_buffer_size(self) -> int:
        """What was written and has not left, in bytes."""
        return self._held + self._transport.get_write_buffer_size()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)


class CorkedHttp(HttpToolsProtocol):
    """The server's HTTP protocol over a corked transport; a socket that is upgraded takes the transport along."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From the loop."""
        corked = Corked(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, corked))
