"""G11: answers leave in order for each conversation, at least once under one id, through failures, kills and a sick neighbour."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import asyncpg
import httpx

from tests.faults import beside
from tests.faults.platforms import PATIENCE, Desk, open_desk, until
from tests.faults.world import STEP_SECONDS, World
from tests.simulators.http_double import Answer, HttpDouble, Taken, http_double

GATEWAYS = 2
SETTINGS = {"FUNNEL_EGRESS__ALLOW_PRIVATE": "true", "FUNNEL_TURNS__LEASE_SECONDS": "1.5"}
CONTACTS = 8
KILL_EVERY = 2.0
LONG = 30.0
P99_RATIO = 1.2
WINDOWS = 6  # of each kind: 924 ways to divide them
SAID = 5  # in each conversation and window of a long run
BY_CHANCE = 0.003
HEALTHY_SECONDS = 15.0  # under the 20 s after which a send that hangs is given up
_LEFT = "select count(*) from deliveries where inbox_id = $1::uuid and (state = 'queued' or told <> state)"
_TOLD = """
select e.data ->> 'delivery_id' as id, count(*) as n from events e join conversations c on c.id = e.conversation_id
where c.inbox_id = $1::uuid and e.type = 'delivery.updated' and e.data ->> 'state' = 'sent' group by 1 having count(*) > 1
"""
_STATES = "select state, count(*) as n from deliveries where inbox_id = $1::uuid group by 1"


@dataclass
class App:
    """What the healthy app saw: every request that had an effect, when, and how many it cut off."""

    world: World
    calm: bool = False
    seen: list[tuple[float, str, str, str]] = field(default_factory=list)
    broken: list[tuple[float, str]] = field(default_factory=list)

    def answer(self, taken: Taken) -> Answer:
        """Mostly 200; else 500, 429 with Retry-After, or a connection that breaks after the request was taken."""
        data = taken.json["data"]
        dice = 1.0 if self.calm else self.world.random.random()
        if dice < 0.04:
            return Answer(500)
        if dice < 0.06:
            return Answer(429, headers={"retry-after": "1"})
        said = (data["conversation_id"], data["message"]["text"], taken.headers["webhook-id"])
        self.seen.append((now := time.monotonic(), *said))
        if dice < 0.1:
            self.broken.append((now, said[-1]))
        return Answer(200, breaks=dice < 0.1)


async def run(world: World) -> None:
    """Agents answer at two apps, one of which hangs, while workers die; then what arrived is compared with what was said."""
    app = App(world)
    async with (
        http_double(app.answer) as well,
        http_double(_answering(None)) as sick,
        httpx.AsyncClient(timeout=STEP_SECONDS) as client,
    ):
        desk = await open_desk(world, client, f"{well.url}/in", CONTACTS)
        ill = await open_desk(world, client, f"{sick.url}/in", CONTACTS)
        deaths: list[float] = []
        killer = asyncio.create_task(_kill(world, deaths))
        lines = await _talk(world, desk, time.monotonic() + world.seconds * 0.6)
        killer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killer
        for gateway in world.gateways:
            if not gateway.running:
                gateway.spawn()
            await gateway.ready()
        await _judge(world, desk, app, lines, deaths)
        if not world.verdict.findings:
            app.calm = True
            await _beside(world, desk, app, ill, sick)
    await world.fsck()


async def _kill(world: World, deaths: list[float]) -> None:
    while True:
        await asyncio.sleep(KILL_EVERY)
        victim = world.random.choice(world.gateways)
        victim.kill()
        deaths.append(time.monotonic())
        victim.spawn()
        await victim.ready()


async def _talk(world: World, desk: Desk, end: float) -> dict[str, list[str]]:
    """What was acknowledged in each conversation, in order."""
    lines: dict[str, list[str]] = defaultdict(list)

    async def talk(conversation_id: str) -> None:
        number = 0
        while time.monotonic() < end or number < 6:
            await desk.say(conversation_id, f"line {number}")
            lines[conversation_id].append(f"line {number}")
            number += 1
            await asyncio.sleep(world.random.uniform(0.0, 0.3))

    await asyncio.gather(*(talk(one) for one in desk.conversations))
    return lines


async def _judge(
    world: World, desk: Desk, app: App, lines: dict[str, list[str]], deaths: list[float]
) -> None:
    found = world.verdict.findings
    connection = await asyncpg.connect(world.postgres.dsn)
    try:

        async def quiet() -> bool:
            return not await connection.fetchval(_LEFT, desk.inbox_id)

        if not await until(quiet, PATIENCE):
            found.append("G11 the healthy channel's outbox does not get empty")
        twice = await connection.fetch(_TOLD, desk.inbox_id)
        states = {row["state"]: row["n"] for row in await connection.fetch(_STATES, desk.inbox_id)}
    finally:
        await connection.close()
    if set(states) != {"sent"} or twice:
        found.append(f"G11 the healthy channel's deliveries ended as {states}, {len(twice)} told twice")
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[str, list[str]] = defaultdict(list)
    for _, conversation_id, text, name in app.seen:
        if text.startswith("line "):
            names[conversation_id, text].add(name)
            if text not in first[conversation_id]:
                first[conversation_id].append(text)
    for conversation_id, said in lines.items():
        if first[conversation_id] != said:
            found.append(f"G11 said {said}, arrived {first[conversation_id]}")
    if any(len(one) != 1 for one in names.values()):
        found.append("G11 a message went out under more than one id")
    repeats = _repeats(app, deaths)
    if unexplained := [name for name, why in repeats if not why]:
        found.append(f"G11 {len(unexplained)} sent again though their outcome was known: {unexplained[:3]}")
    world.verdict.counts |= {
        "lines": sum(map(len, lines.values())), "broken": len(app.broken), "repeats": len(repeats),
    }  # fmt: skip
    world.verdict.need("kills", len(deaths), 1)


def _repeats(app: App, deaths: list[float]) -> list[tuple[str, bool]]:
    """Every message that was taken again, and whether there was a reason: its connection had broken, or a worker died between."""
    last: dict[str, float] = {}
    repeats = []
    for at, _, _, name in app.seen:
        if name in last:
            broke = (last[name], name) in app.broken
            repeats.append((name, broke or any(last[name] <= death <= at for death in deaths)))
        last[name] = at
    return repeats


async def _beside(world: World, desk: Desk, app: App, ill: Desk, sick: HttpDouble) -> None:
    """The healthy channel's answers while its neighbour hangs, against without: windows in turn, each in a quiet outbox."""
    kinds: dict[bool, list[list[float]]] = {True: [], False: []}
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        for number in range(2 * WINDOWS):
            hangs, released = number % 2 == 1, asyncio.Event()
            sick.rule = _answering(released if hangs else None)
            taken = len(sick.taken)
            await asyncio.gather(*(ill.say(one, f"window {number}") for one in ill.conversations))
            kinds[hangs].append(await _latencies(world, desk, app, sick, taken + CONTACTS))
            released.set()
            if not await until(partial(_is_empty, connection, ill.inbox_id)):
                world.verdict.findings.append(
                    "G11 the outbox of a channel that is well again does not get empty"
                )
            if world.verdict.findings:
                return
    finally:
        await connection.close()
    slower = beside.ratio(kinds[True], kinds[False])
    chance = beside.chance(kinds[True], kinds[False])
    world.verdict.counts |= {"beside_a_sick_channel": slower, "by_chance": chance}
    if slower > P99_RATIO and chance < BY_CHANCE:
        world.verdict.findings.append(f"G11 p99 beside a sick channel is {slower:.2f} times that alone")


