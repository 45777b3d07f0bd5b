"""An import in a process of its own, so that reading and comparing thousands of texts holds up nothing that is served here."""

import asyncio
import contextlib
import os
import sys
import threading
from typing import Final

import msgspec

from funnel.core import failpoints
from funnel.core.database import Database, connected
from funnel.core.settings import DatabaseSettings
from kb.importers.jobs import Failure
from kb.importers.lease import Lease, carry_out

_CONNECTIONS: Final = 2
_BEHIND: Final = 5
_MODULE: Final = "kb.importers.apart"


class Order(msgspec.Struct, frozen=True):
    """What the other process must know. It goes through a pipe: an address with a password is no argument of a command."""

    dsn: str
    command_seconds: float
    job_id: str
    attempt: int
    failpoints: str


class Outcome(msgspec.Struct, frozen=True):
    """How it went."""

    failure: Failure | None = None


class ApartError(Exception):
    """The other process ended before it was done."""


async def carry_out_apart(db: Database, lease: Lease) -> Failure | None:
    """As `carry_out`, elsewhere. Raises ApartError when the process dies; cancelled, it is ended with this call.

    It also ends by itself as soon as this process is gone, and it leaves the machine to others first.
    """
    order = Order(db.dsn, db.command_seconds, lease.job_id, lease.attempt, failpoints.armed())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _MODULE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        answer = await process.stdout.read()
        process.stdin.close()
        if await process.wait() != 0:
            raise ApartError(f"The import's process ended with {process.returncode}.")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return msgspec.json.decode(answer, type=Outcome).failure


async def _work(order: Order) -> Outcome:
    failpoints.configure(order.failpoints)
    settings = DatabaseSettings(pool_size=_CONNECTIONS, command_seconds=order.command_seconds)
    async with connected(order.dsn, settings) as db:
        return Outcome(await carry_out(db, Lease(db.pool, order.job_id, order.attempt)))


def _leave_with_the_other() -> None:
    """The pipe closes when the process at its other end is gone, however that happened."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Reads an order, carries it out, writes the outcome."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    threading.Thread(target=_leave_with_the_other, daemon=True).start()
    os.nice(_BEHIND)
    outcome = asyncio.run(_work(order))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    sys.stdout.buffer.flush()
    # The thread still reads; an ordinary end would wait for the lock it holds.
    os._exit(0)


if __name__ == "__main__":
    main()
