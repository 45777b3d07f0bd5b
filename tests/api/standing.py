"""A service that stands for a whole module of tests, and somebody with one of everything the API can name."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from bots.dialogue.playbooks.shelf import shipped_documents
from funnel.core.database import open_database
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from kb.importers.importing import Options
from kb.importers.jobs import ImportJobs
from kb.terms import TermStore
from tests import builders
from tests.api.gateway import Caller, Gateway, Json, open_gateway
from tests.configuration import make_settings
from tests.conftest import TEMPLATE

QUESTION = "How do I return a borrowed ladder?"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" + "1f15c4890000000d49444154789c6364f8cf50"
    "0f0003860180" + "5a347d6b0000000049454e44ae426082"
)


@asynccontextmanager
async def standing_gateway(
    server: EmbeddedServer, folder: Path, **groups: dict[str, object]
) -> AsyncIterator[Gateway]:
    """A service on a fresh copy of the template database, dropped at the end; `groups` are settings."""
    name = f"standing_{new_id().replace('-', '')}"
    await _execute(server, f"create database {name} template {TEMPLATE} strategy file_copy")
    try:
        settings = make_settings(server.url(name), uploads={"dir": folder / "uploads"}, **groups)
        async with open_database(settings) as db, open_gateway(settings, db) as gateway:
            yield gateway
    finally:
        await _execute(server, f"drop database {name} with (force)")


async def _execute(server: EmbeddedServer, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@dataclass
class Household:
    """A visitor of a site, the agent who serves it, and by field name the ids of what is theirs."""

    visitor: Caller
    agent: Caller
    ids: dict[str, str] = field(default_factory=dict)


async def make_household(
    gateway: Gateway, word: str, site: builders.SiteRow | None = None, path: str = ""
) -> Household:
    """One of everything. `word` stands in every text and name, so that what leaks can be told by it.

    The conversation has an answer, an attachment and a note, and is owned by the agent, of a team of its own. For the
    operations of one `path` only, what takes long is made where the path is about it.
    """
    team_id = await builders.make_team(gateway.db, f"Team {word} {new_id()[-12:]}")
    queue_id = await builders.make_queue(gateway.db, team_id, f"Queue {word}")
    if site is None:
        site = await builders.make_site(gateway.db, name=f"Site {word}", queue_id=queue_id)
    await gateway.services.directory.refresh()
    contact, token = await builders.make_visitor(gateway.db, site, name=f"Visitor {word}")
    found = Household(
        Caller(gateway.http, token, contact.id), await gateway.agent(team_id=team_id, name=f"Agent {word}")
    )
    found.ids |= await make_places(gateway, word, path)
    found.ids |= {"team_id": team_id, "queue_id": queue_id, "queue": queue_id, "agent_id": found.agent.id}
    found.ids |= await converse(gateway, found.visitor, found.agent, word)
    found.ids["reply_id"] = await reply_of(found.agent, word)
    found.ids["delivery_id"] = await failed_delivery(gateway, found.ids)
    found.ids["request_id"] = await request_put_aside(gateway, found.ids)
    found.ids |= await failed_webhook(gateway, word)
    if not path or "/contacts" in path or path.endswith(("/join", "/part")):
        found.ids |= await same_person(gateway, found, site, word)
    return found


async def same_person(
    gateway: Gateway, found: Household, site: builders.SiteRow, word: str
) -> dict[str, str]:
    """Another contact that the agent talks with, and has joined with the household's visitor."""
    contact, token = await builders.make_visitor(gateway.db, site, name=f"Other {word}")
    said = await Caller(gateway.http, token, contact.id).say(f"A person please {word}")
    admin = await gateway.admin()
    given = await admin.act(said["conversation"]["id"], "assign", {"agent_id": found.agent.id})
    assert given.status_code == 201, given.text
    joined = await found.agent.act(found.ids["conversation_id"], "join", {"contact_id": contact.id})
    assert joined.status_code == 201, joined.text
    third, _ = await builders.make_visitor(gateway.db, site, name=f"Third {word}")
    join_id = joined.json()["events"][0]["data"]["join_id"]
    return {"contact_id": contact.id, "into_id": third.id, "join_id": join_id}


async def make_contacts(gateway: Gateway, word: str) -> dict[str, str]:
    """Two contacts that nothing else knows of, to be merged and erased."""
    made = [await builders.make_visitor(gateway.db, gateway.site, name=f"Lone {word}") for _ in range(2)]
    return {"contact_id": made[0][0].id, "into_id": made[1][0].id}


