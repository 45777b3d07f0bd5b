"""G2: one effect for one client message id, for ever: racing duplicates over two gateways, again after a kill, other words refused."""

import asyncio
from typing import Any

import httpx

from funnel.core.ids import new_id
from tests.faults.checker import Checker
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 2


async def _race(
    world: World, token: str, path: str, body: dict[str, Any], times: int
) -> list[httpx.Response]:
    async def once(number: int, client: httpx.AsyncClient) -> httpx.Response:
        url = world.gateways[number % len(world.gateways)].url + path
        return await client.post(url, json=body, headers={"authorization": f"Bearer {token}"})

    async with httpx.AsyncClient(timeout=STEP_SECONDS) as client:
        return await asyncio.gather(*(once(number, client) for number in range(times)))


def _same(world: World, answers: list[httpx.Response], created: int, what: str) -> str:
    """All answers name one message; exactly `created` of them are 201."""
    ids = {a.json()["message"]["id"] for a in answers if a.status_code < 300}
    seqs = {a.json()["message"]["seq"] for a in answers if a.status_code < 300}
    codes = sorted(a.status_code for a in answers)
    if len(ids) != 1 or len(seqs) != 1 or codes.count(201) != created or set(codes) - {200, 201}:
        world.verdict.findings.append(f"G2 {what}: {len(ids)} messages, {len(seqs)} seqs, statuses {codes}")
    return next(iter(ids), "")


async def run(world: World) -> None:
    """Races, restarts, repeats, varies."""
    times = 16
    rounds = 12 if world.seconds < 30 else 500
    token, conversation_id, word = await world.visitor()
    path = f"/v1/conversations/{conversation_id}/messages"
    sent: list[tuple[dict[str, Any], str]] = []
    for number in range(rounds):
        body = {"client_message_id": new_id(), "text": f"{word} once {number}"}
        answers = await _race(world, token, path, body, times)
        sent.append((body, _same(world, answers, 1, "race")))
    for gateway in world.gateways:
        gateway.kill()
        gateway.spawn()
    await asyncio.gather(*(gateway.ready() for gateway in world.gateways))
    for body, message_id in sent:
        again = await _race(world, token, path, body, 2)
        if _same(world, again, 0, "after the kill") != message_id:
            world.verdict.findings.append("G2 another message after the kill")
    body, message_id = sent[0]
    for other in await _race(world, token, path, {**body, "text": "other words"}, 4):
        problem = other.json()
        if (
            other.status_code != 409
            or problem["code"] != "id_reused"
            or problem["message"]["id"] != message_id
        ):
            world.verdict.findings.append(f"G2 other words: {other.status_code} {problem}")
    checker = await Checker.read(world.postgres.dsn)
    checker.gapless(world.verdict)
    for body, _ in sent:
        if checker.by_client[str(body["client_message_id"])] != 1:
            world.verdict.findings.append("G2 not stored exactly once")
    await world.fsck()
    world.verdict.need("raced", rounds * times, 100)
