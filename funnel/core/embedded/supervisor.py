"""Keeps the embedded server up: whichever sharing process sees its death first starts it again, with backoff."""

import asyncio

from funnel.core import metrics
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.logging import get_logger
from funnel.core.start_errors import StartError

LOOK_EVERY_SECONDS = 0.2
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 10.0


async def supervise(server: EmbeddedServer) -> None:
    """Runs until cancelled. Looks at the process five times a second; a failed restart doubles the wait up to 10 s."""
    log = get_logger(__name__)
    wait = FIRST_WAIT_SECONDS
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        if server.is_alive() or await asyncio.to_thread(server.answers):
            wait = FIRST_WAIT_SECONDS
            continue
        log.warning("database_server_died", pid=server.pid)
        try:
            await asyncio.to_thread(server.restart)
        except (StartError, OSError):
            log.exception("database_server_not_restarted", seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        else:
            metrics.server_restarts.inc()
            log.info("database_server_restarted", pid=server.pid)
