"""Reading: replays, read marks, queues, the inbox with its scope, search, sorting and pages, and the epoch."""

import asyncio
from typing import Any

import pytest

from funnel.conversations.commands import AddNote, Claim, Resolve
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.turns import reading
from funnel.turns.epoch import current_epoch
from funnel.turns.inbox import InboxQuery, list_inbox
from tests.builders import make_contact, make_queue
from tests.builders_turns import EchoJudge, World, make_world, running, texts


async def _talk(db: Database, settings: Settings, count: int) -> tuple[World, list[str]]:
    world = await make_world(db)
    contacts = [await make_contact(db, world.site, name=f"Contact {number}") for number in range(count)]
    async with running(db, settings) as (pipeline, _):
        results = [await pipeline.submit(world.says(contact, "human")) for contact in contacts]
    return world, [result.row.state.id for result in results]


def _query(world: World, **changes: Any) -> InboxQuery:
    values: dict[str, Any] = {"agent_id": world.agent.id, "queue_ids": frozenset({world.site.queue_id})}
    return InboxQuery(**{**values, **changes})


async def _found(db: Database, query: InboxQuery) -> list[str]:
    return [row.state.id for row in (await list_inbox(db.pool, query)).items]


async def test_replay_and_facts_of_a_need(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings, EchoJudge(replies=True)) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "where is it"))).row
        await pipeline.submit(world.does(AddNote, row.state.id, text="secret", client_message_id="n"))
        last = (await pipeline.submit(world.says(contact, "and the other"))).row
    everything = await reading.events_after(db.pool, row.state.id, 0, visible_only=False, limit=100)
    assert [event.seq for event in everything] == list(range(1, 9))
    visible = await reading.events_after(db.pool, row.state.id, 0, visible_only=True, limit=100)
    assert "secret" not in texts(visible)
    previous = 0
    for event in visible:
        assert event.prev_visible == previous
        previous = event.seq
    need = await reading.messages_since(db.pool, row.state.id, last.state.episode.need.seq)
    said = ["where is it", "You said: where is it", "and the other", "You said: and the other"]
    assert texts(need) == said, "both lines are one burst, hence one need"
    assert await reading.answers_since(db.pool, row.state.id, 1) == []
    assert [found.state.id for found in await reading.list_rows_of_contact(db.pool, [contact.id])] == [
        row.state.id
    ]
    assert await reading.find_row(db.pool, new_id()) is None
    assert await reading.last_seq(db.pool, new_id()) == 0


async def test_read_marks_only_move_forward_and_raise_the_version(db: Database, settings: Settings) -> None:
    world, (first, *_) = await _talk(db, settings, 1)
    before = await reading.find_row(db.pool, first)
    assert before is not None
    assert await reading.set_read_mark(db.pool, first, "agent", world.agent.id, 2) == before.version + 1
    assert await reading.set_read_mark(db.pool, first, "agent", world.agent.id, 1) is None
    assert await reading.set_read_mark(db.pool, first, "agent", world.agent.id, 2) is None
    assert await reading.set_read_mark(db.pool, first, "agent", world.agent.id, 10**9) == before.version + 2
    assert await reading.set_read_mark(db.pool, new_id(), "agent", world.agent.id, 1) is None
    marks = await reading.read_marks(db.pool, first)
    assert [(mark.actor_id, mark.up_to_seq) for mark in marks] == [(world.agent.id, 3)]


async def test_a_read_mark_between_reading_and_writing_costs_no_message(
    db: Database, settings: Settings
) -> None:
    world, (first, *_) = await _talk(db, settings, 1)
    async with running(db, settings) as (pipeline, _):
        marking = [reading.set_read_mark(db.pool, first, "contact", new_id(), 1) for _ in range(30)]
        saying = [pipeline.submit(world.replies(first, str(number))) for number in range(15)]
        await asyncio.gather(*marking, *saying)
    assert await reading.last_seq(db.pool, first) == 19


