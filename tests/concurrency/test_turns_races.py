"""Two pipelines on one database: racing duplicates, racing first messages, versions that move, connections that die."""

import asyncio
import gc

import asyncpg
import pytest

from funnel.conversations.commands import Claim, Release
from funnel.core import failpoints
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.settings import Settings
from funnel.turns import counts, fsck
from funnel.turns.lanes import Lane
from funnel.turns.pipeline import CONNECTING
from funnel.turns.reading import events_after
from tests.builders import make_agent
from tests.builders_turns import EchoJudge, make_world, running, texts
from tests.configuration import make_settings


async def test_racing_duplicates_have_one_effect(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(16)]
    judge = EchoJudge(replies=True)
    async with running(db, settings, judge) as (one, _), running(db, settings, judge) as (two, _):
        for words in ("first", "second"):
            commands = [world.says(contact, words) for contact in contacts]
            results = await asyncio.gather(
                *(
                    (one if copy % 2 else two).submit(command, Lane.VISITOR)
                    for command in commands
                    for copy in range(16)
                )
            )
            for place in range(len(contacts)):
                copies = results[place * 16 : place * 16 + 16]
                assert len({copy.events for copy in copies}) == 1
                assert sum(not copy.repeated for copy in copies) == 1
    assert await db.pool.fetchval("select count(*) from client_messages") == 32
    assert await db.pool.fetchval("select count(*) from deliveries") == 32
    assert await fsck.check(db) == []


async def test_racing_first_messages_open_one_conversation_each(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(32)]
    async with running(db, settings) as (one, _), running(db, settings) as (two, _):
        results = await asyncio.gather(
            *(
                (one if copy % 2 else two).submit(world.says(contact, f"{copy}"), Lane.VISITOR)
                for copy in range(8)
                for contact in contacts
            )
        )
    assert not any(result.repeated for result in results)
    assert await db.pool.fetchval("select count(*) from conversations") == 32
    assert await db.pool.fetchval("select count(*) from client_messages") == 256
    assert await fsck.check(db) == []


async def test_a_conversation_that_moved_on_is_decided_again(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (one, _), running(db, settings) as (two, _):
        row = (await one.submit(world.says(contact, "human"))).row
        before = counts.mismatches._value.get()
        for _ in range(5):
            await asyncio.gather(
                *((one, two)[copy % 2].submit(world.replies(row.state.id, f"{copy}")) for copy in range(20))
            )
        assert counts.mismatches._value.get() > before
    events = await events_after(db.pool, row.state.id, 0, visible_only=False, limit=500)
    assert len(texts(events)) == 101
    assert await fsck.check(db) == []


async def test_a_claim_has_one_winner(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    agents = [await make_agent(db, world.site.team_id, name=f"A{number}") for number in range(8)]
    async with running(db, settings) as (one, _), running(db, settings) as (two, _):
        row = (await one.submit(world.says(contact, "human"))).row
        for _ in range(4):
            outcomes = await asyncio.gather(
                *(
                    (one, two)[place % 2].submit(world.does(Claim, row.state.id, actor=world.actor(agent)))
                    for place, agent in enumerate(agents)
                ),
                return_exceptions=True,
            )
            won = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
            assert len(won) == 1
            lost = [outcome for outcome in outcomes if isinstance(outcome, FunnelError)]
            assert {refusal.code for refusal in lost} == {"already_owned"}
            owner = won[0].row.state.owner.agent_id
            winner = next(agent for agent in agents if agent.id == owner)
            await one.submit(world.does(Release, row.state.id, actor=world.actor(winner)))
    assert await fsck.check(db) == []


async def test_reopening_and_opening_at_once_end_in_one_open_conversation(
    db: Database, settings: Settings
) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(10)]
    async with running(db, settings) as (one, _), running(db, settings) as (two, _):
        for contact in contacts:
            await one.submit(world.says(contact, "hi"))
        await db.pool.execute(
            "update conversations set status = 'resolved', snapshot = jsonb_set(snapshot || jsonb_build_object('closing',"
            " jsonb_build_object('at', now(), 'by', 'agent', 'how', 'agent', 'need_met', 'yes')), '{status}', '\"resolved\"')"
        )
        await asyncio.gather(
            *(
                (one, two)[copy % 2].submit(world.says(contact, f"{copy}"))
                for contact in contacts
                for copy in range(6)
            )
        )
    assert await db.pool.fetchval("select count(*) from conversations where status <> 'resolved'") == 10
    assert await db.pool.fetchval("select count(*) from conversations") == 10


async def _cut(db: Database, times: int) -> int:
    """Ends the writers' connections again and again."""
    cut = 0
    for _ in range(times):
        await asyncio.sleep(0.05)
        cut += await db.pool.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and (query ilike '%locked as materialized%' or query ilike '%ordinality as i%'"
            " or query in ('COMMIT;', 'BEGIN;'))"
        )
    return cut


async def test_connections_that_die_lose_and_repeat_nothing(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(24)]
    judge = EchoJudge(replies=True)
    said: list[tuple[str, int, str]] = []

    async with running(db, settings, judge) as (one, _), running(db, settings, judge) as (two, _):

        async def talk(place: int) -> None:
            for number in range(25):
                result = await (one, two)[number % 2].submit(world.says(contacts[place], f"{place}-{number}"))
                assert not result.repeated
                said.append((result.row.state.id, result.events[0].seq, f"{place}-{number}"))

        cutting = asyncio.create_task(_cut(db, 12))
        await asyncio.gather(*(talk(place) for place in range(len(contacts))))
        assert await cutting > 0
    assert len(said) == 600
    stored = {
        str(row[0])
        for row in await db.pool.fetch("select data ->> 'text' from events where actor_kind = 'contact'")
    }
    assert {text for _, _, text in said} <= stored
    assert (
        await db.pool.fetchval(
            "select count(*) from events where actor_kind = 'contact' and type = 'message.created'"
        )
        == 600
    )
    assert await fsck.check(db) == []


@pytest.mark.parametrize(
    "points",
    [
        "before_commit=drop@0.3",
        "after_insert=raise@0.05",
        "after_commit_before_ack=drop@0.3",
        "after_ack_before_fanout=drop@0.3",
        "claim_between_read_and_write=sleep(5)",
    ],
)
async def test_failpoints_cost_time_only(db: Database, database_url: str, points: str) -> None:
    settings = make_settings(database_url).model_copy(update={"failpoints": points})
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(6)]
    failpoints.configure(points)
    try:
        async with running(db, settings) as (one, _), running(db, settings) as (two, _):
            acked = 0
            for number in range(8):
                commands = [world.says(contact, f"{number}") for contact in contacts]
                for pipeline in (one, two):
                    outcomes = await asyncio.gather(
                        *(pipeline.submit(command) for command in commands), return_exceptions=True
                    )
                    acked += sum(not isinstance(outcome, BaseException) for outcome in outcomes)
    finally:
        failpoints.configure(None)
    assert acked > 40
    distinct = await db.pool.fetchval("select count(*) from client_messages")
    assert distinct == await db.pool.fetchval("select count(*) from events where type = 'message.created'")
    assert await fsck.check(db) == []


