"""G10: at most one open conversation a contact: concurrent first messages on two gateways land in exactly one."""

import asyncio

import asyncpg
import httpx

from funnel.core.ids import new_id
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 2


async def run(world: World) -> None:
    """Races first messages of new contacts."""
    contacts, racing = (10, 16) if world.seconds < 30 else (200, 32)
    async with httpx.AsyncClient(timeout=STEP_SECONDS, limits=httpx.Limits(max_connections=64)) as client:
        for _ in range(contacts):
            session = await client.post(
                f"{world.any_url()}/v1/widget/session", json={"site_key": world.site.key}
            )
            headers = {"authorization": f"Bearer {session.json()['visitor_token']}"}
            answers = await asyncio.gather(
                *(
                    client.post(
                        f"{world.gateways[number % 2].url}/v1/conversations",
                        headers=headers,
                        json={"client_message_id": new_id(), "text": f"first words {number}"},
                    )
                    for number in range(racing)
                )
            )
            landed = {a.json()["conversation"]["id"] for a in answers if a.status_code == 201}
            refused = [a.status_code for a in answers if a.status_code != 201]
            if len(landed) != 1 or any(code not in (429, 503) for code in refused):
                world.verdict.findings.append(f"G10 {len(landed)} conversations, refused {refused}")
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        count = await connection.fetchval("select count(*) from conversations")
    finally:
        await connection.close()
    if count != contacts:
        world.verdict.findings.append(f"G10 {count} conversations for {contacts} contacts")
    await world.fsck()
    world.verdict.need("contacts", contacts, 10)
