"""How soon a changed article is found by another process: from its commit to the first search that gives it, 10,000 passages.

`python -m benchmarks.bench_update [--json]`
"""

import argparse
import asyncio
import json
import sys
import time
from statistics import median

import msgspec

from benchmarks.bench_kb import article, corpus
from benchmarks.processes import ROOT, execute, postgres
from funnel.core.database import Database, open_database
from funnel.core.schema import upgrade
from kb.articles import Audience, content_of
from kb.library import Library
from kb.store import ArticleStore
from tests.configuration import make_settings

PASSAGES, UPDATES, AT_ONCE = 10_000, 20, 8
PATIENCE_SECONDS = 30.0


async def fill(db: Database) -> str:
    """Articles of four passages each; returns the id of one."""
    documents = corpus(PASSAGES)
    now = (await db.pool.fetchval("select now()")).replace(microsecond=0)
    store, turn = ArticleStore(db), asyncio.Semaphore(AT_ONCE)

    async def create(number: int) -> str:
        async with turn:
            made = content_of(article(documents, number, now))
            return (await store.create(msgspec.structs.replace(made, sites=(), audience=Audience.PUBLIC))).id

    return (await asyncio.gather(*(create(number) for number in range(0, PASSAGES, 4))))[0]


async def watch(url: str) -> None:
    """The other process: says when it first finds each of the titles it is told, one a line."""
    async with open_database(make_settings(database={"url": url})) as db:
        library = Library(db)
        await library.start()
        print("ready", flush=True)
        for _ in range(UPDATES):
            title = (await asyncio.to_thread(sys.stdin.readline)).strip()
            while not any(hit.title == title for hit in library.snapshot().search(title, "en", None).hits):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            print(time.time(), flush=True)
        await library.stop()


async def measure() -> dict[str, float]:
    """Milliseconds from the end of each commit to the line of the other process."""
    async with postgres() as (server, _):
        await execute(server, "create database updates")
        url = server.url("updates")
        async with open_database(make_settings(database={"url": url})) as db:
            await upgrade(db)
            store, article_id = ArticleStore(db), await fill(db)
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.bench_update", "--watch", url), cwd=ROOT,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                await asyncio.wait_for(child.stdout.readline(), 4 * PATIENCE_SECONDS)
                found = []
                for number in range(UPDATES):
                    before = await store.get(article_id)
                    title = f"Lanternfish{number} manual"
                    child.stdin.write(title.encode() + b"\n")
                    content = msgspec.structs.replace(content_of(before), title=title)
                    await store.update(article_id, content, before.revision)
                    committed = time.time()
                    line = await asyncio.wait_for(child.stdout.readline(), PATIENCE_SECONDS)
                    found.append(max(0.0, float(line) - committed) * 1e3)
                await asyncio.wait_for(child.wait(), PATIENCE_SECONDS)
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
    return {"visible ms": median(found), "visible at most ms": max(found)}


def main() -> None:
    """Prints the median and the longest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--watch", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.watch:
        asyncio.run(watch(given.watch))
        return
    found = asyncio.run(measure())
    print(json.dumps(found) if given.json else found)


if __name__ == "__main__":
    main()
