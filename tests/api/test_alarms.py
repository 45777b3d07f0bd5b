"""Calls reach people outside the desk and stop with their answer; nothing is lost where a process dies in between."""

import asyncio
from collections.abc import AsyncIterator
from email.message import Message
from pathlib import Path

import pytest

from bots.outgoing.paging import MOST
from funnel.core.database import Database
from funnel.turns.outbox.pages import Pages
from tests import builders
from tests.api.gateway import Caller, Gateway, open_gateway
from tests.configuration import make_settings
from tests.simulators.smtp import MailServer, mail_server

DANGER = "I am going to kill myself tonight"
LAWYER = "My lawyer will be in touch about this, and so will the newspapers"


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mail_server() as found:
        yield found


@pytest.fixture
async def calling(
    database_url: str, db: Database, tmp_path: Path, post: MailServer
) -> AsyncIterator[Gateway]:
    """A service that may mail; its pager and timers are stopped, so that each step is ours."""
    mail = {"host": "127.0.0.1", "port": post.port, "sender": "desk@shop.example"}
    settings = make_settings(database_url, uploads={"dir": tmp_path}, mail=mail)
    async with open_gateway(settings, db) as gateway:
        await gateway.services.channels.pager.stop()
        await gateway.services.timers.stop()
        yield gateway


async def lead_of(gateway: Gateway, email: str = "lead@shop.example") -> Caller:
    """A lead of the team."""
    return await gateway.agent(preset="lead", email=email)


async def pass_minutes(gateway: Gateway, minutes: int) -> None:
    """As if everything had happened so much earlier; then what is due is done."""
    await gateway.db.pool.execute(
        "update conversations set snapshot = jsonb_set(snapshot, '{calls}', (select jsonb_agg(c || jsonb_build_object('at',"
        " (c ->> 'at')::timestamptz - $1::int * interval '1 minute')) from jsonb_array_elements(snapshot -> 'calls') c))"
        " where snapshot ? 'calls'",
        minutes,
    )
    await gateway.db.pool.execute(
        "update timers set due_at = due_at - $1::int * interval '1 minute'", minutes
    )
    await gateway.services.timers.fire_due()


def subjects(mails: list[Message]) -> list[tuple[str, str]]:
    """To whom, and about what."""
    return sorted((str(mail["To"]), str(mail["Subject"])) for mail in mails)


async def test_a_life_in_danger_is_mailed_again_until_it_is_seen(calling: Gateway, post: MailServer) -> None:
    lead, agent, visitor = await lead_of(calling), await calling.agent(), await calling.visitor()
    await calling.db.pool.execute("update sites set on_call = 'duty@shop.example'")
    said = await visitor.say(DANGER)
    conversation = said["conversation"]["id"]
    pager = calling.services.channels.pager
    assert await pager.send_due() == 2
    assert await pager.send_due() == 0
    told = [
        ("duty@shop.example", "Somebody may be in danger"), ("lead@shop.example", "Somebody may be in danger"),
    ]  # fmt: skip
    assert subjects(post.mails) == told
    body = post.mails[0].get_payload(decode=True)
    assert isinstance(body, bytes)
    assert b"kill" not in body
    assert f"/desk/inbox/waiting/{conversation}".encode() in body
    await pass_minutes(calling, 3)
    assert await pager.send_due() == 2
    shown = (await lead.call("GET", "/v1/alarms")).json()["items"]
    assert [
        (one["conversation_id"], one["rule_id"], one["times"], one["every_minutes"]) for one in shown
    ] == [(conversation, "urgent_path", 2, 3)]
    assert (await agent.act(conversation, "seen")).status_code == 201
    assert (await lead.call("GET", "/v1/alarms")).json() == {"items": []}
    await calling.services.timers.fire_due()
    assert await pager.send_due() == 0


