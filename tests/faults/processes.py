"""Gateways as processes of their own: started, killed by their own pid, started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.configuration import SECRET_KEY, TLS
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


class Gateway:
    """One `funnel serve` on a fixed port. `source` is the tree it runs from: the checkout, or a copy with a planted bug."""

    def __init__(
        self,
        dsn: str,
        folder: Path,
        *,
        source: Path = ROOT,
        failpoints: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"gateway-{self.port}.log"
        self._source = source
        self._process: subprocess.Popen[bytes] | None = None
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("FUNNEL_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        self.environment = {
            **inherited,
            "PYTHONPATH": str(source),
            "FUNNEL_DATABASE_URL": dsn,
            "FUNNEL_SECURITY__SECRET_KEY": SECRET_KEY,
            "FUNNEL_SERVER__PORT": str(self.port),
            "FUNNEL_UPLOADS__DIR": str(folder / "uploads"),
            "FUNNEL_LIMITS__ON": "false",
            **(settings or {}),
        }
        if failpoints:
            self.environment["FUNNEL_FAILPOINTS"] = failpoints

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The pid of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    def spawn(self) -> None:
        """Starts the process without waiting for it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", "serve"],
                cwd=self._source, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def ready(self, seconds: float = 90) -> None:
        """Waits until `/readyz` is green."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(verify=TLS) as client:
            while time.monotonic() < deadline:
                if not self.running:
                    raise RuntimeError(f"the gateway exited:\n{self.log.read_text()[-3000:]}")
                if await self.is_ready(client):
                    return
                await asyncio.sleep(0.05)
        raise TimeoutError(f"the gateway is not ready after {seconds} s:\n{self.log.read_text()[-3000:]}")

    async def is_ready(self, client: httpx.AsyncClient) -> bool:
        """One look at `/readyz`."""
        try:
            answer = await client.get(f"{self.url}/readyz", timeout=2)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def freeze(self) -> None:
        """SIGSTOP: alive, and doing nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    async def metric(self, name: str) -> float:
        """The sum of a metric's samples now."""
        async with httpx.AsyncClient(timeout=60, verify=TLS) as client:
            text = (await client.get(f"{self.url}/metrics")).text
        lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return sum(float(value) for key, _, value in lines if key.partition("{")[0] == name)

    def terminate(self) -> None:
        """SIGTERM: the orderly end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    async def ended(self, seconds: float) -> int:
        """Waits for the process to end and returns its exit code."""
        assert self._process is not None
        async with asyncio.timeout(seconds):
            while self._process.poll() is None:  # noqa: ASYNC110 - a child has no event to wait for
                await asyncio.sleep(0.02)
        return self._process.returncode

    def resident_kilobytes(self) -> int:
        """The process's resident memory now."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS:")))
