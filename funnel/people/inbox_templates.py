"""The templates of inboxes as their platforms last told them. They hold no contact's words."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from funnel.channels.templates import Template
from funnel.core.database import Database

_READ = """
select items::text, fetched_at, fetched_at > now() - $2::float8 * interval '1 second' as fresh
from inbox_templates where inbox_id = $1::uuid
"""
_KEEP = """
insert into inbox_templates (inbox_id, items) values ($1::uuid, $2::text::jsonb)
on conflict (inbox_id) do update set items = excluded.items, fetched_at = now()
returning fetched_at
"""
_OUTDATE = "update inbox_templates set fetched_at = '-infinity' where inbox_id = $1::uuid"


class KeptTemplates(Struct, frozen=True):
    """What an inbox's platform told, when, and whether that is recent enough to be relied on."""

    items: tuple[Template, ...]
    fetched_at: datetime
    fresh: bool


class InboxTemplates:
    """Every method is one statement and commits by itself."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def read(self, inbox_id: str, fresh_seconds: float) -> KeptTemplates | None:
        """What was told last; None where nothing ever was."""
        record = await self._db.pool.fetchrow(_READ, inbox_id, fresh_seconds)
        if record is None:
            return None
        items = msgspec.json.decode(record["items"], type=tuple[Template, ...])
        return KeptTemplates(items, record["fetched_at"], record["fresh"])

    async def keep(self, inbox_id: str, items: Sequence[Template]) -> KeptTemplates:
        """These are all there are now."""
        fetched_at = await self._db.pool.fetchval(_KEEP, inbox_id, msgspec.json.encode(items).decode())
        return KeptTemplates(tuple(items), fetched_at, fresh=True)

    async def outdate(self, inbox_id: str) -> None:
        """They changed: they are asked for anew when they are needed next."""
        await self._db.pool.execute(_OUTDATE, inbox_id)
