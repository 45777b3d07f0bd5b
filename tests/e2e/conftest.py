"""One demo for all end-to-end tests of a run: started as `make run` starts it, stopped with SIGTERM."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.e2e.widget_browser import DeskAgent, Visitors, launch, require_browser


@dataclass
class Demo:
    """A running `funnel demo` and what its first line said."""

    folder: Path
    port: int = 0
    banner: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def start(self) -> "Demo":
        """Starts it and reads the first line, which comes when it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
        log = (self.folder / "demo.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "demo", "--json", "--port", str(self.port), "--limits", "off",
             "--data-dir", str(self.folder / "data")],
            stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
        )  # fmt: skip
        log.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.folder / "demo.log").read_text()[-3000:]
        self.banner = json.loads(line)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it and returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo")).start()
    yield running
    running.stop()


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser a worker."""
    require_browser()
    async with async_playwright() as playwright:
        running = await launch(playwright)
        yield running
        await running.close()


@pytest_asyncio.fixture
async def visitors(browser: Browser, demo: Demo) -> AsyncIterator[Visitors]:
    """Visitors of the demo shop, gone after the test."""
    made = Visitors(browser, demo.banner["base_url"])
    yield made
    await made.close()


@pytest_asyncio.fixture
async def agent(demo: Demo) -> AsyncIterator[DeskAgent]:
    """The demo agent, online."""
    async with httpx.AsyncClient(base_url=demo.banner["base_url"], timeout=15) as http:
        login = await http.post("/v1/auth/login", json=demo.banner["agent"])
        http.headers["authorization"] = f"Bearer {login.json()['token']}"
        http.cookies.clear()
        await http.put("/v1/me/presence", json={"status": "online"})
        found = DeskAgent(http)
        await found.clear()  # the demo is shared: others may have left somebody waiting
        yield found
