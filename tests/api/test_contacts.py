"""Contacts by API: one per external id whatever comes at once, searched and paged, guarded, and every write in the audit log."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from funnel.people.audit import first_broken
from tests import builders
from tests.api.gateway import Caller, Gateway, Json
from tests.api.standing import standing_gateway

CONTACTS = "/v1/contacts"


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for this module."""
    async with standing_gateway(server, tmp_path_factory.mktemp("contacts")) as found:
        yield found


@pytest.fixture(scope="module")
async def key(gateway: Gateway) -> Caller:
    """A program that keeps contacts."""
    return Caller(gateway.http, await builders.make_key(gateway.db, "contacts"))


async def put(key: Caller, status: int = 201, **fields: Any) -> Json:
    """An upsert that is answered with this status."""
    answer = await key.call("POST", CONTACTS, fields)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def found_by(key: Caller, **query: Any) -> list[str]:
    """The ids a search finds."""
    answer = await key.call("GET", CONTACTS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def audit_of(gateway: Gateway, contact_id: str) -> list[str]:
    """What the audit log says was done to it."""
    rows = await gateway.db.pool.fetch(
        "select action from audit_entries where object_id = $1::uuid order by seq", contact_id
    )
    return [row["action"] for row in rows]


async def test_an_upsert_makes_changes_and_repeats(gateway: Gateway, key: Caller) -> None:
    subject = f"customer-{new_id()}"
    made = await put(
        key, external_id=subject, name="Ada", email=f"{new_id()}@Example.com", phone="+49 151 000 111", locale="zh-CN",
        attributes={"plan": "gold", "since": 2020},
    )  # fmt: skip
    assert made["verified"]
    assert made["locale"] == "zh-Hans"
    assert made["phone"] == "+49151000111"
    assert made["site_id"] == gateway.site.id
    assert {one["channel"] for one in made["identities"] if one["verified"]} == {"email", "phone"}
    again = await put(key, 200, external_id=subject, name="Ada", attributes={"plan": "gold"})
    assert again == made
    changed = await put(
        key, 200, external_id=subject, email=None, phone="+49151000222", attributes={"since": None}
    )
    assert (changed["id"], changed["name"], changed["attributes"]) == (made["id"], "Ada", {"plan": "gold"})
    assert [one["address"] for one in changed["identities"]] == ["+49151000222"]
    assert await audit_of(gateway, made["id"]) == ["contact.created", "contact.updated"]
    read = await key.call("GET", f"{CONTACTS}/{made['id']}")
    assert (read.status_code, read.json()) == (200, changed)


async def test_many_at_once_make_one_contact_and_an_unbroken_log(gateway: Gateway, key: Caller) -> None:
    subject = new_id()
    body = {"external_id": subject, "name": "Ada"}
    answers = await asyncio.gather(*(key.call("POST", CONTACTS, body) for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [200] * 11 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert await first_broken(gateway.db) is None


async def test_it_is_the_contact_that_a_signed_identity_speaks_of(gateway: Gateway, key: Caller) -> None:
    subject = new_id()
    made = await put(key, external_id=subject, name="Ada", attributes={"plan": "gold"})
    token = builders.identity_token(gateway.site, subject)
    opened = await gateway.anonymous().call(
        "POST", "/v1/widget/session", {"site_key": gateway.site.key, "identity_token": token}
    )
    assert opened.json()["contact"] == {"id": made["id"], "verified": True, "name": "Ada"}


async def test_each_site_has_contacts_of_its_own(gateway: Gateway, key: Caller) -> None:
    other = await builders.make_site(gateway.db, name="Other", queue_id=gateway.queue_id)
    await gateway.services.directory.refresh()
    subject = new_id()
    here = await put(key, external_id=subject, site=gateway.site.key)
    there = await put(key, external_id=subject, site=other.id)
    assert here["id"] != there["id"]
    assert set(await found_by(key, external_id=subject)) == {here["id"], there["id"]}
    assert await found_by(key, external_id=subject, site=other.key) == [there["id"]]


async def test_search_finds_and_pages(key: Caller) -> None:
    word = new_id()
    ids = [
        (await put(key, external_id=f"{word}-{n}", name=f"Name {word} {n}", email=f"{word}-{n}@example.com"))[
            "id"
        ]
        for n in range(5)
    ]
    assert await found_by(key, q=f"name {word}".upper()) == ids
    assert await found_by(key, q=f"{word}-3") == await found_by(key, external_id=f"{word}-3") == [ids[3]]
    assert await found_by(key, email=f"{word}-2@EXAMPLE.com") == await found_by(
        key, q=f"{word}-2@example.com"
    )
    assert await found_by(key, q="%") == await found_by(key, phone="no number") == []
    seen, cursor = list[str](), None
    while True:
        query = {"q": word, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await key.call("GET", CONTACTS, params=query)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids


async def test_a_phone_is_found_by_every_spelling(key: Caller) -> None:
    made = await put(key, external_id=new_id(), phone="+55 11 98765-4321")
    assert made["id"] in await found_by(key, phone="551187654321")


async def test_attributes_are_set_one_by_one(gateway: Gateway, key: Caller) -> None:
    made = await put(key, external_id=new_id(), attributes={"plan": "gold", "old": True})
    path = f"{CONTACTS}/{made['id']}/attributes"
    answer = await key.call("PUT", path, {"attributes": {"plan": 1, "old": None, "tags": ["a"]}})
    assert (answer.status_code, answer.json()["attributes"]) == (200, {"plan": 1, "tags": ["a"]})
    assert (await key.call("PUT", path, {"attributes": {"plan": True}})).json()["attributes"]["plan"] is True
    for bad in ({}, {"plan": "gold"}, {"attributes": []}, {"attributes": {"x": {"y": {"z": {"w": {"v": 1}}}}}},
                {"attributes": {"k": "x" * 9_000}}, {"attributes": {"n": "a\0b"}}):  # fmt: skip
        refused = await key.call("PUT", path, bad)
        assert refused.status_code == 422, bad
    assert (await key.call("PUT", f"{CONTACTS}/{new_id()}/attributes", {"attributes": {}})).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"external_id": ""},
        {"external_id": " "},
        {"external_id": "a\0b"},
        {"external_id": "x" * 256},
        {"external_id": 4711},
        {"external_id": "a", "verified": True},
        {"external_id": "a", "email": "nobody"},
        {"external_id": "a", "phone": "call me"},
        {"external_id": "a", "name": "a\u0007"},
        {"external_id": "a", "locale": "no-such-language-tag"},
        {"external_id": "a", "timezone": "Mars/Base"},
        {"external_id": "a", "site": "nowhere"},
        {"external_id": "a", "attributes": {"n" * 65: 1}},
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(key: Caller, fields: Json) -> None:
    answer = await key.call("POST", CONTACTS, fields)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert await found_by(key, external_id="a") == []


async def test_who_may(gateway: Gateway, key: Caller) -> None:
    visitor = await gateway.visitor(name="Grace")
    said = await visitor.say("I would like to talk to a person")
    assert said["conversation"]["owner"]["kind"] != "bot"
    path = f"{CONTACTS}/{visitor.id}"
    near, far = (
        await gateway.agent(),
        await gateway.agent(team_id=await builders.make_team(gateway.db, new_id())),
    )
    outsourced = await gateway.agent(preset="outsourced")
    await key.call("POST", CONTACTS, {"external_id": "unseen"})
    await gateway.db.pool.execute(
        "update contacts set email = 'grace@example.com', attributes = '{\"plan\": 1}' where id = $1::uuid", visitor.id
    )  # fmt: skip
    assert (await near.call("GET", path)).json()["email"] == "grace@example.com"
    masked = (await outsourced.call("GET", path)).json()
    assert (masked["email"], masked["attributes"]) == ("g…om", {})
    assert (await far.call("GET", path)).status_code == 404
    writer = await gateway.agent(preset="writer")
    assert (await writer.call("GET", path)).status_code == 403
    assert (await visitor.call("GET", path)).status_code == 401
    privacy, admin = await gateway.agent(preset="privacy"), await gateway.admin()
    for caller, read, written in ((near, 403, 403), (privacy, 200, 403), (admin, 200, 201), (key, 200, 201)):
        assert (await caller.call("GET", CONTACTS)).status_code == read
        assert (await caller.call("POST", CONTACTS, {"external_id": new_id()})).status_code == written
    wrong = Caller(gateway.http, await builders.make_key(gateway.db, "kb.write"))
    assert (
        (await wrong.call("GET", CONTACTS)).status_code == (await wrong.call("GET", path)).status_code == 403
    )


async def test_a_new_name_is_told_to_the_conversation_that_goes_on(gateway: Gateway, key: Caller) -> None:
    subject = new_id()
    made = await put(key, external_id=subject)
    opened = await gateway.anonymous().call(
        "POST",
        "/v1/widget/session",
        {"site_key": gateway.site.key, "identity_token": builders.identity_token(gateway.site, subject)},
    )
    visitor = Caller(gateway.http, opened.json()["visitor_token"], made["id"])
    conversation = (await visitor.say("Where is my parcel 4711?"))["conversation"]["id"]
    await put(key, 200, external_id=subject, name="Ada Lovelace")
    read = await (await gateway.admin()).call("GET", f"/v1/conversations/{conversation}")
    shown = read.json().get("conversation", read.json())
    assert shown["contact"]["name"] == "Ada Lovelace"


async def test_the_audit_log_cannot_be_changed_and_shows_it(gateway: Gateway, key: Caller) -> None:
    await put(key, external_id=new_id())
    with pytest.raises(Exception, match="only ever appended"):
        await gateway.db.pool.execute("update audit_entries set action = 'x'")
    async with gateway.db.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("alter table audit_entries disable trigger audit_entries_stay")
        await connection.execute("update audit_entries set actor_id = null where seq = 1")
        broken = await connection.fetchval(
            "select min(e.seq) from audit_entries e where e.hash <> audit_hash(e)"
        )
        await transaction.rollback()
    assert broken == 1
