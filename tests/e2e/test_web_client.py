"""The web's reference client against a real gateway over a link that breaks: every line arrives once and in order."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Demo
from tests.faults.tcpchaos import ChaosProxy

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
MESSAGES, EVERY_MS, CUTS = 30, 80, 8


@pytest.mark.parametrize("link", ["socket", "poll"])
async def test_every_line_arrives_once_and_in_order(demo: Demo, link: str) -> None:
    port = urlsplit(demo.base_url).port
    assert port is not None
    async with ChaosProxy(port, seed=7) as proxy:
        proxy.toxics.latency, proxy.toxics.jitter, proxy.toxics.slice_bytes = 0.005, 0.02, 700
        driving = await asyncio.create_subprocess_exec(
            str(ROOT / ".ci" / "npm"), "--node", "shared/client/drive.mjs", f"http://127.0.0.1:{proxy.port}",
            demo.banner["site_key"], str(MESSAGES), str(EVERY_MS), link, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        talking = asyncio.create_task(driving.communicate())
        cuts = 0
        while not talking.done():
            await asyncio.wait({talking}, timeout=0.35)
            if cuts < CUTS and proxy.cut_all():
                cuts += 1
        output, _ = await talking
    assert driving.returncode == 0
    told = json.loads(output)
    assert told["texts"] == [f"line {number}" for number in range(MESSAGES)]
    assert told["seqs"] == sorted(set(told["seqs"]))
    assert cuts >= CUTS // 2
    assert ("live" if link == "socket" else "polling") in told["states"]
