"""Looks for visitors who left before they read what was said: people's words are mailed by the outbox, integrators are told of each."""

from collections.abc import Callable
from typing import Final

from funnel.conversations.commands import NoteUnseen
from funnel.conversations.values import SYSTEM
from funnel.core.errors import FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import Loops
from funnel.turns.lanes import Lane
from funnel.turns.left import Addressee, LeftVisitors
from funnel.turns.pipeline import Pipeline
from funnel.turns.unseen import Unseen, UnseenMessages

LOOK_SECONDS: Final = 10.0
log = get_logger(__name__)


class LeftMail:
    """Any number may run on one database."""

    def __init__(
        self, left: LeftVisitors, unseen: UnseenMessages, pipeline: Pipeline, wake: Callable[[], None]
    ) -> None:
        self._left = left
        self._unseen = unseen
        self._pipeline = pipeline
        self._wake = wake
        self._loops = Loops(left=self._mail_round, unseen=self._tell_round)

    async def start(self) -> None:
        """Begins to look."""
        self._loops.start()

    async def stop(self) -> None:
        """Idempotent."""
        await self._loops.stop()

    async def look(self) -> int:
        """One round; returns for how many visitors there is a mail now."""
        found = await self._left.write()
        if found:
            self._wake()
        return found

    async def addressee(self, conversation_id: str, inbox_id: str) -> Addressee | None:
        """Whom this inbox mails what was said in a conversation of the website."""
        return await self._left.addressee(conversation_id, inbox_id)

    async def stop_mails(self, conversation_id: str, inbox_id: str) -> None:
        """No more of them."""
        await self._left.stop(conversation_id, inbox_id)

    async def tell(self) -> int:
        """Tells the log which messages were not seen, each once; returns how many."""
        untold = await self._unseen.untold()
        for one in untold:
            await self._note(one)
        return len(untold)

    async def _note(self, one: Unseen) -> None:
        command = NoteUnseen(
            command_id=one.command_id,
            actor=SYSTEM,
            conversation_id=one.conversation_id,
            message_id=one.message_id,
            by=one.by,
            said_at=one.said_at,
            contact_id=one.contact_id,
            external_id=one.external_id,
        )
        try:
            await self._pipeline.submit(command, Lane.BULK)
        except FunnelError as refusal:  # the next round looks again
            log.warning("unseen_not_told", code=refusal.code, conversation_id=one.conversation_id)

    async def _mail_round(self) -> float:
        await self.look()
        return LOOK_SECONDS

    async def _tell_round(self) -> float:
        await self.tell()
        return LOOK_SECONDS
