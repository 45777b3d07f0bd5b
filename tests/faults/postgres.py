"""A PostgreSQL of the test's own over TCP and a private folder: crashed, restarted and filled up at will."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import asyncpg

from funnel.core.embedded.binaries import find_binaries
from tests.ports import free_port

BINARIES = find_binaries(None)


class Postgres:
    """One server in `folder`; runs as an unprivileged account when the test is root."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    @property
    def dsn(self) -> str:
        """Where the funnel's database is."""
        return f"postgresql://funnel@127.0.0.1:{self.port}/funnel"

    def init(self) -> None:
        """Makes the cluster and the database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody")
        subprocess.run(
            [BINARIES / "initdb", "-D", self.folder / "data", "-U", "funnel", "--auth=trust", "--encoding=UTF8",
             "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True, capture_output=True, cwd="/", **self._as,  # type: ignore[call-overload]
        )  # fmt: skip

    def copy(self, made: "Postgres") -> None:
        """Takes the cluster of a server at rest instead of making one; as durable from here on as any other."""
        subprocess.run(["cp", "-a", made.folder, self.folder], check=True)

    async def start(self, seconds: float = 60) -> None:
        """Starts the server and waits until it answers."""
        pid_file = self.folder / "data" / "postmaster.pid"
        for _ in range(200):
            if not pid_file.exists() or not self._alive(pid_file):
                break
            await asyncio.sleep(0.02)
        self._process = self._launch()
        async with asyncio.timeout(seconds):
            while not await self.answers():
                if self._process.poll() is not None:
                    raise RuntimeError("postgres exited while starting")
                await asyncio.sleep(0.05)

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [BINARIES / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
             "-k", "", "-c", "max_connections=100", "-c", "shared_buffers=64MB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True, **self._as,  # type: ignore[call-overload]
        )  # fmt: skip

    def _alive(self, pid_file: Path) -> bool:
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(int(pid_file.read_text().split("\n")[0]), 0)
            return True
        return False

    async def answers(self) -> bool:
        """Whether it takes queries now."""
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=self.port, user="funnel", database="postgres", timeout=2
            )
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    async def create_database(self) -> None:
        """Makes the empty funnel database."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="funnel", database="postgres"
        )
        try:
            await connection.execute("create database funnel")
        finally:
            await connection.close()

    def crash(self) -> None:
        """SIGKILL of the postmaster and every backend: nothing is flushed that was not."""
        self._signal(signal.SIGKILL)

    def stop_immediately(self) -> None:
        """What `pg_ctl -m immediate` does."""
        self._signal(signal.SIGQUIT, tree=False)

    def _signal(self, number: int, *, tree: bool = True) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if tree:
                for child in self._children():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, number)
            self._process.send_signal(number)
        self._process.wait(20)

    def _children(self) -> list[int]:
        assert self._process is not None
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        with contextlib.suppress(OSError):
            return [int(pid) for pid in path.read_text().split()]
        return []

    def stop(self) -> None:
        """Ends the server for good."""
        self._signal(signal.SIGINT, tree=False)
