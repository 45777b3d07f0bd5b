"""The worker of erasures: tells every conversation, empties the log and what stands around it, deletes the files, and proves it."""

from typing import TYPE_CHECKING, Final

from funnel.conversations.commands import EraseContact
from funnel.conversations.values import SYSTEM
from funnel.core import failpoints
from funnel.core.ids import new_id
from funnel.core.loops import Loops
from funnel.people.erasures import Erasure
from funnel.turns import erasing
from funnel.turns.lanes import Lane

if TYPE_CHECKING:
    from api.services import Services

LOOK_SECONDS: Final = 1.0


class Eraser:
    """Works on erasures, one at a time a process; any number of processes may run one. Each step may be repeated, so a job whose
    process died is simply begun again when its lease is over. Done is only what the scan has proven."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._loops = Loops(erasures=self._round)

    async def start(self) -> None:
        """Begins to look for jobs."""
        self._loops.start()

    async def stop(self) -> None:
        """Ends; a job under way is left to its lease. Idempotent."""
        await self._loops.stop()

    async def work(self) -> bool:
        """Does one job, if there is one to do."""
        job = await self._services.people.erasures.claim()
        if job is None:
            return False
        pool = self._services.db.pool
        conversations = await erasing.conversations_of(pool, job.contact_id)
        await self._tell(conversations)
        await failpoints.hit("erase_step_1")
        await erasing.empty_log(pool, conversations)
        await failpoints.hit("erase_step_2")
        await self._delete_files(job, conversations)
        await failpoints.hit("erase_step_3")
        await erasing.empty_around(pool, conversations)
        await failpoints.hit("erase_step_4")
        left = await erasing.what_is_left(pool, conversations, job.contact_id)
        erasures = self._services.people.erasures
        if left:
            await erasures.later(job, len(conversations), left)
        else:
            await erasures.finish(job, len(conversations))
        return True

    async def _tell(self, conversations: list[str]) -> None:
        """A turn for each that was not told: its messages are redacted, its state is emptied, it is over."""
        for one in conversations:
            while (found := await erasing.messages_to_tell(self._services.db.pool, one)) is not None:
                command = EraseContact(
                    command_id=new_id(), actor=SYSTEM, conversation_id=one, message_ids=found
                )
                result = await self._services.pipeline.submit(command, Lane.BULK)
                self._services.rows.put(result.row)

    async def _delete_files(self, job: Erasure, conversations: list[str]) -> None:
        for one in await erasing.files_of(self._services.db.pool, conversations, job.contact_id):
            await self._services.files.erase(one)

    async def _round(self) -> float:
        """Whatever fails in it, the lease ends and the job begins anew."""
        return 0.0 if await self.work() else LOOK_SECONDS
