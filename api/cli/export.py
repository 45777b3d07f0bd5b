"""Commands that write down what the service is: export-openapi."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.openapi import document


def export_openapi(
    target: Annotated[Path | None, typer.Argument(help="The file to write; stdout without one.")] = None,
) -> None:
    """Write the OpenAPI document."""
    text = json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True)
    if target is None:
        typer.echo(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")
