"""Agents: made, changed and archived by those who may; every change of what one may do ends their sessions at once."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid
from funnel.core.ids import new_id
from funnel.core.security import hash_password
from funnel.people.access import PERMISSIONS, PRESETS, require_grantable
from funnel.people.fields import clean_email
from funnel.people.models import Agent, AgentSession, Team, TeamMember
from funnel.people.passwords import clean_password
from funnel.people.places import clean_label
from funnel.people.principals import Permission, Preset, Principal
from funnel.people.transactions import Changed, Page, get, page_of, refer, refusal, unchanged, writing

_TAKEN: Final = {"agents_email": "email_taken"}
MOST_SKILLS: Final = 50
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_ADMINS_LOCK: Final = 0x66756E6E656C03
SignedOut = Callable[[str], None]


class Membership(Struct, frozen=True):
    """An agent's place in a team."""

    team_id: str
    lead: bool = False


class AgentDraft(Struct, frozen=True):
    """An agent to be made; without `permissions` those of the preset, without a password nobody can log in yet."""

    email: str
    name: str
    preset: Preset = "agent"
    permissions: tuple[Permission, ...] | None = None
    teams: tuple[Membership, ...] = ()
    password: str | None = None
    skills: tuple[str, ...] = ()


class AgentChanges(Struct, frozen=True):
    """What to change of an agent; what is UNSET stays. A new preset brings its own permissions unless some are given."""

    email: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    preset: Preset | UnsetType = UNSET
    permissions: tuple[Permission, ...] | UnsetType = UNSET
    teams: tuple[Membership, ...] | UnsetType = UNSET
    password: str | UnsetType = UNSET
    skills: tuple[str, ...] | UnsetType = UNSET


class AgentRecord(Struct, frozen=True):
    """An agent with their teams, as administrators see them."""

    id: str
    email: str
    name: str
    preset: str
    permissions: tuple[str, ...]
    teams: tuple[Membership, ...]
    status: str
    has_password: bool
    created_at: datetime
    archived_at: datetime | None
    skills: tuple[str, ...] = ()


