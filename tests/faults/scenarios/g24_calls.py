"""G24: a call of leads is said again on time until it is answered, whoever dies meanwhile; none is lost, at most one is doubled a death."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg
import httpx

from funnel.conversations.state import UNSEEN
from funnel.core.ids import new_id
from tests.faults.platforms import until
from tests.faults.world import STEP_SECONDS, World
from tests.ports import free_port
from tests.simulators.smtp import MailServer, mail_server

GATEWAYS = 2
PORT = free_port()
SETTINGS = {
    "FUNNEL_MAIL__HOST": "127.0.0.1", "FUNNEL_MAIL__PORT": str(PORT), "FUNNEL_MAIL__SENDER": "desk@shop.example",
    "FUNNEL_TURNS__LEASE_SECONDS": "1.5",
}  # fmt: skip
FEWEST_ROUNDS = 3
PATIENCE = 60.0
SAID = ("I am going to kill myself tonight", "My lawyer will be in touch about this")
"""The urgent path, whose call ends when somebody looks, and a rule whose call a lead has to acknowledge."""
MINUTES = 60
"""The longer of the two pauses between calls."""
# As if everything had happened earlier, leases of those who died included: nobody waits for minutes in a test.
_LATER = (
    "update conversations set snapshot = jsonb_set(snapshot, '{calls}', (select jsonb_agg(c || jsonb_build_object('at',"
    " (c ->> 'at')::timestamptz - $1::int * interval '1 minute')) from jsonb_array_elements(snapshot -> 'calls') c))"
    " where jsonb_array_length(coalesce(snapshot -> 'calls', '[]')) > 0",
    "update timers set due_at = due_at - $1::int * interval '1 minute'",
    "update pages set due_at = due_at - $1::int * interval '1 minute',"
    " lease_until = lease_until - $1::int * interval '1 minute' where state = 'queued'",
)
_CALLS = """
select conversation_id::text as id, data ->> 'rule_id' as rule, array_agg(coalesce((data ->> 'times')::int, 1) order by seq) as times
from events where type = 'lead.called' group by 1, 2
"""
_PAGES = "select id::text as id, state, target from pages where target <> 'desk'"
_OPEN = "select count(*) from conversations where jsonb_array_length(coalesce(snapshot -> 'calls', '[]')) > 0"


async def run(world: World) -> None:
    """Two conversations call for leads; time passes again and again while one of two processes is killed in the middle."""
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        async with mail_server(PORT) as mails, httpx.AsyncClient(timeout=STEP_SECONDS) as client:
            ids = [await _says(world, client, text) for text in SAID]
            await _wait(lambda: _called(connection, 1), "the first calls")
            rounds = await _rounds(world, connection)
            await _answered(world, client, connection, ids)
            await _wait(lambda: _settled(connection), "every page to be settled")
            await _judge(world, connection, mails, rounds)
    finally:
        await connection.close()


async def _says(world: World, client: httpx.AsyncClient, text: str) -> str:
    """A visitor's first words; its conversation."""
    base = world.gateways[0].url
    session = (await client.post(f"{base}/v1/widget/session", json={"site_key": world.site.key})).json()
    answer = await client.post(
        f"{base}/v1/conversations", json={"client_message_id": new_id(), "text": text},
        headers={"authorization": f"Bearer {session['visitor_token']}"},
    )  # fmt: skip
    answer.raise_for_status()
    conversation_id: str = answer.json()["conversation"]["id"]
    return conversation_id


async def _rounds(world: World, connection: asyncpg.Connection) -> int:
    """How often every call came due; each time one process is killed at once or a moment later, and comes back when the other
    has called."""
    end, done = time.monotonic() + world.seconds, 0
    while done < FEWEST_ROUNDS or time.monotonic() < end:
        victim = world.random.choice(world.gateways)
        async with connection.transaction():
            for statement in _LATER:
                await connection.execute(statement, MINUTES)
        await asyncio.sleep(world.random.choice((0.0, 0.2, 0.9, 1.1)))
        victim.kill()
        done += 1
        if not await until(partial(_called, connection, done + 1), PATIENCE):
            world.verdict.findings.append(f"G24 call {done + 1} never came, though a process lives")
            return done
        victim.spawn()
        await victim.ready()
    return done


async def _wait(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    if not await until(holds, PATIENCE):
        raise TimeoutError(f"{what} never came")


async def _called(connection: asyncpg.Connection, times: int) -> bool:
    """Whether both conversations have called so often. That nobody has looked is said twice and no more."""
    found = [row for row in await connection.fetch(_CALLS) if row["rule"] != UNSEEN]
    return len({row["id"] for row in found}) == len(SAID) and all(len(row["times"]) >= times for row in found)


async def _answered(
    world: World, client: httpx.AsyncClient, connection: asyncpg.Connection, ids: list[str]
) -> None:
    """A lead looks, and acknowledges what only a word ends; nothing is left to be called for."""
    base, lead = world.gateways[0].url, {"authorization": f"Bearer {world.agent_tokens[0]}"}
    alarms = (await client.get(f"{base}/v1/alarms", headers=lead)).json()["items"]
    if {one["conversation_id"] for one in alarms} != set(ids):
        world.verdict.findings.append("G24 an open call is not in the list of alarms")
    for conversation_id in ids:
        for act, body in (("seen", {}), ("acknowledge", {})):
            await client.post(f"{base}/v1/conversations/{conversation_id}/{act}", headers=lead, json=body)
    if await connection.fetchval(_OPEN):
        world.verdict.findings.append("G24 a call goes on after its answer")


async def _settled(connection: asyncpg.Connection) -> bool:
    for statement in _LATER[2:]:
        await connection.execute(statement, MINUTES)
    return all(row["state"] != "queued" for row in await connection.fetch(_PAGES))


async def _judge(world: World, connection: asyncpg.Connection, mails: MailServer, rounds: int) -> None:
    """Calls are numbered without gap or repeat, every page that was due left, and no more were doubled than processes died."""
    for row in await connection.fetch(_CALLS):
        if row["times"] != list(range(1, len(row["times"]) + 1)):
            world.verdict.findings.append(f"G24 calls of {row['rule']} are {row['times']}")
    pages: list[Any] = await connection.fetch(_PAGES)
    sent = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in mails.mails)
    lost = [page["id"] for page in pages if page["state"] == "sent" and not sent[page["id"]]]
    failed = [page for page in pages if page["state"] == "failed"]
    doubled = sum(count - 1 for count in sent.values())
    if lost:
        world.verdict.findings.append(f"G24 {len(lost)} of {len(pages)} pages never left")
    if doubled > rounds or any(count > 2 for count in sent.values()):
        world.verdict.findings.append(f"G24 {doubled} mails were doubled by {rounds} deaths")
    world.verdict.counts |= {"deaths": rounds, "pages": len(pages), "doubled": doubled, "unsent": len(failed)}
