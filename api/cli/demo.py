"""`funnel demo`: the whole service with a fictional shop, its articles and three people, ready to be played with."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from msgspec import Struct

import kb
from api.cli.output import JsonFlag, err, progress
from api.cli.running import run, settings_from
from api.pages.demo import DemoShop
from api.serving import serve_forever
from funnel.core.clock import SystemClock
from funnel.core.data_folder import make_data_folder
from funnel.core.database import Database, open_database
from funnel.core.schema import upgrade
from funnel.core.settings import Settings
from funnel.people.agents import AgentChanges, AgentDraft, Membership
from funnel.people.credentials import Credentials
from funnel.people.directory import Directory
from funnel.people.services import People
from funnel.people.sites import SiteChanges, SiteDraft
from kb.bulk import Result
from kb.importers.importing import Importer, Options

ARTICLES = Path(kb.__file__).parent / "demo"
NOTES = "demo.json"
SHOP = "Harbour & Pine"
LOCALES = ("en", "zh-Hans", "zh-Hant", "ar")
ZONE = "Europe/Amsterdam"


class Login(Struct, frozen=True):
    """A demo person's way in."""

    email: str
    password: str


class Notes(Struct, frozen=True):
    """What the demo made once and keeps (0600) in the data folder."""

    site_id: str
    site_key: str
    site_secret: str
    agent: Login
    lead: Login
    admin: Login


class Banner(Struct, frozen=True):
    """The first line on stdout with --json."""

    base_url: str
    demo_url: str
    desk_url: str
    site_key: str
    site_secret: str
    agent: Login
    lead: Login
    admin: Login


def demo(
    as_json: JsonFlag = False,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8000,
    data_dir: Annotated[str, typer.Option(help="Where everything is kept.")] = ".data",
    limits: Annotated[str, typer.Option(help="on or off: rate limits.")] = "on",
) -> None:
    """Run the service with a demo shop. Ctrl-C or SIGTERM stops everything."""
    if limits not in ("on", "off"):
        raise typer.BadParameter("--limits is on or off")
    chosen = port or _free_port()
    settings = settings_from(data_dir, demo=True, server={"port": chosen}, limits={"on": limits == "on"})
    with ExitStack() as starting:
        starting.enter_context(progress("Starting"))
        run(lambda: _serve(settings, as_json, starting.close))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _serve(settings: Settings, as_json: bool, started: Callable[[], None]) -> None:
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(open_database(settings))
        await upgrade(db)
        notes = await furnish(db, settings)

        def announce(base_url: str) -> None:
            started()
            _print(_banner(base_url, notes), as_json)

        shop = DemoShop(notes.site_key, notes.agent.email, notes.agent.password)
        await serve_forever(settings, on_ready=announce, demo=shop)


def _banner(base_url: str, notes: Notes) -> Banner:
    return Banner(
        base_url=base_url,
        demo_url=f"{base_url}/demo",
        desk_url=f"{base_url}/desk",
        site_key=notes.site_key,
        site_secret=notes.site_secret,
        agent=notes.agent,
        lead=notes.lead,
        admin=notes.admin,
    )


def _print(banner: Banner, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(banner).decode())
        return
    typer.echo(f"Funnel is at {banner.base_url} (API: {banner.base_url}/docs)")
    typer.echo(f"Demo shop {banner.demo_url}   Desk {banner.desk_url}")
    typer.echo(f"site key  {banner.site_key}")
    for role in ("agent", "lead", "admin"):
        login: Login = getattr(banner, role)
        typer.echo(f"{role:<9} {login.email}  {login.password}")
    typer.echo(f"Talk to it: funnel chat --url {banner.base_url} --site {banner.site_key}")


async def furnish(db: Database, settings: Settings) -> Notes:
    """Makes what is missing of the demo and names its origins for this start. Idempotent."""
    clock = SystemClock()
    people = People(db, settings, clock, Credentials(db, settings, clock=clock), Directory(db))
    path = make_data_folder(settings.database.data_dir) / NOTES
    notes = await _kept(path, db)
    origins = tuple(f"http://{host}:{settings.server.port}" for host in ("127.0.0.1", "localhost"))
    if notes is None:
        notes = await _open_shop(people, origins)
        _keep(path, notes)
    await people.sites.update(notes.site_id, SiteChanges(origins=origins))
    report = await Importer(db, Options(prefix="demo/", sites=(notes.site_id,))).folder(ARTICLES)
    if failed := report.count(Result.FAILED):
        err.print(f"{failed} demo articles could not be read.")
    return notes


async def _kept(path: Path, db: Database) -> Notes | None:
    """The notes of an earlier start, if their site is still in this database."""
    try:
        text = await asyncio.to_thread(path.read_bytes)
        notes = msgspec.json.decode(text, type=Notes)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    known = await db.pool.fetchval(
        "select 1 from sites where id = $1::uuid and archived_at is null", notes.site_id
    )
    return notes if known else None


def _keep(path: Path, notes: Notes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(notes))


async def _open_shop(people: People, origins: tuple[str, ...]) -> Notes:
    made = await people.sites.create(SiteDraft(name=SHOP, origins=origins, locales=LOCALES, zone=ZONE))
    queue = await people.queues.read(made.queue_id)
    team_id = str(queue.team_id)
    logins = {
        "agent": await _person(people, "Noor", "agent", team_id),
        "lead": await _person(people, "Lin", "lead", team_id),
        "admin": await _person(people, "Sam", "admin", team_id),
    }
    return Notes(
        site_id=str(made.site.id),
        site_key=made.site.key,
        site_secret=made.identity_secret,
        agent=logins["agent"],
        lead=logins["lead"],
        admin=logins["admin"],
    )


async def _person(
    people: People, name: str, preset: Literal["agent", "lead", "admin"], team_id: str
) -> Login:
    """A demo person with a random password; one left over from lost notes gets a new password."""
    email, password = f"{preset}@harbourpine.example", secrets.token_urlsafe(12)
    known = next((one for one in (await people.agents.list(limit=200)).items if one.email == email), None)
    if known is not None:
        await people.agents.update(known.id, AgentChanges(password=password))
        return Login(email, password)
    membership = Membership(team_id=team_id, lead=preset == "lead")
    await people.agents.create(
        AgentDraft(email=email, name=name, preset=preset, teams=(membership,), password=password)
    )
    return Login(email, password)
