"""How commands speak: results on stdout as tables or, with --json, as one JSON document; everything else on stderr."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

PATIENCE_SECONDS = 2.0
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

out = Console()
# Sentences are broken by the terminal, not by us: whoever searches a log finds them whole.
err = Console(stderr=True, soft_wrap=True)
WIDE = 1000
"""Columns of a table that nobody sees in a terminal: ids stay whole for whoever reads it."""


def show_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str], as_json: bool) -> None:
    """A list of objects as a table of these columns, or whole as JSON."""
    if as_json:
        typer.echo(json.dumps({"items": rows}, ensure_ascii=False, default=str))
        return
    table = Table(*(Column(column, overflow="fold") for column in columns))
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    (out if out.is_terminal else Console(width=WIDE)).print(table)


def show_object(row: dict[str, Any], as_json: bool) -> None:
    """One object, a line a field, or as JSON."""
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    for name, value in row.items():
        typer.echo(f"{name}: {_cell(value)}")


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Tells on stderr what is going on once it takes longer than two seconds; silent where stderr is not a terminal."""
    status = err.status(what)
    waiting = threading.Timer(PATIENCE_SECONDS, status.start)
    waiting.daemon = True
    waiting.start()
    try:
        yield
    finally:
        waiting.cancel()
        waiting.join()
        status.stop()
