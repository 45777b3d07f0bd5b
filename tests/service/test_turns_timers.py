"""Timers: prompt, never early, never twice, never lost; the row may be early but not late."""

import asyncio
from datetime import timedelta

from funnel.conversations.commands import Claim, Resolve, TimerDue
from funnel.conversations.timers import next_due
from funnel.conversations.values import SYSTEM
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.turns import fsck
from funnel.turns.pipeline import Pipeline
from funnel.turns.reading import events_after, find_row
from funnel.turns.timers import TimerLoop
from tests.builders_turns import Collector, EchoJudge, make_world, running, texts
from tests.configuration import make_settings
from tests.service.test_turns_feed import eventually

_PAST = "update timers set due_at = now() - interval '1 second'"
# As if the conversation had been quiet for days.
_QUIET = """
update conversations set snapshot = snapshot || jsonb_build_object(
  'contact_at', now() - interval '9 days', 'started_at', now() - interval '9 days', 'bot_at', now() - interval '9 days')
"""


async def test_a_deferred_burst_is_answered_promptly_and_not_early(db: Database, database_url: str) -> None:
    settings = make_settings(database_url, turns={"timer_poll_seconds": 3600})
    world = await make_world(db)
    contact = await world.contact()
    wait = timedelta(milliseconds=150)
    async with running(db, settings, EchoJudge(wait=wait)) as (pipeline, feed):
        loop = TimerLoop(db, pipeline, settings)
        await loop.start()
        said = await pipeline.submit(world.says(contact, "wait"))
        sink = Collector()
        await feed.attach(said.row.state.id, sink)
        await eventually(lambda: bool(sink.seqs))
        await loop.stop()
    events = await events_after(db.pool, said.row.state.id, 0, visible_only=False, limit=20)
    assert texts(events) == ["wait", "You said: wait"]
    assert events[-1].at - said.events[-1].at >= wait
    assert await fsck.check(db) == []


async def test_another_processs_timer_fires_too(db: Database, database_url: str) -> None:
    settings = make_settings(database_url, turns={"timer_poll_seconds": 0.1})
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _), running(db, settings) as (other, _):
        loop = TimerLoop(db, other, settings)
        await loop.start()
        row = (await pipeline.submit(world.says(contact, "wait"))).row
        async with asyncio.timeout(60):
            while await _last_seq(db, row.state.id) < 5:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.02)
        await loop.stop()


async def _last_seq(db: Database, conversation_id: str) -> int:
    row = await find_row(db.pool, conversation_id)
    return row.state.last_seq if row else 0


async def test_racing_loops_fire_once(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(20)]
    judge = EchoJudge(wait=timedelta(0))
    async with running(db, settings, judge) as (pipeline, _), running(db, settings, judge) as (other, _):
        for contact in contacts:
            await pipeline.submit(world.says(contact, "wait"))
        loops = [TimerLoop(db, each, settings) for each in (pipeline, other, pipeline, other)]
        fired = await asyncio.gather(*(loop.fire_due() for loop in loops))
    assert sum(fired) == 20
    assert await db.pool.fetchval("select count(*) from events where data ->> 'purpose' = 'answer'") == 20
    assert await fsck.check(db) == []


async def test_a_stale_or_early_timer_does_nothing_and_an_early_row_is_moved(
    db: Database, settings: Settings
) -> None:
    world = await make_world(db)
    contact = await world.contact()
    judge = EchoJudge()
    async with running(db, settings, judge) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "hello"))).row
        decided = judge.decided
        generation: int = await db.pool.fetchval("select generation from timers")
        for number in (generation, generation + 1):
            result = await pipeline.submit(_due(row.state.id, number))
            assert not result.changed
        await db.pool.execute(_PAST)
        assert await TimerLoop(db, pipeline, settings).fire_due() == 1
        assert judge.decided == decided
    timer = await db.pool.fetchrow("select due_at, lease_until from timers")
    assert (timer["due_at"], timer["lease_until"]) == (next_due(row.state), None)
    assert await fsck.check(db) == []


def _due(conversation_id: str, generation: int) -> TimerDue:
    return TimerDue(
        command_id=f"timer:{generation}", actor=SYSTEM, conversation_id=conversation_id, generation=generation
    )


async def test_an_agents_message_leaves_a_row_that_is_early_enough(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "human"))).row
        await pipeline.submit(world.does(Claim, row.state.id))
        before = await db.pool.fetchrow("select * from timers")
        for number in range(3):
            await pipeline.submit(world.replies(row.state.id, str(number)))
        assert await db.pool.fetchrow("select * from timers") == before
        assert await fsck.check(db) == []
        await pipeline.submit(world.does(Resolve, row.state.id))
        assert await db.pool.fetchval("select count(*) from timers") == 0
        await pipeline.submit(world.says(contact, "back"))
        assert await db.pool.fetchval("select generation from timers") > before["generation"]
        assert await fsck.check(db) == []


async def test_an_unfinished_claim_comes_back_after_its_lease(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings, EchoJudge(wait=timedelta(0))) as (pipeline, feed):
        await pipeline.submit(world.says(contact, "wait"))
        dead = TimerLoop(db, Pipeline(db, EchoJudge, feed, settings), settings)
        assert len(await dead._claim()) == 1
        loop = TimerLoop(db, pipeline, settings)
        assert await loop.fire_due() == 0
        await db.pool.execute("update timers set lease_until = now() - interval '1 second'")
        assert await loop.fire_due() == 1
    assert await db.pool.fetchval("select count(*) from events where data ->> 'purpose' = 'answer'") == 1


async def test_a_refused_timer_gives_its_claim_back(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings, EchoJudge(wait=timedelta(0))) as (pipeline, feed):
        await pipeline.submit(world.says(contact, "wait"))
        closed = TimerLoop(db, Pipeline(db, EchoJudge, feed, settings), settings)
        assert await closed.fire_due() == 1
        assert await TimerLoop(db, pipeline, settings).fire_due() == 1


async def test_silence_ends_a_conversation(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "hello"))).row
        await db.pool.execute(_QUIET)
        await db.pool.execute(_PAST)
        await TimerLoop(db, pipeline, settings).fire_due()
    closed = await find_row(db.pool, row.state.id)
    assert closed is not None
    assert closed.state.status == "resolved"
    assert await db.pool.fetchval("select count(*) from timers") == 0
