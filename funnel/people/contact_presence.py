"""Which contacts have the widget open: a heartbeat row each, written for many at once. Absent after 45 s without one."""

import time
from collections.abc import Callable, Collection
from typing import Final

from funnel.core.database import Database

TOUCH_SECONDS: Final = 15.0
MOST_REMEMBERED: Final = 100_000

# In id order, so that two processes never wait for each other's rows in opposite order.
_TOUCH = """
insert into contact_presence (contact_id, seen_at)
select k.id, now() from contacts k where k.id = any ($1::uuid[]) order by k.id
on conflict (contact_id) do update set seen_at = excluded.seen_at
"""


class ContactPresence:
    """Signs of life of contacts, written at most every fifteen seconds a contact and process."""

    def __init__(self, db: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._monotonic = monotonic
        self._touched: dict[str, float] = {}

    async def touch(self, contact_ids: Collection[str]) -> None:
        """These contacts are here now. One statement for all whose last sign is old; none where there are none."""
        now = self._monotonic()
        due = [one for one in contact_ids if now - self._touched.get(one, -TOUCH_SECONDS) >= TOUCH_SECONDS]
        if not due:
            return
        await self._db.pool.execute(_TOUCH, due)
        if len(self._touched) > MOST_REMEMBERED:
            self._touched.clear()
        self._touched.update(dict.fromkeys(due, now))
