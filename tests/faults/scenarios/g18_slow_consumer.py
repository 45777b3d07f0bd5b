"""G18: a reader that stops reading is bounded: closed with 1013, never fed silently less; it resumes, others do not notice."""

import asyncio
import json
import socket

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.client.stream import Stream
from funnel.core.ids import new_id
from tests.faults.bots import Observer, socket_url
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 1
GROWTH_KB = 50 * 1024
TOO_SLOW = 1013
CLOSED = "funnel_slow_consumers_total"


class Sleeper:
    """A client that subscribes and then stops reading; later it reads what is left and comes back from its cursor."""

    def __init__(self, url: str, token: str, conversation_id: str) -> None:
        self.stream = Stream(conversation_id)
        self.code: int | None = None
        self._url = url
        self._token = token
        self._socket: ClientConnection | None = None

    async def subscribe(self) -> None:
        """Connects with a tiny receive buffer and says hello."""
        host, port = self._url.split("//")[1].split(":")
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
        self._socket = await connect(
            socket_url(self._url), sock=raw, compression=None, max_queue=1, ping_interval=None, max_size=None
        )
        subscribe = [{"conversation_id": self.stream.conversation_id, "after": self.stream.cursor}]
        await self._socket.send(json.dumps({"type": "hello", "token": self._token, "subscribe": subscribe}))

    async def drain(self) -> None:
        """Reads what the server had sent before it gave up; notes the close code."""
        assert self._socket is not None
        try:
            async with asyncio.timeout(60):
                async for raw in self._socket:
                    frame = json.loads(raw)
                    if frame["type"] == "event":
                        self.stream.take(frame["event"], frame["cursor"])
        except ConnectionClosed:
            pass
        except TimeoutError:
            await self._socket.close()
        self.code = self._socket.close_code


async def _flood(world: World, token: str, conversation_id: str, count: int) -> None:
    text = "long words " * 900
    async with httpx.AsyncClient(
        timeout=STEP_SECONDS, headers={"authorization": f"Bearer {token}"}
    ) as client:
        url = f"{world.gateways[0].url}/v1/conversations/{conversation_id}/messages"
        for start in range(0, count, 16):
            answers = await asyncio.gather(
                *(
                    client.post(url, json={"client_message_id": new_id(), "text": text})
                    for _ in range(min(16, count - start))
                )
            )
            bad = [answer.status_code for answer in answers if answer.status_code != 201]
            if bad:
                world.verdict.findings.append(f"G18 the flood was refused: {bad}")


async def run(world: World) -> None:
    """Floods one conversation that sleepers and healthy readers follow."""
    few = world.seconds < 30
    token, conversation_id, _ = await world.visitor()
    url = world.gateways[0].url
    sleepers = [Sleeper(url, token, conversation_id) for _ in range(4 if few else 40)]
    healthy = [Observer(token, [conversation_id], lambda: url) for _ in range(4 if few else 40)]
    for observer in healthy:
        await observer.start()
    for sleeper in sleepers:
        await sleeper.subscribe()
    await asyncio.sleep(0.5)
    before = world.gateways[0].resident_kilobytes()
    agent = world.agent_tokens[0]
    flood = asyncio.create_task(_flood(world, agent, conversation_id, 640 if few else 3000))
    await _drain_once_closed(world, sleepers, flood)
    await flood
    growth = world.gateways[0].resident_kilobytes() - before
    await world.quiet(healthy)
    closed = [sleeper.code for sleeper in sleepers]
    if set(closed) != {TOO_SLOW}:
        world.verdict.findings.append(f"G18 close codes of readers that stopped: {sorted(map(str, closed))}")
    await _come_back(world, sleepers, token, url)
    world.verdict.limit("growth_kb", growth, GROWTH_KB)
    world.verdict.need("closed", closed.count(TOO_SLOW), len(sleepers))
    await world.judge([], healthy)


async def _drain_once_closed(world: World, sleepers: list[Sleeper], flood: asyncio.Task[None]) -> None:
    """At once, however long the flood takes: half a minute after its close the server cuts whoever still does not read."""
    while not flood.done() and await world.gateways[0].metric(CLOSED) < len(sleepers):  # noqa: ASYNC110 - another process counts
        await asyncio.sleep(0.1)
    await asyncio.gather(*(sleeper.drain() for sleeper in sleepers))


async def _come_back(world: World, sleepers: list[Sleeper], token: str, url: str) -> None:
    """Each sleeper resumes from its cursor and ends up with the whole stream."""
    last = await world.last_seqs(visible=True)
    for sleeper in sleepers:
        observer = Observer(token, [], lambda: url)
        observer.conversation_ids = [sleeper.stream.conversation_id]
        observer.socket.streams[sleeper.stream.conversation_id] = sleeper.stream
        observer.task = asyncio.create_task(observer.socket.run())
        if not await observer.caught_up(last, STEP_SECONDS):
            world.verdict.findings.append("G18 a reader that was closed did not catch up")
        await observer.stop()
