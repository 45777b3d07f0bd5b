"""G7: the database crashes, restarts and runs full: no false acknowledgement, retryable refusals, and it heals by itself."""

import asyncio
import contextlib
import os
import time
from pathlib import Path

import asyncpg
import httpx

from tests.faults.bots import Observer, SocketTalker
from tests.faults.world import World

GATEWAYS = 1
TABLESPACE_MB = 96
MOST_SECONDS = 90.0


async def _outage(world: World, number: int) -> float:
    """One crash; returns how long after the database's return the gateway was ready again."""
    if number % 2:
        world.postgres.stop_immediately()
    else:
        world.postgres.crash()
    world.journal.mark("database down")
    async with httpx.AsyncClient() as client:
        await asyncio.sleep(0.6)
        if await world.gateways[0].is_ready(client):
            world.verdict.findings.append("G7 /readyz is green without a database")
        if not world.gateways[0].running:
            world.verdict.findings.append("G7 the gateway died with its database")
        await world.postgres.start()
        back = time.monotonic()
        world.journal.mark("database up")
        while not await world.gateways[0].is_ready(client):
            if time.monotonic() - back > 15:
                world.verdict.findings.append("G7 the gateway did not heal")
                break
            await asyncio.sleep(0.05)
        return time.monotonic() - back


async def _command(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words)
    if await process.wait() != 0:
        raise RuntimeError(f"{words[0]} failed")


async def _fill(world: World) -> None:
    """Moves the log to a small file system, fills it, and frees it again."""
    mount = world.folder / "small"
    mount.mkdir()
    await _command("mount", "-t", "tmpfs", "-o", f"size={TABLESPACE_MB}m,mode=0777", "tmpfs", str(mount))
    try:
        space = mount / "space"
        space.mkdir()
        space.chmod(0o700)
        await _command("chown", "nobody", str(space))
        connection = await asyncpg.connect(world.postgres.dsn)
        try:
            await connection.execute(f"create tablespace small location '{space}'")
            await connection.execute("alter table events set tablespace small")
            await _while_full(world, mount)
            await connection.execute("alter table events set tablespace pg_default")
            await connection.execute("drop tablespace small")
        finally:
            await connection.close()
    finally:
        await _command("umount", "-l", str(mount))


async def _while_full(world: World, mount: Path) -> None:
    ballast = mount / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()
    world.journal.mark("disk full")
    await asyncio.sleep(2)
    ballast.unlink()
    world.journal.mark("disk freed")
    await asyncio.sleep(1)


async def run(world: World) -> None:
    """Talks through crashes and a full disk, then judges."""
    talkers = await world.talkers(8)
    observers = [Observer(t.token, [t.conversation_id], world.any_url) for t in talkers]
    for observer in observers:
        await observer.start()
    began = time.monotonic()
    enough = asyncio.Event()
    sockets = [asyncio.create_task(t.socket.run()) for t in talkers if isinstance(t, SocketTalker)]
    until = began + world.seconds + MOST_SECONDS
    talking = [asyncio.create_task(t.talk(until, 0.01, enough)) for t in talkers]
    healed = []
    crashes = 2 if world.seconds < 30 else int(world.seconds // 5)
    for number in range(crashes):
        await asyncio.sleep(world.random.uniform(0.5, 1.0 if world.seconds < 30 else 4.0))
        healed.append(await _outage(world, number))
    if os.geteuid() == 0:
        await _fill(world)
        world.verdict.counts["disk_full"] = 1
    # However long the harm took, there is talk after it.
    await asyncio.sleep(max(1.0, began + world.seconds + 6 - time.monotonic()))
    enough.set()
    await asyncio.gather(*talking)
    for talker in talkers:
        await talker.close()
    await asyncio.gather(*sockets)
    await world.quiet(observers)
    await world.judge(talkers, observers)
    world.verdict.need("crashes", crashes, 2)
    world.verdict.need("acknowledged", len(world.journal.acknowledged()), 10 * world.seconds)
    back = world.journal.started + max(at for at, what in world.journal.marks if what == "database up")
    if not any((operation.ended_at or 0) > back for operation in world.journal.acknowledged()):
        world.verdict.findings.append("G7 nothing was acknowledged after the database came back")
    world.verdict.counts["slowest_healing"] = max(healed)
