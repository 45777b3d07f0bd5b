"""Imports as durable jobs: an upload is kept until its import is done, whatever happens to the process that works on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final, Literal

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import FunnelError, invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.core.logging import get_logger
from kb.bulk import ImportItem
from kb.importers.importing import Importer, Options
from kb.importers.sources import ARTICLE_ENDINGS, TABLE_ENDINGS, Source, single_source, zip_sources

LEASE_SECONDS: Final = 30
LOOK_SECONDS: Final = 1.0
MOST_ATTEMPTS: Final = 3
KEPT_DAYS: Final = 30
MOST_REPORTED: Final = 20
_WATCH_SECONDS: Final = 0.05
_log = get_logger(__name__)
State = Literal["queued", "running", "done", "failed"]


class Failure(msgspec.Struct, frozen=True):
    """Why an import brought in nothing."""

    code: str
    detail: str


class Job(msgspec.Struct, frozen=True):
    """An import: how far it is (`done` of `total` files read), and, when it is over, what became of every article."""

    id: str
    name: str
    status: State
    done: int
    total: int
    created_at: datetime
    finished_at: datetime | None
    failure: Failure | None
    items: tuple[ImportItem, ...]


_JOB: Final = "id::text, name, status, done, total, created_at, finished_at, error, report::text"
_WITHOUT_ITEMS: Final = _JOB.replace("report::text", "'[]' as report")


class ImportJobs:
    """The jobs in the database. Every method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def submit(self, name: str, data: bytes, options: Options, author_id: str | None) -> Job:
        """Keeps an upload and queues its import. Raises INVALID for a kind of file that cannot be imported."""
        if PurePosixPath(name).suffix.lower() not in (".zip", *ARTICLE_ENDINGS, *TABLE_ENDINGS):
            raise invalid(
                "import_type_unknown",
                "An import is Markdown, HTML, text, CSV, JSON or a zip archive of them.",
            )
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "delete from kb_imports where finished_at < now() - make_interval(days => $1)", KEPT_DAYS
            )
            row = await connection.fetchrow(
                "insert into kb_imports (id, author_id, name, options, data) "  # noqa: S608 - constants
                f"values ($1::uuid, $2::uuid, $3, $4::text::jsonb, $5) returning {_JOB}",
                new_id(), author_id, name[:300], msgspec.json.encode(options).decode(), data,
            )  # fmt: skip
        return _job(row)

    async def get(self, job_id: str) -> Job:
        """A job as it is now; NOT_FOUND also for a malformed id."""
        row = None
        if is_id(job_id):
            row = await self._pool.fetchrow(f"select {_JOB} from kb_imports where id = $1::uuid", job_id)  # noqa: S608 - constants
        if row is None:
            raise not_found("import")
        return _job(row)

    async def list_jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs, without their items."""
        rows = await self._pool.fetch(
            f"select {_WITHOUT_ITEMS} from kb_imports order by id desc limit $1",  # noqa: S608 - constants
            limit,
        )
        return tuple(map(_job, rows))

    async def wait(self, job_id: str, seconds: float) -> Job:
        """The job when it is over, or as it is after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._unfinished(job_id):  # noqa: ASYNC110 - another process may be at work on it
                    await asyncio.sleep(_WATCH_SECONDS)
        return await self.get(job_id)

    async def _unfinished(self, job_id: str) -> bool:
        return bool(
            await self._pool.fetchval(
                "select true from kb_imports where id = $1::uuid and finished_at is null", job_id
            )
        )


class ImportRunner:
    """Works on queued imports, one at a time a process; any number of processes may run one.

    A job is leased: when its process dies another one begins it anew, three times at most. Since an import is stored in one
    transaction and by its sources, beginning anew changes nothing twice. `shown` is awaited before a job is called done,
    so that what it brought in is found by then in this process.
    """

    def __init__(self, db: Database, shown: Callable[[], Awaitable[object]]) -> None:
        self._db = db
        self._shown = shown
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look for jobs."""
        self._task = asyncio.create_task(self._run(), name="imports")

    async def stop(self) -> None:
        """Ends; a job under way is left to its lease. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def wake(self) -> None:
        """Something was queued in this process: look at once."""
        self._woken.set()

    async def work(self) -> bool:
        """Does one job, if there is one to do."""
        row = await self._db.pool.fetchrow(
            "update kb_imports set status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => $1) "
            "where id = (select id from kb_imports where status = 'queued' or status = 'running' and lease_until < now() "
            "order by created_at for update skip locked limit 1) "
            "returning id::text, author_id::text, name, options::text, data, attempts",
            LEASE_SECONDS,
        )
        if row is None:
            return False
        job = _Lease(self._db.pool, row["id"], row["attempts"])
        if row["attempts"] > MOST_ATTEMPTS:
            await job.fail(
                Failure("import_interrupted", "The import was interrupted three times; nothing came in.")
            )
            return True
        options = msgspec.json.decode(row["options"], type=Options)
        try:
            async with job.kept():
                sources = await asyncio.to_thread(_sources, row["name"], row["data"])
                importer = Importer(self._db, options, author_id=row["author_id"])
                report = await importer.sources(sources, job.advance)
                await self._shown()
        except FunnelError as error:
            await job.fail(Failure(error.code, error.detail))
        else:
            await job.finish(report.items)
        return True

    async def _run(self) -> None:
        while True:
            try:
                while await self.work():
                    pass
            except Exception:  # noqa: BLE001 - whatever failed, the lease ends and the job begins anew
                _log.warning("import_failed", exc_info=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            self._woken.clear()


def _sources(name: str, data: bytes) -> list[Source]:
    return list(zip_sources(data)) if name.lower().endswith(".zip") else [single_source(name, data)]


class _Lease:
    """The right to work on a job; the number of the attempt is the token, so that one who lost it writes nothing."""

    def __init__(self, pool: asyncpg.Pool, job_id: str, attempt: int) -> None:
        self._pool = pool
        self._job_id = job_id
        self._attempt = attempt

    async def _set(self, changes: str, *values: object) -> None:
        await self._pool.execute(
            f"update kb_imports set {changes} where id = $1::uuid and attempts = $2 and status = 'running'",  # noqa: S608 - constants
            self._job_id,
            self._attempt,
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

    async def advance(self, done: int, total: int) -> None:
        """Says how far it is."""
        await self._set("done = $3, total = $4", done, total)

    async def finish(self, items: tuple[ImportItem, ...]) -> None:
        """Done: the report stays, the upload goes."""
        shown = [msgspec.structs.replace(one, findings=one.findings[:MOST_REPORTED]) for one in items]
        report = msgspec.json.encode(shown).decode()
        await self._set("status = 'done', report = $3::text::jsonb, data = null, finished_at = now()", report)

    async def fail(self, failure: Failure) -> None:
        """Nothing came in."""
        error = msgspec.json.encode(failure).decode()
        await self._set("status = 'failed', error = $3, data = null, finished_at = now()", error)


def _job(row: asyncpg.Record) -> Job:
    return Job(
        row["id"],
        row["name"],
        row["status"],
        row["done"],
        row["total"],
        row["created_at"],
        row["finished_at"],
        msgspec.json.decode(row["error"], type=Failure) if row["error"] else None,
        msgspec.json.decode(row["report"], type=tuple[ImportItem, ...]),
    )
