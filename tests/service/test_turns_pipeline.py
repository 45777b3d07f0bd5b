"""The pipeline on a real database: appending, repeats, refusals, where a message lands, failures of the judge."""

import asyncio
from datetime import timedelta

import pytest
import structlog

from funnel.conversations.commands import AddNote, Claim, RateAnswer, Redact, Release, Resolve
from funnel.conversations.events import ConversationHandedOver, Logged, MessageCreated
from funnel.conversations.subject import NO_SUBJECT, Subject
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.turns import fsck
from funnel.turns.lanes import Lane
from funnel.turns.reading import events_after, find_row
from tests.builders import make_agent, make_contact
from tests.builders_turns import EchoJudge, make_world, running, texts
from tests.configuration import make_settings


async def test_a_first_message_opens_and_the_next_is_appended(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings, EchoJudge(replies=True)) as (pipeline, _):
        first = await pipeline.submit(world.says(contact, "hello"), Lane.VISITOR)
        second = await pipeline.submit(world.says(contact, "again"), Lane.VISITOR)
    assert [event.type for event in first.events] == [
        "conversation.started", "message.created", "decision.made", "message.created",
    ]  # fmt: skip
    assert second.row.state.id == first.row.state.id
    assert [event.seq for event in second.events] == [5, 6, 7]
    assert second.events[0].prev_visible == 4
    assert second.events[2].prev_visible == 5
    stored = await events_after(db.pool, first.row.state.id, 0, visible_only=False, limit=100)
    assert [*first.events, *second.events] == stored
    row = await find_row(db.pool, first.row.state.id)
    assert row == second.row
    assert await db.pool.fetchval("select count(*) from deliveries") == 2
    assert await db.pool.fetchval("select count(*) from decisions") == 2
    assert await fsck.check(db) == []


async def test_a_repeat_is_answered_with_the_original_turn(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    judge = EchoJudge(replies=True)
    async with running(db, settings, judge) as (pipeline, _):
        command = world.says(contact, "once")
        first = await pipeline.submit(command)
        await pipeline.submit(world.says(contact, "between"))
        decided = judge.decided
        again = await pipeline.submit(
            world.says(contact, "once", client_message_id=command.client_message_id)
        )
        assert (again.repeated, again.events) == (True, first.events)
        assert judge.decided == decided
        assert again.row.state.last_seq == 7
        with pytest.raises(FunnelError) as refusal:
            await pipeline.submit(world.says(contact, "other", client_message_id=command.client_message_id))
    assert (refusal.value.code, refusal.value.kind) == ("id_reused", ErrorKind.CONFLICT)
    message = refusal.value.params["message"]
    assert isinstance(message, Logged)
    assert message.payload == first.events[1].payload


async def test_one_id_of_two_authors_is_two_messages(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact, other = await world.contact(), await world.contact()
    async with running(db, settings) as (pipeline, _):
        mine = await pipeline.submit(world.says(contact, "a", client_message_id="1"))
        theirs = await pipeline.submit(world.says(other, "b", client_message_id="1"))
        reply = await pipeline.submit(world.replies(mine.row.state.id, "c", client_message_id="1"))
    assert not theirs.repeated
    assert not reply.repeated
    assert await fsck.check(db) == []


async def test_what_changes_nothing_writes_nothing(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "human"))).row
        claimed = await pipeline.submit(world.does(Claim, row.state.id))
        again = await pipeline.submit(world.does(Claim, row.state.id))
        assert claimed.changed
        assert (again.changed, again.events, again.row) == (False, (), claimed.row)
        rival = await make_agent(db, world.site.team_id)
        with pytest.raises(FunnelError, match="already_owned"):
            await pipeline.submit(world.does(Claim, row.state.id, actor=world.actor(rival)))
        with pytest.raises(FunnelError, match="not_found"):
            await pipeline.submit(world.does(Claim, new_id()))


