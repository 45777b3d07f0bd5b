"""The loops of one part of a process: begun together, ended together, each woken by its name when there is something to do."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from funnel.core.logging import get_logger

AWAY: Final = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError)
"""What a step raises while the database is away or too busy: it is tried again."""
AGAIN_SECONDS: Final = 1.0
DEAF_SECONDS: Final = 5.0
"""Longer than anything that is cancelled takes to put its things away."""
Step = Callable[[], Awaitable[float]]
"""One round of work; returns how many seconds to rest after it, 0 to go on at once."""
log = get_logger(__name__)


class Loops:
    """Steps that are repeated for as long as the part runs. A step that raises is logged and tried again."""

    def __init__(self, **steps: Step) -> None:
        """By name, in the order in which they begin."""
        self._steps = steps
        self._awake = {name: asyncio.Event() for name in steps}
        self._tasks: list[asyncio.Task[None]] = []
        self._after = 0.0
        self._again = AGAIN_SECONDS

    @property
    def running(self) -> bool:
        """Whether they were begun and not ended."""
        return bool(self._tasks)

    def start(self, *, after: float = 0.0, again: float = AGAIN_SECONDS) -> None:
        """Begins them: the first rounds after so many seconds. A step that raised rests `again` seconds."""
        self._after, self._again = after, again
        self._tasks = [asyncio.create_task(self._repeat(name), name=name) for name in self._steps]

    async def stop(self) -> None:
        """Cancels all and waits for each. Idempotent."""
        tasks, self._tasks = self._tasks, []
        await end(*tasks)

    def wake(self, name: str) -> None:
        """Ends the present or the next rest of a loop."""
        self._awake[name].set()

    async def _repeat(self, name: str) -> None:
        step, awake = self._steps[name], self._awake[name]
        if self._after > 0:
            await rest(awake, self._after)
        while True:
            try:
                seconds = await step()
            except AWAY as error:
                log.warning("loop_waits", loop=name, error_type=type(error).__name__)
                await asyncio.sleep(self._again)
                continue
            except Exception:
                log.exception("loop_broke", loop=name)
                await asyncio.sleep(self._again)
                continue
            if seconds > 0:
                await rest(awake, seconds)
            else:
                await asyncio.sleep(0)


async def rest(awake: asyncio.Event, seconds: float) -> None:
    """Until it is woken, so many seconds at most; the event is clear after it. Not by `asyncio.wait_for`, which up to Python
    3.11 loses a cancellation that comes in the moment of the wake: a loop would go on that was told to end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await awake.wait()
    awake.clear()


class Flights:
    """Tasks of work under way, kept until they are done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Awaitable[None]) -> None:
        """Does it beside everything else."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, seconds: float = 0.0) -> None:
        """Lets what is under way end within so many seconds, then cancels the rest. Idempotent."""
        if seconds and self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await end(*self._tasks)


async def end(*tasks: asyncio.Task[None], again: float = DEAF_SECONDS) -> None:
    """Cancels tasks and waits for each; one that goes on, since a library lost the word, is told every `again` seconds. What
    they raised was theirs to tell."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again)
    await asyncio.gather(*tasks, return_exceptions=True)
