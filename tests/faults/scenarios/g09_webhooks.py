"""G09: webhooks repeated, shuffled, batched and in parallel on two gateways that are killed are one message each, in one conversation."""

import asyncio
import contextlib
import json
import time

import asyncpg
import httpx

from funnel.channels import standard_webhooks
from funnel.core.ids import new_id
from tests.faults.platforms import app_inbox
from tests.faults.world import World

GATEWAYS = 2
SENDERS = 12
CALM = 2.0  # seconds between kills
PATIENCE = 60.0
EVENTS_A_SECOND = 115  # more than 20,000 deliveries in a minute's run


async def run(world: World) -> None:
    """Delivers every event one to five times while gateways die, then counts."""
    inbox_id, secret = await app_inbox(world)
    events = 120 if world.seconds < 30 else int(EVENTS_A_SECOND * world.seconds)
    deliveries = [number for number in range(events) for _ in range(world.random.randint(1, 5))]
    world.random.shuffle(deliveries)
    killer = asyncio.create_task(_kill(world))
    path = f"/hooks/webhook/{inbox_id}"
    async with httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_connections=32)) as client:
        await _forge(world, client, path)
        free = asyncio.Semaphore(24)
        await asyncio.gather(*(_deliver(world, client, free, path, secret, number) for number in deliveries))
    killer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await killer
    for gateway in world.gateways:
        if not gateway.running:
            gateway.spawn()
        await gateway.ready()
    await _judge(world, inbox_id, events)
    await world.fsck()
    world.verdict.need("deliveries", len(deliveries), 20_000 if world.seconds >= 60 else 200)
    world.verdict.need("events", events, 100)


async def _deliver(
    world: World, client: httpx.AsyncClient, free: asyncio.Semaphore, path: str, secret: str, number: int
) -> None:
    """Until a gateway says 2xx, as platforms do."""
    message = {"id": f"m{number}", "text": f"line {number}"}
    data = {"event_id": f"e{number}", "sender": {"id": f"u{number % SENDERS}"}, "message": message}
    body = json.dumps({"type": "message.created", "timestamp": 1_700_000_000 + number, "data": data}).encode()
    async with free:
        deadline = time.monotonic() + PATIENCE  # of this delivery, however long it stood in line
        while time.monotonic() < deadline:
            headers = standard_webhooks.sign([secret], f"e{number}", int(time.time()), body)
            with contextlib.suppress(httpx.TransportError):
                answer = await client.post(f"{world.any_url()}{path}", content=body, headers=headers)
                if answer.status_code == 200:
                    return
                if answer.status_code != 503:
                    world.verdict.findings.append(f"G09 a genuine delivery was answered {answer.status_code}")
                    return
            await asyncio.sleep(0.05)
    world.verdict.findings.append(f"G09 event {number} was never taken")


async def _forge(world: World, client: httpx.AsyncClient, path: str) -> None:
    body = b'{"type":"message.created","data":{"sender":{"id":"evil"},"message":{"id":"x","text":"forged"}}}'
    for headers in ({}, standard_webhooks.sign(["whsec_" + "eHh4" * 8], new_id(), int(time.time()), body)):
        answer = await client.post(f"{world.gateways[0].url}{path}", content=body, headers=headers)
        if answer.status_code != 401:
            world.verdict.findings.append(f"G09 a forged delivery was answered {answer.status_code}")


async def _kill(world: World) -> None:
    """SIGKILL, alternating, and up again at once."""
    number = 0
    while True:
        await asyncio.sleep(CALM)
        gateway = world.gateways[number % GATEWAYS]
        if gateway.running:
            gateway.kill()
            world.verdict.counts["kills"] = world.verdict.counts.get("kills", 0) + 1
        gateway.spawn()
        await gateway.ready()
        number += 1


async def _judge(world: World, inbox_id: str, events: int) -> None:
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        deadline = time.monotonic() + PATIENCE + world.seconds
        while await connection.fetchval("select count(*) from inbound_requests where state = 'waiting'"):
            if time.monotonic() > deadline:
                world.verdict.findings.append("G09 requests were never read")
                break
            await asyncio.sleep(0.1)
        said = await connection.fetch(
            "select e.data ->> 'text' as text, count(*) as n, count(distinct c.id) as places from events e"
            " join conversations c on c.id = e.conversation_id where c.inbox_id = $1::uuid and e.type = 'message.created'"
            " and e.data ->> 'direction' = 'incoming' group by 1",
            inbox_id,
        )
        conversations = await connection.fetchval(
            "select count(*) from conversations where inbox_id = $1::uuid", inbox_id
        )
        aside = await connection.fetchval("select count(*) from inbound_requests where state = 'poisoned'")
    finally:
        await connection.close()
    twice = [row["text"] for row in said if row["n"] != 1]
    if twice:
        world.verdict.findings.append(f"G09 {len(twice)} messages more than once: {twice[:5]}")
    if len(said) != events or conversations != SENDERS or aside:
        world.verdict.findings.append(
            f"G09 {len(said)} of {events} messages, {conversations} conversations of {SENDERS} contacts, {aside} put aside"
        )