async def test_where_a_message_lands(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        old = (await pipeline.submit(world.says(contact, "first"))).row.state
        await pipeline.submit(world.does(Resolve, old.id))
        reopened = await pipeline.submit(world.says(contact, "back"))
        assert reopened.row.state.id == old.id
        assert reopened.events[0].type == "conversation.reopened"
        await pipeline.submit(world.does(Resolve, old.id))
        await _age(db, old.id, days=8)
        new = await pipeline.submit(world.says(contact, "long after", conversation_id=old.id))
        assert new.row.state.id != old.id
        assert new.row.state.previous_id == old.id
        same = await pipeline.submit(world.says(contact, "to the old id", conversation_id=old.id))
        assert same.row.state.id == new.row.state.id


async def _age(db: Database, conversation_id: str, days: int) -> None:
    await db.pool.execute(
        "update conversations set snapshot = jsonb_set(snapshot, '{closing,at}', to_jsonb(now() - $2::int * interval '1 day'))"
        " where id = $1",
        conversation_id,
        days,
    )


async def test_a_merged_contacts_open_conversation_goes_on(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        before = (await pipeline.submit(world.says(contact, "as a stranger"))).row.state
        known = await make_contact(db, world.site, external_id="u1")
        await db.pool.execute("update contacts set merged_into = $1 where id = $2", known.id, contact.id)
        after = await pipeline.submit(world.says(known, "as myself"))
    assert after.row.state.id == before.id


async def test_a_note_is_invisible_and_moves_no_visible_counter(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "human"))).row
        note = await pipeline.submit(world.does(AddNote, row.state.id, text="vip", client_message_id="n1"))
    assert not note.events[0].visible
    assert note.row.state.last_visible_seq == row.state.last_visible_seq
    assert note.row.state.updated_at == row.state.updated_at
    assert await db.pool.fetchval("select visible from changes order by seq desc limit 1") is False
    assert await fsck.check(db) == []


async def test_secrets_are_masked_before_anything_is_stored(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings, EchoJudge(replies=True)) as (pipeline, _):
        command = world.says(contact, "card 4111 1111 1111 1111")
        result = await pipeline.submit(command)
        again = await pipeline.submit(command)
        assert again.repeated
        with pytest.raises(FunnelError, match="id_reused"):
            await pipeline.submit(
                world.says(contact, "card [•••• 1111]", client_message_id=command.client_message_id)
            )
    assert texts(result.events) == ["card [•••• 1111]", "You said: card [•••• 1111]"]


