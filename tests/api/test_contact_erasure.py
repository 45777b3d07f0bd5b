"""Export and erasure: the export holds a canary from every place, and after an erasure no place of the database or the files does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.erasing import Eraser
from funnel.core import failpoints
from funnel.core.database import Database
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.failpoints import FailpointError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.people.audit import SYSTEM
from funnel.turns.fsck import check
from tests import builders
from tests.api.channels_world import message, open_inbox, read_all
from tests.api.gateway import Caller, Gateway, Json, open_gateway
from tests.api.standing import PNG, standing_gateway
from tests.api.test_contacts import CONTACTS, audit_of, found_by, put

CANARY = "Quetzalcoatlus"
TEXTS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and data_type in ('text', 'jsonb', 'ARRAY') order by 1, 2
"""


@pytest.fixture
async def gateway(server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A service of its own."""
    async with standing_gateway(server, tmp_path) as found:
        yield found


async def canary_places(gateway: Gateway) -> list[str]:
    """Every column that holds the canary."""
    found = []
    for table, column in await gateway.db.pool.fetch(TEXTS):
        statement = f'select exists (select from "{table}" where "{column}"::text ilike $1)'  # noqa: S608 - names of our own catalogue
        if await gateway.db.pool.fetchval(statement, f"%{CANARY}%"):
            found.append(f"{table}.{column}")
    return found


async def life(gateway: Gateway, key: Caller) -> tuple[str, str, str]:
    """Somebody who has left the canary everywhere: ids of the contact, of a contact merged into it, and of a conversation."""
    subject = f"{CANARY}-{new_id()}"
    contact = await put(
        key, external_id=subject, name=f"Ada {CANARY}", email=f"{CANARY}@example.com", attributes={"note": CANARY}
    )  # fmt: skip
    opened = await gateway.anonymous().call(
        "POST",
        "/v1/widget/session",
        {
            "site_key": gateway.site.key,
            "identity_token": builders.identity_token(gateway.site, subject),
            "page": {"url": f"https://shop.example/{CANARY}", "title": CANARY},
            "attributes": {"claimed": CANARY},
        },
    )
    visitor = Caller(gateway.http, opened.json()["visitor_token"], contact["id"])
    upload = await visitor.call("POST", "/v1/uploads", files={"file": (f"{CANARY}.png", PNG, "image/png")})
    await visitor.call("POST", "/v1/uploads", files={"file": (f"unused {CANARY}.png", PNG, "image/png")})
    said = await visitor.say(f"Where is my {CANARY}?", attachments=[upload.json()["upload_id"]])
    conversation = str(said["conversation"]["id"])
    await visitor.call("POST", f"/v1/conversations/{conversation}/human", {"client_message_id": new_id()})
    agent = await gateway.agent(preset="admin")
    for what, body in (
        ("claim", {}),
        ("notes", {"client_message_id": new_id(), "text": f"She means the {CANARY}."}),
        ("messages", {"client_message_id": new_id(), "text": f"Dear Ada, your {CANARY} is here."}),
        ("tags", {"add": [CANARY.lower()]}),
        ("resolve", {"how": "confirmed", "need_met": "yes"}),
    ):
        done = await agent.act(conversation, what, body)
        assert done.status_code == 201, done.text
    await visitor.call(
        "POST", f"/v1/conversations/{conversation}/rating", {"score": 5, "comment": f"Lovely {CANARY}"}
    )
    other, _ = await builders.make_visitor(gateway.db, gateway.site, name=f"Bea {CANARY}")
    merged = await key.call("POST", f"{CONTACTS}/{other.id}/merge", {"into_id": contact["id"]})
    assert merged.status_code == 200, merged.text
    await visitor.say(f"And my other {CANARY}?")
    return contact["id"], other.id, conversation


async def done(key: Caller, contact_id: str) -> Json:
    """The job once it is done."""
    async with asyncio.timeout(60):
        while True:
            answer = await key.call("GET", f"{CONTACTS}/{contact_id}/erasure")
            assert answer.status_code == 200, answer.text
            found: Json = answer.json()
            if found["status"] == "done":
                return found
            await asyncio.sleep(0.02)


async def test_what_is_known_is_exported_and_what_is_erased_is_nowhere(
    gateway: Gateway, tmp_path: Path
) -> None:
    key = Caller(gateway.http, await builders.make_key(gateway.db, "contacts"))
    privacy = await gateway.agent(preset="privacy")
    contact, other, conversation = await life(gateway, key)
    bystander = await gateway.visitor(name="Grace")
    kept = await bystander.say("Where is my parcel 4711?")

    whole = await privacy.call("GET", f"{CONTACTS}/{contact}/export")
    assert whole.status_code == 200, whole.text
    for part in (
        f"Ada {CANARY}",
        f"Bea {CANARY}",
        f"Where is my {CANARY}?",
        "She means",
        f"{CANARY}.png",
        "Dear Ada",
    ):
        assert part in whole.text, part
    seen = await key.call("GET", f"{CONTACTS}/{contact}/export")
    assert "Dear Ada" in seen.text
    assert "She means" not in seen.text

    places = set(await canary_places(gateway))
    assert {
        "contacts.name",
        "events.data",
        "events.actor_name",
        "identities.address",
        "uploads.name",
    } <= places
    asked = await privacy.call("DELETE", f"{CONTACTS}/{contact}")
    assert (asked.status_code, asked.json()["contact_id"]) == (202, contact)
    for path in ("", "/export"):
        assert (await key.call("GET", f"{CONTACTS}/{contact}{path}")).status_code == 404
    assert await found_by(key, q=CANARY) == []
    job = await done(key, contact)
    assert (job["id"], job["remaining"]) == (asked.json()["id"], [])
    await done(key, other)
    assert await canary_places(gateway) == []
    assert not [one for one in (tmp_path / "uploads").rglob("*") if one.is_file()]
    assert not await check(gateway.db)
    assert (await key.call("DELETE", f"{CONTACTS}/{contact}")).json() == job
    assert await audit_of(gateway, contact) == [
        "contact.created", "contact.exported", "contact.exported", "contact.erasure_asked", "contact.erased",
    ]  # fmt: skip

    admin = await gateway.admin()
    log = (await admin.call("GET", f"/v1/conversations/{conversation}/events")).json()["items"]
    assert [one["seq"] for one in log] == list(range(1, len(log) + 1))
    assert (await admin.call("GET", f"/v1/conversations/{conversation}/context")).status_code == 200
    assert (await bystander.call("GET", f"/v1/conversations/{kept['conversation']['id']}")).status_code == 200


@pytest.mark.parametrize("step", [1, 2, 3, 4])
async def test_an_erasure_that_breaks_off_goes_on(
    settings: Settings, db: Database, tmp_path: Path, step: int
) -> None:
    uploads = settings.uploads.model_copy(update={"dir": tmp_path / "uploads"})
    held = settings.model_copy(update={"uploads": uploads})
    async with open_gateway(held, db, workers=False) as gateway:
        key = Caller(gateway.http, await builders.make_key(db, "contacts"))
        contact, other, _ = await life(gateway, key)
        await gateway.services.people.erasures.ask(contact, SYSTEM)
        eraser = Eraser(gateway.services)
        failpoints.configure(f"erase_step_{step}=raise@1")
        try:
            with pytest.raises(FailpointError):
                await eraser.work()
        finally:
            failpoints.configure(None)
        assert await eraser.work()
        assert not await eraser.work(), "the broken one is under its lease"
        await db.pool.execute(
            "update contact_erasures set lease_until = now() - interval '1 s' where status = 'running'"
        )
        assert await eraser.work()
        assert (await done(key, contact))["remaining"] == (await done(key, other))["remaining"] == []
        assert await canary_places(gateway) == []


async def test_what_a_channel_brought_goes_with_its_raw_request(
    settings: Settings, db: Database, tmp_path: Path
) -> None:
    uploads = settings.uploads.model_copy(update={"dir": tmp_path / "uploads"})
    held = settings.model_copy(update={"uploads": uploads})
    async with open_gateway(held, db, workers=False) as gateway:
        inbox = await open_inbox(gateway, "webhook")
        for sender in (CANARY, "grace"):
            assert (await inbox.deliver(message(f"Here is {sender}", sender=sender))).status_code < 300
        await read_all(gateway.services.channels.intake)
        contact = await db.pool.fetchval("select contact_id::text from identities where address = $1", CANARY)
        tables = ("inbound_requests", "reply_addresses", "channel_messages")
        assert [await inbox.count(table) for table in tables] == [2, 2, 2]
        await gateway.services.people.erasures.ask(contact, SYSTEM)
        assert await Eraser(gateway.services).work()
        assert (await gateway.services.people.erasures.find(contact)).status == "done"
        assert [await inbox.count(table) for table in tables] == [1, 1, 1]
        assert await canary_places(gateway) == []
        assert not await check(db)
        assert (await inbox.deliver(message("Here again", sender=CANARY))).status_code < 300
        await read_all(gateway.services.channels.intake)
        newcomer = await db.pool.fetchval(
            "select contact_id::text from identities where address = $1", CANARY
        )
        assert newcomer != contact


async def test_who_may_not(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    await visitor.say("I would like to talk to a person")
    for caller, expected in (
        (await gateway.agent(), 403),
        (await gateway.agent(preset="writer"), 403),
        (Caller(gateway.http, await builders.make_key(gateway.db, "people")), 403),
        (visitor, 401),
    ):
        for method, path in (("GET", "/export"), ("DELETE", ""), ("GET", "/erasure")):
            answer = await caller.call(method, f"{CONTACTS}/{visitor.id}{path}")
            assert answer.status_code == expected, (method, path, answer.text)
    privacy = await gateway.agent(preset="privacy")
    for missing in (new_id(), "nobody"):
        assert (await privacy.call("DELETE", f"{CONTACTS}/{missing}")).status_code == 404
    assert (await privacy.call("GET", f"{CONTACTS}/{visitor.id}/erasure")).status_code == 404