async def test_next_waiting_goes_by_priority_then_age_with_a_level_for_each_half_hour(
    db: Database, settings: Settings
) -> None:
    world, ids = await _talk(db, settings, 4)
    young, old, high, urgent = ids
    change = "update conversations set priority = $2, waiting_since = now() - $3::int * interval '1 minute' where id = $1"
    for conversation_id, priority, minutes in ((young, 1, 5), (old, 1, 65), (high, 2, 10), (urgent, 3, 1)):
        await db.pool.execute(change, conversation_id, priority, minutes)
    assert await reading.next_waiting(db.pool, world.site.queue_id) == [urgent, old, high, young]
    empty = await make_queue(db)
    counts = await reading.queue_counts(db.pool, [world.site.queue_id, empty])
    assert (counts[world.site.queue_id].waiting, counts[empty].waiting) == (4, 0)
    assert counts[world.site.queue_id].oldest_waiting_since is not None


async def test_the_inbox_shows_what_its_agent_may_see(db: Database, settings: Settings) -> None:
    world, ids = await _talk(db, settings, 3)
    async with running(db, settings) as (pipeline, _):
        with_bot = (await pipeline.submit(world.says(await world.contact(), "just the bot"))).row.state.id
        await pipeline.submit(world.does(Claim, ids[0]))
        await pipeline.submit(world.does(Claim, ids[1]))
        await pipeline.submit(world.does(Resolve, ids[1]))
    assert set(await _found(db, _query(world))) == set(ids)
    assert await _found(db, _query(world, view="mine")) == [ids[0]]
    assert await _found(db, _query(world, view="mine", status="resolved")) == [ids[1]]
    assert await _found(db, _query(world, view="queue")) == [ids[2]]
    led = frozenset({world.site.queue_id})
    assert set(await _found(db, _query(world, lead_queue_ids=led))) == {*ids, with_bot}
    assert set(await _found(db, _query(world, admin=True, queue_ids=frozenset()))) == {*ids, with_bot}
    stranger = _query(world, agent_id=new_id(), queue_ids=frozenset())
    assert await _found(db, stranger) == []
    assert await _found(db, _query(world, queue_id=new_id())) == []


@pytest.mark.parametrize("sort", ["waiting", "updated", "priority"])
async def test_pages_are_whole_in_every_order(db: Database, settings: Settings, sort: Any) -> None:
    world, ids = await _talk(db, settings, 7)
    await db.pool.execute("update conversations set priority = 3 where id = $1", ids[4])
    whole = await _found(db, _query(world, sort=sort))
    paged: list[str] = []
    cursor: str | None = None
    while True:
        page = await list_inbox(db.pool, _query(world, sort=sort, limit=2, cursor=cursor))
        paged += [row.state.id for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert paged == whole
    assert set(whole) == set(ids)
    if sort == "priority":
        assert whole[0] == ids[4]
    with pytest.raises(FunnelError, match="cursor_invalid"):
        await list_inbox(db.pool, _query(world, cursor="nonsense"))


async def test_a_search_takes_its_words_literally(db: Database, settings: Settings) -> None:
    world, ids = await _talk(db, settings, 3)
    async with running(db, settings) as (pipeline, _):
        await pipeline.submit(world.replies(ids[1], "50% off_season \\o/"))
    for words, expected in {
        "contact 2": [ids[2]],
        "50% OFF_": [ids[1]],
        "\\o/": [ids[1]],
        "5%f": [],
        "contact": ids,
        "' or 1=1 --": [],
    }.items():
        assert set(await _found(db, _query(world, q=words))) == set(expected), words


async def test_the_epoch_changes_with_a_restore(db: Database) -> None:
    before = await current_epoch(db)
    assert before.isalnum()
    assert await current_epoch(db) == before
    await db.pool.execute("update deployment set epoch = epoch + 1")
    assert await current_epoch(db) != before
