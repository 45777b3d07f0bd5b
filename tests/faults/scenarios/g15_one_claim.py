"""G15: of agents who claim at once exactly one wins; the others get 409 with the owner."""

import asyncio

import asyncpg
import httpx

from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 2
FAILPOINTS = "claim_between_read_and_write=sleep(15)@0.5"


async def run(world: World) -> None:
    """Races claims of every agent on fresh conversations, over both gateways."""
    rounds = 15 if world.seconds < 30 else 200
    winners: dict[str, str] = {}
    conflicts = 0
    async with httpx.AsyncClient(timeout=STEP_SECONDS) as client:
        for _ in range(rounds):
            _, conversation_id, _ = await world.visitor()
            path = f"/v1/conversations/{conversation_id}/claim"
            answers = await asyncio.gather(
                *(
                    client.post(
                        world.gateways[(number + turn) % 2].url + path,
                        headers={"authorization": f"Bearer {token}"},
                    )
                    for turn in range(3)
                    for number, token in enumerate(world.agent_tokens)
                )
            )
            won = {
                world.agent_ids[number % len(world.agent_ids)]
                for number, answer in enumerate(answers)
                if answer.status_code in (200, 201)
            }
            created = sum(answer.status_code == 201 for answer in answers)
            lost = [answer for answer in answers if answer.status_code == 409]
            conflicts += len(lost)
            if len(won) != 1 or created != 1 or any(a.json()["code"] != "already_owned" for a in lost):
                world.verdict.findings.append(
                    f"G15 {len(won)} winners, {created} created, {sorted(a.status_code for a in answers)}"
                )
                continue
            winners[conversation_id] = next(iter(won))
            if any(answer.json()["owner"]["kind"] != "agent" for answer in lost):
                world.verdict.findings.append("G15 a loser was not told the owner")
    connection = await asyncpg.connect(world.postgres.dsn)
    try:
        rows = await connection.fetch(
            "select c.id::text, c.agent_id::text, count(*) filter (where e.type = 'conversation.assigned') as assigned"
            " from conversations c join events e on e.conversation_id = c.id group by c.id"
        )
    finally:
        await connection.close()
    for row in rows:
        if row["id"] in winners and (row["agent_id"] != winners[row["id"]] or row["assigned"] != 1):
            world.verdict.findings.append(
                f"I9 {row['id']} owned by {row['agent_id']}, assigned {row['assigned']} times"
            )
    await world.fsck()
    world.verdict.need("conflicts", conflicts, rounds)
