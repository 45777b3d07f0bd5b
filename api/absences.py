"""Agents who have gone without a word: after 45 s each conversation they own goes back to its queue, by one command each."""

import asyncio
from typing import Final

from api.services import Services
from funnel.conversations.commands import AgentAbsent
from funnel.conversations.values import SYSTEM
from funnel.core.errors import FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.people.presence import Absent
from funnel.turns.inbox import InboxQuery, list_inbox
from funnel.turns.lanes import Lane

LOOK_SECONDS: Final = 5.0
log = get_logger(__name__)


class Absences:
    """Looks every five seconds. Several processes may look at once: the commands' ids are made of what they are about, so
    that each has one effect.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look."""
        self._task = asyncio.create_task(self._look_forever(), name="absences")

    async def stop(self) -> None:
        """Ends. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)

    async def look(self) -> int:
        """Gives back what absent agents own; returns how many agents there were."""
        absent = await self._services.people.presence.absent_agents()
        for agent in absent:
            if await self._give_back(agent):
                await self._services.people.presence.mark_absent(agent)
        return len(absent)

    async def _give_back(self, agent: Absent) -> bool:
        """True when nothing is left with the agent; otherwise the next look goes on."""
        query = InboxQuery(agent_id=agent.agent_id, admin=True, view="mine", limit=200)
        page = await list_inbox(self._services.db.pool, query)
        whole = page.next is None
        for row in page.items:
            command = AgentAbsent(
                command_id=f"absent:{agent.agent_id}:{agent.since.timestamp()}:{row.version}",
                actor=SYSTEM,
                conversation_id=row.state.id,
                agent_id=agent.agent_id,
            )
            try:
                await self._services.pipeline.submit(command, Lane.AGENT)
            except FunnelError as refusal:
                log.warning("absence_unsaid", code=refusal.code, conversation_id=row.state.id)
                whole = False
        return whole

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.warning("absences_unread", exc_info=True)
