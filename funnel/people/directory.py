"""The read model of sites, hours, queues, teams, agents and inboxes: one immutable snapshot a process, at most a second old."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from funnel.channels.manners import AS_CHANNEL, MannersOfInbox
from funnel.core.calendar import Calendar, Holiday, Opening, always_open
from funnel.core.database import Database
from funnel.core.errors import unavailable
from funnel.core.loops import Loops

POLL_SECONDS: Final = 1.0
ABSENT_SECONDS: Final = 45

_SQL = f"""
select json_build_object(
  'hours', (select coalesce(json_agg(json_build_object('id', id, 'zone', zone, 'weekly', weekly, 'holidays', holidays)), '[]')
            from business_hours where archived_at is null),
  'sites', (select coalesce(json_agg(json_build_object('id', id, 'key', key, 'name', name, 'origins', origins,
              'locales', locales, 'zone', zone, 'hours_id', business_hours_id, 'identity_required', identity_required,
              'reply_seconds', reply_seconds, 'on_call', on_call, 'helplines', helplines, 'texts', texts,
              'safety_confirmed', safety_confirmed_at is not null) order by id), '[]')
            from sites where archived_at is null),
  'queues', (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'team_id', team_id) order by id), '[]')
             from queues where archived_at is null),
  'inboxes', (select coalesce(json_agg(json_build_object('id', id, 'site_id', site_id, 'channel', channel, 'name', name,
                'queue_id', queue_id, 'manners', manners) order by id), '[]') from inboxes where archived_at is null),
  'teams', (select coalesce(json_agg(json_build_object('id', id, 'name', name) order by id), '[]')
            from teams where archived_at is null),
  'members', (select coalesce(json_agg(json_build_object('team_id', team_id, 'agent_id', agent_id, 'lead', lead)
                order by team_id, agent_id), '[]') from team_members),
  'agents', (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'email', email, 'preset', preset,
               'permissions', permissions,
               'status', case when heartbeat_at > now() - interval '{ABSENT_SECONDS} seconds' then status else 'offline' end)
               order by id), '[]') from agents where archived_at is null)
)::text
"""  # noqa: S608 - the only value put in is a constant number


class Helpline(Struct, frozen=True):
    """A helpline's text and the last day on which it is known to be right."""

    text: str
    valid_until: date


class SiteInfo(Struct, frozen=True):
    """A live site. `calendar` is open always when the site states no hours; `inbox_id` and `queue_id` are its web inbox and
    the queue behind it; `reply_seconds` is the stated reply time by channel; `on_call` an address for emergencies."""

    id: str
    key: str
    name: str
    origins: frozenset[str]
    locales: tuple[str, ...]
    zone: str
    calendar: Calendar
    identity_required: bool
    inbox_id: str
    queue_id: str
    reply_seconds: Mapping[str, int]
    on_call: str | None
    helplines: Mapping[str, Helpline]
    texts: Mapping[str, Mapping[str, str]]
    safety_confirmed: bool


class QueueInfo(Struct, frozen=True):
    """A live queue."""

    id: str
    name: str
    team_id: str


class InboxInfo(Struct, frozen=True):
    """A live inbox."""

    id: str
    site_id: str
    channel: str
    name: str
    queue_id: str
    manners: MannersOfInbox = AS_CHANNEL


class TeamInfo(Struct, frozen=True):
    """A live team; leads are members too."""

    id: str
    name: str
    member_ids: frozenset[str]
    lead_ids: frozenset[str]


class AgentInfo(Struct, frozen=True):
    """A live agent; `status` is online, away or offline, offline also when absent."""

    id: str
    name: str
    email: str
    status: str
    preset: str
    team_ids: frozenset[str]
    permissions: frozenset[str]


class DirectorySnapshot(Struct, frozen=True):
    """Everything by id, live rows only. Never changes; a newer one takes its place."""

    sites: Mapping[str, SiteInfo]
    queues: Mapping[str, QueueInfo]
    inboxes: Mapping[str, InboxInfo]
    teams: Mapping[str, TeamInfo]
    agents: Mapping[str, AgentInfo]
    site_ids: Mapping[str, str]
    revision: int = 0

    def site_by_key(self, key: str) -> SiteInfo | None:
        """The site with this public key."""
        return self.sites.get(self.site_ids.get(key, ""))

    def agents_online(self, queue_id: str) -> int:
        """How many agents of the queue's team may converse and are online."""
        return len(self.online_of(queue_id))

    def online_of(self, queue_id: str) -> tuple[AgentInfo, ...]:
        """The agents of the queue's team who may converse and are online, in order of their ids."""
        queue = self.queues.get(queue_id)
        team = self.teams.get(queue.team_id) if queue else None
        if team is None:
            return ()
        found = (self.agents[agent_id] for agent_id in sorted(team.member_ids) if agent_id in self.agents)
        return tuple(a for a in found if a.status == "online" and "converse" in a.permissions)

    def queues_of(self, agent_id: str) -> tuple[QueueInfo, ...]:
        """The queues of an agent's teams, oldest first."""
        agent = self.agents.get(agent_id)
        if agent is None:
            return ()
        return tuple(queue for queue in self.queues.values() if queue.team_id in agent.team_ids)


