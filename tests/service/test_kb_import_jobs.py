"""Imports as jobs: nothing half-served, begun anew after a crash, quick with thousands, and what comparing finds."""

import asyncio
import json
import sys
from collections.abc import Iterator

import msgspec
import pytest

from funnel.core import failpoints
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.failpoints import FailpointError
from kb.articles import Status
from kb.bulk import Result
from kb.hygiene import Kind
from kb.importers.apart import ApartError, Order
from kb.importers.importing import Importer, Options
from kb.importers.jobs import ImportJobs
from kb.importers.runner import ImportRunner
from kb.importers.sources import Source
from kb.library import Library
from kb.store import ArticleStore

TEXT = (
    "You can return anything within {days} days. Print the label and send the parcel from any shop near you."
)


@pytest.fixture
def disarmed() -> Iterator[None]:
    """No failpoint is left to the next test."""
    yield
    failpoints.configure(None)


@pytest.fixture
def crashing() -> Iterator[None]:
    """Every import breaks just before its commit."""
    failpoints.configure("import_before_commit=raise")
    yield
    failpoints.configure(None)


def table(count: int, word: str = "lamp") -> bytes:
    rows = [
        {"id": n, "locale": "en", "title": f"{word} {n}", "body": f"The {word} number {n} costs {n} euro and shines at night."}
        for n in range(count)
    ]  # fmt: skip
    return json.dumps(rows).encode()


async def shown() -> None:
    """Nobody waits to see it."""


async def test_a_job_goes_from_upload_to_search(db: Database) -> None:
    jobs, library = ImportJobs(db), Library(db)
    await library.refresh()
    job = await jobs.submit("a.json", table(40), Options(), None)
    assert (job.status, job.items) == ("queued", ())
    assert await ImportRunner(db, library.refresh).work()
    done = await jobs.get(job.id)
    assert (done.status, done.done, done.total, len(done.items)) == ("done", 1, 1, 40)
    assert {item.result for item in done.items} == {Result.CREATED}
    assert json.loads(done.report)[0]["result"] == "created"
    assert library.snapshot().search("lamp number 17", "en", None).hits[0].title == "lamp 17"
    assert await db.pool.fetchval("select data is null from kb_imports")
    assert not await ImportRunner(db, shown).work()
    assert [one.id for one in await jobs.list_jobs()] == [job.id]


async def test_a_crash_leaves_nothing_and_the_next_process_does_it(db: Database, crashing: None) -> None:
    jobs, store = ImportJobs(db), ArticleStore(db)
    job = await jobs.submit("a.json", table(30), Options(), None)
    revision = await store.revision()
    with pytest.raises(FailpointError):
        await ImportRunner(db, shown).work()
    assert (await store.list_articles()).items == ()
    assert await store.revision() == revision
    assert (await jobs.get(job.id)).status == "running"
    assert not await ImportRunner(db, shown).work()
    failpoints.configure(None)
    await db.pool.execute("update kb_imports set lease_until = now()")
    assert await ImportRunner(db, shown).work()
    assert (await jobs.get(job.id)).status == "done"
    assert len((await store.list_articles(limit=50)).items) == 30


async def test_an_import_that_is_interrupted_again_and_again_is_given_up(
    db: Database, crashing: None
) -> None:
    jobs = ImportJobs(db)
    job = await jobs.submit("a.json", table(3), Options(), None)
    for _ in range(3):
        with pytest.raises(FailpointError):
            await ImportRunner(db, shown).work()
        await db.pool.execute("update kb_imports set lease_until = now()")
    assert await ImportRunner(db, shown).work()
    failed = await jobs.get(job.id)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == ("failed", "import_interrupted")


async def test_a_bad_upload_fails_with_its_reason_and_a_strange_one_is_not_taken(db: Database) -> None:
    jobs = ImportJobs(db)
    job = await jobs.submit("a.zip", b"no archive", Options(), None)
    assert await ImportRunner(db, shown).work()
    failed = await jobs.get(job.id)
    assert failed.failure is not None
    assert failed.failure.code == "archive_invalid"
    for name in ("a.exe", "", "zip"):
        with pytest.raises(FunnelError, match="import_type_unknown"):
            await jobs.submit(name, b"", Options(), None)
    for job_id in ("x", "01890000-0000-7000-8000-000000000000"):
        with pytest.raises(FunnelError, match="not_found"):
            await jobs.get(job_id)


async def test_two_runners_do_a_job_once(db: Database) -> None:
    await ImportJobs(db).submit("a.json", table(20), Options(), None)
    worked = await asyncio.gather(*(ImportRunner(db, shown).work() for _ in range(3)))
    assert sorted(worked) == [False, False, True]
    assert await db.pool.fetchval("select count(*) from kb_articles where revision = 1") == 20


async def test_thousands_come_in_at_once_and_again_without_a_change(db: Database) -> None:
    store, importer = ArticleStore(db), Importer(db)
    source = [Source("many.json", table(2_000))]
    first = await importer.sources(source)
    assert first.count(Result.CREATED) == 2_000
    assert await store.revision() == 1
    again = await importer.sources(source)
    assert again.count(Result.UNCHANGED) == 2_000
    assert await store.revision() == 1
    assert await db.pool.fetchval("select count(*) from kb_revisions") == 2_000


