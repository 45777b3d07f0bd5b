"""One person on several channels: the same address only suggests it, an agent's click joins, another undoes it exactly."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from funnel.core.ids import new_id
from tests import builders
from tests.api.channels_world import message
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_mail import get, mail_inbox
from tests.api.test_outbox import hear, webhook_inbox
from tests.simulators.http_double import HttpDouble
from tests.simulators.smtp import MailServer, mail_server

ADA = "ada@home.example"
CONVERSATIONS = "select id::text, contact_id::text, version, last_seq from conversations order by id"


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as found:
        yield found


async def two(gateway: Gateway, smtp: MailServer) -> tuple[str, str, Caller]:
    """A verified visitor on the website and a mail from the same address (which anybody can write): conversations and an agent."""
    inbox = await mail_inbox(gateway, smtp)
    visitor = await gateway.visitor(external_id="ada-1", name="Ada")
    await gateway.db.pool.execute(
        "insert into identities (id, contact_id, channel, address, verified) values ($1::uuid, $2::uuid, 'email', 'Ada@Home.example', true)",
        *(new_id(), visitor.id),
    )
    web = (await visitor.say("my secret order 4711, a person please"))["conversation"]["id"]
    await get(gateway, inbox, "m@home", "a person please, and what did I write before?", f"Eve <{ADA}>")
    mail = await gateway.db.pool.fetchval(
        "select id::text from conversations where inbox_id = $1::uuid", inbox.id
    )
    return web, mail, await gateway.agent()


async def looked(agent: Caller, key: str) -> Json:
    answer = await agent.call("GET", f"/v1/conversations/{key}/same_person")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def owners(gateway: Gateway) -> list[tuple[Any, ...]]:
    """Whose each conversation is."""
    return [(r["id"], r["contact_id"]) for r in await gateway.db.pool.fetch(CONVERSATIONS)]


async def history(agent: Caller, key: str) -> tuple[list[str], list[str]]:
    bundle = (await agent.call("GET", f"/v1/conversations/{key}/context")).json()
    return (
        sorted(one["conversation_id"] for one in bundle["history"]),
        sorted(f"{one['channel']}:{one['address']}" for one in bundle["identities"]),
    )


async def test_a_spoofed_address_is_only_suggested_and_never_joined_by_itself(
    outward: Gateway, smtp: MailServer
) -> None:
    web, mail, agent = await two(outward, smtp)
    assert await outward.db.pool.fetchval("select count(*) from contact_joins") == 0
    assert await outward.db.pool.fetchval("select count(*) from contacts where merged_into is not null") == 0
    found = await looked(agent, mail)
    (one,) = found["items"]
    assert (one["because"], one["verified"], one["proven"]) == ("email", True, True)
    assert (one["conversation"]["conversation_id"], found["joined"]) == (web, [])
    (back,) = (await looked(agent, web))["items"]
    assert (back["address"], back["proven"]) == (ADA, False)
    assert await history(agent, mail) == ([], [f"email:{ADA}"])


async def test_a_click_joins_for_agents_and_another_undoes_it_exactly(
    outward: Gateway, smtp: MailServer
) -> None:
    web, mail, agent = await two(outward, smtp)
    before = [await history(agent, key) for key in (web, mail)], await owners(outward)
    (one,) = (await looked(agent, mail))["items"]
    body = {"contact_id": one["contact_id"]}
    answers = await asyncio.gather(*(agent.act(mail, "join", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    (event,) = answers[0].json()["events"]
    assert (event["type"], event["actor"]["kind"]) == ("contact.joined", "agent")
    assert await history(agent, mail) == ([web], ["email:Ada@Home.example", f"email:{ADA}"])
    assert await history(agent, web) == ([mail], ["email:Ada@Home.example", f"email:{ADA}"])
    assert (await looked(agent, web))["items"] == []
    (joined,) = (await looked(agent, web))["joined"]
    assert sorted(row["conversation_id"] for row in joined["conversations"]) == sorted([web, mail])
    parted = await asyncio.gather(*(agent.act(web, "part", {"join_id": joined["join_id"]}) for _ in range(2)))
    assert sorted(answer.status_code for answer in parted) == [200, 201]
    assert ([await history(agent, key) for key in (web, mail)], await owners(outward)) == before
    assert len((await looked(agent, mail))["items"]) == 1
    told = await outward.db.pool.fetch(
        "select conversation_id::text as key, type from events where type like 'contact.%ed' and actor_kind = 'agent' order by at"
    )
    assert sorted((row["key"], row["type"]) for row in told) == sorted(
        (key, kind) for key in (web, mail) for kind in ("contact.joined", "contact.parted")
    )
    again = await agent.act(mail, "join", body)
    assert (again.status_code, again.json()["events"][0]["type"]) == (201, "contact.joined")


async def test_what_comes_in_meanwhile_stays_its_own_contacts(outward: Gateway, double: HttpDouble) -> None:
    """And the visitor sees nothing of the join: neither the other's history nor an event."""
    inbox = await webhook_inbox(outward, double)
    await hear(outward, inbox, message("a person please", sender="u1"))
    visitor = await outward.visitor()
    web = (await visitor.say("a person please"))["conversation"]["id"]
    app = await outward.db.pool.fetchval(
        "select id::text from conversations where inbox_id = $1::uuid", inbox.id
    )
    before = await owners(outward)
    agent = await outward.agent()
    joined = (await agent.act(app, "join", {"contact_id": visitor.id})).json()["events"][0]["data"]["join_id"]
    await hear(outward, inbox, message("more from the app", sender="u1"))
    await visitor.say("more from the page", web)
    assert await owners(outward) == before
    own = (await visitor.call("GET", "/v1/conversations")).json()["items"]
    assert [one["id"] for one in own] == [web]
    assert (await visitor.call("GET", f"/v1/conversations/{app}")).status_code == 404
    seen = (await visitor.call("GET", f"/v1/conversations/{web}/events")).json()["items"]
    assert not any(event["type"].startswith("contact.") for event in seen)
    assert (await agent.act(web, "part", {"join_id": joined})).status_code == 201
    await hear(outward, inbox, message("and more", sender="u1"))
    assert await owners(outward) == before


async def test_who_may_see_only_one_of_them_neither_joins_nor_learns_of_the_other(
    outward: Gateway, smtp: MailServer
) -> None:
    web, mail, agent = await two(outward, smtp)
    (one,) = (await looked(agent, mail))["items"]
    team_id = await builders.make_team(outward.db, "Mail")
    queue_id = await builders.make_queue(outward.db, team_id)
    half = await outward.agent(team_id=team_id)
    admin = await outward.agent(preset="admin")
    assert (await admin.act(mail, "assign", {"queue_id": queue_id})).status_code == 201
    assert (await looked(half, mail)) == {"items": [], "joined": [], "next": None}
    refused = await half.act(mail, "join", {"contact_id": one["contact_id"]})
    missing = await half.act(mail, "join", {"contact_id": new_id()})
    assert (refused.status_code, refused.json()) == (404, missing.json())
    made = await admin.act(mail, "join", {"contact_id": one["contact_id"]})
    join_id = made.json()["events"][0]["data"]["join_id"]
    assert (await looked(half, mail))["joined"] == []
    assert await history(half, mail) == ([], [f"email:{ADA}"])
    assert (await half.act(mail, "part", {"join_id": join_id})).status_code == 404
    assert (await admin.act(web, "part", {"join_id": join_id})).status_code == 201
