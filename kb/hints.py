"""Hearing at once that the knowledge base has moved: LISTEN on a connection of its own, made anew when it is lost."""

import asyncio
from collections.abc import Callable
from typing import Final

import asyncpg

from funnel.core.database import Database
from funnel.core.logging import get_logger

CHANNEL: Final = "funnel_kb"
"""What the trigger on `kb_state` notifies; migration 0018."""
RETRY_SECONDS: Final = 1.0
_log = get_logger("kb.hints")


async def listen(db: Database, moved: Callable[[], None]) -> None:
    """Calls `moved` at every commit that moves the base, and once when it begins to hear; until it is cancelled.

    What is missed while there is no connection the caller finds by its own looking.
    """
    while True:
        connection: asyncpg.Connection | None = None
        try:
            connection = await db.connect()
            lost = asyncio.Event()
            connection.add_termination_listener(lambda *_, lost=lost: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: moved())
            moved()
            await lost.wait()
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
            _log.warning("kb_hints_unheard")
        finally:
            if connection is not None and not connection.is_closed():
                connection.terminate()
        await asyncio.sleep(RETRY_SECONDS)