def _answering(released: asyncio.Event | None) -> Callable[[Taken], Answer]:
    return lambda taken: Answer(200, after=released)


async def _is_empty(connection: asyncpg.Connection, inbox_id: str) -> bool:
    return not await connection.fetchval(_LEFT, inbox_id)


async def _latencies(world: World, desk: Desk, app: App, sick: HttpDouble, neighbours: int) -> list[float]:
    """From the acknowledgement of some answers until the app has them, once the neighbour has had what it was sent. The texts
    hold no long numbers, for those may be hidden as those of cards."""

    async def neighbour_has_its_own() -> bool:
        return len(sick.taken) >= neighbours

    started, said = len(app.seen), {}
    if not await until(neighbour_has_its_own):
        world.verdict.findings.append("G11 answers did not arrive at the neighbour")
    for number in range(SAID if world.seconds >= LONG else 1):
        for place, conversation_id in enumerate(desk.conversations):
            text = f"calm {started} {place} {number}"
            said[text] = await desk.say(conversation_id, text)

    async def all_came() -> bool:
        return {text for _, _, text, _ in app.seen[started:]} >= set(said)

    if not await until(all_came, HEALTHY_SECONDS):
        world.verdict.findings.append("G11 answers of a healthy channel did not arrive")
    return [max(0.0, at - said[text]) for at, _, text, _ in app.seen[started:] if text in said]