class Agents:
    """Each method is one transaction. `by` is who asks (None: the command line); nobody can grant what they do not hold."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        changed: Changed = unchanged,
        signed_out: SignedOut = lambda _agent: None,
    ) -> None:
        """`signed_out` hears of an agent whose sessions have just ended, after the commit."""
        self._db = db
        self._clock = clock
        self._changed = changed
        self._signed_out = signed_out

    async def create(self, draft: AgentDraft, *, by: Principal | None = None) -> AgentRecord:
        """Raises 403 for permissions `by` does not hold, 409 email_taken, 422."""
        permissions = _clean_permissions(draft.preset, draft.permissions)
        require_grantable(by, permissions)
        hashed = await hash_password(clean_password(draft.password)) if draft.password is not None else None
        agent = Agent(
            id=new_id(),
            email=_required_email(draft.email),
            name=clean_label(draft.name),
            password_hash=hashed,
            preset=draft.preset,
            permissions=permissions,
            skills=clean_skills(draft.skills),
        )
        try:
            async with writing(self._db) as session:
                session.add(agent)
                await session.flush()
                await _join(session, agent.id, draft.teams)
                await session.refresh(agent)
                record = (await _records(session, [agent]))[0]
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        await self._changed()
        return record

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[AgentRecord]:
        """Agents in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Agent).where(Agent.archived_at.is_(None))
            page = await page_of(session, statement, Agent.id, limit=limit, cursor=cursor)
            return Page(items=await _records(session, page.items), next=page.next)

    async def read(self, agent_id: str) -> AgentRecord:
        """One agent, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return (await _records(session, [await get(session, Agent, agent_id)]))[0]

    async def update(
        self, agent_id: str, changes: AgentChanges, *, by: Principal | None = None
    ) -> AgentRecord:
        """Changes what is set; a change of address, password or rights, or a team left, ends the agent's sessions.

        Raises 403, 404, 409 archived, email_taken or last_admin, 422.
        """
        new_hash = (
            UNSET if changes.password is UNSET else await hash_password(clean_password(changes.password))
        )
        try:
            async with writing(self._db) as session:
                if changes.preset is not UNSET:
                    await _one_change_of_admins(session)
                agent = await self._changeable(session, agent_id, by)
                before = (agent.email, agent.preset, sorted(agent.permissions))
                await self._apply(session, agent, changes, by)
                ended = before != (agent.email, agent.preset, sorted(agent.permissions))
                if new_hash is not UNSET:
                    agent.password_hash, ended = new_hash, True
                if changes.teams is not UNSET:
                    ended = await _rejoin(session, agent.id, changes.teams) or ended
                if ended:
                    await _end_sessions(session, agent.id)
                await session.flush()
                record = (await _records(session, [agent]))[0]
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        if ended:
            self._signed_out(agent.id)
        await self._changed()
        return record

    async def _apply(
        self, session: AsyncSession, agent: Agent, changes: AgentChanges, by: Principal | None
    ) -> None:
        if changes.email is not UNSET:
            agent.email = _required_email(changes.email)
        if changes.name is not UNSET:
            agent.name = clean_label(changes.name)
        if changes.skills is not UNSET:
            agent.skills = clean_skills(changes.skills)
        if changes.preset is UNSET and changes.permissions is UNSET:
            return
        preset: Preset = agent.preset if changes.preset is UNSET else changes.preset  # type: ignore[assignment]
        wanted = None if changes.permissions is UNSET else changes.permissions
        permissions = _clean_permissions(preset, wanted)
        require_grantable(by, permissions)
        if agent.preset == "admin" and preset != "admin":
            await _keep_an_admin(session, agent.id)
        agent.preset, agent.permissions = preset, permissions

    async def archive(self, agent_id: str, *, by: Principal | None = None) -> None:
        """Ends the agent's sessions and rights; conversations they own are given back as those of an absent agent.

        Idempotent. Raises 403, 404, 409 last_admin.
        """
        async with writing(self._db) as session:
            await _one_change_of_admins(session)
            agent = await get(session, Agent, agent_id, lock=True)
            require_grantable(by, agent.permissions)
            if agent.archived_at is not None:
                return
            if agent.preset == "admin":
                await _keep_an_admin(session, agent.id)
            agent.archived_at = self._clock.now()
            agent.status, agent.heartbeat_at = "away", _LONG_AGO
            await _end_sessions(session, agent.id)
        self._signed_out(agent.id)
        await self._changed()

    async def _changeable(self, session: AsyncSession, agent_id: str, by: Principal | None) -> Agent:
        """Locked; refuses to touch an agent who may do more than the one who asks."""
        agent = await get(session, Agent, agent_id, lock=True)
        require_grantable(by, agent.permissions)
        if agent.archived_at is not None:
            raise conflict("archived", "This agent is archived.")
        return agent


def clean_skills(skills: Iterable[str]) -> list[str]:
    """Names as rules write them, in lower case, each once, sorted. Raises 422 for one that is none, or more than fifty."""
    cleaned = sorted({clean_label(one).casefold() for one in skills})
    if len(cleaned) > MOST_SKILLS:
        raise invalid("skills_invalid", f"An agent has at most {MOST_SKILLS} skills.")
    return cleaned


def _required_email(email: str) -> str:
    cleaned = clean_email(email)
    if cleaned is None:
        raise invalid("email_invalid", "An agent needs an e-mail address.")
    return cleaned


def _clean_permissions(preset: Preset, wanted: Iterable[Permission] | None) -> list[str]:
    """Known ones, sorted. An admin always holds all of them."""
    if preset not in PRESETS:
        raise invalid("preset_unknown", "This preset does not exist.")
    permissions = set(PRESETS[preset] if wanted is None or preset == "admin" else wanted)
    if not permissions <= set(PERMISSIONS):
        raise invalid("permission_unknown", "One of these permissions does not exist.")
    return sorted(permissions)


async def _join(session: AsyncSession, agent_id: str, teams: Collection[Membership]) -> None:
    by_team = {membership.team_id: membership for membership in teams}
    for team_id in sorted(by_team):
        team = await refer(session, Team, team_id)
        session.add(TeamMember(team_id=team.id, agent_id=agent_id, lead=by_team[team_id].lead))
    await session.flush()


async def _rejoin(session: AsyncSession, agent_id: str, teams: Collection[Membership]) -> bool:
    """Replaces the memberships; True when a team or its lead was lost."""
    before = set((await _memberships(session, [agent_id])).get(agent_id, ()))
    await session.execute(delete(TeamMember).where(TeamMember.agent_id == agent_id))
    await _join(session, agent_id, teams)
    after = {(membership.team_id, membership.lead) for membership in teams}
    return any((old.team_id, old.lead) not in after and (old.team_id, True) not in after for old in before)


async def _end_sessions(session: AsyncSession, agent_id: str) -> None:
    live = update(AgentSession).where(AgentSession.agent_id == agent_id, AgentSession.revoked_at.is_(None))
    await session.execute(live.values(revoked_at=func.now()))


async def _one_change_of_admins(session: AsyncSession) -> None:
    """Until the transaction ends, no other takes an admin away. Comes before the agent's own lock: two who each held one
    admin and waited for the other's would be a deadlock."""
    await session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ADMINS_LOCK})


async def _keep_an_admin(session: AsyncSession, agent_id: str) -> None:
    """Raises 409 when no other admin would be left; for those who hold `_one_change_of_admins`."""
    others = select(Agent.id).where(
        Agent.preset == "admin", Agent.archived_at.is_(None), Agent.id != agent_id
    )
    if await session.scalar(others.limit(1)) is None:
        raise conflict("last_admin", "The last admin can neither be archived nor lose the preset.")


async def _memberships(session: AsyncSession, agent_ids: Sequence[str]) -> dict[str, list[Membership]]:
    rows = await session.scalars(
        select(TeamMember).where(TeamMember.agent_id.in_(agent_ids)).order_by(TeamMember.team_id)
    )
    found: dict[str, list[Membership]] = {}
    for row in rows:
        found.setdefault(row.agent_id, []).append(Membership(row.team_id, row.lead))
    return found


async def _records(session: AsyncSession, agents: Sequence[Agent]) -> tuple[AgentRecord, ...]:
    """With their teams, in one query for all."""
    teams = await _memberships(session, [agent.id for agent in agents])
    return tuple(_record(agent, teams.get(agent.id, [])) for agent in agents)


def _record(agent: Agent, teams: Sequence[Membership]) -> AgentRecord:
    return AgentRecord(
        id=agent.id,
        email=agent.email,
        name=agent.name,
        preset=agent.preset,
        permissions=tuple(agent.permissions),
        teams=tuple(teams),
        status=agent.status if agent.archived_at is None else "offline",
        has_password=agent.password_hash is not None,
        created_at=agent.created_at,
        archived_at=agent.archived_at,
        skills=tuple(agent.skills),
    )
