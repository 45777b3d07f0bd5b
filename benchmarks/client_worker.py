"""A child that plays the clients of a gateway: browsers, visitors and agents in a process of their own. JSON lines in and out."""

import asyncio
import json
import random
import resource
import sys
import time
from collections import deque
from typing import Any

import msgspec
import uvloop

from benchmarks.loads import closed, connect, figures, hang_up, note_answer
from benchmarks.wire import HttpClient, SocketClient, connect_socket, request
from benchmarks.world import WorldNote, desk_conversation, desk_token, visitor_conversation, visitor_token
from funnel.core.ids import new_id

REPLY = "Thanks for waiting. Your parcel left our warehouse this morning and should reach you within two working days."
QUIET_SECONDS = 10.0
WINDOW = 8
EVENT = b'{"type":"event"'


class Frame(msgspec.Struct):
    """What a client reads of a frame here."""

    type: str
    conversation_id: str | None = None
    client_message_id: str | None = None
    code: str | None = None


_frame = msgspec.json.Decoder(Frame)


class AgentLoad:
    """A closed loop over sockets: one message on its way in each conversation, the next one when it is acknowledged."""

    def __init__(self, desks: list[tuple[SocketClient, str]], seconds: float) -> None:
        self._desks = desks
        self._seconds = seconds
        self._sent: dict[str, tuple[float, SocketClient, str]] = {}
        self._latencies: list[float] = []
        self._errors: dict[str, int] = {}
        self._waiting = len(desks)
        self._until = 0.0
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._over: asyncio.Future[None] = loop.create_future()

    async def run(self) -> dict[str, Any]:
        """Follows every conversation first."""
        for socket, conversation_id in self._desks:
            socket.received = self._received
            socket.send(json.dumps({"type": "subscribe", "conversation_id": conversation_id}).encode())
        await asyncio.wait_for(self._ready, QUIET_SECONDS)
        began = time.perf_counter()
        self._until = began + self._seconds
        for desk in self._desks:
            self._say(*desk)
        await asyncio.wait_for(self._over, self._seconds + QUIET_SECONDS)
        return figures(self._latencies, time.perf_counter() - began, self._errors)

    def _say(self, socket: SocketClient, conversation_id: str) -> None:
        said = new_id()
        self._sent[said] = (time.perf_counter(), socket, conversation_id)
        socket.send(_reply(conversation_id, said))

    def _received(self, raw: bytes) -> None:
        frame = _frame.decode(raw)
        if frame.type in ("ack", "nack") and frame.client_message_id in self._sent:
            self._settled(frame)
        elif frame.type == "nack" and not self._ready.done():
            self._ready.set_exception(RuntimeError(f"refused: {frame.code}"))
        elif frame.type == "live":
            self._waiting -= 1
            if not self._waiting:
                self._ready.set_result(None)

    def _settled(self, frame: Frame) -> None:
        began, socket, conversation_id = self._sent.pop(frame.client_message_id or "")
        now = time.perf_counter()
        if frame.type == "ack":
            self._latencies.append(now - began)
        else:
            self._errors[frame.code or ""] = self._errors.get(frame.code or "", 0) + 1
        if now < self._until:
            self._say(socket, conversation_id)
        elif not self._sent and not self._over.done():
            self._over.set_result(None)


class FanOut:
    """An agent speaks in a conversation that a crowd follows, with a few messages on their way at once."""

    def __init__(self, crowd: list[SocketClient], agent: SocketClient, messages: int) -> None:
        self.agent = agent
        self._crowd = crowd
        self._messages = messages
        self._live = self._acked = 0
        self._everyone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> dict[str, Any]:
        """Counts only what comes when all are live."""
        for socket in self._crowd:
            socket.received = self._received
            socket.send(_hello(desk_token(0), desk_conversation(0)))
        await asyncio.wait_for(self._everyone, 3 * QUIET_SECONDS)
        for socket in self._crowd:
            socket.count(EVENT)
        self.agent.received = self._spoken
        wanted, began, cpu = len(self._crowd) * self._messages, time.perf_counter(), time.process_time()
        for _ in range(min(WINDOW, self._messages)):
            self._say()
        while (got := sum(socket.counted for socket in self._crowd)) < wanted:
            if time.perf_counter() > began + 3 * QUIET_SECONDS:
                raise TimeoutError(f"{got} of {wanted} events came")
            await asyncio.sleep(0.01)
        took = time.perf_counter() - began
        spent = time.process_time() - cpu
        return {"rate": got / took, "done": got, "seconds": took, "client_cores": spent / took}

    def _received(self, raw: bytes) -> None:
        if _frame.decode(raw).type == "live":
            self._live += 1
            if self._live == len(self._crowd):
                self._everyone.set_result(None)

    def _spoken(self, raw: bytes) -> None:
        if _frame.decode(raw).type == "ack":
            self._acked += 1
            if self._acked + WINDOW <= self._messages:
                self._say()

    def _say(self) -> None:
        self.agent.send(_reply(desk_conversation(0), new_id()))


