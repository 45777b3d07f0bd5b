"""What waits to be sent on one socket: bounded, in order, written by one short-lived task that exists only while there is work."""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.types import Send

ABORT_SECONDS = 30.0


class Outgoing:
    """A queue of frames. Live frames count against the limits; a replay is paced by the socket and does not.

    `on_overflow` is called once, when a consumer is too slow; nothing is dropped silently, the socket must be closed then.
    """

    __slots__ = (
        "_bytes", "_count", "_drained", "_frames", "_most_bytes", "_most_count", "_on_overflow", "_send", "_task",
        "_writable", "broken",
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
        writable = getattr(getattr(send, "__self__", None), "writable", None)
        self._writable = writable if isinstance(writable, asyncio.Event) else None

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
        if self._task is None and self._writable is not None and self._writable.is_set():
            self._count -= size > 0
            self._bytes -= size
            self._send_at_once(frame)
            return
        self._frames.append((frame, size))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._flush())

    def _send_at_once(self, frame: str) -> None:
        """While the transport takes more, the server's `send` runs to its end without waiting: no task is needed."""
        work = self._send({"type": "websocket.send", "text": frame})
        try:
            work.send(None)  # type: ignore[attr-defined] # the server's send is a coroutine
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - the client is gone, whatever the server calls that; the reader ends the socket
            self.broken = True
            return
        # It waits after all: this socket cannot go on in the middle of a frame.
        work.close()  # type: ignore[attr-defined]
        self.drop()
        self._on_overflow()

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
