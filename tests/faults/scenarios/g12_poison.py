"""G12: a request that breaks or kills its reader is put aside alone and with a reason; everything else is read."""

import asyncio
import contextlib
from collections import Counter

import asyncpg
import httpx

from tests.faults.platforms import app_inbox, until, webhook
from tests.faults.world import World

GATEWAYS = 2
HARM = "webhooks_that_break_readers.patch"
SETTINGS = {"FUNNEL_TURNS__LEASE_SECONDS": "1"}
SENDERS = 20
MOST_DEATHS = 5  # attempts of a request before it is put aside; one more where it dies while that is written
LONG = 30.0
LONGEST_AWAY = 240.0  # both gateways may be starting again, on a machine that has other things to do
_LEFT = "select count(*) from inbound_requests where state = 'waiting'"
_ASIDE = "select problem from inbound_requests where state = 'poisoned' and problem <> ''"
_SAID = """
select e.data ->> 'text' as text from events e join conversations c on c.id = e.conversation_id
where c.inbox_id = $1::uuid and e.type = 'message.created' and e.data ->> 'direction' = 'incoming'
"""


async def run(world: World) -> None:
    """One in a hundred breaks its reader; in a long run one kills it each time it is read."""
    inbox_id, secret = await app_inbox(world)
    count = 200 if world.seconds < LONG else int(20 * world.seconds)
    killers = {count // 3} if world.seconds >= LONG else set()
    breakers = {number for number in range(count) if number % 100 == 50}
    deaths, unanswered = [0], Counter[int]()
    nurse = asyncio.create_task(_nurse(world, deaths))
    async with httpx.AsyncClient(timeout=10) as client:
        free = asyncio.Semaphore(16)

        async def deliver(number: int) -> None:
            word = "poison-kill" if number in killers else "poison-raise" if number in breakers else "line"
            async with free:
                unanswered[number] = await _insist(
                    world, client, inbox_id, secret, number, f"{word} {number}"
                )

        await asyncio.gather(*(deliver(number) for number in range(count)))
        poison = killers | breakers
        again = sum(unanswered[number] for number in poison)
        await _judge(world, inbox_id, count, range(len(poison), len(poison) + again + 1), count - len(poison))
    nurse.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await nurse
    world.verdict.counts["sent_again"] = again
    killing = len(killers) + sum(unanswered[number] for number in killers)
    world.verdict.limit("deaths", deaths[0], killing * (MOST_DEATHS + 1))
    await world.fsck()


async def _insist(
    world: World, client: httpx.AsyncClient, inbox_id: str, secret: str, number: int, text: str
) -> int:
    """Sends it until it is taken; how often its end was unknown, so that it may have been stored once more each time."""
    body, headers = webhook(secret, f"e{number}", f"u{number % SENDERS}", text)
    unanswered = 0

    async def taken() -> bool:
        nonlocal unanswered
        try:
            url = f"{world.any_url()}/hooks/webhook/{inbox_id}"
            return (await client.post(url, content=body, headers=headers)).status_code == 200
        except httpx.ConnectError:
            return False
        except httpx.TransportError:
            unanswered += 1
            return False

    if not await until(taken, LONGEST_AWAY):
        world.verdict.findings.append(f"G12 delivery {number} was never taken")
    return unanswered


async def _nurse(world: World, deaths: list[int]) -> None:
    """Starts again whatever died, as a supervisor does."""
    while True:
        for gateway in world.gateways:
            if not gateway.running:
                deaths[0] += 1
                gateway.spawn()
        await asyncio.sleep(0.05)


async def _judge(world: World, inbox_id: str, count: int, poison: range, sound: int) -> None:
    connection = await asyncpg.connect(world.postgres.dsn)
    try:

        async def all_read() -> bool:
            return not await connection.fetchval(_LEFT)

        if not await until(all_read, LONGEST_AWAY):
            world.verdict.findings.append(f"G12 {await connection.fetchval(_LEFT)} requests still wait")
        aside = await connection.fetch(_ASIDE)
        said = [row["text"] for row in await connection.fetch(_SAID, inbox_id)]
    finally:
        await connection.close()
    if len(aside) not in poison:
        world.verdict.findings.append(
            f"G12 {len(aside)} put aside with a reason, {poison.start} to {poison.stop - 1} are poison"
        )
    world.verdict.counts["aside"] = len(aside)
    if len(said) != sound or len(set(said)) != sound:
        world.verdict.findings.append(f"G12 {len(said)} messages of {sound} sound requests")
    world.verdict.need("deliveries", count, 200)
