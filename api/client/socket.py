"""A socket that stays: connects, says hello with its cursors, and comes back with full jitter after any break."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from api.client.backoff import Backoff
from api.client.stream import Stream

Frame = dict[str, Any]
GONE = frozenset({4401, 4403})


class LiveSocket:
    """Follows conversations over `/v1/ws`. Every event reaches `on_event` once and in order, over any number of breaks.

    `run()` ends when `stop()` is called, or raises PermissionError where the server refuses the credential or origin.
    """

    def __init__(
        self,
        url: str | Callable[[], str],
        token: str,
        on_event: Callable[[str, Frame], None],
        on_frame: Callable[[Frame], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._url = url if callable(url) else lambda: url
        self._token = token
        self._on_event = on_event
        self._on_frame = on_frame
        self._backoff = backoff or Backoff()
        self._stopping = asyncio.Event()
        self._socket: ClientConnection | None = None
        self.streams: dict[str, Stream] = {}
        self.connects = 0

    async def follow(self, conversation_id: str) -> None:
        """Adds a conversation; events from its start come first."""
        if conversation_id in self.streams:
            return
        self.streams[conversation_id] = Stream(conversation_id)
        await self.send({"type": "subscribe", "conversation_id": conversation_id})

    async def send(self, frame: Frame) -> bool:
        """Sends a frame if the socket is open now; False where it is not (the caller retries under the same id)."""
        if self._socket is None:
            return False
        try:
            await self._socket.send(json.dumps(frame))
        except ConnectionClosed:
            return False
        return True

    async def run(self) -> None:
        """Connects and reconnects until stopped."""
        while not self._stopping.is_set():
            await self._once()
            if not self._stopping.is_set():
                await self._pause(self._backoff.next())

    async def stop(self) -> None:
        """Closes the socket and ends `run()`."""
        self._stopping.set()
        if self._socket is not None:
            await self._socket.close()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _once(self) -> None:
        try:
            async with connect(self._url(), compression=None, open_timeout=10, max_size=None) as socket:
                self.connects += 1
                await socket.send(json.dumps(self._hello()))
                self._socket = socket
                if self._stopping.is_set():
                    return
                async for raw in socket:
                    self._receive(json.loads(raw))
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code in GONE:
                raise PermissionError(f"the server refused the socket ({closed.rcvd.code})") from closed
        except (OSError, InvalidHandshake, TimeoutError, EOFError):
            return
        finally:
            self._socket = None

    def _hello(self) -> Frame:
        subscribe = [
            {"conversation_id": stream.conversation_id, "after": stream.cursor}
            for stream in self.streams.values()
        ]
        return {"type": "hello", "token": self._token, "subscribe": subscribe}

    def _receive(self, frame: Frame) -> None:
        kind = frame["type"]
        stream = self.streams.get(frame.get("conversation_id", ""))
        if kind == "event" and stream is not None:
            stream.take(frame["event"], frame["cursor"])
            self._on_event(stream.conversation_id, frame["event"])
        elif kind == "reset" and stream is not None:
            stream.reset()
        elif kind == "ready":
            self._backoff.reset()
        if self._on_frame is not None:
            self._on_frame(frame)
