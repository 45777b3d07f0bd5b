"""What is live, as a process judges with it: the rule book, the shadow and the switches; read anew twice a second."""

import asyncio
import json
from typing import Any, Final

import msgspec
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import Loops
from funnel.escalation.rule_sets import store
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.parameters import UnknownParameterError
from funnel.escalation.rules.shipped import BASE, complete, shipped
from funnel.escalation.switches import NO_SWITCHES, Switch, SwitchBoard

POLL_SECONDS: Final = 0.5
_NOW = """
select json_build_object(
  'activation', (select max(activation) from rule_activations),
  'shadow', (select json_build_array(v.version, v.revision) from rule_settings s join rule_versions v on v.version = s.shadow_version),
  'switches', (select coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'reason', reason, 'at', at, 'by', by_id,
      'site_id', site_id, 'channel', channel, 'topic', topic, 'texts', texts, 'expires_at', expires_at) order by at, id), '[]')
    from switches where ended_at is null and (expires_at is null or expires_at > now()))
)::text
"""
_log = get_logger(__name__)


class Live(Struct, frozen=True):
    """One moment's judgement: never changes, a newer one takes its place whole."""

    book: RuleBook
    switches: SwitchBoard = NO_SWITCHES
    shadow: RuleBook | None = None


class LiveRules:
    """Keeps `now()` fresh. A set that cannot be read or compiled is refused: the old one stays, and the log says so."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._text = ""
        self._live = Live(RuleBook(shipped(), f"shipped-{BASE}"))
        self._shadow_key: tuple[int, int] | None = None
        self._loops = Loops(rules=self._round)
        self._reading = asyncio.Lock()
        self._moved = asyncio.Event()

    async def start(self) -> None:
        """Stores the shipped set where there is none yet, reads what is live, and goes on by itself until `stop`."""
        await self._store_base()
        await self.refresh()
        self._loops.start(after=POLL_SECONDS)

    async def stop(self) -> None:
        """Ends the reading; the last judgement stays. Idempotent."""
        await self._loops.stop()

    def now(self) -> Live:
        """The latest; before the first reading the shipped set."""
        return self._live

    async def moved(self) -> Live:
        """Waits for the next change, whoever noticed it."""
        await self._moved.wait()
        return self._live

    async def refresh(self) -> Live:
        """Reads now; what was committed before the call is in what it returns."""
        async with self._reading:  # else an older reading could land after a newer one
            text: str = await self._db.pool.fetchval(_NOW)
            if text != self._text:
                await self._take(json.loads(text))
                self._text = text
            return self._live

    async def _take(self, now: dict[str, Any]) -> None:
        book, shadow = self._live.book, self._live.shadow
        if now["activation"] is not None and now["activation"] != book.activation:
            book = await self._book(now["activation"]) or book
        key = tuple(now["shadow"]) if now["shadow"] is not None else None
        if key != self._shadow_key:
            shadow = await self._load(key[0], 0) if key is not None else None
            self._shadow_key = key
        switches = SwitchBoard(tuple(msgspec.convert(one, Switch) for one in now["switches"]))
        self._live = Live(book, switches, shadow)
        self._moved.set()
        self._moved = asyncio.Event()

    async def _book(self, activation: int) -> RuleBook | None:
        number = await self._db.pool.fetchval(
            "select version from rule_activations where activation = $1", activation
        )
        return await self._load(number, activation)

    async def _load(self, number: int, activation: int) -> RuleBook | None:
        try:
            stored = await store.version(self._db.pool, number)
            document = await asyncio.to_thread(lambda: complete(parse(stored.document)))
            return RuleBook(document, str(number), activation)
        except (FunnelError, UnknownParameterError, ValueError) as error:
            _log.error("rule_set_refused", version=number, error_type=type(error).__name__)
            return None

    async def _store_base(self) -> None:
        """Version 1 of a new deployment is the shipped set; the one of a later release is kept beside it, live where somebody says
        so, so that what it changes can be told."""
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            live = await store.live_version(connection)
            if live is None or await store.base_document(connection, BASE) is None:
                number = await store.insert_draft(
                    connection, plain(shipped()), base=BASE, note=None, based_on=None, author_id=None
                )
                if live is None:
                    await store.activate(connection, number, "base", None, None)

    async def _round(self) -> float:
        await self.refresh()
        return POLL_SECONDS
