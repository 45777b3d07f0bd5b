"""What measurements stand on: the processes of a run, the world in two copies, the samples, and the supply of fresh conversations."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.processes import Child, Server, execute, postgres, start_bare, start_gateway
from benchmarks.report import Samples
from benchmarks.world import WorldNote, furnish
from funnel.core.embedded.server import EmbeddedServer

LAG = "funnel_loop_lag_seconds_bucket{le="


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds of every variant (fewer where they take longer than `rounds_seconds`), seconds of each
    variant, how large the world is, how many webhooks a round has at most and how many messages it sends."""

    rounds: int
    rounds_seconds: float
    seconds: float
    visitors: int
    sockets: int
    crowd: int
    open_loop_seconds: float
    passages: tuple[int, ...]
    hooks: int
    sends: int


FULL = Size(5, 200, 1.2, 24_000, 1000, 500, 8.0, (1_000, 10_000, 100_000), 8_000, 2_000)
QUICK = Size(2, 40, 0.8, 8_000, 300, 300, 3.0, (1_000, 10_000), 5_000, 1_000)
DESKS = 512
IN_FLIGHT = 64


@dataclass
class Stage:
    """One run. The gateway and the workers have a copy of the world each, so that neither hears the other's hints."""

    size: Size
    folder: Path
    server: EmbeddedServer
    note: WorldNote
    bare: Server
    gateway: Server
    worker: Child
    second: Child
    clients: Child
    channels: Child
    samples: Samples = field(default_factory=Samples)
    lag: dict[float, float] = field(default_factory=dict)
    own_lag: list[float] = field(default_factory=list)
    _next: dict[str, int] = field(default_factory=dict)

    def fresh(self, world: str, count: int = 0) -> int:
        """The number of the next visitor's conversation of a world that no round used lately; moves on by `count`."""
        at = self._next.get(world, 0)
        self._next[world] = at + count
        return at

    def processes(self) -> tuple[Any, ...]:
        """Every child."""
        return (self.bare, self.gateway, self.worker, self.second, self.clients, self.channels)

    @contextlib.asynccontextmanager
    async def under_load(self) -> AsyncIterator[None]:
        """Adds what the gateway's event loop lagged meanwhile, by the service's own metric."""
        before = lags(await self.gateway.metrics())
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
        for bound, count in lags(await self.gateway.metrics()).items():
            self.lag[bound] = self.lag.get(bound, 0.0) + count - before.get(bound, 0.0)

    async def _watch(self) -> None:
        """The lag of this process, which does nothing meanwhile: what the machine itself adds."""
        while True:
            due = time.perf_counter() + 0.02
            await asyncio.sleep(0.02)
            self.own_lag.append(time.perf_counter() - due)

    async def deadlocks(self) -> float:
        """Deadlocks PostgreSQL has seen since it was started."""
        found = await execute(self.server, "select coalesce(sum(deadlocks), 0)::bigint from pg_stat_database")
        return float(found)


def lags(text: str) -> dict[float, float]:
    """The cumulative buckets of the loop lag in an exposition text."""
    found: dict[float, float] = {}
    for line in text.splitlines():
        if line.startswith(LAG):
            bound, _, count = line[len(LAG) :].partition("}")
            value = bound.strip('"')
            found[math.inf if value == "+Inf" else float(value)] = float(count)
    return found


@contextlib.asynccontextmanager
async def stage(size: Size) -> AsyncIterator[Stage]:
    """Starts everything; ends every process by its own pid and removes the folder, whatever happened."""
    async with postgres() as (server, folder):
        await execute(server, "create database world")
        note = await furnish(server.url("world"), size.visitors, DESKS)
        for name in ("gateway", "workers"):
            await execute(server, f"create database {name} template world")
        note = msgspec.structs.replace(note, urls={name: server.url(name) for name in ("gateway", "workers")})
        said = msgspec.json.encode(note).decode()
        made: list[Any] = []
        try:
            made.append(bare := start_bare(folder))
            made.append(gateway := start_gateway(folder, note.urls["gateway"]))
            made.append(worker := Child("worker", folder, "benchmarks.turn_worker", "workers", said))
            made.append(second := Child("second", folder, "benchmarks.turn_worker", "workers", said))
            made.append(clients := Child("clients", folder, "benchmarks.client_worker", said))
            made.append(channels := Child("channels", folder, "benchmarks.channel_worker", "workers", said))
            await bare.ready("/")
            await gateway.ready("/readyz")
            yield Stage(size, folder, server, note, bare, gateway, worker, second, clients, channels)
        finally:
            for process in made:
                process.end()
