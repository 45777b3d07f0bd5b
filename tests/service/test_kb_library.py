"""The library of a process: everything at the start, every change within a second, the old snapshot left alone."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from funnel.core import failpoints
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from kb.articles import ArticleContent, Status
from kb.library import Library
from kb.search import Outcome
from kb.store import ArticleStore, content_of

LAMP = ArticleContent(locale="en", title="Repairing a lamp", body="Open the lamp.", status=Status.PUBLISHED)


def titles(library: Library, question: str = "repairing a lamp") -> set[str]:
    return {hit.title for hit in library.snapshot().search(question, "en", None, limit=10).hits}


async def until(library: Library, expected: set[str]) -> None:
    try:
        async with asyncio.timeout(60):
            while titles(library) != expected:  # noqa: ASYNC110 - it is polled from outside
                await asyncio.sleep(0.02)
    except TimeoutError:
        assert titles(library) == expected


async def test_a_new_article_is_found_on_every_process_by_itself(db: Database) -> None:
    store, libraries = ArticleStore(db), [Library(db), Library(db)]
    await store.create(LAMP)
    for library in libraries:
        await library.start()
    try:
        assert all(titles(library) == {"Repairing a lamp"} for library in libraries)
        old = libraries[0].snapshot()
        second = await store.create(msgspec.structs.replace(LAMP, title="Cleaning a lamp"))
        for library in libraries:
            await until(library, {"Repairing a lamp", "Cleaning a lamp"})
        assert len(old.search("lamp", "en", None).hits) == 1
        await store.archive(second.id, None)
        for library in libraries:
            await until(library, {"Repairing a lamp"})
            assert library.revision == await store.revision()
    finally:
        for library in libraries:
            await library.stop()
            await library.stop()


async def test_a_change_of_text_locale_or_status_is_followed(db: Database) -> None:
    store, library = ArticleStore(db), Library(db)
    made = await store.create(LAMP)
    assert (await library.refresh()).search("repairing lamp", "en", None).outcome is Outcome.ANSWER
    made = await store.update(
        made.id, msgspec.structs.replace(content_of(made), title="Dimmer", body="Turn it."), 1
    )
    assert (await library.refresh()).search("repairing lamp", "en", None).hits == ()
    made = await store.update(made.id, msgspec.structs.replace(content_of(made), locale="de"), 2)
    snapshot = await library.refresh()
    assert snapshot.search("dimmer", "en", None).hits == ()
    assert len(snapshot.search("dimmer", "de", None).hits) == 1
    await store.update(made.id, msgspec.structs.replace(content_of(made), status=Status.QUARANTINED), 3)
    assert (await library.refresh()).locales == ()


async def test_an_index_that_is_not_swapped_leaves_the_old_one_whole(db: Database) -> None:
    store, library = ArticleStore(db), Library(db)
    await store.create(LAMP)
    await library.refresh()
    await store.create(msgspec.structs.replace(LAMP, title="Cleaning a lamp"))
    failpoints.configure("reindex_before_swap=raise@1")
    try:
        with pytest.raises(failpoints.FailpointError):
            await library.refresh()
        assert titles(library) == {"Repairing a lamp"}
        await library.refresh()
    finally:
        failpoints.configure(None)
    assert titles(library) == {"Repairing a lamp", "Cleaning a lamp"}


async def test_an_article_appears_when_its_time_comes(db: Database) -> None:
    store, library = ArticleStore(db), Library(db)
    made = await store.create(
        msgspec.structs.replace(LAMP, publish_at=SystemClock().now() + timedelta(hours=1))
    )
    await library.start()
    try:
        assert titles(library) == set()
        await db.pool.execute("update kb_articles set publish_at = now() where id = $1::uuid", made.id)
        await until(library, {"Repairing a lamp"})
    finally:
        await library.stop()


async def test_nothing_moved_keeps_the_same_snapshot(db: Database) -> None:
    library = Library(db)
    await ArticleStore(db).create(LAMP)
    assert await library.refresh() is await library.refresh()


async def test_a_failing_database_leaves_the_last_snapshot_in_service(db: Database) -> None:
    store, library = ArticleStore(db), Library(db)
    await store.create(LAMP)
    await library.start()
    try:
        await db.pool.execute("alter table kb_state rename to kb_state_away")
        await asyncio.sleep(0.9)
        assert titles(library) == {"Repairing a lamp"}
        await db.pool.execute("alter table kb_state_away rename to kb_state")
        await store.create(msgspec.structs.replace(LAMP, title="Cleaning a lamp"))
        await until(library, {"Repairing a lamp", "Cleaning a lamp"})
    finally:
        await library.stop()


async def test_many_changes_keep_the_index_small_and_right(db: Database) -> None:
    store, library = ArticleStore(db), Library(db)
    made = await store.create(LAMP)
    for number in range(12):
        content = msgspec.structs.replace(content_of(made), body=f"Open the lamp {number}.")
        made = await store.update(made.id, content, made.revision)
        hits = (await library.refresh()).search("open the lamp", "en", None).hits
        assert [hit.text for hit in hits] == [f"Open the lamp {number}."]


async def test_a_commit_is_heard_without_waiting_for_the_next_look(db: Database) -> None:
    store, library = ArticleStore(db), Library(db, poll_seconds=3_600)
    await library.start()
    try:
        await until(library, set())
        await store.create(LAMP)
        await until(library, {"Repairing a lamp"})
        await db.pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%funnel_kb%'"
        )
        await store.create(msgspec.structs.replace(LAMP, title="Cleaning a lamp"))
        await until(library, {"Repairing a lamp", "Cleaning a lamp"})
    finally:
        await library.stop()
