"""Merging contacts by hand and undoing it: only a pointer moves, visitors and signed identities follow it, and back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway, Json
from tests.api.standing import standing_gateway
from tests.api.test_contacts import CONTACTS, audit_of, found_by, put


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for this module."""
    async with standing_gateway(server, tmp_path_factory.mktemp("merges")) as found:
        yield found


@pytest.fixture(scope="module")
async def key(gateway: Gateway) -> Caller:
    """A program that keeps contacts."""
    return Caller(gateway.http, await builders.make_key(gateway.db, "contacts"))


async def merge(key: Caller, contact_id: str, into_id: str) -> tuple[int, Json]:
    """Status and answer."""
    answer = await key.call("POST", f"{CONTACTS}/{contact_id}/merge", {"into_id": into_id})
    return answer.status_code, answer.json()


async def undo(key: Caller, contact_id: str) -> tuple[int, Json]:
    """Status and answer."""
    answer = await key.call("POST", f"{CONTACTS}/{contact_id}/merge/undo")
    return answer.status_code, answer.json()


async def sign_in(gateway: Gateway, subject: str, **more: str) -> Caller:
    """A visitor with a signed identity."""
    body = {
        "site_key": gateway.site.key,
        "identity_token": builders.identity_token(gateway.site, subject),
        **more,
    }
    answer = await gateway.anonymous().call("POST", "/v1/widget/session", body)
    assert answer.status_code in (200, 201), answer.text
    return Caller(gateway.http, answer.json()["visitor_token"], answer.json()["contact"]["id"])


STORED = (
    "select * from contacts where id = any ($1::uuid[]) order by id",
    "select * from identities where contact_id = any ($1::uuid[]) order by id",
    "select * from visitor_tokens where contact_id = any ($1::uuid[]) order by token_hash",
    "select * from conversations where contact_id = any ($1::uuid[]) order by id",
    "select e.* from events e join conversations c on c.id = e.conversation_id and c.contact_id = any ($1::uuid[]) order by e.conversation_id, e.seq",
)


async def everything(gateway: Gateway, *contact_ids: str) -> list[list[Json]]:
    """What is stored of contacts and conversations."""
    return [
        [dict(row) for row in await gateway.db.pool.fetch(statement, list(contact_ids))]
        for statement in STORED
    ]


async def test_a_merge_moves_one_pointer_and_undoing_it_leaves_no_trace(
    gateway: Gateway, key: Caller
) -> None:
    subjects = [new_id(), new_id()]
    first, second = [
        await put(key, external_id=one, name=f"Name {one}", email=f"{one}@example.com") for one in subjects
    ]
    visitor = await sign_in(gateway, subjects[0])
    conversation = (await visitor.say("Where is my parcel 4711?"))["conversation"]["id"]
    before = await everything(gateway, first["id"], second["id"])
    status, merged = await merge(key, first["id"], second["id"])
    assert (status, merged["merged_into"]) == (200, second["id"])
    assert await merge(key, first["id"], second["id"]) == (200, merged)
    assert await found_by(key, external_id=subjects[0]) == [second["id"]]
    assert first["id"] not in await found_by(key, q=f"name {subjects[0]}")
    assert (await visitor.call("GET", f"/v1/conversations/{conversation}")).status_code == 401
    status, parted = await undo(key, first["id"])
    assert (status, parted["merged_into"]) == (200, None)
    assert await undo(key, first["id"]) == (200, parted)
    assert await everything(gateway, first["id"], second["id"]) == before
    assert (await visitor.call("GET", f"/v1/conversations/{conversation}")).status_code == 200
    actions = ["contact.created", "contact.merged", "contact.merge_undone"]
    assert await audit_of(gateway, first["id"]) == actions


async def test_signed_identities_follow_the_pointer_and_come_back(gateway: Gateway, key: Caller) -> None:
    subjects = [new_id(), new_id(), new_id()]
    ids = [(await put(key, external_id=one, name=one))["id"] for one in subjects]
    first = await sign_in(gateway, subjects[0])
    conversation = (await first.say("Where is my parcel 4711?"))["conversation"]["id"]
    for one, other in ((0, 1), (1, 2)):
        assert (await merge(key, ids[one], ids[other]))[0] == 200
    again = await sign_in(gateway, subjects[0])
    assert again.id == ids[2]
    assert (await again.call("GET", f"/v1/conversations/{conversation}")).status_code == 200
    assert (await sign_in(gateway, subjects[0], visitor_token=again.token or "")).token == again.token
    stranger = await gateway.visitor()
    joined = await sign_in(gateway, subjects[1], visitor_token=stranger.token or "")
    assert joined.id == ids[2]
    known = (await key.call("GET", f"{CONTACTS}/{ids[2]}")).json()
    assert (known["external_id"], known["name"]) == (subjects[2], subjects[2])
    assert (await undo(key, ids[1]))[0] == 200
    assert (await again.call("GET", f"/v1/conversations/{conversation}")).status_code == 404
    assert (await sign_in(gateway, subjects[0])).id == ids[1]
    assert (await undo(key, stranger.id))[1]["code"] == "merged_by_proof"


async def test_what_is_not_merged(gateway: Gateway, key: Caller) -> None:
    known, other = await put(key, external_id=new_id()), await put(key, external_id=new_id())
    visitor = await gateway.visitor()
    assert (await merge(key, known["id"], visitor.id))[1]["code"] == "target_unverified"
    assert (await merge(key, known["id"], known["id"]))[1]["code"] == "merge_with_itself"
    assert (await merge(key, visitor.id, known["id"]))[0] == 200
    assert (await merge(key, visitor.id, other["id"]))[1]["code"] == "already_merged"
    assert (await merge(key, other["id"], visitor.id))[1]["code"] == "already_merged"
    elsewhere = await builders.make_site(gateway.db, name="Elsewhere", queue_id=gateway.queue_id)
    foreign, _ = await builders.make_visitor(gateway.db, elsewhere)
    for missing in (foreign.id, new_id()):
        assert (
            (await merge(key, missing, known["id"]))[0] == (await merge(key, known["id"], missing))[0] == 404
        )
    for bad in ({}, {"into_id": "x"}, {"into_id": known["id"], "force": True}):
        answer = await key.call("POST", f"{CONTACTS}/{other['id']}/merge", bad)
        assert answer.status_code == 422


async def test_merges_at_once_never_make_a_ring(gateway: Gateway, key: Caller) -> None:
    ids = [(await put(key, external_id=new_id()))["id"] for _ in range(4)]
    pairs = [(a, b) for a in ids for b in ids if a != b]
    found = await asyncio.gather(*(merge(key, a, b) for a, b in pairs))
    assert {status for status, _ in found} == {200, 409}
    rows = await gateway.db.pool.fetch(
        "select id::text, merged_into::text from contacts where id = any ($1::uuid[])", ids
    )
    pointers = {row["id"]: row["merged_into"] for row in rows}
    assert sum(1 for target in pointers.values() if target is None) >= 1
    for start in ids:
        at, steps = start, 0
        while (then := pointers[at]) is not None:
            at, steps = then, steps + 1
            assert steps < len(ids)
