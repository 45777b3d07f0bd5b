"""Which inboxes this process fetches for: each has one process at a time, and a process that dies is followed within a minute."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final, Protocol

import asyncpg
from msgspec import Struct

from funnel.channels.port import Account
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.people.accounts import Accounts
from funnel.turns.polls import Held, Polls

LEASE_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0
_BROKEN = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError)
log = get_logger(__name__)


class Poller(Protocol):
    """Fetches for one inbox until it is cancelled."""

    async def run(self, account: Account, held: Held) -> None:
        """Goes on from the position that is held."""
        ...


class _Running(Struct):
    """An inbox this process fetches for."""

    account: Account
    held: Held
    task: "asyncio.Task[None]"


class Pollers:
    """One a worker process."""

    def __init__(self, polls: Polls, accounts: Accounts, pollers: Mapping[str, Poller]) -> None:
        self._polls = polls
        self._accounts = accounts
        self._pollers = pollers
        self._running: dict[str, _Running] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look for inboxes that nobody fetches for."""
        self._task = asyncio.create_task(self._run(), name="pollers")

    async def stop(self) -> None:
        """Stops fetching; another process may go on at once. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)
        for inbox_id in tuple(self._running):
            await self._end(inbox_id)

    async def look(self) -> None:
        """Begins what nobody does, goes on with what is ours, ends what is over or was set up anew."""
        wanted = set(await self._accounts.polled())
        for inbox_id, running in tuple(self._running.items()):
            account = await self._accounts.find(inbox_id)
            ours = inbox_id in wanted and account == running.account and not running.task.done()
            if not ours or not await self._polls.renew(running.held, LEASE_SECONDS):
                await self._end(inbox_id)
        for inbox_id in sorted(wanted - self._running.keys()):
            account = await self._accounts.find(inbox_id)
            poller = self._pollers.get(account.channel) if account is not None else None
            if account is None or poller is None:
                continue
            held = await self._polls.take(inbox_id, LEASE_SECONDS)
            if held is not None:
                task = asyncio.create_task(self._poll(poller, account, held), name="poller")
                self._running[inbox_id] = _Running(account, held, task)

    async def _poll(self, poller: Poller, account: Account, held: Held) -> None:
        """Whatever escapes is logged; the next look begins anew."""
        try:
            await poller.run(account, held)
        except _BROKEN as error:
            log.warning("poller_unread", inbox_id=account.inbox_id, error_type=type(error).__name__)
        except Exception:
            log.exception("poller_broke", inbox_id=account.inbox_id)

    async def _end(self, inbox_id: str) -> None:
        running = self._running.pop(inbox_id)
        await end(running.task)
        with contextlib.suppress(*_BROKEN):
            await self._polls.release(running.held)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except _BROKEN as error:
                log.warning("pollers_unread", error_type=type(error).__name__)
            except Exception:
                log.exception("pollers_broke")
            await asyncio.sleep(LOOK_SECONDS)
