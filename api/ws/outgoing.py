"""What waits to be sent on one socket: bounded, in order, written by one short-lived task that exists only while there is work."""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.types import Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

ABORT_SECONDS = 30.0
_SHORT, _MIDDLE = 126, 65_536


class Outgoing:
    """A queue of frames. Live frames count against the limits; a replay is paced by the socket and does not.

    `on_overflow` is called once, when a consumer is too slow; nothing is dropped silently, the socket must be closed then.
    """

    __slots__ = (
        "_bytes", "_count", "_drained", "_frames", "_most_bytes", "_most_count", "_on_overflow", "_protocol",
        "_send", "_task", "broken",
    )  # fmt: skip

    def __init__(self, send: Send, most_count: int, most_bytes: int, on_overflow: Callable[[], None]) -> None:
        self._send = send
        self._most_count = most_count
        self._most_bytes = most_bytes
        self._on_overflow = on_overflow
        self._frames: deque[tuple[str, int]] = deque()
        self._count = 0
        self._bytes = 0
        self._drained: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self.broken = False
        protocol = getattr(send, "__self__", None)
        # Frames are written by hand only where no extension would change them.
        plain = isinstance(protocol, WebSocketsSansIOProtocol) and not protocol.conn.extensions
        self._protocol = protocol if plain else None

    def put(self, frame: str, size: int) -> None:
        """Queues a live frame of `size` bytes; never blocks."""
        if self.broken:
            return
        self._count += 1
        self._bytes += size
        if self._count > self._most_count or self._bytes > self._most_bytes:
            self.drop()
            self._on_overflow()
            return
        self._push(frame, size)

    async def pace(self, frame: str) -> None:
        """Queues a frame of a replay and waits until everything before it was taken by the socket."""
        if self.broken:
            return
        self._push(frame, 0)
        await self.drain()

    async def drain(self) -> None:
        """Returns when everything queued so far was taken by the socket, or the socket is broken."""
        while self._frames or (self._task is not None and not self._task.done()):
            if self._drained is None:
                self._drained = asyncio.Event()
            await self._drained.wait()

    def drop(self) -> None:
        """Forgets what waits: the socket is about to be closed, its client resumes from its cursor."""
        self.broken = True
        self._frames.clear()
        self._wake()

    def _push(self, frame: str, size: int) -> None:
        protocol = self._protocol
        if self._task is None and protocol is not None and protocol.writable.is_set():
            self._count -= size > 0
            self._bytes -= size
            if protocol.disconnected or protocol.close_sent or protocol.conn.state is not State.OPEN:
                # The client is gone; the reader ends the socket.
                self.broken = True
                return
            # While the transport takes more, the server's `send` would come down to this, in three times the time.
            protocol.transport.write(text_frame(frame))
            return
        self._frames.append((frame, size))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._frames:
                frame, size = self._frames.popleft()
                await self._send({"type": "websocket.send", "text": frame})
                if size:
                    self._count -= 1
                    self._bytes -= size
        except Exception:  # noqa: BLE001 - the client is gone, whatever the server calls that; the reader ends the socket
            self.broken = True
            self._frames.clear()
        finally:
            self._task = None
            self._wake()

    def _wake(self) -> None:
        if self._drained is not None:
            self._drained.set()
            self._drained = None


def text_frame(text: str) -> bytes:
    """A whole text message as a server sends it: one frame, not masked (RFC 6455, section 5.2)."""
    data = text.encode()
    length = len(data)
    if length < _SHORT:
        return b"\x81%c%b" % (length, data)
    if length < _MIDDLE:
        return b"\x81\x7e%b%b" % (length.to_bytes(2, "big"), data)
    return b"\x81\x7f%b%b" % (length.to_bytes(8, "big"), data)


async def close_at_once(send: Send, code: int) -> None:
    """Sends a close frame behind what the transport still holds, even where the client does not read, and cuts the
    connection where it has not gone after 30 s. Without the server's protocol object it waits for the client like any send.
    """
    protocol = getattr(send, "__self__", None)
    writable = getattr(protocol, "writable", None)
    transport = getattr(protocol, "transport", None)
    if isinstance(writable, asyncio.Event):
        writable.set()
    if transport is not None:
        asyncio.get_running_loop().call_later(ABORT_SECONDS, transport.abort)
    try:
        await send({"type": "websocket.close", "code": code})
    except Exception:  # noqa: BLE001 - closed or gone already, whatever the server calls that
        return
