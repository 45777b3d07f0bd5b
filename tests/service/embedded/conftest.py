"""Folders, copies of a made cluster and holder processes for the tests of the embedded server."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from funnel.core.embedded import postmaster
from funnel.core.embedded.server import EmbeddedServer
from tests.configuration import make_open_folder

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534


class Holder:
    """A running `holder.py`."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.embedded.holder", str(data_dir), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def ready(self) -> int:
        """The server's pid, once this process has its share."""
        assert self.process.stdout is not None
        word, _, rest = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready", rest
        return int(rest)

    def leave(self) -> None:
        """A clean exit."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """kill -9, reaped."""
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder every account can walk through."""
    folder = make_open_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def made_cluster(open_folder: Path) -> Path:
    """A data folder whose server has run once."""
    server = EmbeddedServer(open_folder / "made")
    server.start()
    server.stop()
    return open_folder / "made"


_numbers = count(1)


@pytest.fixture
def new_dir(open_folder: Path) -> Iterator[Path]:
    """A data folder that does not exist yet; whatever runs in it is ended after the test."""
    folder = open_folder / f"data{next(_numbers)}"
    yield folder
    end_server(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir(new_dir: Path, made_cluster: Path) -> Path:
    """A data folder with a cluster at rest."""
    subprocess.run(["cp", "-a", made_cluster, new_dir], check=True)
    return new_dir


def end_server(folder: Path) -> None:
    """Stops the server of a data folder, if one runs, and waits for its end."""
    found = postmaster.read_pid_file(folder / "postgres")
    if found is not None and runs(folder):
        postmaster.ask_to_stop(found.pid)
        eventually(lambda: not runs(folder))


@pytest.fixture
def hold(new_dir: Path) -> Iterator[Callable[..., Holder]]:
    """Starts holders of the test's data folder; those left over are killed."""
    started: list[Holder] = []

    def start(*arguments: str, at: Path = new_dir) -> Holder:
        started.append(Holder(at, *arguments))
        return started[-1]

    yield start
    for holder in started:
        if holder.process.poll() is None:
            holder.kill()
        for stream in (holder.process.stdin, holder.process.stdout):
            if stream is not None:
                stream.close()


def eventually(condition: Callable[[], object], seconds: float = 60) -> None:
    """Waits until the condition holds, 2 ms a look."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.002)


def runs(folder: Path) -> bool:
    """Whether a server of this data folder lives."""
    found = postmaster.read_pid_file(folder / "postgres")
    return found is not None and postmaster.serves(found.pid, folder / "postgres")
