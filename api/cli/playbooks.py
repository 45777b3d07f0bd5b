"""Playbooks from the shell, for teams that keep them in git: list, export, lint, apply, roll back."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from bots.dialogue.playbooks.linting import Lint, lint
from bots.playbooks.store import PlaybookStore, StoredPlaybook
from funnel.core.database import Database
from funnel.core.errors import FunnelError

group = typer.Typer(no_args_is_help=True, help="Playbooks as files.")
T = TypeVar("T")
Document = Annotated[Path, typer.Argument(help="A playbook in YAML.")]
Key = Annotated[str, typer.Argument(help="The key of the playbook.")]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(f"{path} cannot be read.")


def _with_store(data_dir: str | None, work: Callable[[PlaybookStore], Awaitable[T]]) -> T:
    async def opened(db: Database) -> T:
        store = PlaybookStore(db)
        await store.seed()
        return await work(store)

    try:
        return with_database(settings_from(data_dir), opened)
    except FunnelError as error:
        fail(error.detail)


def _show_lint(path: Path, found: Lint, as_json: bool) -> None:
    rows = [{"file": str(path), "line": one.line, "problem": one.message} for one in found.problems]
    rows += [
        {"file": str(path), "line": 1, "problem": f"The test “{name}” does not hold."}
        for name in found.failed
    ]
    if rows or as_json:
        show_rows(rows, ("file", "line", "problem"), as_json)


@group.command("list")
def list_playbooks(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """The version of each playbook that is live."""

    async def live(store: PlaybookStore) -> list[StoredPlaybook]:
        return await store.live()

    rows = [
        {"key": one.key, "version": one.version, "origin": one.origin} for one in _with_store(data_dir, live)
    ]
    show_rows(rows, ("key", "version", "origin"), as_json)


@group.command("export")
def export_playbook(
    key: Key,
    target: Annotated[Path | None, typer.Argument(help="The file to write; stdout without one.")] = None,
    version: Annotated[int | None, typer.Option(help="Instead of the live one.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a playbook as it was written."""

    async def find(store: PlaybookStore) -> StoredPlaybook | None:
        if version is not None:
            return await store.get(key, version)
        return next((one for one in await store.live() if one.key == key), None)

    found = _with_store(data_dir, find)
    if found is None:
        fail(f"No playbook {key} is live.")
    if target is None:
        typer.echo(found.document, nl=False)
    else:
        target.write_text(found.document, encoding="utf-8")


@group.command("lint")
def lint_playbook(source: Document, as_json: JsonFlag = False) -> None:
    """Check a file and run its tests, without a database; exit code 1 where it could not be published."""
    found = lint(_read(source))
    _show_lint(source, found, as_json)
    if not found.good:
        raise typer.Exit(1)


@group.command("apply")
def apply_playbook(
    source: Document,
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Publish a file: it is live on every process within two seconds. Nothing happens where it is live already."""
    text = _read(source)
    found = lint(text)
    if not found.good or found.playbook is None:
        _show_lint(source, found, as_json)
        fail("Nothing was published.")
    key = found.playbook.key

    async def publish(store: PlaybookStore) -> StoredPlaybook:
        live = next((one for one in await store.live() if one.key == key), None)
        if live is not None and live.document == text:
            return live
        draft = await store.draft(text, note, None)
        return await store.publish(key, draft.version, draft.revision, None)

    done = _with_store(data_dir, publish)
    show_object({"key": key, "live": done.version}, as_json)


@group.command("rollback")
def roll_back(
    key: Key,
    to: Annotated[int, typer.Argument(help="A version that was published before.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Back to an earlier version; conversations under way end in theirs."""

    async def back(store: PlaybookStore) -> StoredPlaybook:
        return await store.rollback(key, to, None)

    show_object({"key": key, "live": _with_store(data_dir, back).version}, as_json)
