"""G4: resume without gap or repeat. Links are reset every few milliseconds; then the table of cursors that must or must not resume."""

import asyncio
import contextlib
import time
from typing import Any

import httpx

from funnel.core.ids import new_id
from tests.faults.bots import Observer
from tests.faults.tcpchaos import ChaosProxy
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 1


async def _cut(world: World, proxy: ChaosProxy, until: float) -> int:
    cuts = 0
    while time.monotonic() < until:
        await asyncio.sleep(world.random.uniform(0, 0.25))
        cuts += proxy.cut_some(0.5)
        proxy.toxics.slice_bytes = world.random.choice((0, 0, 7, 100))
        proxy.toxics.jitter = world.random.choice((0.0, 0.0, 0.03))
    proxy.toxics.slice_bytes, proxy.toxics.jitter = 0, 0.0
    return cuts


async def run(world: World) -> None:
    """Cuts observers while talkers talk straight to the gateway, then reads the cursor table."""
    talkers = await world.talkers(6 if world.seconds < 30 else 24)
    until = time.monotonic() + world.seconds
    async with ChaosProxy(world.gateways[0].port, world.seed) as proxy:
        observers = [
            Observer(t.token, [t.conversation_id], lambda: f"http://127.0.0.1:{proxy.port}")
            for t in talkers
            for _ in range(2)
        ]
        for observer in observers:
            await observer.start()
        sockets = [asyncio.create_task(t.socket.run()) for t in talkers if hasattr(t, "socket")]
        results = await asyncio.gather(
            _cut(world, proxy, until), *(talker.talk(until, 0.02, least=10) for talker in talkers)
        )
        for talker in talkers:
            await talker.close()
        await asyncio.gather(*sockets)
        await world.quiet(observers)
    await cursor_table(world)
    await world.judge(talkers, observers)
    world.verdict.need("cuts", results[0] or 0, 5)
    world.verdict.need("reconnects", world.verdict.counts["reconnects"], 5)
    world.verdict.need("acknowledged", len(world.journal.acknowledged()), 10 * world.seconds)


async def _page(client: httpx.AsyncClient, token: str, conversation_id: str, after: str) -> dict[str, Any]:
    answer = await client.get(
        f"/v1/conversations/{conversation_id}/events",
        params={"after": after, "limit": 500},
        headers={"authorization": f"Bearer {token}"},
    )
    answer.raise_for_status()
    page: dict[str, Any] = answer.json()
    return page


async def cursor_table(world: World) -> None:
    """Absent, exact, half-way, foreign, ahead, of another epoch, malformed: resumed exactly, or said to be reset."""
    token, conversation_id, word = await world.visitor()
    stranger, other_id, _ = await world.visitor()
    async with httpx.AsyncClient(base_url=world.gateways[0].url, timeout=STEP_SECONDS) as client:
        whole = await _page(client, token, conversation_id, "0")
        seqs = [event["seq"] for event in whole["items"]]
        foreign = (await _page(client, stranger, other_id, "0"))["cursor"]
        await client.post(
            f"/v1/conversations/{conversation_id}/messages",
            headers={"authorization": f"Bearer {token}"},
            json={"client_message_id": new_id(), "text": f"{word} more"},
        )
        later = await _page(client, token, conversation_id, whole["cursor"])
        newer = [event["seq"] for event in later["items"]]
        table = {
            "0": (False, seqs + newer),
            "": (False, seqs + newer),
            whole["cursor"]: (False, newer),
            later["cursor"]: (False, []),
            foreign: (True, seqs + newer),
            "not.a-cursor": (True, seqs + newer),
            "x" * 200: (True, seqs + newer),
            _ahead(later["cursor"]): (True, seqs + newer),
        }
        for cursor, (reset, wanted) in table.items():
            page = await _page(client, token, conversation_id, cursor)
            got = [event["seq"] for event in page["items"]]
            if page["reset"] is not reset or got != wanted:
                world.verdict.findings.append(
                    f"G4 cursor {cursor[:12]!r}: reset {page['reset']} (wanted {reset}), {got} (wanted {wanted})"
                )
    world.verdict.counts["cursors"] = len(table)


def _ahead(cursor: str) -> str:
    """A cursor whose longest run of digits names a place the log has not reached; the rest is left as it is."""
    runs: list[str] = []
    for piece in cursor.replace("-", ".").replace("_", ".").split("."):
        with contextlib.suppress(ValueError):
            runs.append(str(int(piece)))
    for run in runs:
        if run in cursor:
            return cursor.replace(run, run + "999", 1)
    return cursor + "9"
