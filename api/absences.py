"""Agents who have gone without a word: after 45 s each conversation they own goes back to its queue, by one command each."""

from typing import Final

from api.services import Services
from funnel.conversations.commands import AgentAbsent
from funnel.conversations.values import SYSTEM
from funnel.core.errors import FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import Loops
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
        self._loops = Loops(absences=self._round)

    async def start(self) -> None:
        """Begins to look."""
        self._loops.start(after=LOOK_SECONDS, again=LOOK_SECONDS)

    async def stop(self) -> None:
        """Ends. Idempotent."""
        await self._loops.stop()

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

    async def _round(self) -> float:
        await self.look()
        return LOOK_SECONDS
