"""`funnel chat`: a visitor in the terminal, over the public API alone."""

import asyncio
import sys
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from api.client.socket import LiveSocket
from api.client.visitor import VisitorClient

HELP = "/human asks for a person · /yes and /no rate the last answer · /quit leaves"
FIRST_TRIES = 3  # who has just typed an address wants to know soon whether it is the right one
STYLES = {"contact": "cyan", "bot": "green", "agent": "magenta", "system": "yellow"}


class Terminal:
    """What the visitor sees: messages as they come, with who said them and which choices they carry."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.answer_id: str | None = None
        self.offer_id: str | None = None

    def show(self, _conversation_id: str, event: dict[str, Any]) -> None:
        """Prints one event in the visitor's words; events without words for a visitor print nothing."""
        kind, data, actor = event["type"], event["data"], event["actor"]
        if kind == "message.created" and actor["kind"] != "contact":
            name = actor.get("name") or actor["kind"]
            style = STYLES[actor["kind"]]
            self.console.print(f"[bold {style}]{escape(name)}[/] {escape(data['text'])}")
            choices = [reply["label"] for reply in data.get("quick_replies", [])]
            if choices:
                self.console.print("  " + " · ".join(f"[reverse] {escape(label)} [/]" for label in choices))
        elif kind == "answer.offered":
            self.answer_id = data["answer_id"]
            for passage in data.get("passages", []):
                self.console.print(f"  [dim]{escape(passage['title'])}[/]")
        elif kind == "human.offered":
            self.offer_id = data["offer_id"]
        elif kind == "conversation.assigned":
            self.console.print(f"[dim]{escape(data['agent']['name'])} is with you now[/]")
        elif kind == "conversation.resolved":
            self.console.print("[dim]— resolved —[/]")


async def _read_line() -> str | None:
    line = await asyncio.to_thread(sys.stdin.readline)
    return line.strip() if line else None


async def _obey(
    line: str, client: VisitorClient, terminal: Terminal, conversation_id: str | None
) -> str | None:
    """Carries out one line of the visitor; returns the conversation it landed in."""
    if line == "/human":
        result = await client.ask_human(conversation_id)
    elif line in ("/yes", "/no"):
        if conversation_id is None or terminal.answer_id is None:
            terminal.console.print("[dim]nothing to rate yet[/]")
            return conversation_id
        result = await client.feedback(conversation_id, terminal.answer_id, helpful=line == "/yes")
    else:
        result = await client.say(line, conversation_id=conversation_id)
    landed: str = result["conversation"]["id"]
    return landed


def _said(refusal: httpx.Response) -> str:
    """The refusal in the service's words, or its status where it is no problem of ours."""
    try:
        return str(refusal.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {refusal.status_code}"


async def converse(base_url: str, site_key: str, locale: str | None, console: Console) -> None:
    """Runs one visitor until end of input or `/quit`. Raises httpx.HTTPError where the service cannot be reached."""
    client = VisitorClient(base_url, site_key, locale=locale)
    terminal = Terminal(console)
    try:
        session = await client.start(tries=FIRST_TRIES)
    except httpx.HTTPError:
        await client.close()
        raise
    console.print(
        f"[bold]{escape(session['site']['name'])}[/] · {escape(session['site']['automated_notice'])}"
    )
    console.print(f"[dim]{HELP}[/]")
    socket = LiveSocket(client.socket_url, client.token or "", terminal.show)
    running = asyncio.create_task(socket.run(), name="chat-socket")
    conversation = session.get("conversation")
    conversation_id: str | None = conversation["id"] if conversation else None
    try:
        if conversation_id:
            await socket.follow(conversation_id)
        while (line := await _read_line()) is not None and line != "/quit":
            if not line:
                continue
            try:
                conversation_id = await _obey(line, client, terminal, conversation_id)
            except httpx.HTTPStatusError as refused:
                console.print(f"[red]{escape(_said(refused.response))}[/]")
                continue
            if conversation_id:
                await socket.follow(conversation_id)
    finally:
        await asyncio.sleep(0.5)
        await socket.stop()
        await running
        await client.close()


def chat(
    site: Annotated[str, typer.Option(help="The site's key; the demo prints it.")],
    url: Annotated[str, typer.Option(help="Where the service is.")] = "http://127.0.0.1:8000",
    locale: Annotated[str | None, typer.Option(help="The visitor's language, such as ar or zh-Hant.")] = None,
) -> None:
    """Talk to the funnel as a visitor."""
    console = Console()
    try:
        asyncio.run(converse(url, site, locale, console))
    except httpx.HTTPStatusError as refused:
        console.print(f"[red]The service refused: {escape(_said(refused.response))}[/]")
        raise typer.Exit(1) from refused
    except httpx.HTTPError as error:
        console.print(f"[red]The service at {escape(url)} did not answer: {type(error).__name__}.[/]")
        raise typer.Exit(1) from error
