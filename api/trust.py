"""Confidence that follows what people say of the answers: every six hours, from the ratings of the last 90 days."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from api.services import Services
from funnel.core.locales import language_of
from funnel.core.loops import Loops
from funnel.insight.questions import Question, read_questions
from kb.confidence import SUGGEST
from kb.recalibration import Rated, Shift, shift_in_force, shift_of
from kb.shifts import ShiftStore

LOOK_SECONDS: Final = 6 * 3600.0
DAYS: Final = 90


class Trust:
    """Looks every six hours. Several processes may look at once: what they find is the same, and the first one writes it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loops = Loops(trust=self._round)

    async def start(self) -> None:
        """Begins to look; the first time six hours from now."""
        self._loops.start(after=LOOK_SECONDS, again=LOOK_SECONDS)

    async def stop(self) -> None:
        """Ends. Idempotent."""
        await self._loops.stop()

    async def look(self) -> bool:
        """Moves the confidence of each language by what its answers were found to be worth; whether anything moved."""
        now = self._services.clock.now()
        store = ShiftStore(self._services.db)
        asked = await read_questions(self._services.db.pool, now - timedelta(days=DAYS), now)
        found = await asyncio.to_thread(shifts_of, asked, await store.history())
        return await store.settle(found, now)

    async def _round(self) -> float:
        await self.look()
        return LOOK_SECONDS


def shifts_of(asked: Iterable[Question], history: Iterable[Shift]) -> dict[str, float]:
    """The shift of every language that has answers somebody judged, or had a shift. Pure."""
    known = list(history)
    rated: dict[str, list[Rated]] = defaultdict(list, {one.language: [] for one in known})
    for one in asked:
        if one.confidence is None or one.confidence < SUGGEST or one.went not in ("helpful", "unhelpful"):
            continue
        language = language_of(one.locale)
        rated[language].append(
            Rated(one.confidence, shift_in_force(known, language, one.at), one.went == "helpful")
        )
    return {language: shift_of(some) for language, some in rated.items()}
