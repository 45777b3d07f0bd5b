"""Back-tests as jobs: made by ops, run by whichever worker is free, resumed by another one where it died, cancelled at any time."""

import json
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id, new_id

LEASE_SECONDS: Final = 30
_ROW = "select id, spec, status, total, done, result, error, created_at, finished_at from backtests where id = $1"
_LIST = """
select id, spec, status, total, done, null as result, error, created_at, finished_at from backtests
where id < $1 order by id desc limit $2
"""
_CLAIM = """
update backtests set status = 'running', lease_until = now() + make_interval(secs => $1), fence = fence + 1
where id = (
  select id from backtests where status = 'queued' or (status = 'running' and lease_until < now())
  order by created_at limit 1 for update skip locked
) returning id, spec, cursor, done, total, tally, fence
"""
_SAVE = """
update backtests set cursor = $3, done = $4, tally = $5::jsonb, lease_until = now() + make_interval(secs => $6)
where id = $1 and fence = $2 and status = 'running' returning true
"""
_FINISH = """
update backtests set status = $3, result = $4::jsonb, error = $5, finished_at = now(), lease_until = null, tally = null
where id = $1 and fence = $2 and status = 'running'
"""
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Spec(Struct, frozen=True):
    """What to try on what. `document` is the rule set as it was when the job was made; `sample` is the share of conversations,
    `recompute` measures the signals anew from the words that are still there."""

    document: dict[str, Any]
    from_at: datetime
    to_at: datetime
    version: int | None = None
    sample: float = 1.0
    site_id: str | None = None
    channel: str | None = None
    recompute: bool = False


class Job(Struct, frozen=True):
    """A back-test as it is shown."""

    id: str
    spec: Spec
    status: str
    total: int | None
    done: int
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None


class Claimed(Struct, frozen=True):
    """A job in a worker's hands. The fence tells it from a later worker's hold on the same job."""

    id: str
    spec: Spec
    fence: int
    cursor: str | None
    done: int
    total: int | None
    tally: str | None


class BackTests:
    """The rows of back-tests. Every method is one statement; a worker that lost its job writes nothing any more."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, spec: Spec, by_id: str | None) -> Job:
        """Raises 422 `range_invalid` for a range that ends before it begins, `sample_invalid`."""
        if spec.to_at <= spec.from_at:
            raise invalid("range_invalid", "The range must end after it begins.")
        if not 0 < spec.sample <= 1:
            raise invalid("sample_invalid", "A sample is a share above 0 and at most 1.")
        job_id = new_id()
        await self._db.pool.execute(
            "insert into backtests (id, spec, by_id) values ($1, $2::jsonb, $3::uuid)",
            job_id, msgspec.json.encode(spec).decode(), by_id,
        )  # fmt: skip
        return await self.read(job_id)

    async def read(self, job_id: str) -> Job:
        """Raises 404."""
        record = await self._db.pool.fetchrow(_ROW, job_id) if is_id(job_id) else None
        if record is None:
            raise not_found("back-test")
        return _job(record)

    async def list(self, *, limit: int, before: str | None) -> list[Job]:
        """Newest first, without their results."""
        return [_job(record) for record in await self._db.pool.fetch(_LIST, before or LAST, limit)]

    async def cancel(self, job_id: str) -> Job:
        """Ends it after the chunk at hand; nothing for one that is over. Raises 404."""
        if is_id(job_id):
            await self._db.pool.execute(
                "update backtests set status = 'cancelled', finished_at = now(), tally = null where id = $1"
                " and status in ('queued', 'running')",
                job_id,
            )
        return await self.read(job_id)

    async def claim(self, seconds: float = LEASE_SECONDS) -> Claimed | None:
        """The oldest job that nobody works on, also one whose worker has not been heard of for `seconds`."""
        record = await self._db.pool.fetchrow(_CLAIM, seconds)
        if record is None:
            return None
        return Claimed(
            str(record["id"]), _spec(record["spec"]), record["fence"], record["cursor"], record["done"],
            record["total"], record["tally"],
        )  # fmt: skip

    async def expect(self, claimed: Claimed, total: int) -> None:
        """How many turns there are to judge."""
        await self._db.pool.execute(
            "update backtests set total = $3 where id = $1 and fence = $2", claimed.id, claimed.fence, total
        )

    async def save(
        self, claimed: Claimed, cursor: str, done: int, tally: str, seconds: float = LEASE_SECONDS
    ) -> bool:
        """Keeps the progress; False where the job was cancelled or is another worker's."""
        kept = await self._db.pool.fetchval(_SAVE, claimed.id, claimed.fence, cursor, done, tally, seconds)
        return bool(kept)

    async def finish(self, claimed: Claimed, result: dict[str, Any] | None, error: str | None = None) -> None:
        """Done, or failed with a code."""
        status = "done" if error is None else "failed"
        await self._db.pool.execute(
            _FINISH,
            claimed.id,
            claimed.fence,
            status,
            json.dumps(result) if result is not None else None,
            error,
        )


def _spec(text: str) -> Spec:
    return msgspec.json.decode(text, type=Spec)


def _job(record: asyncpg.Record) -> Job:
    return Job(
        id=str(record["id"]),
        spec=_spec(record["spec"]),
        status=record["status"],
        total=record["total"],
        done=record["done"],
        result=json.loads(record["result"]) if record["result"] is not None else None,
        error=record["error"],
        created_at=record["created_at"],
        finished_at=record["finished_at"],
    )
