"""Several processes share one server: starting at once, leaving, being killed in every phase."""

import os
from collections.abc import Callable
from pathlib import Path

import asyncpg

from funnel.core.embedded import postmaster
from funnel.core.embedded.server import EmbeddedServer
from tests.service.embedded.conftest import Holder, eventually, runs

Hold = Callable[..., Holder]


def _drafts(folder: Path) -> list[Path]:
    return list(folder.glob("postgres.new-*")) if folder.exists() else []


def test_four_cold_starts_at_once_share_one_server_and_the_last_one_stops_it(
    new_dir: Path, hold: Hold
) -> None:
    holders = [hold() for _ in range(4)]
    assert len({holder.ready() for holder in holders}) == 1
    for holder in holders[:3]:
        holder.leave()
        assert runs(new_dir)
    holders[3].leave()
    assert not runs(new_dir)
    assert not (new_dir / "postgres" / "postmaster.pid").exists()
    assert not _drafts(new_dir)


def test_killed_during_initdb(new_dir: Path, hold: Hold) -> None:
    first = hold()
    eventually(lambda: any((draft / "PG_VERSION").exists() for draft in _drafts(new_dir)))
    first.kill()
    assert not (new_dir / "postgres").exists()
    second = hold()
    second.ready()
    assert not _drafts(new_dir)
    second.leave()


def test_killed_before_the_rename(data_dir: Path, hold: Hold) -> None:
    (data_dir / "postgres").rename(data_dir / "postgres.new-0123abcd")
    holder = hold()
    holder.ready()
    assert not _drafts(data_dir)
    holder.leave()


def test_killed_while_the_server_starts(data_dir: Path, hold: Hold) -> None:
    first = hold()
    eventually((data_dir / "postgres" / "postmaster.pid").exists)
    first.kill()
    second = hold()
    assert second.ready() > 0
    second.leave()
    assert not runs(data_dir)


def test_killed_while_it_runs_others_go_on_and_the_last_clean_exit_stops_it(
    data_dir: Path, hold: Hold
) -> None:
    first, second = hold(), hold()
    pid = first.ready()
    assert second.ready() == pid
    first.kill()
    assert runs(data_dir)
    third = hold()
    assert third.ready() == pid
    third.leave()
    assert runs(data_dir)
    second.leave()
    assert not runs(data_dir)


def test_a_server_left_by_the_killed_last_holder_is_joined_then_stopped(data_dir: Path, hold: Hold) -> None:
    only = hold()
    pid = only.ready()
    only.kill()
    assert runs(data_dir)
    heir = hold()
    assert heir.ready() == pid
    heir.leave()
    assert not runs(data_dir)


def test_two_shares_in_one_process(data_dir: Path) -> None:
    first, second = EmbeddedServer(data_dir), EmbeddedServer(data_dir)
    first.start()
    second.start()
    first.stop()
    first.stop()
    assert runs(data_dir)
    second.stop()
    assert not runs(data_dir)


async def test_committed_rows_survive_a_killed_server(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server.start()
    connection = await asyncpg.connect(server.url("postgres"))
    await connection.execute("create table kept (id int)")
    await connection.execute("insert into kept values (1)")
    assert await connection.fetchval("show fsync") == "on"
    assert await connection.fetchval("show synchronous_commit") == "on"
    os.kill(server.pid, 9)
    connection.terminate()
    eventually(lambda: not server.is_alive())
    assert server.restart()
    connection = await asyncpg.connect(server.url("postgres"))
    assert await connection.fetchval("select id from kept") == 1
    await connection.close()
    server.stop()
    assert not server._share


def test_the_way_in_is_private_and_local(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server.start()
    places = server.places
    assert places.socket_dir.stat().st_mode & 0o777 == 0o700
    assert postmaster.is_ready(places)
    arguments = Path(f"/proc/{server.pid}/cmdline").read_text().split("\0")
    assert "--listen_addresses=" in arguments
    assert os.getsid(server.pid) == server.pid
    assert "trust" not in (places.cluster / "pg_hba.conf").read_text()
    server.stop()
