"""The `funnel` command: every group of commands under one roof; only what is called is loaded, so that each starts fast."""

import gc
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

# By name, in the order of the help: where each lives. A group is a Typer, a command is a function.
COMMANDS = {
    "serve": "api.cli.run_service:serve",
    "work": "api.cli.run_service:work",
    "demo": "api.cli.demo:demo",
    "chat": "api.cli.chat:chat",
    "fsck": "api.cli.operate:fsck",
    "backup": "api.cli.operate:backup",
    "restore": "api.cli.operate:restore",
    "export-openapi": "api.cli.export:export_openapi",
    "db": "api.cli.operate:database",
    "kb": "api.cli.knowledge:group",
    "site": "api.cli.set_up:sites",
    "queue": "api.cli.set_up:queues",
    "agent": "api.cli.set_up:agents",
    "api-key": "api.cli.set_up:keys",
    "rules": "api.cli.rules:rules",
    "playbooks": "api.cli.playbooks:group",
    "switch": "api.cli.rules:switches",
    "inbox": "api.cli.inboxes:group",
    "outbox": "api.cli.outbox:group",
    "audit": "api.cli.audit:group",
}


class Lazily(TyperGroup):
    """Loads a command's module when the command is called or listed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, without loading anything."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The command, None for a name that is not ours."""
        place = COMMANDS.get(cmd_name)
        return _load(cmd_name, *place.split(":")) if place else None


def _load(name: str, module: str, attribute: str) -> TyperCommand | TyperGroup:
    gc.disable()  # next to nothing that loading makes is ever dropped: looking for it is a sixth of the time
    try:
        found: Any = getattr(import_module(module), attribute)
    finally:
        gc.enable()
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return cast(TyperCommand, get_command(alone))


app = typer.Typer(cls=Lazily, no_args_is_help=True, add_completion=False)


@app.callback()
def funnel() -> None:
    """Funnel: proactive, self-serve, human."""


def main() -> None:
    """The console script's entry."""
    app()


if __name__ == "__main__":
    main()