async def test_a_rules_call_is_acknowledged_by_a_lead_only(calling: Gateway, post: MailServer) -> None:
    lead, agent, visitor = await lead_of(calling), await calling.agent(), await calling.visitor()
    other = await calling.agent(preset="lead", team_id=await builders.make_team(calling.db))
    conversation = (await visitor.say(LAWYER))["conversation"]["id"]
    assert await calling.services.channels.pager.send_due() == 1
    assert subjects(post.mails) == [("lead@shop.example", "A lead is asked for (legal_or_press)")]
    assert (await agent.call("GET", "/v1/alarms")).json() == {"items": []}
    assert (await other.call("GET", "/v1/alarms")).json() == {"items": []}
    assert (await other.act(conversation, "acknowledge")).status_code == 404
    refused = await agent.act(conversation, "acknowledge")
    assert (refused.status_code, refused.json()["code"]) == (403, "lead_only")
    assert (await agent.act(conversation, "claim")).status_code == 201
    assert len((await lead.call("GET", "/v1/alarms")).json()["items"]) == 1
    assert (await lead.act(conversation, "acknowledge")).status_code == 201
    assert (await lead.call("GET", "/v1/alarms")).json() == {"items": []}


async def test_what_was_under_way_when_a_process_died_is_mailed_by_the_next(
    calling: Gateway, post: MailServer
) -> None:
    await lead_of(calling)
    visitor = await calling.visitor()
    await visitor.say(DANGER)
    pages = calling.services.channels.pages
    assert await pages.expand() == 1
    (lost,) = await pages.claim(MOST, 60.0)
    pager = calling.services.channels.pager
    assert await pager.send_due() == 0, "it is still leased"
    await calling.db.pool.execute("update pages set lease_until = now() - interval '1 second'")
    assert await pager.send_due() == 1
    assert not await pages.settle(lost, "failed"), "who lost the lease cannot settle"
    assert await calling.db.pool.fetchval("select state from pages where target = 'agent'") == "sent"
    assert len(post.mails) == 1


async def test_a_call_the_cursor_has_passed_while_all_were_down_is_found_again(calling: Gateway) -> None:
    await lead_of(calling)
    await (await calling.visitor()).say(DANGER)
    other = Pages(calling.db.pool, "unseen", ())
    made = await asyncio.gather(calling.services.channels.pages.expand(), other.expand())
    assert sum(made) == 1, "two processes make each page once"
    assert await other.expand() == 0


async def test_a_mail_server_that_is_away_is_tried_again_and_one_that_is_missing_said(
    calling: Gateway, post: MailServer
) -> None:
    await lead_of(calling)
    await (await calling.visitor()).say(DANGER)
    post.refuses = 451
    pager = calling.services.channels.pager
    assert await pager.send_due() == 0
    state = await calling.db.pool.fetchrow(
        "select state, due_at > now() as later from pages where target = 'agent'"
    )
    assert (state["state"], state["later"]) == ("queued", True)
    post.refuses = None
    await calling.db.pool.execute("update pages set due_at = now()")
    assert await pager.send_due() == 1


async def test_an_unseen_hand_over_goes_to_its_people_first_and_then_to_their_leads(
    calling: Gateway, post: MailServer
) -> None:
    await lead_of(calling)
    await calling.agent(email="ada@shop.example")
    visitor = await calling.visitor()
    await visitor.say("I want to talk to a person")
    await calling.db.pool.execute(
        "update conversations set snapshot = jsonb_set(snapshot, '{waiting,alarm_at}', to_jsonb(now() - interval '1 second'))"
    )
    await calling.db.pool.execute("update timers set due_at = now() - interval '1 second'")
    await calling.services.timers.fire_due()
    pager = calling.services.channels.pager
    assert await pager.send_due() == 2
    assert [to for to, _ in subjects(post.mails)] == ["ada@shop.example", "lead@shop.example"]
    await pass_minutes(calling, 5)
    assert await pager.send_due() == 1
    assert str(post.mails[-1]["To"]) == "lead@shop.example"