async def test_a_judge_that_breaks_hands_over_to_a_person(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        begun = (await pipeline.submit(world.says(contact, "hello"))).row.state.id
        with structlog.testing.capture_logs() as logged:
            result = await pipeline.submit(world.says(contact, "boom"))
    (entry,) = [entry for entry in logged if entry["event"] == "judge_failed"]
    assert (entry["conversation_id"], entry["turn_id"]) == (begun, result.events[0].turn_id)
    assert texts(result.events) == ["boom"]
    handed_over = result.events[-1].payload
    assert isinstance(handed_over, ConversationHandedOver)
    assert handed_over.reason == "bot_failure"
    assert result.row.state.owner.kind == "queue"
    assert await fsck.check(db) == []


async def test_one_bad_row_of_a_batch_fails_alone(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(20)]
    async with running(db, settings) as (pipeline, _):
        for words in ("first", "second"):
            answers = await asyncio.gather(
                *(
                    pipeline.submit(world.says(contact, "bad\0row" if place == 7 else words))
                    for place, contact in enumerate(contacts)
                ),
                return_exceptions=True,
            )
            bad = answers.pop(7)
            assert isinstance(bad, FunnelError)
            assert bad.code == "data_invalid"
            assert not [answer for answer in answers if isinstance(answer, BaseException)]
        stranger = world.says(contacts[0], "x", opening=world.opening(contacts[0], contact_id=new_id()))
        with pytest.raises(FunnelError, match="data_invalid"):
            await pipeline.submit(stranger)
    assert await db.pool.fetchval("select count(*) from conversations") == 19
    assert await fsck.check(db) == []


async def test_a_refusal_fails_one_command_and_nothing_is_written(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        with pytest.raises(FunnelError, match="refused"):
            await pipeline.submit(world.says(contact, "refuse"))
        with pytest.raises(FunnelError, match="text_invalid"):
            await pipeline.submit(world.says(contact, "\ud800"))
    assert await db.pool.fetchval("select count(*) from conversations") == 0


async def test_the_open_burst_reaches_the_judge(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    judge = EchoJudge()
    async with running(db, settings, judge) as (pipeline, _):
        for words in ("hi", "my parcel", "is late"):
            await pipeline.submit(world.says(contact, words))
    assert judge.bursts == [(), ("hi",), ("hi", "my parcel")]


async def test_a_verdict_and_a_late_line_reach_the_judge_with_the_words_they_are_about(
    db: Database, settings: Settings
) -> None:
    world = await make_world(db)
    contact = await world.contact()
    judge = EchoJudge(replies=True)
    async with running(db, settings, judge) as (pipeline, _):
        asked = await pipeline.submit(world.says(contact, "how long is the warranty"))
        row = asked.row.state
        verdict = RateAnswer(
            command_id=new_id(), actor=asked.events[0].actor, conversation_id=row.id, answer_id=new_id(), helpful=False
        )  # fmt: skip
        await pipeline.submit(verdict)
        await db.pool.execute(
            "update conversations set snapshot = jsonb_set(snapshot, '{burst,at}', to_jsonb(now() - interval '1 minute'))"
        )
        await pipeline.submit(world.says(contact, "not what I meant"))
    assert judge.bursts == [(), ("how long is the warranty",), ("how long is the warranty",)]


async def test_an_erased_message_leaves_the_log(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        said = await pipeline.submit(world.says(contact, "my address is 1 Main St"))
        row = said.row.state
        message_id = next(e.payload.message_id for e in said.events if isinstance(e.payload, MessageCreated))
        assert said.row.subject == Subject("my address is 1 Main St", message_id)
        again = await pipeline.submit(world.says(contact, "are you there"))
        assert again.row.subject == said.row.subject
        gone = await pipeline.submit(world.does(Redact, row.id, message_id=message_id, event_seq=2))
        assert gone.row.subject == NO_SUBJECT
    assert await db.pool.fetchval("select subject from conversations") == ""
    events = await events_after(db.pool, row.id, 0, visible_only=False, limit=10)
    assert events[1].payload is None
    assert events[1].type == "message.created"
    assert await db.pool.fetchval("select data::text from events where seq = 2") == '{"redacted": true}'
    assert await fsck.check(db) == []


async def test_commands_of_one_contact_keep_their_order(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        results = await asyncio.gather(
            *(pipeline.submit(world.says(contact, str(number)), Lane.VISITOR) for number in range(20))
        )
        with pytest.raises(FunnelError) as refusal:
            await asyncio.gather(*(pipeline.submit(world.says(contact, "x")) for _ in range(21)))
    assert refusal.value.code == "too_many_waiting"
    state = results[0].row.state
    assert texts(await events_after(db.pool, state.id, 0, visible_only=True, limit=200))[:20] == [
        str(number) for number in range(20)
    ]


async def test_a_full_lane_is_refused_and_the_other_lanes_go_on(db: Database, database_url: str) -> None:
    settings = make_settings(database_url, turns={"visitor_lane": 10})
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(12)]
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contacts[0], "human"))).row
        answers = await asyncio.gather(
            *(pipeline.submit(world.says(contact, "hi"), Lane.VISITOR) for contact in contacts),
            pipeline.submit(world.replies(row.state.id, "hello"), Lane.AGENT),
            return_exceptions=True,
        )
    refusals = [answer for answer in answers if isinstance(answer, FunnelError)]
    assert [(refusal.code, refusal.kind) for refusal in refusals] == [
        ("overloaded", ErrorKind.UNAVAILABLE)
    ] * 2
    assert all(refusal.retry_after for refusal in refusals)
    assert not isinstance(answers[-1], BaseException)


async def test_time_never_goes_back(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        row = (await pipeline.submit(world.says(contact, "human"))).row
        ahead = row.state.last_at + timedelta(hours=1)
        await db.pool.execute(
            "update conversations set snapshot = jsonb_set(snapshot, '{last_at}', to_jsonb($2::timestamptz)) where id = $1",
            row.state.id,
            ahead,
        )
        result = await pipeline.submit(world.does(Claim, row.state.id))
        assert result.events[0].at == ahead
        released = await pipeline.submit(world.does(Release, row.state.id))
        assert released.row.state.waiting is not None
        assert released.row.state.waiting.since == row.state.last_at


async def test_stop_answers_what_waits_and_refuses_what_comes(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contacts = [await world.contact() for _ in range(30)]
    async with running(db, settings) as (pipeline, _):
        waiting = [asyncio.create_task(pipeline.submit(world.says(contact, "hi"))) for contact in contacts]
        await asyncio.sleep(0)
        await pipeline.stop()
        assert len(await asyncio.gather(*waiting)) == 30
        with pytest.raises(FunnelError, match="unavailable"):
            await pipeline.submit(world.says(contacts[0], "late"))
