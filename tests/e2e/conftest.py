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
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.agents import DeskAgent
from tests.e2e.browser import open_browser
from tests.e2e.widget import Visitors
from tests.faults.tcpchaos import ChaosProxy
from tests.ports import free_port

MOST_SECONDS = 300


@dataclass
class Demo:
    """A running `funnel demo` and what its first line said."""

    folder: Path
    port: int = field(default_factory=free_port)
    banner: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    origins: list[str] = field(default_factory=list)
    _sessions: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where it is."""
        url: str = self.banner["base_url"]
        return url

    def start(self) -> "Demo":
        """Starts it and reads the first line, which comes when it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
        environment["FUNNEL_EGRESS__ALLOW_PRIVATE"] = (
            "true"  # the platforms of these tests listen on this machine
        )
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
        self.port = urlsplit(self.base_url).port or 0
        if self.origins:
            self._admit()
        return self

    def admit(self, origin: str) -> None:
        """Makes an address one of the shop's origins, also after a restart, which sets them anew."""
        self.origins.append(origin)
        self._admit()

    def _admit(self) -> None:
        headers = {"authorization": f"Bearer {self.session('admin')}"}
        with httpx.Client(base_url=self.base_url, timeout=60, headers=headers) as http:
            sites = http.get("/v1/sites").json()["items"]
            [site] = [one for one in sites if one["key"] == self.banner["site_key"]]
            origins = [*site["origins"], *(one for one in self.origins if one not in site["origins"])]
            changed = http.put(f"/v1/sites/{site['id']}", json={"origins": origins})
            assert changed.is_success, changed.text

    def session(self, role: str) -> str:
        """The token of an agent, which is also the value of the desk's cookie; signed in once for all tests."""
        if role not in self._sessions:
            login = httpx.post(f"{self.base_url}/v1/auth/login", json=self.banner[role])
            assert login.status_code == 200, login.text
            self._sessions[role] = login.json()["token"]
        return self._sessions[role]

    def client(self, role: str) -> httpx.AsyncClient:
        """Requests of an agent."""
        bearer = {"authorization": f"Bearer {self.session(role)}"}
        return httpx.AsyncClient(base_url=self.base_url, timeout=60, headers=bearer)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it and returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(60)
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
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture
async def visitors(browser: Browser, demo: Demo) -> AsyncIterator[Visitors]:
    """Visitors of the demo shop, gone after the test."""
    made = Visitors(browser, demo.base_url)
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="session")
async def proxy(demo: Demo) -> AsyncIterator[ChaosProxy]:
    """A second address of the demo, one of the shop's origins, whose every connection can be cut."""
    async with ChaosProxy(demo.port) as found:
        demo.admit(f"http://127.0.0.1:{found.port}")
        yield found


@pytest_asyncio.fixture
async def proxied(browser: Browser, proxy: ChaosProxy) -> AsyncIterator[Visitors]:
    """Visitors whose every byte goes through the proxy."""
    made = Visitors(browser, f"http://127.0.0.1:{proxy.port}")
    yield made
    proxy.toxics.refuse = False
    await made.close()


@pytest_asyncio.fixture
async def agent(demo: Demo) -> AsyncIterator[DeskAgent]:
    """The demo agent, online; nobody else waits."""
    async with demo.client("agent") as http:
        await http.put("/v1/me/presence", json={"status": "online"})
        found = DeskAgent(http)
        await found.clear()  # the demo is shared: others may have left somebody waiting
        yield found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A demo that starts on a busy machine takes its time, which counts for the first test that asks for it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(MOST_SECONDS))
