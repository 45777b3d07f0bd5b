"""The commands of an operator on a real database: what they print, their JSON, their exit codes, and what they refuse."""

import asyncio
import io
import json
import logging as stdlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import structlog
from rich.console import Console
from typer.testing import CliRunner

from api.cli import output
from api.cli.main import app
from funnel.core import schema
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.api_keys import PREFIX
from tests.builders_turns import make_world, running
from tests.configuration import SECRET_KEY
from tests.service.embedded.conftest import eventually

Shell = Callable[..., tuple[int, str, str]]
GOOD = "---\ntitle: Repairing a lamp\nlocale: en\n---\nOpen the lamp.\n"
BROKEN = "---\ntitle: 'x\nlocale: en\n---\ntext\n"


@pytest.fixture
def shell(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Runs `funnel …` on the test's database: exit code, stdout, stderr."""
    root = stdlib.getLogger()
    before = root.handlers, root.level, structlog.get_config()
    monkeypatch.setenv("FUNNEL_DATABASE_URL", database_url)
    monkeypatch.setenv("FUNNEL_SECURITY__SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("FUNNEL_UPLOADS__DIR", str(tmp_path / "uploads"))
    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    yield run
    root.handlers, root.level = before[0], before[1]
    stdlib.captureWarnings(False)
    structlog.configure(**before[2])


def _json(result: tuple[int, str, str]) -> dict[str, Any]:
    assert result[0] == 0, result
    found: dict[str, Any] = json.loads(result[1])
    return found


def _set_up(shell: Shell) -> None:
    """Sites, queues, agents and keys: made, listed, refused."""
    words = ("--name", "Shop", "--origin", "https://shop.example", "--locale", "en", "--locale", "ar")
    site = _json(shell("site", "create", *words, "--json"))
    assert {"id", "key", "secret"} <= site.keys()
    listed = _json(shell("site", "list", "--json"))["items"]
    assert [(one["id"], one["key"], one["locales"]) for one in listed] == [
        (site["id"], site["key"], ["en", "ar"])
    ]
    assert "secret" not in listed[0]
    queue = _json(shell("queue", "create", "--name", "Orders", "--team", "First line", "--json"))
    assert queue["id"] in {one["id"] for one in _json(shell("queue", "list", "--json"))["items"]}
    made = _json(
        shell(
            "agent",
            "create",
            "--email",
            "ada@shop.example",
            "--name",
            "Ada",
            "--team",
            "First line",
            "--json",
        )
    )
    assert made["teams"] == [queue["team_id"]]
    again = _json(shell("agent", "reset-password", "Ada@shop.example", "--json"))
    for row in (made, again):
        link = urlsplit(row["password_link"])
        assert (link.scheme, link.path, link.fragment) == ("http", "/desk/password", row["password_token"])
    assert made["password_token"] != again["password_token"]
    assert _json(shell("agent", "list", "--json"))["items"][0]["email"] == "ada@shop.example"
    key = _json(shell("api-key", "create", "--name", "CI", "--scope", "kb.write", "--json"))
    assert key["key"].startswith(PREFIX)
    keys = shell("api-key", "list", "--json")
    assert [one["name"] for one in _json(keys)["items"]] == ["CI"]
    assert key["key"] not in keys[1]
    for refused in (
        ("site", "create", "--name", "S", "--origin", "nonsense", "--locale", "en"),
        ("agent", "create", "--email", "ada@shop.example", "--name", "Ada"),
        ("agent", "reset-password", "nobody@shop.example"),
        ("api-key", "create", "--name", "K", "--scope", "everything"),
    ):
        code, told, why = shell(*refused)
        assert (code, told) == (1, ""), refused
        assert why.strip().endswith((".", "contacts.")), refused
    assert shell("site", "create")[0] == 2


async def test_setting_up(shell: Shell) -> None:
    await asyncio.to_thread(_set_up, shell)


async def test_fsck_names_what_is_wrong(shell: Shell, db: Database, settings: Settings) -> None:
    world = await make_world(db)
    contact = await world.contact()
    async with running(db, settings) as (pipeline, _):
        broken = (await pipeline.submit(world.says(contact, "hello"))).row.state.id
    assert await asyncio.to_thread(shell, "fsck") == (0, "Every invariant holds.\n", "")
    assert _json(await asyncio.to_thread(shell, "fsck", "--json")) == {"items": []}
    await db.pool.execute("delete from timers")
    code, told, _ = await asyncio.to_thread(shell, "fsck", "--json")
    (finding,) = json.loads(told)["items"]
    assert (code, finding["conversation_id"], finding["code"]) == (1, broken, "timer_missing")
    code, told, _ = await asyncio.to_thread(shell, "fsck")
    assert code == 1
    assert broken in told


async def test_articles_come_in_and_are_found(shell: Shell, tmp_path: Path) -> None:
    await asyncio.to_thread(_articles, shell, tmp_path / "articles")


def _articles(shell: Shell, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.md").write_text(GOOD)
    shell("site", "create", "--name", "Shop", "--origin", "https://shop.example", "--locale", "en")
    assert _json(shell("kb", "import", str(folder), "--json"))["created"] == 1
    (folder / "b.md").write_text(BROKEN)
    code, told, why = shell("kb", "import", str(folder), "--json")
    assert (code, json.loads(told)["unchanged"], json.loads(told)["failed"]) == (1, 1, 1)
    assert why.startswith("b.md:3: ")
    assert [hit["title"] for hit in _json(shell("kb", "search", "lamp", "--json"))["items"]] == [
        "Repairing a lamp"
    ]
    assert "Repairing a lamp" in shell("kb", "search", "lamp")[1]
    assert shell("kb", "import", str(folder / "none"))[0] == 1


async def test_a_backup_comes_back_with_a_later_epoch(shell: Shell, db: Database, tmp_path: Path) -> None:
    epoch = await db.pool.fetchval("select epoch from deployment")
    await asyncio.to_thread(_there_and_back, shell, tmp_path, epoch)
    assert await db.pool.fetchval("select array_agg(name) from sites") == ["Kept"]


def _there_and_back(shell: Shell, folder: Path, epoch: int) -> None:
    def site(name: str) -> None:
        shell("site", "create", "--name", name, "--origin", "https://shop.example", "--locale", "en")

    archive = folder / "all.tar.gz"
    site("Kept")
    made = _json(shell("backup", str(archive), "--json"))
    assert made == {"file": str(archive), "bytes": archive.stat().st_size}
    assert archive.stat().st_mode & 0o777 == 0o600
    site("Lost")
    code, _, why = shell("backup", str(folder / "nowhere" / "all.tar.gz"))
    assert (code, "cannot be written" in why) == (2, True)
    assert shell("restore", str(folder / "nothing"), "--yes")[0] == 1
    (folder / "text").write_text("no archive")
    code, _, why = shell("restore", str(folder / "text"), "--yes")
    assert (code, "is not a backup" in why) == (2, True)
    assert shell("restore", str(archive))[0] == 1, "nobody said yes"
    assert _json(shell("restore", str(archive), "--yes", "--json"))["epoch"] > epoch


async def test_the_schema_is_brought_up_to_date(shell: Shell, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("drop schema public cascade; create schema public")
    await connection.close()
    told = _json(await asyncio.to_thread(shell, "db", "upgrade", "--json"))
    assert told == {"revision": schema.newest()}
    assert (await asyncio.to_thread(shell, "db", "upgrade"))[:2] == (0, "The database is up to date.\n")


def test_what_cannot_start_says_why(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_SERVER__PORT", "many")
    code, told, why = shell("fsck")
    assert (code, told) == (2, "")
    assert "FUNNEL_SERVER__PORT" in why
    monkeypatch.delenv("FUNNEL_SERVER__PORT")
    monkeypatch.setenv("FUNNEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, _, why = shell("fsck")
    assert (code, "FUNNEL_DATABASE_URL" in why) == (2, True)
    code, told, _ = shell("chat", "--site", "x", "--url", "http://127.0.0.1:1")
    assert (code, "did not answer" in told) == (1, True)


def test_what_lasts_is_told_and_what_is_quick_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "err", Console(file=(terminal := io.StringIO()), force_terminal=True))
    with output.progress("Quick"):
        pass
    assert terminal.getvalue() == ""
    monkeypatch.setattr(output, "PATIENCE_SECONDS", 0.001)
    with output.progress("Checking"):
        eventually(lambda: "Checking" in terminal.getvalue())
