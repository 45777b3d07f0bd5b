"""Setting up from the shell: sites, queues, agents, API keys. The same services as the API, with the rights of the operator."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from api.addresses import own_url
from api.channels import channel_secrets
from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.agents import AgentDraft, AgentRecord, Membership
from funnel.people.credentials import Credentials
from funnel.people.directory import Directory
from funnel.people.passwords import LinkToken
from funnel.people.principals import Preset
from funnel.people.services import People
from funnel.people.sites import SiteDraft
from funnel.people.transactions import Page

sites = typer.Typer(no_args_is_help=True, help="Websites and brands.")
queues = typer.Typer(no_args_is_help=True, help="Queues of teams.")
agents = typer.Typer(no_args_is_help=True, help="People who answer.")
keys = typer.Typer(no_args_is_help=True, help="API keys.")

T = TypeVar("T")
Row = dict[str, Any]
PAGE = 200
USUAL_PORT = 8000


def with_people(settings: Settings, work: Callable[[People], Awaitable[T]]) -> T:
    """Runs `work` with the people services of this installation."""

    async def opened(db: Database) -> T:
        clock = SystemClock()
        credentials = Credentials(db, settings, clock=clock)
        return await work(People(db, settings, clock, credentials, Directory(db), channel_secrets()))

    return with_database(settings, opened)


@sites.command("create")
def create_site(
    name: Annotated[str, typer.Option(help="What visitors see.")],
    origin: Annotated[
        list[str], typer.Option(help="Where the widget may run, such as https://shop.example.")
    ],
    locale: Annotated[list[str], typer.Option(help="Languages; the first is the default.")],
    zone: Annotated[str, typer.Option(help="The time zone of its hours.")] = "UTC",
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a site; its secret is shown this once."""

    async def make(people: People) -> Row:
        draft = SiteDraft(name=name, origins=tuple(origin), locales=tuple(locale), zone=zone)
        made = await people.sites.create(draft)
        return {"id": str(made.site.id), "key": made.site.key, "secret": made.identity_secret, "name": name}

    show_object(with_people(settings_from(data_dir), make), as_json)


@sites.command("list")
def list_sites(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Sites in use."""

    async def read(people: People) -> list[Row]:
        return [
            {
                "id": str(site.id),
                "key": site.key,
                "name": site.name,
                "origins": site.origins,
                "locales": site.locales,
            }
            for site in await _whole(people.sites.list)
        ]

    show_rows(
        with_people(settings_from(data_dir), read), ("id", "key", "name", "origins", "locales"), as_json
    )


@queues.command("create")
def create_queue(
    name: Annotated[str, typer.Option(help="The queue's name.")],
    team: Annotated[str, typer.Option(help="The id or name of its team; a new name makes the team.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a queue."""

    async def make(people: People) -> Row:
        team_id = await _team_id(people, team)
        queue = await people.queues.create(name, team_id)
        return {"id": str(queue.id), "name": queue.name, "team_id": team_id}

    show_object(with_people(settings_from(data_dir), make), as_json)


@queues.command("list")
def list_queues(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Queues in use."""

    async def read(people: People) -> list[Row]:
        return [
            {"id": str(queue.id), "name": queue.name, "team_id": str(queue.team_id)}
            for queue in await _whole(people.queues.list)
        ]

    show_rows(with_people(settings_from(data_dir), read), ("id", "name", "team_id"), as_json)


@agents.command("create")
def create_agent(
    email: Annotated[str, typer.Option(help="What they log in with.")],
    name: Annotated[str, typer.Option(help="What visitors see.")],
    preset: Annotated[Preset, typer.Option(help="What they may do.")] = "agent",
    team: Annotated[list[str] | None, typer.Option(help="Ids or names of teams.")] = None,
    lead: Annotated[bool, typer.Option("--lead", help="Leads these teams.")] = False,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make an agent and print a one-use link with which they set their password."""
    settings = settings_from(data_dir)

    async def make(people: People) -> Row:
        teams = tuple([Membership(team_id=await _team_id(people, one), lead=lead) for one in team or ()])
        draft = AgentDraft(email=email, name=name, preset=preset, teams=teams)
        agent = await people.agents.create(draft)
        link = await people.passwords.make_link(agent.id)
        return {**_agent(agent), **_link(settings, link)}

    show_object(with_people(settings, make), as_json)


@agents.command("list")
def list_agents(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Agents in use."""

    async def read(people: People) -> list[Row]:
        return [_agent(agent) for agent in await _whole(people.agents.list)]

    show_rows(
        with_people(settings_from(data_dir), read), ("id", "email", "name", "preset", "status"), as_json
    )


@agents.command("reset-password")
def reset_password(
    email: Annotated[str, typer.Argument(help="Whose password.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Print a one-use link that sets a new password."""
    settings = settings_from(data_dir)

    async def make(people: People) -> Row | None:
        agents = await _whole(people.agents.list)
        found = next((agent for agent in agents if agent.email == email.strip().lower()), None)
        if found is None:
            return None
        link = await people.passwords.make_link(found.id)
        return {"email": found.email, **_link(settings, link)}

    row = with_people(settings, make)
    if row is None:
        fail("There is no agent with this e-mail address.")
    show_object(row, as_json)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make an API key; it is shown this once."""

    async def make(people: People) -> Row:
        made = await people.api_keys.create(name, tuple(scope))
        return {"id": str(made.id), "name": made.name, "key": made.token, "scopes": made.scopes}

    show_object(with_people(settings_from(data_dir), make), as_json)


@keys.command("list")
def list_keys(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """API keys in use, without their secrets."""

    async def read(people: People) -> list[Row]:
        keys = await _whole(people.api_keys.list)
        return [{"id": str(key.id), "name": key.name, "scopes": key.scopes} for key in keys]

    show_rows(with_people(settings_from(data_dir), read), ("id", "name", "scopes"), as_json)


async def _whole(listing: Callable[..., Awaitable[Page[T]]]) -> list[T]:
    """Every page of a list."""
    page = await listing(limit=PAGE)
    found = list(page.items)
    while page.next is not None:
        page = await listing(limit=PAGE, cursor=page.next)
        found += page.items
    return found


def _link(settings: Settings, link: LinkToken) -> Row:
    """The page of the desk that sets a password. The token stands behind the #, which reaches no server or log."""
    base = own_url(settings.server, settings.server.port or USUAL_PORT)
    return {
        "password_link": f"{base}/desk/password#{link.token}",
        "password_token": link.token,
        "link_expires_at": link.expires_at.isoformat(),
    }


def _agent(agent: AgentRecord) -> Row:
    return {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "preset": agent.preset,
        "status": agent.status,
        "teams": [membership.team_id for membership in agent.teams],
    }


async def _team_id(people: People, team: str) -> str:
    """The team of this id or name; a name that is new makes one."""
    for found in await _whole(people.teams.list):
        if team in (str(found.id), found.name):
            return str(found.id)
    return str((await people.teams.create(team)).id)
