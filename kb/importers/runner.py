"""Works on the imports that wait: small ones here, larger ones in a process of their own."""

from collections.abc import Awaitable, Callable
from typing import Final

from funnel.core.database import Database
from funnel.core.loops import Loops
from kb.importers.apart import ApartError, carry_out_apart
from kb.importers.jobs import Failure
from kb.importers.lease import LEASE_SECONDS, Lease, carry_out

LOOK_SECONDS: Final = 1.0
MOST_ATTEMPTS: Final = 3
SMALL: Final = 16_000
"""Bytes of an upload that is read in less time than a process needs to start; of an archive an eighth, for what is in it."""
_UNPACKED: Final = 8


class ImportRunner:
    """Works on queued imports, one at a time a process; any number of processes may run one.

    A job is leased: when its process dies another one begins it anew, three times at most. Since an import is stored in one
    transaction and by its sources, beginning anew changes nothing twice. `shown` is awaited before a job is called done,
    so that what it brought in is found by then in this process.
    """

    def __init__(self, db: Database, shown: Callable[[], Awaitable[object]], small: int = SMALL) -> None:
        self._db = db
        self._shown = shown
        self._small = small
        self._loops = Loops(imports=self._round)

    async def start(self) -> None:
        """Begins to look for jobs."""
        self._loops.start()

    async def stop(self) -> None:
        """Ends; a job under way is left to its lease. Idempotent."""
        await self._loops.stop()

    def wake(self) -> None:
        """Something was queued in this process: look at once."""
        self._loops.wake("imports")

    async def work(self) -> bool:
        """Does one job, if there is one to do."""
        row = await self._db.pool.fetchrow(
            "update kb_imports set status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => $1) "
            "where id = (select id from kb_imports where status = 'queued' or status = 'running' and lease_until < now() "
            "order by created_at for update skip locked limit 1) "
            "returning id::text, name, length(data) as size, attempts",
            LEASE_SECONDS,
        )
        if row is None:
            return False
        lease = Lease(self._db.pool, row["id"], row["attempts"])
        if row["attempts"] > MOST_ATTEMPTS:
            await lease.fail(
                Failure("import_interrupted", "The import was interrupted three times; nothing came in.")
            )
            return True
        weight = row["size"] * (_UNPACKED if row["name"].lower().endswith(".zip") else 1)
        async with lease.kept():
            failure = await (carry_out(self._db, lease) if weight <= self._small else self._apart(lease))
            if failure is None:
                await self._shown()
        await (lease.finish() if failure is None else lease.fail(failure))
        return True

    async def _apart(self, lease: Lease) -> Failure | None:
        try:
            return await carry_out_apart(self._db, lease)
        except ApartError:
            await lease.give_up()
            raise

    async def _round(self) -> float:
        """Whatever fails in it, the lease ends and the job begins anew."""
        return 0.0 if await self.work() else LOOK_SECONDS
