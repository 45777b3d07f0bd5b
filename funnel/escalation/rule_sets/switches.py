"""Switches as they are kept: turned on with a reason, off by hand or by time. No rule set, freeze or second person is asked."""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
from msgspec import Struct

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.escalation.switches import Switch, SwitchKind

MOST_SWITCHES: Final = 100
_ON = """
select id, kind, reason, at, by_id, site_id, channel, topic, texts, expires_at from switches
where ended_at is null and (expires_at is null or expires_at > now()) order by at, id
"""
_INSERT = """
insert into switches (id, kind, reason, site_id, channel, topic, texts, by_id, expires_at)
values ($1::uuid, $2, $3, $4::uuid, $5, $6, $7::jsonb, $8::uuid, $9)
"""


class SwitchDraft(Struct, frozen=True):
    """A switch to turn on."""

    kind: SwitchKind
    reason: str
    site_id: str | None = None
    channel: str | None = None
    topic: str | None = None
    texts: dict[str, str] = {}
    expires_at: datetime | None = None


class Switches:
    """`changed` runs after each commit, before the method returns, so that this process follows at once."""

    def __init__(self, db: Database, clock: Clock, changed: Callable[[], Awaitable[object]]) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed

    async def list(self) -> list[Switch]:
        """What is on, oldest first."""
        return [_switch(record) for record in await self._db.pool.fetch(_ON)]

    async def put(self, kept: Collection[str], new: Sequence[SwitchDraft], by_id: str | None) -> None:
        """All that shall be on, in one transaction: what is neither kept nor new is turned off. Raises as `turn_on`, and 422
        for an id that is not on."""
        for draft in new:
            self._check(draft)
        async with self._db.pool.acquire() as connection, connection.transaction():
            await connection.execute("select 1 from rule_settings for update")
            on = {str(record["id"]) for record in await connection.fetch(_ON)}
            if not set(kept) <= on:
                raise invalid("reference_unknown", "A switch that is named is not on.")
            await connection.execute(
                "update switches set ended_at = now(), ended_by = $2::uuid where id = any ($1::uuid[]) and ended_at is null",
                sorted(on - set(kept)), by_id,
            )  # fmt: skip
            for draft in new:
                await _insert(connection, draft, by_id)
        await self._changed()

    async def turn_on(self, draft: SwitchDraft, by_id: str | None) -> Switch:
        """Raises 422 for one that could do nothing (no topic, no text, over already), 409 `too_many`."""
        self._check(draft)
        async with self._db.pool.acquire() as connection, connection.transaction():
            await connection.execute("select 1 from rule_settings for update")
            switch_id = await _insert(connection, draft, by_id)
        await self._changed()
        return next(one for one in await self.list() if one.id == switch_id)

    async def turn_off(self, switch_id: str, by_id: str | None) -> None:
        """Idempotent for one that is off already. Raises 404."""
        known = is_id(switch_id) and await self._db.pool.fetchval(
            "update switches set ended_at = coalesce(ended_at, now()), ended_by = coalesce(ended_by, $2::uuid)"
            " where id = $1::uuid returning true",
            switch_id, by_id,
        )  # fmt: skip
        if not known:
            raise not_found("switch")
        await self._changed()

    def _check(self, draft: SwitchDraft) -> None:
        if draft.expires_at is not None and draft.expires_at <= self._clock.now():
            raise invalid("switch_invalid", "A switch ends in the future.")
        if draft.kind == "topic_hold" and not draft.topic:
            raise invalid("switch_invalid", "A topic hold names the tag of the articles it holds.")
        if draft.kind == "announce" and not draft.texts:
            raise invalid("switch_invalid", "An announcement has a text.")


async def _insert(connection: asyncpg.Connection, draft: SwitchDraft, by_id: str | None) -> str:
    switch_id = new_id()
    if await connection.fetchval("select count(*) from switches where ended_at is null") >= MOST_SWITCHES:
        raise conflict("too_many", "Too many switches are on.")
    if draft.site_id is not None and not await connection.fetchval(
        "select exists (select 1 from sites where id = $1::uuid and archived_at is null)", draft.site_id
    ):
        raise invalid("reference_unknown", "There is no such site.")
    await connection.execute(
        _INSERT, switch_id, draft.kind, draft.reason, draft.site_id, draft.channel, draft.topic,
        json.dumps(draft.texts), by_id, draft.expires_at,
    )  # fmt: skip
    return switch_id


def _switch(record: Any) -> Switch:
    return Switch(
        id=str(record["id"]),
        kind=record["kind"],
        reason=record["reason"],
        at=record["at"],
        by=str(record["by_id"]) if record["by_id"] is not None else None,
        site_id=str(record["site_id"]) if record["site_id"] is not None else None,
        channel=record["channel"],
        topic=record["topic"],
        texts=json.loads(record["texts"]),
        expires_at=record["expires_at"],
    )
