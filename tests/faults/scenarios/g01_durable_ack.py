"""G1: an acknowledgement is sent only after the commit. Gateways are killed at random while visitors talk and observers watch."""

import asyncio
import time

from tests.faults.bots import Observer, SocketTalker
from tests.faults.world import World, killing

GATEWAYS = 2


async def run(world: World) -> None:
    """Talks, kills, waits for quiet, judges I1-I7 and fsck."""
    count = 12 if world.seconds < 30 else 40
    talkers = await world.talkers(count)
    observers = [Observer(t.token, [t.conversation_id], world.any_url) for t in talkers]
    for observer in observers:
        await observer.start()
    until = time.monotonic() + world.seconds
    sockets = [asyncio.create_task(t.socket.run()) for t in talkers if isinstance(t, SocketTalker)]
    wanted = min(1000, 15 * world.seconds)
    talking = [asyncio.create_task(t.talk(until, 0.02, least=2 + int(wanted / count))) for t in talkers]
    gap = (0.8, 1.5) if world.seconds < 30 else (0.5, 3.0)
    kills = await killing(world, until, *gap)
    await asyncio.gather(*talking)
    for talker in talkers:
        await talker.close()
    await asyncio.gather(*sockets)
    await world.quiet(observers)
    await world.judge(talkers, observers)
    world.verdict.need("kills", kills, 1)
    world.verdict.need("acknowledged", len(world.journal.acknowledged()), wanted)
    world.verdict.need("reconnects", world.verdict.counts["reconnects"], 1)
    world.verdict.counts["longest_silence"] = max(t.longest_silence for t in talkers)
