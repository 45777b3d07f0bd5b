"""The right to work on an import, and the work itself: the same in whichever process it is done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from kb.bulk import ImportItem
from kb.importers.importing import Importer, Options
from kb.importers.jobs import Failure
from kb.importers.report import report_of
from kb.importers.sources import Source, single_source, zip_sources

LEASE_SECONDS: Final = 30


class Lease:
    """The right to work on a job; the number of the attempt is the token, so that one who lost it writes nothing."""

    def __init__(self, pool: asyncpg.Pool, job_id: str, attempt: int) -> None:
        self._pool = pool
        self.job_id = job_id
        self.attempt = attempt

    async def _set(self, changes: str, *values: object) -> None:
        await self._pool.execute(
            f"update kb_imports set {changes} where id = $1::uuid and attempts = $2 and status = 'running'",  # noqa: S608 - constants
            self.job_id,
            self.attempt,
            *values,
        )

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renews the lease meanwhile."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                await self._set("lease_until = now() + make_interval(secs => $3)", LEASE_SECONDS)

    async def give_up(self) -> None:
        """Whoever looks next may begin anew."""
        await self._set("lease_until = now()")

    async def advance(self, done: int, total: int) -> None:
        """Says how far it is."""
        await self._set("done = $3, total = $4", done, total)

    async def report(self, items: tuple[ImportItem, ...]) -> None:
        """Keeps what became of every article."""
        report = await asyncio.to_thread(report_of, items)
        await self._set("report = $3::text::jsonb", report)

    async def finish(self) -> None:
        """Done: the report stays, the upload goes."""
        await self._set("status = 'done', data = null, finished_at = now()")

    async def fail(self, failure: Failure) -> None:
        """Nothing came in."""
        error = msgspec.json.encode(failure).decode()
        await self._set("status = 'failed', error = $3, data = null, finished_at = now()", error)


async def carry_out(db: Database, lease: Lease) -> Failure | None:
    """Imports what was uploaded and keeps the report; the reason where nothing can come in."""
    row = await db.pool.fetchrow(
        "select name, data, options::text, author_id::text from kb_imports where id = $1::uuid", lease.job_id
    )
    options = msgspec.json.decode(row["options"], type=Options)
    try:
        sources = await asyncio.to_thread(_sources, row["name"], row["data"])
        report = await Importer(db, options, author_id=row["author_id"]).sources(sources, lease.advance)
    except FunnelError as error:
        return Failure(error.code, error.detail)
    await lease.report(report.items)
    return None


def _sources(name: str, data: bytes) -> list[Source]:
    return list(zip_sources(data)) if name.lower().endswith(".zip") else [single_source(name, data)]
