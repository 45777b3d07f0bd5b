"""fsck: sound databases have no finding, and every kind of planted damage is found."""

import pytest

from funnel.conversations.commands import AddNote, Claim, Resolve
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.turns import fsck
from tests.builders_turns import EchoJudge, make_world, running

DAMAGE = {
    "seq_gap": "delete from events where seq = 2 and conversation_id = $1",
    "unfoldable": "delete from events where seq = 1 and conversation_id = $1",
    "prev_visible": "update events set prev_visible = 0 where seq = 4 and conversation_id = $1",
    "visible_flag": "update events set visible = false where seq = 2 and conversation_id = $1",
    "time_goes_back": "update events set at = at + interval '1 hour' where seq = 2 and conversation_id = $1",
    "snapshot": "update conversations set snapshot = jsonb_set(snapshot, '{priority}', '\"high\"') where id = $1",
    "snapshot_missing": "update conversations set snapshot = null where id = $1",
    "snapshot_unreadable": "update conversations set snapshot = '{}' where id = $1",
    "subject": "update conversations set subject = 'what was erased' where id = $1",
    "column": "update conversations set status = 'snoozed' where id = $1",
    "last_seq": "update conversations set last_seq = last_seq + 1 where id = $1",
    "last_visible_seq": "update conversations set last_visible_seq = last_visible_seq - 1 where id = $1",
    "timer_missing": "delete from timers where conversation_id = $1",
    "timer_late": "update timers set due_at = due_at + interval '1 second' where conversation_id = $1",
    "turn_stretch": "update turns set last_seq = last_seq + 1 where conversation_id = $1",
    "event_without_turn": "delete from turns where conversation_id = $1",
    "client_message_without_turn": "update client_messages set turn_id = gen_random_uuid() where conversation_id = $1",
    "change_ahead": "update changes set seq = 999 where conversation_id = $1",
    "event_unreadable": "update events set data = '{\"text\": 5}' where seq = 2 and conversation_id = $1",
    "delivery_without_message": "update deliveries set message_id = gen_random_uuid() where conversation_id = $1",
    "log_empty": "delete from events where conversation_id = $1",
    "id_twice": (
        "update events e set data = e.data || jsonb_build_object('message_id', (select data ->> 'message_id' from events "
        "where conversation_id = $1 and seq = 2)) where seq = 4 and conversation_id = $1"
    ),
}


@pytest.mark.parametrize("code", DAMAGE)
async def test_planted_damage_is_found(db: Database, settings: Settings, code: str) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(3)]
    async with running(db, settings, EchoJudge(replies=True)) as (pipeline, _):
        ids = [(await pipeline.submit(world.says(contact, "hello"))).row.state.id for contact in contacts]
        await pipeline.submit(world.does(AddNote, ids[1], text="note", client_message_id="n"))
        await pipeline.submit(world.does(Claim, ids[2]))
    assert await fsck.check(db) == []
    await db.pool.execute(DAMAGE[code], ids[0])
    found = await fsck.check(db)
    assert code in {finding.code for finding in found}
    assert {finding.conversation_id for finding in found} == {ids[0]}


async def test_two_open_conversations_of_one_contact_are_found(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        first = (await pipeline.submit(world.says(contact, "a"))).row.state
        other = world.says(contact, "b", opening=world.opening(contact, thread="other"))
        second = (await pipeline.submit(other)).row.state
    assert first.id != second.id
    await db.pool.execute("drop index conversations_one_open")
    await db.pool.execute("update conversations set thread = ''")
    assert {finding.code for finding in await fsck.check(db)} == {"open_twice", "column"}


async def test_needless_timers_are_found(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        open_id = (await pipeline.submit(world.says(contact, "a"))).row.state.id
        await pipeline.submit(world.does(Claim, open_id))
        await pipeline.submit(world.does(Resolve, open_id))
    assert await fsck.check(db) == []
    await db.pool.execute(
        "insert into timers (conversation_id, due_at, generation) values ($1, now(), 1)", open_id
    )
    assert [(one.conversation_id, one.code) for one in await fsck.check(db)] == [(open_id, "timer_needless")]


async def test_a_snapshot_that_ran_ahead_of_the_log_is_found(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "a"))).row
    await db.pool.execute(
        "update conversations set status = 'resolved', snapshot = jsonb_set(snapshot, '{status}', '\"resolved\"') where id = $1",
        row.state.id,
    )
    codes = {finding.code for finding in await fsck.check(db)}
    assert {"snapshot", "column"} <= codes


async def test_a_database_without_conversations_is_sound(db: Database) -> None:
    assert await fsck.check(db) == []
