"""Confidence that follows what people say of the answers: every six hours, from the ratings of the last 90 days."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from api.services import Services
from funnel.core.locales import language_of
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.insight.questions import Question, read_questions
from kb.confidence import SUGGEST
from kb.recalibration import Rated, Shift, shift_in_force, shift_of
from kb.shifts import ShiftStore

LOOK_SECONDS: Final = 6 * 3600.0
DAYS: Final = 90
log = get_logger(__name__)


class Trust:
    """Looks every six hours. Several processes may look at once: what they find is the same, and the first one writes it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look; the first time six hours from now."""
        self._task = asyncio.create_task(self._look_forever(), name="trust")

    async def stop(self) -> None:
        """Ends. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)

    async def look(self) -> bool:
        """Moves the confidence of each language by what its answers were found to be worth; whether anything moved."""
        now = self._services.clock.now()
        store = ShiftStore(self._services.db)
        asked = await read_questions(self._services.db.pool, now - timedelta(days=DAYS), now)
        found = await asyncio.to_thread(shifts_of, asked, await store.history())
        return await store.settle(found, now)

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.warning("trust_unread", exc_info=True)


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
