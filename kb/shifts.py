"""The shifts of confidence in the database, each with its time: an answer is judged by the one it was given with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from funnel.core.database import Database
from kb.recalibration import MOST, Shift, shift_in_force

LEAST_MOVE: Final = 0.05
"""Logits; less is not worth a new state of the base."""


class ShiftStore:
    """Shifts by language. Every change is one transaction that raises the base's revision, so that every process hears."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def history(self) -> list[Shift]:
        """Every shift there ever was, oldest first."""
        rows = await self._pool.fetch("select language, at, logits from kb_shifts order by at, language")
        return [Shift(row["language"], row["at"], row["logits"]) for row in rows]

    async def in_force(self) -> dict[str, float]:
        """The present shift of each language that has one."""
        return {one.language: one.logits for one in await self.history()}

    async def settle(self, found: Mapping[str, float], at: datetime) -> bool:
        """Puts shifts in force that differ from the present ones by 0.05 or more; returns whether any does.

        Idempotent: of processes that come with the same figures one does it, as they take turns.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select from kb_state for update")
            rows = await connection.fetch("select language, at, logits from kb_shifts")
            history = [Shift(row["language"], row["at"], row["logits"]) for row in rows]
            moved = [
                (language, at, max(-MOST, min(MOST, logits)))
                for language, logits in sorted(found.items())
                if abs(logits - shift_in_force(history, language, at)) >= LEAST_MOVE
            ]
            if moved:
                await connection.executemany(
                    "insert into kb_shifts (language, at, logits) values ($1, $2, $3) "
                    "on conflict (language, at) do update set logits = excluded.logits",
                    moved,
                )
                await connection.execute("update kb_state set revision = revision + 1")
        return bool(moved)
