"""The shadow: a version that decides silently beside the live set, over the decisions as they are written."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from funnel.core.database import Database
from funnel.core.loops import Loops
from funnel.escalation.backtest import source
from funnel.escalation.backtest.replay import Turn, replay
from funnel.escalation.rules.book import RuleBook

POLL_SECONDS: Final = 1.0
BEHIND: Final = timedelta(seconds=10)
MOST: Final = 500
_NEW = """
select d.id, d.conversation_id, d.at, d.outcome, d.reason, d.rule_set_version, d.facts, c.queue_id, null as verdict
from decisions d join conversations c on c.id = d.conversation_id
where d.at > $1 and not exists (select 1 from shadow_differences s where s.decision_id = d.id)
order by d.at, d.id limit $2
"""
_INSERT = """
insert into shadow_differences (decision_id, conversation_id, version, at, live, shadow, rules)
values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::jsonb) on conflict do nothing
"""
_LIST = """
select decision_id, conversation_id, version, at, live, shadow, rules from shadow_differences
where version = $1 and ($3::uuid is null or (at, decision_id) <
  (select at, decision_id from shadow_differences where decision_id = $3 and version = $1))
order by at desc, decision_id desc limit $2
"""


class Shadow:
    """Watches the newest decisions while a shadow is set and keeps where it would have decided otherwise. Off the hot path."""

    def __init__(self, db: Database, book: Callable[[], RuleBook | None]) -> None:
        self._db = db
        self._book = book
        self._since: datetime | None = None
        self._loops = Loops(shadow=self._round)

    async def start(self) -> None:
        """Watches until `stop`."""
        self._loops.start(after=POLL_SECONDS, again=POLL_SECONDS)

    async def stop(self) -> None:
        """Idempotent."""
        await self._loops.stop()

    async def look(self) -> int:
        """Judges what was decided since the last look; returns how many differ. Overlaps a little, so that a decision whose
        transaction came late is seen; none is kept twice."""
        book = self._book()
        if book is None or not book.version.isdecimal():
            self._since = None
            return 0
        if self._since is None:
            self._since = await self._db.pool.fetchval("select now()")
        records = await self._db.pool.fetch(_NEW, self._since - BEHIND, MOST)
        turns = [turn for record in records if (turn := source.turn_of(record)) is not None]
        texts = await source.words(self._db.pool, turns)
        found = await asyncio.to_thread(_different, turns, texts, book)
        for turn, outcome, fired in found:
            await self._db.pool.execute(
                _INSERT, turn.decision_id, turn.conversation_id, int(book.version), turn.at, turn.outcome, outcome,
                json.dumps(list(fired)),
            )  # fmt: skip
        if records:
            self._since = records[-1]["at"]
        return len(found)

    async def differences(self, version: int, limit: int, before: str | None = None) -> list[dict[str, Any]]:
        """Where that version decided otherwise, newest first; those older than the decision `before`."""
        return [
            {
                "decision_id": str(record["decision_id"]),
                "conversation_id": str(record["conversation_id"]),
                "version": record["version"],
                "at": record["at"],
                "live": record["live"],
                "shadow": record["shadow"],
                "rules": json.loads(record["rules"]),
            }
            for record in await self._db.pool.fetch(_LIST, version, limit, before)
        ]

    async def _round(self) -> float:
        await self.look()
        return POLL_SECONDS


def _different(
    turns: list[Turn], texts: dict[str, str], book: RuleBook
) -> list[tuple[Turn, str, tuple[str, ...]]]:
    replayed = [replay(turn, book, lambda one: texts.get(one.decision_id)) for turn in turns]
    return [(one.turn, one.outcome, one.fired) for one in replayed if one.outcome != one.turn.outcome]