class Directory:
    """Keeps the snapshot fresh: one query a second, a new snapshot only when something changed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._text = ""
        self._snapshot: DirectorySnapshot | None = None
        self._loops = Loops(directory=self._round)
        self._reading = asyncio.Lock()

    async def start(self) -> None:
        """Reads the first snapshot and goes on by itself until `stop`."""
        await self.refresh()
        self._loops.start(after=POLL_SECONDS)

    async def stop(self) -> None:
        """Ends the reading; the last snapshot stays. Idempotent."""
        await self._loops.stop()

    def now(self) -> DirectorySnapshot:
        """The latest snapshot. Raises 503 before the first one was read."""
        if self._snapshot is None:
            raise unavailable("starting", "The service is starting.", 1.0)
        return self._snapshot

    async def refresh(self) -> DirectorySnapshot:
        """Reads now; what was committed before the call is in the snapshot it returns."""
        async with self._reading:  # else an older reading could land after a newer one
            text: str = await self._db.pool.fetchval(_SQL)
            if self._snapshot is None or text != self._text:
                revision = self._snapshot.revision + 1 if self._snapshot else 1
                self._snapshot = _build(msgspec.json.decode(text), revision)
                self._text = text
            return self._snapshot

    async def _round(self) -> float:
        await self.refresh()
        return POLL_SECONDS


def _build(raw: Any, revision: int) -> DirectorySnapshot:
    inboxes = {row["id"]: msgspec.convert(row, InboxInfo) for row in raw["inboxes"]}
    web = {inbox.site_id: inbox for inbox in inboxes.values() if inbox.channel == "web"}
    hours = {row["id"]: _calendar(row) for row in raw["hours"]}
    of_team: dict[str, list[Any]] = defaultdict(list)
    of_agent: dict[str, list[Any]] = defaultdict(list)
    for member in raw["members"]:
        of_team[member["team_id"]].append(member)
        of_agent[member["agent_id"]].append(member)
    sites = {row["id"]: _site(row, hours, web[row["id"]]) for row in raw["sites"] if row["id"] in web}
    return DirectorySnapshot(
        sites=MappingProxyType(sites),
        queues=MappingProxyType({row["id"]: msgspec.convert(row, QueueInfo) for row in raw["queues"]}),
        inboxes=MappingProxyType(inboxes),
        teams=MappingProxyType({row["id"]: _team(row, of_team[row["id"]]) for row in raw["teams"]}),
        agents=MappingProxyType({row["id"]: _agent(row, of_agent[row["id"]]) for row in raw["agents"]}),
        site_ids=MappingProxyType({site.key: site.id for site in sites.values()}),
        revision=revision,
    )


def _calendar(row: Any) -> Calendar:
    return Calendar(
        zone=row["zone"],
        weekly=msgspec.convert(row["weekly"], tuple[tuple[Opening, ...], ...]),
        holidays=msgspec.convert(row["holidays"], tuple[Holiday, ...]),
    )


def _site(row: Any, hours: Mapping[str, Calendar], inbox: InboxInfo) -> SiteInfo:
    return SiteInfo(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        origins=frozenset(row["origins"]),
        locales=tuple(row["locales"]),
        zone=row["zone"],
        calendar=hours.get(row["hours_id"]) or always_open(row["zone"]),
        identity_required=row["identity_required"],
        inbox_id=inbox.id,
        queue_id=inbox.queue_id,
        reply_seconds=MappingProxyType(row["reply_seconds"]),
        on_call=row["on_call"],
        helplines=MappingProxyType(msgspec.convert(row["helplines"], dict[str, Helpline])),
        texts=MappingProxyType(row["texts"]),
        safety_confirmed=row["safety_confirmed"],
    )


def _team(row: Any, members: list[Any]) -> TeamInfo:
    return TeamInfo(
        id=row["id"],
        name=row["name"],
        member_ids=frozenset(member["agent_id"] for member in members),
        lead_ids=frozenset(member["agent_id"] for member in members if member["lead"]),
    )


def _agent(row: Any, members: list[Any]) -> AgentInfo:
    return AgentInfo(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        status=row["status"],
        preset=row["preset"],
        team_ids=frozenset(member["team_id"] for member in members),
        permissions=frozenset(row["permissions"]),
    )
