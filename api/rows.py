"""Conversations as this process last saw them, at most a second old, and the gate every access goes through."""

import time
from collections import OrderedDict
from collections.abc import Callable

import asyncpg

from funnel.core.errors import FunnelError, not_found
from funnel.core.ids import is_id
from funnel.escalation.reviews import is_laid_before_ops
from funnel.people.access import may_see
from funnel.people.principals import AgentPrincipal, Principal
from funnel.turns.reading import find_row
from funnel.turns.records import ConversationRow

FRESH_SECONDS = 1.0
MOST_ROWS = 10_000


class Rows:
    """A small cache of rows. The feed's changed rows keep it current; a row older than a second is read again."""

    def __init__(self, pool: asyncpg.Pool, now: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._now = now
        self._seen: OrderedDict[str, tuple[ConversationRow, float]] = OrderedDict()

    def put(self, row: ConversationRow) -> None:
        """Remembers a row unless a newer version is known."""
        known = self._seen.get(row.state.id)
        if known is not None and known[0].version > row.version:
            return
        self._seen[row.state.id] = (row, self._now())
        self._seen.move_to_end(row.state.id)
        if len(self._seen) > MOST_ROWS:
            self._seen.popitem(last=False)

    def refresh(self, row: ConversationRow) -> None:
        """A changed row of the feed: kept only where the conversation is in use here."""
        if row.state.id in self._seen:
            self.put(row)

    def clear(self) -> None:
        """Forgets everything: the database is another one, and its versions may be lower."""
        self._seen.clear()

    def peek(self, conversation_id: str) -> ConversationRow | None:
        """The row as last seen, however old; no I/O."""
        known = self._seen.get(conversation_id)
        return known[0] if known else None

    async def see(
        self, principal: Principal, conversation_id: str, *, fresh: bool = False
    ) -> ConversationRow:
        """The conversation, if this principal may see it. Raises 404 for everything else, a malformed id included.

        `fresh` reads it from the database; otherwise it may be a second old, which only ever matters for agents:
        a visitor's conversations never change hands.
        """
        row = None if fresh else self._recent(conversation_id.lower())
        if row is None:
            if not is_id(conversation_id):
                raise not_found("conversation")
            row = await find_row(self._pool, conversation_id.lower())
            if row is not None:
                self.put(row)
        if row is None or not may_see(principal, row.state):
            raise not_found("conversation")
        return row

    async def see_to_judge(
        self, principal: Principal, conversation_id: str, *, fresh: bool = False
    ) -> ConversationRow:
        """For reading only: also a conversation that is laid before those who edit rules, as part of a review sample, of what
        a back-test shows or of the shadow's differences. Raises 404 for everything else."""
        try:
            return await self.see(principal, conversation_id, fresh=fresh)
        except FunnelError:
            edits = isinstance(principal, AgentPrincipal) and "rules.edit" in principal.permissions
            if not edits or not await is_laid_before_ops(self._pool, conversation_id.lower()):
                raise
        row = await find_row(self._pool, conversation_id.lower())
        if row is None:
            raise not_found("conversation")
        return row

    def _recent(self, conversation_id: str) -> ConversationRow | None:
        known = self._seen.get(conversation_id)
        if known is None or self._now() - known[1] > FRESH_SECONDS:
            return None
        return known[0]
