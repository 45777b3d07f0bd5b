"""How publishing is guarded (second person, freeze), and which version decides silently beside the live one."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from funnel.core.database import Database
from funnel.core.errors import invalid
from funnel.escalation.rule_sets import store
from funnel.escalation.rule_sets.records import RuleSettings
from funnel.escalation.rules.model import parse
from funnel.escalation.rules.shipped import complete


class RuleGuards:
    """Each method is one transaction; `changed` runs after the commit that moved the shadow."""

    def __init__(self, db: Database, changed: Callable[[], Awaitable[object]]) -> None:
        self._db = db
        self._changed = changed

    async def settings(self) -> RuleSettings:
        """How publishing is guarded."""
        return await store.read_settings(self._db.pool)

    async def change_settings(
        self, *, second_person: bool, frozen_from: datetime | None, frozen_until: datetime | None
    ) -> RuleSettings:
        """Replaces them. Raises 422 for half a window or one that ends before it begins."""
        if (frozen_from is None) != (frozen_until is None):
            raise invalid("freeze_invalid", "A freeze has a beginning and an end.")
        if frozen_from is not None and frozen_until is not None and frozen_until <= frozen_from:
            raise invalid("freeze_invalid", "A freeze ends after it begins.")
        await self._db.pool.execute(
            "update rule_settings set second_person = $1, frozen_from = $2, frozen_until = $3",
            second_person, frozen_from, frozen_until,
        )  # fmt: skip
        return await self.settings()

    async def shadow(self, number: int | None) -> RuleSettings:
        """Lets a version decide silently beside the live one; None ends it. Raises 404, 422 where it cannot be compiled."""
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            if number is not None:
                complete(parse((await store.version(connection, number)).document))
            await connection.execute("update rule_settings set shadow_version = $1", number)
        await self._changed()
        return await self.settings()