async def test_an_outage_is_refused_in_time_and_healed_from(db: Database, database_url: str) -> None:
    settings = make_settings(database_url)
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        await pipeline.submit(world.says(contact, "before"))
        connect, patience = db.connect, pipeline._patience

        async def refuse() -> None:
            raise ConnectionRefusedError

        pipeline._patience = 0.5
        db.connect = refuse  # type: ignore[method-assign,assignment]
        for flusher in pipeline._flushers:
            assert flusher.connection is not None
            flusher.connection.terminate()
        with pytest.raises(FunnelError) as refusal:
            async with asyncio.timeout(60):
                await pipeline.submit(world.says(contact, "during"))
        assert refusal.value.code == "unavailable"
        assert refusal.value.retry_after
        db.connect, pipeline._patience = connect, patience  # type: ignore[method-assign]
        await pipeline.submit(world.says(contact, "after"))
    assert await fsck.check(db) == []


async def _connections_made() -> None:
    if making := [task for task in asyncio.all_tasks() if task.get_name() == CONNECTING]:
        await asyncio.wait(making)


@pytest.mark.parametrize("moment", ["before", "in the middle", "just made"])
async def test_stopping_while_connecting_leaves_no_connection(
    db: Database, settings: Settings, moment: str, recwarn: pytest.WarningsRecorder
) -> None:
    """A connection is made in steps; who stops between two of them must not leave it for the collector to find."""
    world = await make_world(db)
    contact = await world.contact()
    connect, reached = db.connect, asyncio.Event()

    async def slowly() -> asyncpg.Connection:
        if moment == "before":
            reached.set()
        connection = await connect()
        reached.set()
        return connection

    async with running(db, settings) as (pipeline, _):
        db.connect = slowly  # type: ignore[method-assign]
        for flusher in pipeline._flushers:
            assert flusher.connection is not None
            flusher.connection.terminate()
        waiting = asyncio.ensure_future(pipeline.submit(world.says(contact, "hello")))
        await reached.wait()
        if moment == "just made":
            await _connections_made()
        await pipeline.stop(0)
        await asyncio.wait([waiting])
        waiting.exception()
    db.connect = connect  # type: ignore[method-assign]
    await _connections_made()
    await asyncio.sleep(0)
    del flusher, slowly
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []
