"""Imports on the wire: what is queued, how far it is, and what became of every article."""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from api.schemas.body import Id, Sound
from api.schemas.queries import Query
from api.schemas.setup import Answer
from kb.hygiene import Finding
from kb.importers.jobs import Failure, Job

MOST_WAIT = 60


class ImportQuery(Query):
    """How an upload is taken: `site` (repeatable) for articles that name none, `locale` for texts that do not tell theirs.

    `wait`: seconds until the answer comes though the import is still running.
    """

    locale: Annotated[Sound, Field(max_length=100)] | None = None
    site: Annotated[list[Id], Field(max_length=50)] = []
    wait: Annotated[int, Field(ge=0, le=MOST_WAIT)] = 20


class ProblemLine(Answer):
    """What is wrong with a file, and in which line."""

    line: int
    message: str


class FindingOut(Answer):
    """Something the hygiene gate found. `start` and `end` are half-open, in code points of the field.

    `reason` is a sentence in English; `reason_code` with `reason_values` says the same to clients with words of their own, and is
    empty for what an earlier release has found. `quarantines`: the passage is not served as long as nobody accepts the finding by its `mark`.
    """

    kind: str
    field: Literal["title", "short_answer", "body"]
    start: int
    end: int
    reason: str
    reason_code: str = ""
    reason_values: dict[str, str] = {}
    quarantines: bool
    mark: str
    other_id: str | None


class ImportItemOut(Answer):
    """What became of an article; `status` is what it has now."""

    path: str
    result: Literal["created", "updated", "unchanged", "failed"]
    article_id: str | None
    status: Literal["draft", "published", "archived", "quarantined"] | None
    problems: list[ProblemLine]
    findings: list[FindingOut]


class ImportErrorOut(Answer):
    """Why nothing came in."""

    code: str
    detail: str


class ImportOut(Answer):
    """An import: `done` of `total` files are read; `items` are there when it is done."""

    id: str
    name: str
    status: Literal["queued", "running", "done", "failed"]
    done: int
    total: int
    created_at: dt.datetime
    finished_at: dt.datetime | None
    error: ImportErrorOut | None
    items: list[ImportItemOut]


def finding_out(one: Finding) -> FindingOut:
    """As the API shows it."""
    return FindingOut.model_validate(one)


class _Told(msgspec.Struct):
    """An import as ImportOut describes it, its report as it was kept."""

    id: str
    name: str
    status: str
    done: int
    total: int
    created_at: dt.datetime
    finished_at: dt.datetime | None
    error: Failure | None
    items: msgspec.Raw


def import_json(job: Job) -> bytes:
    """An ImportOut with its items. A report may be megabytes: it is passed on as it is."""
    report = msgspec.Raw(job.report.encode())
    told = _Told(
        job.id,
        job.name,
        job.status,
        job.done,
        job.total,
        job.created_at,
        job.finished_at,
        job.failure,
        report,
    )
    return msgspec.json.encode(told)


def import_out(job: Job) -> ImportOut:
    """An ImportOut without its items."""
    failure: Failure | None = job.failure
    return ImportOut(
        id=job.id, name=job.name, status=job.status, done=job.done, total=job.total, created_at=job.created_at,
        finished_at=job.finished_at, error=ImportErrorOut.model_validate(failure) if failure else None,
        items=[],
    )  # fmt: skip
