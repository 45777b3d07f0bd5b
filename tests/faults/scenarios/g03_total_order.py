"""G3: one total order a conversation, the same for visitor and agents, while transactions are held open at random."""

import asyncio
import time

import httpx

from funnel.core.ids import new_id
from tests.faults.bots import Observer, SocketTalker, Talker
from tests.faults.checker import Checker
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 2
FAILPOINTS = "before_commit=sleep(60)@0.2"
LEAST = 12  # of each who writes, however slow the machine


async def _agent_writes(world: World, token: str, conversation_id: str, path: str, until: float) -> int:
    sent = 0
    async with httpx.AsyncClient(
        timeout=STEP_SECONDS, headers={"authorization": f"Bearer {token}"}
    ) as client:
        while time.monotonic() < until or sent < LEAST:
            url = f"{world.any_url()}/v1/conversations/{conversation_id}/{path}"
            answer = await client.post(
                url, json={"client_message_id": new_id(), "text": f"from the desk {sent}"}
            )
            if answer.status_code != 201:
                world.verdict.findings.append(f"G3 {path}: {answer.status_code} {answer.text[:200]}")
                return sent
            sent += 1
            await asyncio.sleep(0.01)
    return sent


async def run(world: World) -> None:
    """Two devices, an agent who replies and one who notes, all at once in one conversation."""
    token, conversation_id, word = await world.visitor()
    async with httpx.AsyncClient(timeout=STEP_SECONDS) as client:
        claim = await client.post(
            f"{world.any_url()}/v1/conversations/{conversation_id}/claim",
            headers={"authorization": f"Bearer {world.agent_tokens[0]}"},
        )
        claim.raise_for_status()
    devices = [
        kind(f"device-{number}", token, conversation_id, word, world.any_url, world.journal)
        for number, kind in enumerate((Talker, SocketTalker))
    ]
    visitors = [Observer(token, [conversation_id], lambda g=g: g.url) for g in world.gateways]
    agents = [Observer(t, [conversation_id], world.any_url) for t in world.agent_tokens[:2]]
    for observer in (*visitors, *agents):
        await observer.start()
    until = time.monotonic() + world.seconds
    socket = asyncio.create_task(devices[1].socket.run())  # type: ignore[attr-defined]
    counts = await asyncio.gather(
        *(device.talk(until, 0.01, least=LEAST) for device in devices),
        _agent_writes(world, world.agent_tokens[0], conversation_id, "messages", until),
        _agent_writes(world, world.agent_tokens[1], conversation_id, "notes", until),
    )
    await devices[1].socket.stop()  # type: ignore[attr-defined]
    await socket
    for device in devices:
        await device.close()
    await world.quiet(visitors)
    last = await world.last_seqs(visible=False)
    await asyncio.gather(*(observer.caught_up(last, STEP_SECONDS) for observer in agents))
    for observer in agents:
        await observer.stop()
    verdict = await world.judge(devices, visitors)
    checker = await Checker.read(world.postgres.dsn)
    for observer in agents:
        checker.stream(observer.socket.streams[conversation_id], verdict, visible_only=False)
    verdict.need("events", len(checker.logs[conversation_id]), 10 * world.seconds)
    verdict.need("desk", (counts[2] or 0) + (counts[3] or 0), 2 * world.seconds)