async def test_a_large_import_is_done_by_another_process_and_found_here(db: Database) -> None:
    jobs, library = ImportJobs(db), Library(db)
    job = await jobs.submit("a.json", table(40), Options(locale="en"), None)
    assert await ImportRunner(db, library.refresh, small=0).work()
    done = await jobs.get(job.id)
    assert (done.status, done.done, done.total, len(done.items)) == ("done", 1, 1, 40)
    assert library.snapshot().search("lamp number 17", "en", None).hits[0].title == "lamp 17"
    bad = await jobs.submit("a.zip", b"no archive", Options(), None)
    assert await ImportRunner(db, shown, small=0).work()
    failed = await jobs.get(bad.id)
    assert failed.failure is not None
    assert failed.failure.code == "archive_invalid"


async def test_the_death_of_that_process_leaves_nothing_and_the_job_is_taken_up_at_once(
    db: Database, disarmed: None
) -> None:
    jobs, store = ImportJobs(db), ArticleStore(db)
    job = await jobs.submit("a.json", table(30), Options(), None)
    failpoints.configure("import_before_commit=kill9")
    with pytest.raises(ApartError):
        await ImportRunner(db, shown, small=0).work()
    assert (await store.list_articles()).items == ()
    assert (await jobs.get(job.id)).status == "running"
    failpoints.configure(None)
    assert await ImportRunner(db, shown, small=0).work()
    assert (await jobs.get(job.id)).status == "done"
    assert len((await store.list_articles(limit=50)).items) == 30


async def test_whoever_stops_takes_that_process_along(db: Database, disarmed: None) -> None:
    jobs, runner = ImportJobs(db), ImportRunner(db, shown, small=0)
    job = await jobs.submit("a.json", table(30), Options(), None)
    failpoints.configure("import_before_commit=sleep(60000)")
    await runner.start()
    async with asyncio.timeout(60):
        while (await jobs.get(job.id)).done == 0:  # noqa: ASYNC110 - another process is at work on it
            await asyncio.sleep(0.02)
    await runner.stop()
    failpoints.configure(None)
    # The row that orders all writers is free again, and nothing came in.
    await Importer(db).sources([Source("en/a.md", b"# One\n\nThe only article there is.")])
    assert [one.title for one in (await ArticleStore(db).list_articles()).items] == ["One"]
    order = Order(db.dsn, 5.0, job.id, 1, "import_before_commit=sleep(60000)")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kb.importers.apart", stdin=asyncio.subprocess.PIPE
    )
    await process.communicate(msgspec.json.encode(order) + b"\n")
    assert process.returncode == 1


async def test_conflicts_fail_alone(db: Database) -> None:
    def page(title: str, **more: str) -> Source:
        fields = "\n".join(
            f"{name}: {value}" for name, value in {"title": title, "locale": "en", **more}.items()
        )
        return Source(f"{title}.md", f"---\n{fields}\n---\nText of {title}.".encode())

    report = await Importer(db).sources(
        [
            page("a", slug="same"), page("b", slug="same"), page("c", key="k"), page("d", key="k"), page("e"), page("e"),
            page("f", sites="[01890000-0000-7000-8000-000000000000]"), page("g", owner_id="01890000-0000-7000-8000-000000000000"),
        ]
    )  # fmt: skip
    assert [item.result.value[0] for item in report.items] == ["c", "f", "c", "f", "c", "f", "f", "f"]
    assert len((await ArticleStore(db).list_articles()).items) == 3


async def test_what_is_kept_back_is_not_found_and_the_rest_is(db: Database) -> None:
    body = f"Facebook iconTwitter iconYouTube icon\n\n{TEXT.format(days=14)}"
    report = await Importer(db).sources([Source("en/a.txt", f"Returns\n\n{body}".encode()), Source("en/b.md", b"Facebook iconTwitter iconYouTube icon")])  # fmt: skip
    assert [item.status for item in report.items] == [Status.PUBLISHED, Status.QUARANTINED]
    assert [one.kind for one in report.items[0].findings] == [Kind.BOILERPLATE]
    (article,) = (await ArticleStore(db).changes(-1, None)).shown
    assert "icon" not in article.body
    assert "icon" in (await ArticleStore(db).get(article.id)).body
    again = await Importer(db).sources([Source("en/b.md", b"Facebook iconTwitter iconYouTube icon")])
    assert again.items[0].result is Result.UNCHANGED


async def test_duplicates_that_contradict_each_other_are_said_once_both_are_there(db: Database) -> None:
    pages = [
        Source(f"en/{n}.md", f"# Returns {n}\n\n{TEXT.format(days=days)}".encode())
        for n, days in ((1, 14), (2, 30))
    ]
    first, second = (await Importer(db).sources(pages)).items
    assert {one.kind for one in first.findings} == {Kind.NEAR_DUPLICATE, Kind.CONTRADICTION}
    assert all(one.other_id == second.article_id for one in first.findings)
    fixed = Source("en/1.md", f"# Returns 1\n\n{TEXT.format(days=30)}".encode())
    (again,) = (await Importer(db).sources([fixed])).items
    assert [one.kind for one in again.findings] == [Kind.NEAR_DUPLICATE]
    kinds = await db.pool.fetch("select kind from kb_findings")
    assert [row["kind"] for row in kinds] == ["near_duplicate"]
