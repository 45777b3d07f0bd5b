"""The `funnel` command: every group of commands under one roof."""

import typer

from api.cli import chat, demo, knowledge, operate, set_up

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Funnel: proactive, self-serve, human.")
app.command()(operate.serve)
app.command()(operate.work)
app.command()(demo.demo)
app.command()(chat.chat)
app.command()(operate.fsck)
app.command()(operate.backup)
app.command()(operate.restore)
app.command("export-openapi")(operate.export_openapi)
app.add_typer(operate.database, name="db")
app.add_typer(knowledge.group, name="kb")
app.add_typer(set_up.sites, name="site")
app.add_typer(set_up.queues, name="queue")
app.add_typer(set_up.agents, name="agent")
app.add_typer(set_up.keys, name="api-key")


def main() -> None:
    """The console script's entry."""
    app()


if __name__ == "__main__":
    main()
