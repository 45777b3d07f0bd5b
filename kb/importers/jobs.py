"""Imports as durable jobs: an upload is kept until its import is done; kb.importers.runner works on them."""

import asyncio
import contextlib
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final, Literal

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id, new_id
from kb.importers.importing import Options
from kb.importers.report import ReportItem
from kb.importers.sources import ARTICLE_ENDINGS, TABLE_ENDINGS

KEPT_DAYS: Final = 30
_WATCH_SECONDS: Final = 0.05
State = Literal["queued", "running", "done", "failed"]


class Failure(msgspec.Struct, frozen=True):
    """Why an import brought in nothing."""

    code: str
    detail: str


class Job(msgspec.Struct, frozen=True):
    """An import: how far it is (`done` of `total` files read), and, when it is over, what became of every article as JSON."""

    id: str
    name: str
    status: State
    done: int
    total: int
    created_at: datetime
    finished_at: datetime | None
    failure: Failure | None
    report: str

    @property
    def items(self) -> tuple[ReportItem, ...]:
        """The report, read: milliseconds with thousands of articles."""
        return msgspec.json.decode(self.report, type=tuple[ReportItem, ...])


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
        row["report"],
    )