class ClientWorker:
    """The tasks of one child. `held` are the idle sockets between two tasks."""

    def __init__(self, note: WorldNote) -> None:
        self._note = note
        self._held: list[SocketClient] = []

    async def do(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Does a task by its name."""
        done: dict[str, Any] = await getattr(self, f"task_{task}")(**arguments)
        return done

    async def task_http(
        self, port: int, method: str, path: str, connections: int, seconds: float, token: str | None = None
    ) -> dict[str, Any]:
        """A closed loop of one request."""
        raw = request(method, path, token)
        return await closed(port, lambda number: raw, connections, seconds, 10**9)

    async def task_visitors(
        self, port: int, start: int, limit: int, connections: int, seconds: float
    ) -> dict[str, Any]:
        """A closed loop of visitors' messages, each in a conversation of its own, answered by the bot."""
        return await closed(port, lambda number: self._message(start + number), connections, seconds, limit)

    async def task_open_loop(
        self, port: int, start: int, rate: float, connections: int, seconds: float
    ) -> dict[str, Any]:
        """Visitors who come by themselves (Poisson), however slow the answers; latency counts from when they wanted to."""
        loop = asyncio.get_running_loop()
        clients = await connect(port, connections)
        free, late = deque(clients), deque[tuple[float, bytes]]()
        latencies: list[float] = []
        errors: dict[str, int] = {}
        over: asyncio.Future[None] | None = None
        source = random.Random(start)
        gaps = [source.expovariate(rate) for _ in range(int(rate * seconds))]

        def begin(client: HttpClient, wanted: float, raw: bytes) -> None:
            def answered(status: int, body: bytes) -> None:
                note_answer(latencies, errors, status, loop.time() - wanted)
                if late:
                    begin(client, *late.popleft())
                    return
                free.append(client)
                if len(free) == len(clients) and over is not None and not over.done():
                    over.set_result(None)

            client.answered = answered
            client.send(raw)

        began = due = loop.time()
        for number, gap in enumerate(gaps):
            due += gap
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            raw = self._message(start + number)
            if free:
                begin(free.popleft(), due, raw)
            else:
                late.append((due, raw))
        if len(free) < len(clients):
            over = loop.create_future()
            await asyncio.wait_for(over, QUIET_SECONDS)
        result = figures(latencies, loop.time() - began, errors)
        hang_up(clients)
        return result | {"used": len(gaps), "offered": len(gaps) / max(due - began, 1e-9)}

    async def task_agents(self, port: int, in_flight: int, seconds: float) -> dict[str, Any]:
        """Agents who answer over their sockets: each follows its conversations and has one message on its way in each."""
        sockets = [await _enter(port, agent.token) for agent in self._note.agents]
        each = max(1, in_flight // len(sockets))
        desks = [
            (sockets[number % len(sockets)], desk_conversation(number))
            for number in range(each * len(sockets))
        ]
        result = await AgentLoad(desks, seconds).run()
        for socket in sockets:
            socket.close()
        return result

    async def task_idle(self, port: int, count: int, start: int = 0) -> dict[str, Any]:
        """Visitors' sockets that follow their conversation and then do nothing, until `release`."""
        loop = asyncio.get_running_loop()
        for number in range(start, start + count):
            live: asyncio.Future[None] = loop.create_future()

            def received(raw: bytes, live: asyncio.Future[None] = live) -> None:
                if _frame.decode(raw).type == "live" and not live.done():
                    live.set_result(None)

            place = number % self._note.visitors
            socket = await connect_socket(port)
            socket.received = received
            self._held.append(socket)
            socket.send(_hello(visitor_token(place), visitor_conversation(place)))
            await asyncio.wait_for(live, QUIET_SECONDS)
        return {"open": len(self._held)}

    async def task_release(self) -> dict[str, Any]:
        """Closes the idle sockets."""
        for socket in self._held:
            socket.close()
        self._held.clear()
        await asyncio.sleep(0.2)
        return {}

    async def task_fan_out(self, port: int, sockets: int, messages: int) -> dict[str, Any]:
        """Many sockets follow one conversation in which an agent speaks; every socket gets every message."""
        crowd = [await connect_socket(port) for _ in range(sockets)]
        load = FanOut(crowd, await _enter(port, self._note.agents[0].token), messages)
        try:
            return await load.run()
        finally:
            for socket in (*crowd, load.agent):
                socket.close()

    def _message(self, number: int) -> bytes:
        place = number % self._note.visitors
        text = self._note.questions[number % len(self._note.questions)]
        body = json.dumps({"client_message_id": new_id(), "text": text}).encode()
        path = f"/v1/conversations/{visitor_conversation(place)}/messages"
        return request("POST", path, visitor_token(place), body)


async def _enter(port: int, token: str) -> SocketClient:
    """A socket after `ready`."""
    socket = await connect_socket(port)
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def received(raw: bytes) -> None:
        if not ready.done():
            ready.set_result(None)

    socket.received = received
    socket.send(json.dumps({"type": "hello", "token": token}).encode())
    await asyncio.wait_for(ready, QUIET_SECONDS)
    return socket


def _hello(token: str, conversation_id: str) -> bytes:
    return json.dumps(
        {"type": "hello", "token": token, "subscribe": [{"conversation_id": conversation_id}]}
    ).encode()


def _reply(conversation_id: str, said: str) -> bytes:
    frame = {
        "type": "message.send", "conversation_id": conversation_id, "client_message_id": said, "text": REPLY
    }  # fmt: skip
    return json.dumps(frame).encode()


async def serve(note: WorldNote) -> None:
    """Reads tasks from stdin until it ends."""
    worker = ClientWorker(note)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        answer = await worker.do(order.pop("task"), **order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(serve(msgspec.json.decode(sys.argv[1], type=WorldNote)))
