"""Inboxes from the shell: make one, list them, check one, try one. The same services as the API, with the rights of the operator."""

import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from api.channels import installed
from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.put_aside import list_put_aside, replay
from api.cli.running import DataDir, fail, settings_from, with_database
from api.cli.set_up import with_people
from bots.connectors.registry import CONNECTORS
from bots.egress import Egress
from bots.outgoing.checking import check as ask_platform
from funnel.channels.checking import Finding
from funnel.channels.port import Account
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.security import DecryptionError
from funnel.people.accounts import Health
from funnel.people.resealing import reseal
from funnel.people.sealing import Unsealer
from funnel.people.services import People

group = typer.Typer(no_args_is_help=True, help="Accounts of channels.")
PAGE = 200


@group.command("channels")
def channels(as_json: JsonFlag = False) -> None:
    """The installed channels and what an inbox of each needs."""
    rows: list[dict[str, Any]] = [
        {
            "channel": one.channel,
            "name": one.name,
            "secrets": [field.name for field in one.secrets if field.required and not field.made_here],
            "todo": one.todo,
        }
        for one in installed()
    ]
    show_rows(rows, ("channel", "name", "secrets", "todo"), as_json)


@group.command("create")
def create(
    channel: Annotated[str, typer.Option(help="Which channel: see `funnel inbox channels`.")],
    site: Annotated[str, typer.Option(help="The id of its site.")],
    queue: Annotated[str, typer.Option(help="The id of the queue that people answer from.")],
    name: Annotated[str, typer.Option(help="What the desk calls it.")],
    secret: Annotated[list[str] | None, typer.Option(help="name=value; may be repeated.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make an inbox; secrets that are made for it are shown this once."""
    given = dict(one.partition("=")[::2] for one in secret or ())

    async def make(people: People) -> dict[str, Any] | str:
        try:
            made = await people.inboxes.create(
                site_id=site, channel=channel, name=name, queue_id=queue, secrets=given
            )
        except FunnelError as refusal:
            return refusal.detail
        path = f"/hooks/{channel}/{made.inbox.id}"
        return {"id": str(made.inbox.id), "channel": channel, "webhook_path": path, **made.made}

    row = with_people(settings_from(data_dir), make)
    if isinstance(row, str):
        fail(row)
    show_object(row, as_json)


@group.command("list")
def list_all(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Inboxes in use."""

    async def read(people: People) -> list[dict[str, Any]]:
        page = await people.inboxes.list(limit=PAGE)
        return [
            {"id": str(one.id), "channel": one.channel, "name": one.name, "site_id": str(one.site_id)}
            for one in page.items
        ]

    show_rows(with_people(settings_from(data_dir), read), ("id", "channel", "name", "site_id"), as_json)


@group.command("check")
def check(
    inbox_id: Annotated[str, typer.Argument(help="The inbox.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Whether its secrets open and are complete, its token is good, the platform delivers to us and our clock agrees; and how it
    fares. Ends with 1 where something is wrong."""

    async def read(people: People) -> dict[str, Any] | str:
        try:
            await people.inboxes.read(inbox_id)
        except FunnelError as refusal:
            return refusal.detail
        account = await people.accounts.find(inbox_id)
        health = await people.accounts.health(inbox_id)
        if account is None or health is None:
            return "This inbox takes nothing: it is the website's, archived, or its secrets open with no key."
        fields = CONNECTORS[account.channel].secrets
        missing = [one.name for one in fields if one.required and not account.secret.one(one.name)]
        if missing:
            return f"Secrets are missing: {', '.join(missing)}."
        found = await _findings(account)
        return {
            "id": account.inbox_id,
            "channel": account.channel,
            **{one.name: one.detail or one.outcome for one in found},
            "ok": not any(one.outcome == "failed" for one in found),
            **_fares(health),
        }

    row = with_people(settings_from(data_dir), read)
    if isinstance(row, str):
        fail(row)
    show_object(row, as_json)
    if not row["ok"]:
        raise typer.Exit(1)


def _fares(health: Health) -> dict[str, Any]:
    return {
        "last_in": str(health.last_in_at or "never"),
        "last_out": str(health.last_out_at or "never"),
        "refused": health.refused,
        "waiting": health.waiting,
        "failed": health.failed,
        "pushes_left": "no limit" if health.pushes_left is None else health.pushes_left,
        "circuit_open_since": str(health.circuit_open_since or "closed"),
    }


async def _findings(account: Account) -> list[Finding]:
    """What the platform says of this inbox and the address it is given."""
    settings = settings_from()
    egress = Egress(settings.egress)
    url = f"{settings.server.public_url or ''}/hooks/{account.channel}/{account.inbox_id}"
    try:
        return await ask_platform(egress, account, url, SystemClock())
    finally:
        await egress.close()


@group.command("reseal")
def reseal_all(data_dir: DataDir = None) -> None:
    """After a change of FUNNEL_SECURITY__SECRET_KEY: seals all secrets with the new key. Keep the old one as
    FUNNEL_SECURITY__PREVIOUS_SECRET_KEY for seven days more, as long as received requests are kept."""
    settings = settings_from(data_dir)

    async def work(db: Database) -> int:
        return await reseal(db, Unsealer(settings))

    try:
        count = with_database(settings, work)
    except DecryptionError:
        fail("A secret opens with neither key: set FUNNEL_SECURITY__PREVIOUS_SECRET_KEY to the one before.")
    typer.echo(f"{count} secrets are sealed with today's key.")


@group.command("simulate")
def simulate(
    inbox_id: Annotated[str, typer.Argument(help="The inbox.")],
    payload: Annotated[
        list[Path], typer.Option(exists=True, dir_okay=False, help="A recorded body; may be repeated.")
    ],
    base_url: Annotated[str, typer.Option(help="Where the service listens.")] = "http://127.0.0.1:8000",
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Deliver recorded payloads to a running service as the platform would, signed with the inbox's own secret."""

    async def find(people: People) -> Account | None:
        return await people.accounts.find(inbox_id)

    account = with_people(settings_from(data_dir), find)
    connector = CONNECTORS.get(account.channel) if account is not None else None
    if account is None or connector is None or connector.sign is None:
        fail("This inbox is not there, or nobody knows how its platform signs.")
    path_of_inbox = f"/hooks/{account.channel}/{account.inbox_id}"
    public_url = settings_from(data_dir).server.public_url or base_url
    rows = []
    with httpx.Client(base_url=base_url, timeout=10, trust_env=False) as http:
        for path in payload:
            body = path.read_bytes()
            signed = connector.sign(
                account.secret, body, new_id(), int(time.time()), public_url + path_of_inbox
            )
            try:
                answer = http.post(
                    f"{path_of_inbox}?{signed.query}" if signed.query else path_of_inbox,
                    content=body,
                    headers=dict(signed.headers),
                )
            except httpx.HTTPError:
                fail(f"Nothing answers at {base_url}.")
            rows.append({"payload": path.name, "status": answer.status_code})
    show_rows(rows, ("payload", "status"), as_json)


group.command("failed")(list_put_aside)
group.command("replay")(replay)
