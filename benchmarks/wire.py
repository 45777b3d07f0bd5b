"""Clients that cost as little as possible, so that a shared machine measures the server: HTTP/1.1 and WebSocket by hand."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
END_OF_HEAD = b"\r\n\r\n"


def request(method: str, path: str, token: str | None = None, body: bytes | None = None) -> bytes:
    """A whole request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if token is not None:
        head += f"authorization: Bearer {token}\r\n"
    if body is not None:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + (body or b"")


class HttpClient(asyncio.Protocol):
    """One connection that is kept alive; one request at a time. `answered` is called with status and body."""

    def __init__(self) -> None:
        self.answered: Callable[[int, bytes], None] = lambda status, body: None
        self.lost: Callable[[], None] = lambda: None
        self._transport: Any = None
        self._buffer = b""
        self._ends = 0
        self._head = 0
        self._status = 0

    def connection_made(self, transport: Any) -> None:
        """From the loop."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """From the loop."""
        self.lost()

    def send(self, raw: bytes) -> None:
        """Sends a request; the one before must have been answered."""
        self._transport.write(raw)

    def close(self) -> None:
        """Hangs up."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """From the loop."""
        self._buffer = self._buffer + data if self._buffer else data
        if not self._ends:
            head = self._buffer.find(END_OF_HEAD)
            if head < 0:
                return
            self._status = int(self._buffer[9:12])
            lower = self._buffer[:head].lower()
            at = lower.find(b"content-length:")
            length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._head = head + 4
            self._ends = self._head + length
        if len(self._buffer) >= self._ends:
            body = self._buffer[self._head : self._ends]
            self._buffer, self._ends = b"", 0
            self.answered(self._status, body)


class SocketClient(asyncio.Protocol):
    """One WebSocket without extensions. Text frames reach `received`; pings are answered.

    Frames are masked with the key zero, which leaves the bytes as they are: a client must mask, nobody says with what.
    """

    def __init__(self) -> None:
        self.received: Callable[[bytes], None] = lambda text: None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._transport: Any = None
        self._buffer = bytearray()
        self._open = False
        self._marker = b""
        self._tail = b""
        self.counted = 0

    def connection_made(self, transport: Any) -> None:
        """From the loop."""
        self._transport = transport
        transport.write(
            b"GET /v1/ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """From the loop."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("no socket"))
        if not self.closed.done():
            self.closed.set_result(1006)

    def send(self, text: bytes) -> None:
        """Sends a text frame."""
        self._frame(TEXT, text)

    def count(self, marker: bytes) -> None:
        """From now on what comes is not read: `counted` says how often this stood in it."""
        self._marker = marker

    def close(self) -> None:
        """Says goodbye and hangs up."""
        self._frame(CLOSE, b"\x03\xe8")
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """From the loop."""
        if self._marker:
            joined = self._tail + data
            self.counted += joined.count(self._marker)
            self._tail = joined[1 - len(self._marker) :]
            return
        self._buffer += data
        if not self._open:
            head = self._buffer.find(END_OF_HEAD)
            if head < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self._transport.close()
                return
            del self._buffer[: head + 4]
            self._open = True
            self.opened.set_result(None)
        self._take_frames()

    def _take_frames(self) -> None:
        buffer, at, size = self._buffer, 0, len(self._buffer)
        while size - at >= 2:
            length, begin = buffer[at + 1] & 0x7F, at + 2
            if length == 126:
                if size - at < 4:
                    break
                length, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                if size - at < 10:
                    break
                length, begin = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if size - begin < length:
                break
            self._took(buffer[at] & 0x0F, bytes(buffer[begin : begin + length]))
            at = begin + length
        del buffer[:at]

    def _took(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self.received(payload)
        elif kind == PING:
            self._frame(PONG, payload)
        elif kind == CLOSE and not self.closed.done():
            self.closed.set_result(int.from_bytes(payload[:2], "big"))

    def _frame(self, kind: int, payload: bytes) -> None:
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        else:
            head = struct.pack("!BBH", 0x80 | kind, 0xFE, length)
        self._transport.write(head + b"\0\0\0\0" + payload)


async def connect_http(port: int) -> HttpClient:
    """An HTTP connection to this machine."""
    _, client = await asyncio.get_running_loop().create_connection(HttpClient, "127.0.0.1", port)
    return client


async def connect_socket(port: int) -> SocketClient:
    """An open WebSocket to this machine."""
    _, client = await asyncio.get_running_loop().create_connection(SocketClient, "127.0.0.1", port)
    await asyncio.wait_for(client.opened, 10)
    return client
