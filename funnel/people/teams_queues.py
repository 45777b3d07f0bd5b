"""Teams and their queues. Nothing is archived while something live stands on it."""

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import exists, select, text
from sqlalchemy.exc import IntegrityError

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict
from funnel.core.ids import new_id
from funnel.people.models import Inbox, Queue, Team
from funnel.people.places import clean_label
from funnel.people.transactions import Changed, Page, get, page_of, refer, refusal, unchanged, writing

_TAKEN = {"teams_name": "name_taken"}
_UNRESOLVED = text(
    "select exists (select 1 from conversations where queue_id = cast(:queue as uuid) and status <> 'resolved')"
)


class Teams:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(self, db: Database, clock: Clock, changed: Changed = unchanged) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed

    async def create(self, name: str) -> Team:
        """A team. Raises 409 name_taken, 422."""
        team = Team(id=new_id(), name=clean_label(name))
        try:
            async with writing(self._db) as session:
                session.add(team)
                await session.flush()
                await session.refresh(team)
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        await self._changed()
        return team

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Team]:
        """Teams in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Team).where(Team.archived_at.is_(None))
            return await page_of(session, statement, Team.id, limit=limit, cursor=cursor)

    async def read(self, team_id: str) -> Team:
        """One team, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, Team, team_id)

    async def rename(self, team_id: str, name: str) -> Team:
        """Raises 404, 409 name_taken, 422."""
        label = clean_label(name)
        try:
            async with writing(self._db) as session:
                team = await get(session, Team, team_id, lock=True)
                team.name = label
        except IntegrityError as error:
            raise refusal(error, _TAKEN) from None
        await self._changed()
        return team

    async def archive(self, team_id: str) -> None:
        """Idempotent. Raises 404, 409 in_use while a live queue belongs to it."""
        async with writing(self._db) as session:
            team = await get(session, Team, team_id, lock=True)
            live = exists().where(Queue.team_id == team.id, Queue.archived_at.is_(None))
            if await session.scalar(select(live)):
                raise conflict("in_use", "A queue belongs to this team: archive or move it first.")
            team.archived_at = team.archived_at or self._clock.now()
        await self._changed()


class QueueChanges(Struct, frozen=True):
    """What to change of a queue; what is UNSET stays."""

    name: str | UnsetType = UNSET
    team_id: str | UnsetType = UNSET


class Queues:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(self, db: Database, clock: Clock, changed: Changed = unchanged) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed

    async def create(self, name: str, team_id: str) -> Queue:
        """A queue of a live team. Raises 422."""
        async with writing(self._db) as session:
            team = await refer(session, Team, team_id)
            queue = Queue(id=new_id(), name=clean_label(name), team_id=team.id)
            session.add(queue)
            await session.flush()
            await session.refresh(queue)
        await self._changed()
        return queue

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Queue]:
        """Queues in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Queue).where(Queue.archived_at.is_(None))
            return await page_of(session, statement, Queue.id, limit=limit, cursor=cursor)

    async def read(self, queue_id: str) -> Queue:
        """One queue, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, Queue, queue_id)

    async def update(self, queue_id: str, changes: QueueChanges) -> Queue:
        """Renames it or gives it to another team, whose members see its conversations from then on. Raises 404, 422."""
        async with writing(self._db) as session:
            queue = await get(session, Queue, queue_id, lock=True)
            if changes.name is not UNSET:
                queue.name = clean_label(changes.name)
            if changes.team_id is not UNSET:
                queue.team_id = (await refer(session, Team, changes.team_id)).id
        await self._changed()
        return queue

    async def archive(self, queue_id: str) -> None:
        """Idempotent. Raises 404, 409 in_use while an inbox hands over to it or a conversation in it is not resolved."""
        async with writing(self._db) as session:
            queue = await get(session, Queue, queue_id, lock=True)
            fed = exists().where(Inbox.queue_id == queue.id, Inbox.archived_at.is_(None))
            if await session.scalar(select(fed)):
                raise conflict("in_use", "An inbox hands over to this queue: give it another one first.")
            if await session.scalar(_UNRESOLVED, {"queue": queue.id}):
                raise conflict("in_use", "Conversations of this queue are not resolved yet.")
            queue.archived_at = queue.archived_at or self._clock.now()
        await self._changed()
