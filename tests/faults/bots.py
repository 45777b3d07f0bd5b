"""The bots: visitors who talk over REST or socket, agents who answer, observers who only listen. All journal what they saw."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import httpx

from api.client.backoff import Backoff
from api.client.socket import LiveSocket
from funnel.core.ids import new_id
from tests.configuration import TLS
from tests.faults.journal import Journal, Operation

RETRY = frozenset({429, 500, 502, 503, 504})
CANARY = "canary"
LETTERS = "abcdefghjkmnpqrstuvwxyz"


def canary(source: random.Random) -> str:
    """A word that occurs nowhere else."""
    return CANARY + "".join(source.choice(LETTERS) for _ in range(10))


class Talker:
    """Sends numbered messages into one conversation and repeats each under its id until its fate is known."""

    def __init__(self, name: str, token: str, conversation_id: str, word: str, urls: Callable[[], str],
                 journal: Journal) -> None:  # fmt: skip
        self.name = name
        self.token = token
        self.conversation_id = conversation_id
        self.word = word
        self.longest_silence = 0.0
        self._urls = urls
        self._journal = journal
        self._sent = 0
        self._last_ok = time.monotonic()
        self._http = httpx.AsyncClient(timeout=5, verify=TLS, headers={"authorization": f"Bearer {token}"})

    def next_operation(self) -> Operation:
        """A new message of this talker, journaled as invoked."""
        self._sent += 1
        return self._journal.invoke(
            self.name, self.conversation_id, new_id(), f"{self.word} says line {self._sent}"
        )

    async def talk(
        self, until: float, pause: float, enough: asyncio.Event | None = None, least: int = 0
    ) -> None:
        """Sends until then and at least so often, or until it is enough; each message is settled before the next one."""
        while (time.monotonic() < until or self._sent < least) and not (enough and enough.is_set()):
            await self.settle(self.next_operation(), max(until, time.monotonic()) + 10)
            await asyncio.sleep(pause)

    async def settle(self, operation: Operation, until: float) -> None:
        """Tries the operation until it is acknowledged, refused for good, or time is up (unknown)."""
        backoff = Backoff(start=0.05, cap=0.5)
        while time.monotonic() < until:
            if await self._try(operation):
                now = time.monotonic()
                self.longest_silence = max(self.longest_silence, now - self._last_ok)
                self._last_ok = now
                return
            self._journal.invoke(self.name, self.conversation_id, operation.client_message_id, operation.text)
            await asyncio.sleep(backoff.next())

    async def _try(self, operation: Operation) -> bool:
        body = {"client_message_id": operation.client_message_id, "text": operation.text}
        try:
            answer = await self._http.post(
                f"{self._urls()}/v1/conversations/{self.conversation_id}/messages", json=body
            )
        except (httpx.TransportError, OSError):
            return False
        if answer.status_code in RETRY:
            return False
        if answer.status_code >= 400:
            self._journal.refused(operation, answer.json()["code"])
            return True
        result = answer.json()
        message = result["message"]
        self._journal.ok(operation, result["conversation"]["id"], message["seq"], message["id"])
        return True

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


class SocketTalker(Talker):
    """The same over the socket: `message.send`, settled by `ack` or `nack`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.socket = LiveSocket(
            lambda: socket_url(self._urls()),
            self.token,
            lambda _id, _event: None,
            self._frame,
            Backoff(0.05, 0.5),
        )

    async def close(self) -> None:
        """Stops the socket too, so that its `run()` ends."""
        await self.socket.stop()
        await super().close()

    def _frame(self, frame: dict[str, Any]) -> None:
        if frame["type"] in ("ack", "nack"):
            future = self._waiting.pop(frame.get("client_message_id", ""), None)
            if future is not None and not future.done():
                future.set_result(frame)

    async def _try(self, operation: Operation) -> bool:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[operation.client_message_id] = future
        sent = await self.socket.send(
            {"type": "message.send", "conversation_id": self.conversation_id, "text": operation.text,
             "client_message_id": operation.client_message_id}
        )  # fmt: skip
        if not sent:
            return False
        try:
            frame = await asyncio.wait_for(future, 3)
        except TimeoutError:
            return False
        if frame["type"] == "nack":
            return self._nack(operation, frame)
        self._journal.ok(operation, frame["conversation_id"], frame["seq"], frame["message_id"])
        return True

    def _nack(self, operation: Operation, frame: dict[str, Any]) -> bool:
        if "retry_after" in frame:
            return False
        self._journal.refused(operation, frame["code"])
        return True


def socket_url(url: str) -> str:
    """The socket of a gateway's base URL."""
    return url.replace("http", "ws", 1) + "/v1/ws"


class Observer:
    """Follows conversations of one principal and keeps every event it received; a hole raises at once."""

    def __init__(self, token: str, conversation_ids: list[str], urls: Callable[[], str]) -> None:
        self.conversation_ids = conversation_ids
        self.socket = LiveSocket(
            lambda: socket_url(urls()), token, lambda _id, _event: None, None, Backoff(0.05, 0.5)
        )
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to follow."""
        for conversation_id in self.conversation_ids:
            await self.socket.follow(conversation_id)
        self.task = asyncio.create_task(self.socket.run())

    async def caught_up(self, last: dict[str, int], seconds: float) -> bool:
        """Waits until every stream has reached the given last visible seq."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.task is not None and self.task.done():
                await self.task
            if all(self.socket.streams[c].last_seq >= last.get(c, 0) for c in self.conversation_ids):
                return True
            await asyncio.sleep(0.05)
        return False

    async def stop(self) -> None:
        """Ends following; raises what broke the stream."""
        await self.socket.stop()
        if self.task is not None:
            await self.task
