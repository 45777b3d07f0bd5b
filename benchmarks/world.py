"""The world every variant runs in: one site, its articles, its agents, and thousands of conversations made from two real ones."""

import hashlib
from pathlib import Path
from uuid import UUID

import asyncpg
import yaml
from msgspec import Struct

import kb
from benchmarks.engine import engine
from funnel.conversations.commands import Claim
from funnel.core.database import open_database
from funnel.core.schema import upgrade
from funnel.core.settings import Settings
from funnel.turns.pipeline import Lane, Pipeline
from kb.importers.importing import Importer, Options
from tests.builders import make_agent, make_agent_token, make_site
from tests.builders_turns import World as Place
from tests.configuration import make_settings

AGENTS = 8
ARTICLES = Path(kb.__file__).parent / "demo"
FIRST = "How long does delivery take?"

_COPIES = """
create temporary table copies as
select i, md5($1 || i)::uuid as id, md5($1 || 'contact-' || i)::uuid as contact_id, ($2::text[])[1 + i % cardinality($2)] as agent_id
from generate_series(0, $3 - 1) as i
"""
_CONTACTS = """
insert into contacts (id, site_id, verified, name, locale)
select x.contact_id, c.site_id, c.verified, c.name, c.locale from copies x, contacts c where c.id = $1::uuid
"""
_TOKENS = """
insert into visitor_tokens (token_hash, contact_id, site_id, expires_at)
select sha256(convert_to($2 || 'token-' || x.i, 'UTF8')), x.contact_id, c.site_id, now() + interval '1 day'
from copies x, contacts c where c.id = $1::uuid
"""
_CONVERSATIONS = """
insert into conversations
select r.* from conversations c, copies x, lateral jsonb_populate_record(c, jsonb_build_object(
  'id', x.id, 'contact_id', x.contact_id, 'agent_id', case when c.agent_id is null then null else x.agent_id end,
  'snapshot', replace(replace(replace(c.snapshot::text, c.id::text, x.id::text), c.contact_id::text, x.contact_id::text),
                      coalesce(c.agent_id::text, 'no agent'), coalesce(x.agent_id, 'no agent'))::jsonb)) r
where c.id = $1::uuid
"""
_PARTS = """
insert into {table}
select r.* from {table} e, copies x, lateral jsonb_populate_record(e, jsonb_build_object('conversation_id', x.id)) r
where e.conversation_id = $1::uuid
"""
PARTS = ("events", "turns", "timers")


class AgentNote(Struct, frozen=True):
    """An agent with a login."""

    id: str
    name: str
    token: str


class WorldNote(Struct, frozen=True):
    """What the processes of a run must know; handed to them as JSON. `urls` are copies of one database."""

    urls: dict[str, str]
    agents: tuple[AgentNote, ...]
    questions: tuple[str, ...]
    visitors: int
    desks: int


def visitor_conversation(number: int) -> str:
    """A conversation that the bot owns."""
    return _made_id(f"visitor-{number}")


def visitor_contact(number: int) -> str:
    """Its contact."""
    return _made_id(f"visitor-contact-{number}")


def visitor_token(number: int) -> str:
    """The credential of its contact."""
    return f"visitor-token-{number}"


def desk_conversation(number: int) -> str:
    """A conversation that agent `number` modulo the agents owns."""
    return _made_id(f"desk-{number}")


def desk_token(number: int) -> str:
    """The credential of its contact."""
    return f"desk-token-{number}"


def _made_id(name: str) -> str:
    return str(UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()))


def settings_for(url: str | None) -> Settings:
    """The settings of every process of a run."""
    return make_settings(url, database={"pool_size": 10})


def questions() -> tuple[str, ...]:
    """What visitors ask: the examples the demo's English articles name."""
    asked: list[str] = []
    for path in sorted((ARTICLES / "en").glob("*.md")):
        front = yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])
        asked.extend(front.get("example_questions", ())[:2])
    return tuple(asked)


async def furnish(url: str, visitors: int, desks: int) -> WorldNote:
    """Fills an empty database: two conversations by the real judge, the others as their copies."""
    settings = settings_for(url)
    async with open_database(settings) as db:
        await upgrade(db)
        site = await make_site(db, name="Harbour & Pine")
        rows = [
            await make_agent(db, site.team_id, name=f"Agent {number}", status="online")
            for number in range(AGENTS)
        ]
        agents = tuple([AgentNote(row.id, row.name, await make_agent_token(db, row.id)) for row in rows])
        report = await Importer(db, Options(sites=(site.id,))).folder(ARTICLES)
        assert not [item for item in report.items if item.problems]
        asked, handed = await _talk(settings, Place(db, site, rows[0]))
        async with db.pool.acquire() as connection:
            await connection.execute("set statement_timeout = '60s'")
            await _copy(connection, asked, "visitor-", visitors, agents)
            await _copy(connection, handed, "desk-", desks, agents)
            await connection.execute("analyze", timeout=60)
    return WorldNote({"first": url}, agents, questions(), visitors, desks)


async def _talk(settings: Settings, place: Place) -> tuple[str, str]:
    """Two real conversations: one with the bot, one that an agent took and answered in."""
    async with engine(settings) as running, running.judging() as pipeline:
        asked = await _ask(pipeline, place)
        handed = await _ask(pipeline, place, human=True)
        await pipeline.submit(place.does(Claim, handed), Lane.AGENT)
        await pipeline.submit(place.replies(handed, "Hello, I am reading what you wrote."), Lane.AGENT)
    return asked, handed


async def _ask(pipeline: Pipeline, place: Place, *, human: bool = False) -> str:
    result = await pipeline.submit(place.says(await place.contact(), FIRST, human=human), Lane.VISITOR)
    state = result.row.state
    if not human and not state.answers:
        raise RuntimeError(
            "the bot did not answer the first question, so nothing here would measure an answer"
        )
    return state.id


async def _copy(
    connection: asyncpg.Connection, template: str, prefix: str, count: int, agents: tuple[AgentNote, ...]
) -> None:
    """Copies of a conversation and its contact under made ids; content stays, ids in snapshots follow."""
    contact = await connection.fetchval(
        "select contact_id::text from conversations where id = $1::uuid", template
    )
    await connection.execute(_COPIES, prefix, [agent.id for agent in agents], count, timeout=60)
    await connection.execute(_CONTACTS, contact, timeout=60)
    await connection.execute(_TOKENS, contact, prefix, timeout=60)
    await connection.execute(_CONVERSATIONS, template, timeout=60)
    for part in PARTS:
        await connection.execute(_PARTS.format(table=part), template, timeout=60)
    await connection.execute("drop table copies")
