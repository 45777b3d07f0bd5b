"""G13: a worker that was stopped past its lease writes nothing when it wakes; its work was done by another, once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import asyncpg
import httpx

from tests.faults.platforms import PATIENCE, Desk, open_desk, until
from tests.faults.processes import Gateway
from tests.faults.world import STEP_SECONDS, World
from tests.simulators.http_double import Answer, Taken, http_double

GATEWAYS = 2
SETTINGS = {"FUNNEL_EGRESS__ALLOW_PRIVATE": "true", "FUNNEL_TURNS__LEASE_SECONDS": "2"}
START_SECONDS = 90.0  # of another worker, on a machine that has other things to do
SLOW_SECONDS = 5.0  # more than two leases, which a send may outlast while its worker lives
STALE = "funnel_outbox_stale_total"
_STATE = "select state from deliveries where conversation_id = $1::uuid order by position desc limit 1"
_TOLD = """
select count(*) from events e where e.conversation_id = $1::uuid and e.type = 'delivery.updated'
  and e.data ->> 'delivery_id' = (select d.id::text from deliveries d where d.conversation_id = $1::uuid order by d.position desc limit 1)
"""


@dataclass
class App:
    """Holds the first two requests of a message until they may be answered: the first with a failure."""

    takes: Counter[str] = field(default_factory=Counter)
    first: asyncio.Event = field(default_factory=asyncio.Event)
    second: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, taken: Taken) -> Answer:
        """By how often the message was taken."""
        text = taken.json["data"]["message"]["text"]
        self.takes[text] += 1
        if not text.startswith("once"):
            return Answer(200)
        held = {1: Answer(500, after=self.first), 2: Answer(200, after=self.second)}
        return held.get(self.takes[text], Answer(200))

    async def took(self, text: str, times: int) -> None:
        """Raises TimeoutError where it was never taken so often."""

        async def enough() -> bool:
            return self.takes[text] >= times

        if not await until(enough, START_SECONDS):
            raise TimeoutError(f"{text!r} was taken {self.takes[text]} times, not {times}")


async def run(world: World) -> None:
    """Stops the worker in the middle of a send, lets another begin the same, wakes the first with a failure."""
    rounds = 1 if world.seconds < 30 else 5
    app = App()
    async with http_double(app.answer) as double, httpx.AsyncClient(timeout=STEP_SECONDS) as client:
        desk = await open_desk(world, client, f"{double.url}/in", 1)
        for number in range(rounds):
            await _round(world, app, desk, number)
    await world.gateways[1].ready()
    await world.fsck()
    world.verdict.need("rounds", rounds, 1)


async def _round(world: World, app: App, desk: Desk, number: int) -> None:
    slow, other = world.gateways
    text = f"once {number}"
    app.first, app.second = asyncio.Event(), asyncio.Event()
    other.kill()
    (conversation_id,) = desk.conversations
    await desk.say(conversation_id, text)
    await app.took(text, 1)
    await asyncio.sleep(SLOW_SECONDS)
    if app.takes[text] != 1:
        world.verdict.findings.append("G13 a send that takes its time was begun again while its worker lives")
    slow.freeze()
    other.spawn()
    try:
        await app.took(text, 2)
    finally:
        slow.thaw()
    app.first.set()
    if not await _refused(slow, number + 1):
        world.verdict.findings.append("G13 the outcome of a worker that lost its lease was not refused")
    app.second.set()
    await _judge(world, app, conversation_id, text)


async def _refused(gateway: Gateway, times: int) -> bool:
    async def counted() -> bool:
        return await gateway.metric(STALE) >= times

    return await until(counted, PATIENCE)


async def _judge(world: World, app: App, conversation_id: str, text: str) -> None:
    connection = await asyncpg.connect(world.postgres.dsn)
    try:

        async def told() -> bool:
            return bool(await connection.fetchval(_TOLD, conversation_id))

        if not await until(told, PATIENCE):
            world.verdict.findings.append("G13 what was sent was never told")
        state = await connection.fetchval(_STATE, conversation_id)
        times = await connection.fetchval(_TOLD, conversation_id)
    finally:
        await connection.close()
    if (state, times, app.takes[text]) != ("sent", 1, 2):
        world.verdict.findings.append(
            f"G13 {state}, told {times} times, sent {app.takes[text]} times of which one has no known end"
        )
