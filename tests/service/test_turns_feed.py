"""The feed: local, remote, with every hint lost, attached while events pour in; whispers; inbox rows."""

import asyncio
from collections.abc import Callable

from funnel.conversations.commands import Claim, Resolve
from funnel.conversations.events import Logged
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.turns.feed import Audience, Entry, Feed
from funnel.turns.hints import Whisper
from funnel.turns.records import ConversationRow
from tests.builders_turns import Collector, listening, make_world, render, running
from tests.configuration import make_settings


async def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is told by no event
            await asyncio.sleep(0.005)


async def test_local_sinks_get_each_event_once_and_in_order(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed):
        row = (await pipeline.submit(world.says(contact, "one"))).row
        sink = Collector()
        assert await feed.attach(row.state.id, sink) == 2
        await asyncio.gather(*(pipeline.submit(world.says(contact, str(number))) for number in range(10)))
        await eventually(lambda: sink.seqs.get(row.state.id) == list(range(3, 13)))
        feed.detach(row.state.id, sink)
        await pipeline.submit(world.says(contact, "unheard"))
        await asyncio.sleep(0.05)
    assert sink.seqs[row.state.id] == list(range(3, 13))


async def test_an_event_is_rendered_once_for_each_audience(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    rendered: list[tuple[int, Audience]] = []
    read: list[bytes] = []

    class Reader(Collector):
        def offer(self, conversation_id: str, entries: object) -> None:
            assert isinstance(entries, list)
            read.extend(entry.json(audience) for entry in entries for audience in Audience)

    def counting(event: object, audience: Audience) -> bytes:
        assert hasattr(event, "seq")
        rendered.append((event.seq, audience))
        return b"{}"

    async with running(db, settings) as (pipeline, feed):
        feed._render = counting  # type: ignore[assignment]
        row = (await pipeline.submit(world.says(contact, "one"))).row
        for _ in range(5):
            await feed.attach(row.state.id, Reader())
        await pipeline.submit(world.says(contact, "two"))
    assert sorted(rendered) == [(3, Audience.AGENT), (3, Audience.VISITOR)]
    assert len(read) == 10


async def test_another_process_hears_by_hint(db: Database, database_url: str) -> None:
    no_poll = make_settings(database_url, live={"poll_seconds": 3600})
    await _remote(db, no_poll)


async def test_another_process_hears_without_any_hint(db: Database, database_url: str) -> None:
    quick_poll = make_settings(database_url, live={"poll_seconds": 0.1})
    await _remote(db, quick_poll, deaf=True)


async def _remote(db: Database, settings: Settings, *, deaf: bool = False) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed), running(db, settings) as (_, other):
        if deaf:
            feed.hints.send_change = lambda change: None  # type: ignore[method-assign]
        row = (await pipeline.submit(world.says(contact, "one"))).row
        sink, rows = Collector(), list[ConversationRow]()
        other.watch_rows(rows.append)
        assert await other.attach(row.state.id, sink) == 2
        await listening(db, 2)
        for number in range(30):
            await pipeline.submit(world.says(contact, str(number)))
        await eventually(lambda: sink.seqs.get(row.state.id, [0])[-1] == 32)
        await eventually(lambda: bool(rows) and rows[-1].state.last_seq == 32)
    assert sink.seqs[row.state.id] == list(range(3, 33))


async def test_the_listener_comes_back_after_its_connection_died(db: Database, database_url: str) -> None:
    settings = make_settings(database_url, live={"poll_seconds": 3600})
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _), running(db, settings) as (_, other):
        row = (await pipeline.submit(world.says(contact, "one"))).row
        sink = Collector()
        await other.attach(row.state.id, sink)
        await listening(db, 2)
        await db.pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = current_database()"
        )

        async def speak_until_heard() -> None:
            while not sink.seqs:
                await pipeline.submit(world.says(contact, "anyone?"))
                await asyncio.sleep(0.1)

        await asyncio.wait_for(speak_until_heard(), 60)
    heard = sink.seqs[row.state.id]
    assert heard == list(range(3, 3 + len(heard)))