async def failed_webhook(gateway: Gateway, word: str) -> dict[str, str]:
    """An integrator's webhook with a delivery that failed for good."""
    made, _ = await gateway.services.people.webhooks.create(name=word, url="https://app.example/")
    delivery_id = await gateway.services.channels.subscriptions.test(made.id)
    await gateway.db.pool.execute(
        "update webhook_deliveries set state = 'failed', settled_at = now() where id = $1::uuid", delivery_id
    )
    return {"webhook_id": made.id, "webhook_delivery_id": delivery_id}


async def failed_delivery(gateway: Gateway, ids: dict[str, str]) -> str:
    """A delivery of the household's conversation that failed for good."""
    delivery_id = new_id()
    await gateway.db.pool.execute(
        "insert into deliveries (id, conversation_id, message_id, inbox_id, address, state, told, expires_at)"
        " select $1::uuid, c.id, (e.data ->> 'message_id')::uuid, c.inbox_id, $1::text, 'failed', 'failed', now()"
        " from conversations c join events e on e.conversation_id = c.id and e.type = 'message.created'"
        " where c.id = $2::uuid order by e.seq limit 1",
        *(delivery_id, ids["conversation_id"]),
    )
    return delivery_id


async def request_put_aside(gateway: Gateway, ids: dict[str, str]) -> str:
    """An inbound request of the conversation's inbox that could not be read."""
    request_id = new_id()
    await gateway.db.pool.execute(
        "insert into inbound_requests (id, inbox_id, body, state, problem)"
        " select $1::uuid, inbox_id, '', 'poisoned', 'broken' from conversations where id = $2::uuid",
        *(request_id, ids["conversation_id"]),
    )
    return request_id


async def make_places(gateway: Gateway, word: str, path: str = "") -> dict[str, str]:
    """The ids of new things that administrators make, by field name; nothing stands on them.

    For one `path` only, rules and playbooks are made where it is about them.
    """
    word = f"{word} {new_id()[-12:]}"
    team_id = await builders.make_team(gateway.db, f"Team {word}")
    queue_id = await builders.make_queue(gateway.db, team_id, f"Queue {word}")
    site = await builders.make_site(gateway.db, name=f"Site {word}", queue_id=queue_id)
    inbox_id = await builders.make_inbox(gateway.db, site.id, queue_id, "email")
    hours_id = await builders.make_hours(gateway.db)
    agent = await builders.make_agent(gateway.db, team_id, name=f"Agent {word}")
    await builders.make_key(gateway.db, "kb.write", name=f"Key {word}")
    key_id = str(await gateway.db.pool.fetchval("select id from api_keys where name = $1", f"Key {word}"))
    writer = await gateway.admin()
    article = await writer.call("POST", "/v1/kb/articles", article_about(word))
    assert article.status_code == 201, article.text
    job = await ImportJobs(gateway.db).submit("articles.json", b"[]", Options(), None)
    hook, _ = await gateway.services.people.hooks.create(f"h-{new_id()}", "https://app.example/")
    synonyms = await TermStore(gateway.db).put_synonyms("en", (f"{word} a", f"{word} b"))
    return {
        "term_id": synonyms.id,
        "glossary_id": (await TermStore(gateway.db).put_glossary({"en": (word,), "de": (word,)})).id,
        "team_id": await builders.make_team(gateway.db, f"Lone {word}"),
        "queue_id": await builders.make_queue(gateway.db, team_id, f"Lone {word}"),
        "site_id": site.id,
        "site": site.id,
        "sites": site.id,
        "site_key": site.key,
        "inbox_id": inbox_id,
        "hours_id": hours_id,
        "business_hours_id": hours_id,
        "agent_id": agent.id,
        "owner_id": agent.id,
        "import_id": job.id,
        "hook_id": hook.id,
        "key_id": key_id,
        "reply_id": await reply_of(await gateway.agent(), word),
        "article_id": article.json()["id"],
        "translation_of": article.json()["id"],
        "proactive_id": new_id(),
        **(await make_rules(gateway) if not path or "/rules" in path else {}),
        **(await make_playbook(gateway, word) if not path or "/playbooks" in path else {}),
    }


