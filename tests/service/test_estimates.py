"""The read model of load against the database: who waits, who is online, how long first replies took."""

import asyncio
import json
from datetime import timedelta

from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.ids import new_id
from funnel.routing.estimates import Estimates
from tests.builders import SiteRow, make_agent, make_contact, make_queue, make_site

NOW = SystemClock().now()  # read once: the time between two events is that of the test, not of the statements


async def _conversation(db: Database, site: SiteRow, agent_id: str | None = None) -> str:
    contact = await make_contact(db, site)
    conversation_id = new_id()
    await db.pool.execute(
        "insert into conversations (id, site_id, inbox_id, contact_id, channel, status, owner_kind, agent_id, queue_id,"
        " reached_people, waiting_since) values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, 'web', 'open', $5, $6::uuid,"
        " $7::uuid, true, now())",
        *(conversation_id, site.id, site.inbox_id, contact.id, "agent" if agent_id else "queue", agent_id, site.queue_id),
    )  # fmt: skip
    return conversation_id


async def _event(
    db: Database, conversation_id: str, seq: int, kind: str, minutes_ago: float, **data: str
) -> None:
    await db.pool.execute(
        "insert into events (conversation_id, seq, id, turn_id, prev_visible, at, type, actor_kind, visible, data)"
        " values ($1::uuid, $2, $3::uuid, $3::uuid, 0, $4, $5, $6, $7, $8::text::jsonb)",
        conversation_id,
        seq,
        new_id(),
        NOW - timedelta(minutes=minutes_ago),
        kind,
        "agent" if kind == "message.created" else "bot",
        data.get("visibility") != "private",
        json.dumps(data),
    )


async def test_waiting_online_and_held_are_counted(db: Database) -> None:
    site = await make_site(db)
    other = await make_queue(db)
    agent = await make_agent(db, queue_id=site.queue_id, status="online")
    await make_agent(db, queue_id=site.queue_id, status="away")
    gone = await make_agent(db, queue_id=site.queue_id, status="online")
    await db.pool.execute(
        "update agents set heartbeat_at = now() - interval '1 hour' where id = $1::uuid", gone.id
    )
    await _conversation(db, site)
    await _conversation(db, site)
    await _conversation(db, site, agent.id)
    found = await Estimates(db).refresh(replies=True)
    assert (found.queue(site.queue_id).waiting, found.queue(site.queue_id).agents_online) == (2, 1)
    assert (found.queue(other).waiting, found.queue(other).agents_online) == (0, 0)
    assert found.held == {agent.id: 1}
    assert found.queue(new_id()).waiting == 0


async def test_first_replies_are_measured_from_the_hand_over_to_the_first_public_answer(db: Database) -> None:
    site = await make_site(db)
    conversation = await _conversation(db, site)
    await _event(db, conversation, 1, "conversation.handed_over", 60, queue_id=site.queue_id)
    await _event(db, conversation, 2, "message.created", 58, visibility="private")
    await _event(db, conversation, 3, "message.created", 50)
    await _event(db, conversation, 4, "message.created", 40)
    unanswered = await _conversation(db, site)
    await _event(db, unanswered, 1, "conversation.handed_over", 5, queue_id=site.queue_id)
    found = await Estimates(db).refresh(replies=True)
    replies = found.queue(site.queue_id).replies
    assert len(replies) == 1
    assert replies[0].replied_at - replies[0].asked_at == timedelta(minutes=10)


async def test_it_refreshes_by_itself_and_stops(db: Database) -> None:
    site = await make_site(db)
    estimates = Estimates(db)
    assert estimates.now().queue(site.queue_id).waiting == 0
    await estimates.start()
    try:
        await _conversation(db, site)
        async with asyncio.timeout(60):
            while estimates.now().queue(site.queue_id).waiting != 1:  # noqa: ASYNC110 - it is polled from outside
                await asyncio.sleep(0.05)
    finally:
        await estimates.stop()
        await estimates.stop()
