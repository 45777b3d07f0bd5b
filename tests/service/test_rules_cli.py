"""Rules from the shell on a real database: diff, apply, evaluate, rollback and the switches, as a team with git uses them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.rules import rules, switches
from funnel.core.database import Database
from tests.builders import make_queue, make_site
from tests.configuration import SECRET_KEY

Shell = Callable[..., tuple[int, str]]
CURFEW = {
    "id": "curfew",
    "description": "Whoever names the curfew is passed on.",
    "when": {"fact": "message.text", "matches": "curfew"},
    "then": {"human": {"priority": "high"}},
    "tests": [{"says": ["the curfew lamp is late"], "expect": {"outcome": "human"}}],
}


@pytest.fixture
def shell(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs a command of one of the two groups on the test's database: (exit code, what it printed)."""
    monkeypatch.setenv("FUNNEL_DATABASE_URL", database_url)
    monkeypatch.setenv("FUNNEL_SECURITY__SECRET_KEY", SECRET_KEY)

    def run(group: Any, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(group, list(words))
        return done.exit_code, done.stdout or done.output

    return run


async def test_a_file_becomes_the_live_set_and_is_taken_back(
    shell: Shell, tmp_path: Path, db: Database
) -> None:
    await make_site(db, queue_id=await make_queue(db))
    await asyncio.to_thread(_there_and_back, shell, tmp_path / "rules.yaml")


def _there_and_back(shell: Shell, file: Path) -> None:
    assert shell(rules, "export", str(file)) == (0, "")
    assert shell(rules, "diff", str(file))[0] == 0
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["rules"].append(CURFEW)
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    code, told = shell(rules, "diff", str(file), "--json")
    assert (code, [(one["kind"], one["id"]) for one in json.loads(told)["items"]]) == (
        1,
        [("added", "curfew")],
    )
    asked = ("evaluate", "the curfew lamp is late", "--json")
    before = json.loads(shell(rules, *asked)[1])
    tried = json.loads(shell(rules, *asked, "--rules", str(file))[1])
    assert (before["outcome"] == "human", tried["outcome"], tried["priority"]) == (False, "human", "high")
    assert json.loads(shell(rules, "apply", str(file), "--note", "dark", "--json")[1]) == {"live": 2}
    assert json.loads(shell(rules, "apply", str(file), "--json")[1]) == {"live": 2}, "it is live already"
    assert json.loads(shell(rules, *asked)[1])["rule_set_version"] == "2"
    document["rules"][-1] = {**CURFEW, "when": {"fact": "anger", "gte": 2.0}}
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert shell(rules, "apply", str(file))[0] == 1
    assert json.loads(shell(rules, "rollback", "1", "--json")[1]) == {"live": 1}
    assert shell(rules, "rollback", "77")[0] == 1


async def test_switches_go_on_are_listed_and_go_off(shell: Shell) -> None:
    await asyncio.to_thread(_on_and_off, shell)


def _on_and_off(shell: Shell) -> None:
    code, told = shell(switches, "on", "everything_to_people", "--reason", "strike", "--hours", "4", "--json")
    made = json.loads(told)
    assert (code, made["kind"], made["reason"]) == (0, "everything_to_people", "strike")
    assert [one["id"] for one in json.loads(shell(switches, "list", "--json")[1])["items"]] == [made["id"]]
    assert shell(switches, "off", made["id"])[0] == 0
    assert json.loads(shell(switches, "list", "--json")[1])["items"] == []
    assert shell(switches, "on", "lights", "--reason", "x")[0] == 1
