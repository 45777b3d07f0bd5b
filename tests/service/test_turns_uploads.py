"""Files and presence as facts of the turn: a file belongs to one message, in the very transaction that says so."""

import asyncpg
import pytest

from funnel.conversations.values import Attachment
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.people.contact_presence import ContactPresence
from funnel.turns.store.load import load
from tests.builders import ContactRow
from tests.builders_turns import make_world, running


async def make_upload(db: Database, contact: ContactRow) -> Attachment:
    """An unused file of this contact."""
    found = Attachment(id=new_id(), name="dot.png", content_type="image/png", size=4)
    await db.pool.execute(
        "insert into uploads (id, owner_kind, owner_id, name, content_type, size, sha256)"
        " values ($1::uuid, 'contact', $2::uuid, $3, $4, $5, $6)",
        *(found.id, contact.id, found.name, found.content_type, found.size, bytes(32)),
    )
    return found


async def read_upload(db: Database, file: Attachment) -> asyncpg.Record:
    return await db.pool.fetchrow(
        "select conversation_id, message_id, uses from uploads where id = $1", file.id
    )


async def test_the_turn_takes_the_file(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    file = await make_upload(db, contact)
    async with running(db, settings) as (pipeline, _):
        command = world.says(contact, "look", attachments=(file,))
        first = await pipeline.submit(command)
        again = await pipeline.submit(command)
    assert again.repeated
    row = await read_upload(db, file)
    assert str(row["conversation_id"]) == first.row.state.id
    assert str(row["message_id"]) == first.events[1].payload.message_id  # type: ignore[union-attr]
    assert row["uses"] == 1


async def test_a_file_taken_meanwhile_is_refused_and_nothing_is_written(
    db: Database, settings: Settings
) -> None:
    """Both passed the gate before either was committed; the second one loses, alone."""
    world = await make_world(db)
    contact, other = await world.contact(), await world.contact()
    file = await make_upload(db, contact)
    async with running(db, settings) as (pipeline, _):
        first = await pipeline.submit(world.says(contact, "look", attachments=(file,)))
        with pytest.raises(FunnelError) as refusal:
            await pipeline.submit(world.says(other, "look too", attachments=(file,)))
        await pipeline.submit(world.says(other, "without it"))
    assert refusal.value.code == "attachment_invalid"
    assert str((await read_upload(db, file))["conversation_id"]) == first.row.state.id
    said = await db.pool.fetch("select data ->> 'text' as text from events where type = 'message.created'")
    assert {row["text"] for row in said} == {"look", "without it"}


async def test_a_turn_knows_whether_its_contact_is_there(db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact, other = await world.contact(), await world.contact()
    clock = [0.0]
    presence = ContactPresence(db, lambda: clock[0])
    async with running(db, settings) as (pipeline, _):
        rows = [(await pipeline.submit(world.says(one, "hello"))).row for one in (contact, other)]

    async def there() -> list[bool]:
        commands = [world.replies(row.state.id, "hello") for row in rows]
        async with db.pool.acquire() as connection:
            return [loaded.present for loaded in await load(connection, commands)]

    assert await there() == [False, False]
    await presence.touch([contact.id, new_id()])
    assert await there() == [True, False]
    await db.pool.execute("update contact_presence set seen_at = now() - interval '46 seconds'")
    assert await there() == [False, False]
    clock[0] = 14.9
    await presence.touch([contact.id])
    assert await there() == [False, False]
    clock[0] = 15.0
    await presence.touch([contact.id])
    assert await there() == [True, False]