async def test_attaching_while_events_pour_in_leaves_neither_gap_nor_repeat(
    db: Database, settings: Settings
) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed), running(db, settings) as (far, _):
        row = (await pipeline.submit(world.says(contact, "one"))).row
        sinks: list[tuple[int, Collector]] = []

        async def talk() -> None:
            for number in range(60):
                await (pipeline if number % 2 else far).submit(world.says(contact, str(number)))

        talking = asyncio.create_task(talk())
        while not talking.done():
            sink = Collector()
            sinks.append((await feed.attach(row.state.id, sink), sink))
            await asyncio.sleep(0.002)
            if len(sinks) % 3 == 0:
                feed.detach(row.state.id, sinks.pop()[1])
        await talking
        await eventually(lambda: all(sink.seqs.get(row.state.id, [begun])[-1] == 62 for begun, sink in sinks))
    for begun, sink in sinks:
        assert sink.seqs.get(row.state.id, []) == list(range(begun + 1, 63))


async def test_whispers_reach_sinks_here_and_elsewhere(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed), running(db, settings) as (_, other):
        row = (await pipeline.submit(world.says(contact, "one"))).row
        here, there, heard = Collector(), Collector(), list[Whisper]()
        await feed.attach(row.state.id, here)
        await other.attach(row.state.id, there)
        other.watch_whispers(heard.append)
        await listening(db, 2)
        typing = Whisper("typing", row.state.id, "contact", contact.id, None)
        feed.whisper(typing)
        assert here.whispers == [typing]
        revoked = Whisper("revoked", value="session-1")
        feed.whisper(revoked)
        await eventually(lambda: there.whispers == [typing, revoked])
        assert heard == [typing, revoked]
        assert here.whispers == [typing, revoked]


async def test_row_watchers_see_every_change_until_they_stop(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed):
        rows: list[ConversationRow] = []
        stop = feed.watch_rows(rows.append)
        row = (await pipeline.submit(world.says(contact, "human"))).row
        await pipeline.submit(world.does(Claim, row.state.id))
        assert [seen.state.owner.kind for seen in rows] == ["queue", "agent"]
        assert rows[0].version < rows[1].version
        stop()
        await pipeline.submit(world.does(Resolve, row.state.id))
    assert len(rows) == 2


async def test_a_broken_sink_keeps_nobody_from_their_events(db: Database, settings: Settings) -> None:
    class Broken(Collector):
        def offer(self, conversation_id: str, entries: object) -> None:
            raise RuntimeError

    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, feed):
        row = (await pipeline.submit(world.says(contact, "one"))).row
        sink = Collector()
        await feed.attach(row.state.id, Broken())
        await feed.attach(row.state.id, sink)
        await pipeline.submit(world.says(contact, "two"))
        await eventually(lambda: sink.seqs.get(row.state.id) == [3])


async def test_local_fan_out_serialises_an_event_once(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        result = await pipeline.submit(world.says(contact, "one"))
    renderings = 0

    def counting(event: Logged, audience: Audience) -> bytes:
        nonlocal renderings
        renderings += 1
        return render(event, audience)

    feed = Feed(db, settings, counting)
    count = 0

    class Socket(Collector):
        def offer(self, conversation_id: str, entries: object) -> None:
            nonlocal count
            assert isinstance(entries, list)
            count += sum(
                len(entry.json(Audience.VISITOR)) > 0 for entry in entries if isinstance(entry, Entry)
            )

    for _ in range(2000):
        await feed.attach(result.row.state.id, Socket())
    hub = feed._hubs[result.row.state.id]
    for _ in range(10):
        hub.offered = 0
        feed.publish(result.row, result.events)
    assert count == 40_000
    assert renderings == 10 * len(result.events), "once an event and audience, not once a socket"