async def make_playbook(gateway: Gateway, word: str) -> dict[str, str]:
    """A playbook with a published version 1 and a draft 2."""
    writer = await gateway.admin()
    key = f"{'-'.join(word.lower().split())}-{new_id()}"
    document = shipped_documents()["password-reset"].replace("key: password-reset", f"key: {key}")
    for _ in range(2):
        made = await writer.call("POST", "/v1/playbooks", {"document": document})
        assert made.status_code == 201, made.text
    published = await writer.call("POST", f"/v1/playbooks/{key}/versions/1/publish", {})
    assert published.status_code == 200, published.text
    return {"key": key, "number": "2", "document": document}


async def make_rules(gateway: Gateway) -> dict[str, str]:
    """A draft and a back-test of it; no switch is on."""
    ops = await gateway.admin()
    draft = await ops.call("POST", "/v1/rules/versions", {"rules": []})
    assert draft.status_code == 201, draft.text
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
    backtest = await ops.call("POST", "/v1/rules/backtests", {**span, "version": draft.json()["version"]})
    assert backtest.status_code == 201, backtest.text
    return {"version": str(draft.json()["version"]), "backtest_id": backtest.json()["id"], "id": new_id()}


async def _put_in_review(gateway: Gateway, conversation_id: str) -> None:
    await gateway.db.pool.execute(
        "insert into review_samples (week, conversation_id, site_id, locale, risk, stratum)"
        " select '2026-03-02', id, site_id, 'en', 0, 'random' from conversations where id = $1::uuid",
        conversation_id,
    )


def article_about(word: str) -> Json:
    """A draft nobody finds."""
    return {"locale": "en", "title": f"About {word} {new_id()}", "body": f"Text {word}.", "status": "draft"}


async def converse(gateway: Gateway, visitor: Caller, agent: Caller, word: str) -> dict[str, str]:
    """The ids of a new visitor's conversation, which the agent owns at the end."""
    upload = await upload_of(visitor)
    first = await visitor.say(f"{QUESTION} {word}", attachments=[upload])
    conversation_id = first["conversation"]["id"]
    answer_id = _told(first["events"], "answer.offered", "answer_id")
    rejected = await visitor.call(
        "POST",
        f"/v1/conversations/{conversation_id}/feedback",
        {"client_message_id": new_id(), "answer_id": answer_id, "helpful": False},
    )
    offer_id = _told(rejected.json().get("events", ()), "human.offered", "offer_id")
    asked = await visitor.call(
        "POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": new_id()}
    )
    assert asked.status_code in (200, 201), asked.text
    admin = await gateway.admin()
    given = await admin.act(conversation_id, "assign", {"agent_id": agent.id})
    assert given.status_code == 201, given.text
    note = await agent.act(conversation_id, "notes", {"client_message_id": new_id(), "text": f"note {word}"})
    assert note.status_code == 201, note.text
    decided = await agent.call("GET", f"/v1/decisions?conversation_id={conversation_id}")
    assert decided.status_code == 200, decided.text
    await _put_in_review(gateway, conversation_id)
    link = first["message"]["attachments"][0]["url"]
    return {
        "conversation_id": conversation_id,
        "conversation_ids": conversation_id,
        "answer_id": answer_id,
        "decision_id": decided.json()["items"][0]["id"],
        "from_message_id": first["message"]["id"],
        "offer_id": offer_id,
        "attachment_id": upload,
        "sig": link.partition("sig=")[2],
        "attachments": await upload_of(visitor),
    }


def _told(events: Sequence[Json], kind: str, name: str) -> str:
    """An id an event names; one of nothing where there is no such event."""
    found: str = next((event["data"][name] for event in events if event["type"] == kind), new_id())
    return found


async def reply_of(agent: Caller, word: str) -> str:
    """The id of a new saved reply of the agent's own."""
    answer = await agent.call("POST", "/v1/saved-replies", {"title": f"Reply {word}", "text": f"Text {word}"})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def upload_of(caller: Caller) -> str:
    """The id of a new file."""
    answer = await caller.call("POST", "/v1/uploads", files={"file": ("dot.png", PNG, "image/png")})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["upload_id"]
    return found


async def publish_answer(gateway: Gateway) -> Any:
    """An article that answers QUESTION."""
    writer = await gateway.agent(preset="writer")
    body = {
        "locale": "en",
        "title": "Returning a borrowed ladder",
        "body": "Bring the borrowed ladder back to the counter within a week.",
        "example_questions": [QUESTION],
    }
    answer = await writer.call("POST", "/v1/kb/articles", body)
    assert answer.status_code == 201, answer.text
    await gateway.services.library.refresh()
    return answer.json()
