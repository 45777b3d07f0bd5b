"""Playbooks from the shell on a real database, as a team with git uses them."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.playbooks import group
from funnel.core.database import Database
from tests.configuration import SECRET_KEY


async def test_a_file_becomes_the_live_playbook_and_is_taken_back(
    db: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_DATABASE_URL", database_url)
    monkeypatch.setenv("FUNNEL_SECURITY__SECRET_KEY", SECRET_KEY)
    await asyncio.to_thread(_there_and_back, tmp_path / "return.yaml")


def _run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(group, list(words))
    return done.exit_code, done.stdout or done.output


def _there_and_back(file: Path) -> None:
    assert _run("export", "return", str(file)) == (0, "")
    shipped = file.read_text(encoding="utf-8")
    assert _run("lint", str(file))[0] == 0
    assert json.loads(_run("apply", str(file), "--json")[1])["live"] == 1
    file.write_text(shipped.replace("next: fault", "next: nowhere"), encoding="utf-8")
    code, told = _run("lint", str(file), "--json")
    assert (code, len(json.loads(told)["items"])) == (1, 1)
    assert _run("apply", str(file))[0] == 1
    file.write_text(shipped.replace("Which order is it about?", "Which order?"), encoding="utf-8")
    assert json.loads(_run("apply", str(file), "--note", "shorter", "--json")[1]) == {
        "key": "return",
        "live": 2,
    }
    assert "Which order?" in _run("export", "return")[1]
    assert "Which order is it about?" in _run("export", "return", "--version", "1")[1]
    assert json.loads(_run("rollback", "return", "1", "--json")[1])["live"] == 1
    rows = json.loads(_run("list", "--json")[1])["items"]
    assert [(row["key"], row["version"]) for row in rows] == [
        ("order-status", 1),
        ("password-reset", 1),
        ("return", 1),
    ]
    assert _run("rollback", "return", "9")[0] == 1
    assert _run("export", "nothing")[0] == 1
