"""Platforms of channels for fault runs: an integrator's app with an inbox, contacts who write, agents who answer."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import httpx

from bots.connectors.registry import CONNECTORS
from funnel.channels import standard_webhooks
from funnel.core.clock import SystemClock
from funnel.core.database import open_database
from funnel.core.ids import new_id
from funnel.core.settings import load_settings
from funnel.people.inboxes import Inboxes
from funnel.people.sealing import Unsealer
from tests.configuration import SECRET_KEY
from tests.faults.world import World

PATIENCE = 40.0
_OPEN = """
select a.address, c.id::text from conversations c join reply_addresses a on a.conversation_id = c.id
where c.inbox_id = $1::uuid and c.owner_kind = 'queue'
"""


async def app_inbox(world: World, url: str = "https://app.example/") -> tuple[str, str]:
    """An inbox whose app listens at `url`: its id and what signs for it."""
    settings = load_settings(
        database={"url": world.postgres.dsn, "pool_size": 2}, security={"secret_key": SECRET_KEY}
    )
    channels = {name: one.secrets for name, one in CONNECTORS.items()}
    async with open_database(settings) as db:
        inboxes = Inboxes(db, SystemClock(), sealer=Unsealer(settings), channels=channels)
        made = await inboxes.create(
            site_id=world.site.id,
            channel="webhook",
            name="App",
            queue_id=world.site.queue_id,
            secrets={"url": url},
        )
    return made.inbox.id, made.made["signing"]


def webhook(secret: str, name: str, sender: str, text: str) -> tuple[bytes, dict[str, str]]:
    """A genuine delivery: body and headers."""
    data = {"event_id": name, "sender": {"id": sender}, "message": {"id": name, "text": text}}
    body = json.dumps({"type": "message.created", "timestamp": int(time.time()), "data": data}).encode()
    return body, standard_webhooks.sign([secret], name, int(time.time()), body)


@dataclass
class Desk:
    """Conversations of one inbox that an agent has taken, and who answers in them until it is acknowledged."""

    world: World
    client: httpx.AsyncClient
    inbox_id: str
    conversations: list[str]

    async def say(self, conversation_id: str, text: str) -> float:
        """An answer, repeated under the same id until it is acknowledged; when that was."""
        body = {"client_message_id": new_id(), "text": text}
        await self._insist(conversation_id, "messages", body)
        return time.monotonic()

    async def claim(self, conversation_id: str) -> None:
        """The first agent takes it."""
        await self._insist(conversation_id, "claim", None)

    async def _insist(self, conversation_id: str, act: str, body: object) -> None:
        headers = {"authorization": f"Bearer {self.world.agent_tokens[0]}"}
        deadline, last = time.monotonic() + PATIENCE, "nothing"
        while time.monotonic() < deadline:
            url = f"{self.world.any_url()}/v1/conversations/{conversation_id}/{act}"
            try:
                answer = await self.client.post(url, json=body, headers=headers)
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if answer.status_code in (200, 201):
                    return
                last = answer.text
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{act}: {last}")


async def open_desk(world: World, client: httpx.AsyncClient, url: str, contacts: int) -> Desk:
    """An inbox at `url` with so many contacts who asked for a person, each taken by an agent."""
    inbox_id, secret = await app_inbox(world, url)
    for number in range(contacts):
        body, headers = webhook(secret, f"first-{number}", f"u{number}", "a person please")
        answer = await client.post(
            f"{world.gateways[0].url}/hooks/webhook/{inbox_id}", content=body, headers=headers
        )
        answer.raise_for_status()
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        rows: list[asyncpg.Record] = []

        async def all_wait() -> bool:
            rows[:] = await connection.fetch(_OPEN, inbox_id)
            return len(rows) == contacts

        await until(all_wait)
    finally:
        await connection.close()
    desk = Desk(world, client, inbox_id, [row["id"] for row in rows])
    await asyncio.gather(*(desk.claim(one) for one in desk.conversations))
    return desk


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if await holds():
            return True
        await asyncio.sleep(0.05)
    return False
