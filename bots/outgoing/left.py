"""Looks for visitors who left before they read what people answered; the outbox mails it to them."""

from collections.abc import Callable
from typing import Final

from funnel.core.loops import Loops
from funnel.turns.left import LeftVisitors

LOOK_SECONDS: Final = 10.0


class LeftMail:
    """Any number may run on one database."""

    def __init__(self, left: LeftVisitors, wake: Callable[[], None]) -> None:
        self._left = left
        self._wake = wake
        self._loops = Loops(left=self._step)

    async def start(self) -> None:
        """Begins to look."""
        self._loops.start()

    async def stop(self) -> None:
        """Idempotent."""
        await self._loops.stop()

    async def look(self) -> int:
        """One round; returns for how many visitors there is a mail now."""
        found = await self._left.write()
        if found:
            self._wake()
        return found

    async def _step(self) -> float:
        await self.look()
        return LOOK_SECONDS
