"""A platform's HTTP side: answers by script, keeps what it took, can be slow, break off, or be away."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Taken:
    """A request that arrived whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The body's object."""
        found: Json = json.loads(self.body)
        return found


@dataclass
class Answer:
    """What to answer. `breaks`: take the request, then cut the connection without a word; `after`: not before that is set."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False
    after: asyncio.Event | None = None


Rule = Callable[[Taken], Answer]


class HttpDouble:
    """Answers with `script` first, one answer a request, then by `rule`."""

    def __init__(self, rule: Rule | None = None) -> None:
        self.rule: Rule = rule or (lambda taken: Answer(200, {}))
        self.script: deque[Answer] = deque()
        self.taken: list[Taken] = []
        self.came = asyncio.Event()
        self.url = ""
        self.connections = 0
        self._serving: set[asyncio.Task[None]] = set()

    async def until(self, count: int) -> list[Taken]:
        """What was taken, once there are so many."""
        while len(self.taken) < count:
            self.came.clear()
            await asyncio.wait_for(self.came.wait(), 60)
        return self.taken

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def close(self) -> None:
        """Breaks off every connection, also those on which somebody still waits for an answer."""
        for task in (serving := set(self._serving)):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
            if name
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        taken = Taken(method, path, headers, body)
        answer = self.script.popleft() if self.script else self.rule(taken)
        self.taken.append(taken)
        self.came.set()
        if answer.after is not None:
            await answer.after.wait()
        if answer.breaks:
            return False
        raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body or {}).encode()
        fields = {"content-type": "application/json", **answer.headers, "content-length": str(len(raw))}
        lines = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in fields.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
        await writer.drain()
        return True


@contextlib.asynccontextmanager
async def http_double(rule: Rule | None = None) -> AsyncIterator[HttpDouble]:
    """A listening double on a free port of the loopback."""
    double = HttpDouble(rule)
    server = await asyncio.start_server(double._serve, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield double
    finally:
        server.close()
        await double.close()
