"""The processes of a run: the database server, the gateway, the bare application, and children that answer JSON lines."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from funnel.core.embedded.server import EmbeddedServer
from tests.configuration import SECRET_KEY

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """A child of ours, ended by its own pid. What it says on stderr is kept until the run is over."""

    def __init__(self, name: str, folder: Path, *command: str, **environment: str) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("FUNNEL_")}
        with self._log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, env=inherited | environment, stderr=log,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip

    def said(self) -> str:
        """The end of its stderr."""
        return self._log.read_text(errors="replace")[-3000:]

    def memory_kilobytes(self) -> float:
        """Its resident memory now."""
        lines = Path(f"/proc/{self.child.pid}/status").read_text().splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))

    def cpu_seconds(self) -> float:
        """Its processor time so far, user and system."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """SIGTERM, then SIGKILL after five seconds."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait(5)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class Child(Process):
    """A process that does one task after another: a JSON line in, a JSON line out."""

    async def ask(self, task: str, patience: float = 90.0, **arguments: Any) -> dict[str, Any]:
        """Has a task done. Raises RuntimeError with what the child said where it failed."""
        asked = asyncio.to_thread(self._exchange, {"task": task, **arguments})
        try:
            line = await asyncio.wait_for(asked, patience)
        except (TimeoutError, OSError) as error:
            self.child.kill()
            raise RuntimeError(f"{self.name}: {task} {type(error).__name__}\n{self.said()}") from error
        if not line:
            raise RuntimeError(f"{self.name}: {task} failed\n{self.said()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _exchange(self, order: dict[str, Any]) -> bytes:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps(order).encode() + b"\n")
        self.child.stdin.flush()
        return self.child.stdout.readline()


class Server(Process):
    """A process that listens on a port."""

    def __init__(self, name: str, folder: Path, port: int, *command: str, **environment: str) -> None:
        super().__init__(name, folder, *command, **environment)
        self.port = port

    async def ready(self, path: str) -> None:
        """Waits for 200 on a path. Raises RuntimeError with what the process said where it never comes."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=2) as client:
            for _ in range(int(START_SECONDS / 0.05)):
                if self.child.poll() is not None:
                    break
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(path)).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"{self.name} is not ready\n{self.said()}")

    async def metrics(self) -> str:
        """Its /metrics now."""
        async with httpx.AsyncClient(timeout=10) as client:
            return (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text


def start_gateway(folder: Path, url: str, name: str = "gateway") -> Server:
    """One `funnel serve`, as an operator starts it, without rate limits."""
    port = free_port()
    return Server(
        name, folder, port, "api.cli.main", "serve",
        FUNNEL_DATABASE_URL=url,
        FUNNEL_SECURITY__SECRET_KEY=SECRET_KEY,
        FUNNEL_SERVER__PORT=str(port),
        FUNNEL_UPLOADS__DIR=str(folder / "uploads"),
        FUNNEL_LIMITS__ON="false",
    )  # fmt: skip


def start_bare(folder: Path) -> Server:
    """The bare application under the same server."""
    port = free_port()
    return Server("bare", folder, port, "benchmarks.bare", str(port))


@contextlib.asynccontextmanager
async def postgres() -> AsyncIterator[tuple[EmbeddedServer, Path]]:
    """A server of our own in a temporary folder, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="funnel-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # noqa: ASYNC240 - once, before anything runs
        server = EmbeddedServer(folder / "data")
        await asyncio.to_thread(server.start)
        try:
            yield server, folder
        finally:
            await asyncio.to_thread(server.stop)


async def execute(server: EmbeddedServer, statement: str, database: str = "postgres") -> Any:
    """One statement outside any transaction; the first value of its result."""
    connection = await asyncpg.connect(server.url(database))
    try:
        return await connection.fetchval(statement, timeout=120)
    finally:
        await connection.close()
