"""What is published and which hooks may be called, as this process uses it: at most a second behind the last change."""

import asyncio
from typing import Final

from msgspec.structs import replace

from bots.dialogue.playbooks import Playbooks, shipped_playbooks
from bots.dialogue.playbooks.model import Playbook, PlaybookError
from bots.dialogue.playbooks.shelf import loaded
from bots.playbooks.store import PlaybookStore, StoredPlaybook
from funnel.core.database import Database
from funnel.core.logging import get_logger
from funnel.core.loops import Loops

POLL_SECONDS: Final = 1.0
_log = get_logger(__name__)


class LivePlaybooks:
    """Keeps `now()` fresh. A version that cannot be read by this release is left out, and the log says so."""

    def __init__(self, db: Database) -> None:
        self._store = PlaybookStore(db)
        self._moved = -1
        self._now = shipped_playbooks()
        self._loops = Loops(playbooks=self._round)
        self._reading = asyncio.Lock()

    async def start(self) -> None:
        """Stores what this release ships, reads what is live, and goes on by itself until `stop`."""
        await self._store.seed()
        await self.refresh()
        self._loops.start(after=POLL_SECONDS)

    async def stop(self) -> None:
        """Ends the reading. Idempotent."""
        await self._loops.stop()

    def now(self) -> Playbooks:
        """The latest; before the first reading what comes with the product."""
        return self._now

    async def refresh(self) -> Playbooks:
        """Reads now; what was committed before the call is in what it returns."""
        async with self._reading:
            moved = await self._store.moved()
            if moved != self._moved:
                stored = await self._store.published()
                self._now = await asyncio.to_thread(_playbooks, stored)
                self._moved = moved
            hooks = await self._store.hooks()
            if hooks != self._now.hooks:
                self._now = replace(self._now, hooks=hooks)
            return self._now

    async def _round(self) -> float:
        await self.refresh()
        return POLL_SECONDS


def _playbooks(stored: list[StoredPlaybook]) -> Playbooks:
    read = {(one.key, one.version): book for one in stored if (book := _read(one)) is not None}
    live = {one.key: one.version for one in stored if one.live and (one.key, one.version) in read}
    return Playbooks(read, live)


def _read(stored: StoredPlaybook) -> Playbook | None:
    try:
        return replace(loaded(stored.document), version=stored.version)
    except PlaybookError as error:
        _log.error(
            "playbook_refused", playbook=stored.key, version=stored.version, error_type=type(error).__name__
        )
        return None
