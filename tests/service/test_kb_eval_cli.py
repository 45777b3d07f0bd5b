"""`funnel kb eval` on a real database: the table, the floors and their exit code."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.knowledge import group
from funnel.core.database import Database
from kb.importers.importing import Importer
from kb.importers.sources import Source
from tests.configuration import SECRET_KEY

QUESTIONS = '{"question": "how is a lamp repaired", "article": "repairing-a-lamp"}\n{"question": "how is a lamp repaired", "article": "mounting-a-desk"}\n'


async def test_what_does_not_reach_its_floor_ends_with_1(
    db: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_DATABASE_URL", database_url)
    monkeypatch.setenv("FUNNEL_SECURITY__SECRET_KEY", SECRET_KEY)
    pages = [
        Source("en/lamp.md", b"# Repairing a lamp\n\nA lamp is repaired with a new bulb."),
        Source("en/desk.md", b"# Mounting a desk\n\nA desk is mounted with four screws."),
    ]
    await Importer(db).sources(pages)
    file = tmp_path / "questions.jsonl"
    file.write_text(QUESTIONS, encoding="utf-8")
    for floors, code in (([], 0), (["recall_1=.5", "en:recall@1=.5"], 0), (["recall_1=.5", "recall_1=.51"], 1), (["speed=1"], 1)):  # fmt: skip
        words = ["eval", str(file), "--json", *(word for floor in floors for word in ("--at-least", floor))]
        done = await asyncio.to_thread(CliRunner().invoke, group, words)
        assert done.exit_code == code, done.output
        if floors != ["speed=1"]:
            rows = json.loads(done.stdout)["items"]
            assert [row["recall_1"] for row in rows] == [0.5, 0.5]
