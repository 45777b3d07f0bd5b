"""A TCP proxy that misbehaves on purpose: latency, slicing, resets, a black hole in one direction, refusal."""

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass

CHUNK = 65_536


@dataclass
class Toxics:
    """What the link does now; changed while it runs. Latency in seconds; `slice_bytes` 0 means no slicing."""

    latency: float = 0.0
    jitter: float = 0.0
    slice_bytes: int = 0
    blackhole_up: bool = False
    blackhole_down: bool = False
    refuse: bool = False


class Link:
    """One client's connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._writers = (client, server)

    def reset(self) -> None:
        """Ends both sides with RST, as a dying router does."""
        for writer in self._writers:
            sock = writer.get_extra_info("socket")
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class ChaosProxy:
    """Listens on a free loopback port and forwards to `target_port`; the target may change while it runs."""

    def __init__(self, target_port: int, seed: int = 0) -> None:
        self.target_port = target_port
        self.toxics = Toxics()
        self.port = 0
        self._random = random.Random(seed)
        self._links: set[Link] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ChaosProxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_all(self) -> int:
        """Resets every link; returns how many there were."""
        links = list(self._links)
        for link in links:
            link.reset()
        return len(links)

    def cut_some(self, share: float) -> int:
        """Resets a random share of the links; returns how many."""
        links = [link for link in self._links if self._random.random() < share]
        for link in links:
            link.reset()
        return len(links)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.toxics.refuse:
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        link = Link(writer, up_writer)
        self._links.add(link)
        try:
            await asyncio.gather(
                self._pump(reader, up_writer, up=True), self._pump(up_reader, writer, up=False)
            )
        finally:
            self._links.discard(link)
            writer.transport.abort()
            up_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._forward(data, writer, up=up)
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    async def _forward(self, data: bytes, writer: asyncio.StreamWriter, *, up: bool) -> None:
        toxics = self.toxics
        if toxics.latency or toxics.jitter:
            await asyncio.sleep(toxics.latency + self._random.uniform(0, toxics.jitter))
        while toxics.blackhole_up if up else toxics.blackhole_down:  # noqa: ASYNC110 - a plain flag a test flips
            await asyncio.sleep(0.02)
        size = toxics.slice_bytes or len(data)
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await writer.drain()
