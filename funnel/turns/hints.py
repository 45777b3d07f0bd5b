"""Hints between processes: coalesced NOTIFY after the commit, LISTEN with reconnect, and the re-read of `changes` that makes
both dispensable."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Literal

import asyncpg
import msgspec
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.ids import new_token
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.core.settings import LiveSettings

log = get_logger()

CHANNEL = "funnel_hints"
MOST_CHANGES = 100  # of about 60 bytes each: a payload stays under 8,000 bytes
MOST_WHISPERS = 10
MOST_BYTES = 7900
KEPT_SECONDS = 3600
SWEEP_SECONDS = 60.0
RETRY_SECONDS = 0.5

_CHANGES = """
select conversation_id, max(seq) as seq, bool_or(visible) as visible from changes
where at > now() - $1::float8 * interval '1 second' group by conversation_id
"""
_SWEEP = "delete from changes where at < now() - $1::float8 * interval '1 second'"


class Change(Struct, frozen=True, array_like=True):
    """A conversation's log reaches `seq` now."""

    conversation_id: str
    seq: int
    visible: bool


class Whisper(Struct, frozen=True, omit_defaults=True):
    """Something live that is no event; lost ones are not repeated. `value` is a seq, a status, a session."""

    kind: Literal["typing", "viewing", "read", "revoked", "presence"]
    conversation_id: str | None = None
    actor_kind: str | None = None
    actor_id: str | None = None
    actor_name: str | None = None
    value: str | int | None = None


class _Letter(Struct, frozen=True, omit_defaults=True):
    """One NOTIFY."""

    sender: str
    changes: tuple[Change, ...] = ()
    whispers: tuple[Whisper, ...] = ()


class Hints:
    """Sends and hears hints of one process. Own hints are not heard again."""

    def __init__(
        self,
        db: Database,
        settings: LiveSettings,
        on_changes: Callable[[Sequence[Change]], None],
        on_whisper: Callable[[Whisper], None],
    ) -> None:
        self._db = db
        self._settings = settings
        self._on_changes = on_changes
        self._on_whisper = on_whisper
        self._sender = new_token()
        self._changes: dict[str, Change] = {}
        self._whispers: list[Whisper] = []
        self._filled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Starts the four loops: send, listen, re-read, sweep."""
        loops = (self._send_forever, self._listen_forever, self._reread_forever, self._sweep_forever)
        self._tasks = [asyncio.create_task(loop(), name=loop.__name__) for loop in loops]

    async def stop(self) -> None:
        """Ends the loops. Idempotent."""
        tasks, self._tasks = self._tasks, []
        await end(*tasks)

    def send_change(self, change: Change) -> None:
        """Queues a hint; the newest of a conversation replaces the one before."""
        self._changes[change.conversation_id] = change
        self._filled.set()

    def send_whisper(self, whisper: Whisper) -> None:
        """Queues a whisper to the other processes."""
        self._whispers.append(whisper)
        self._filled.set()

    async def _send_forever(self) -> None:
        connection: asyncpg.Connection | None = None
        try:
            while True:
                await self._filled.wait()
                try:
                    if connection is None or connection.is_closed():
                        connection = await self._db.connect()
                        await connection.execute("set synchronous_commit = off")
                    await self._send(connection)
                except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                    _drop(connection)
                    connection = None
                    self._forget()
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            _drop(connection)

    async def _send(self, connection: asyncpg.Connection) -> None:
        while self._changes or self._whispers:
            taken = [self._changes.pop(key) for key in list(self._changes)[:MOST_CHANGES]]
            whispers = self._whispers[:MOST_WHISPERS]
            del self._whispers[:MOST_WHISPERS]
            for letter in self._letters(taken, whispers):
                await connection.execute("select pg_notify($1, $2)", CHANNEL, letter)
        self._filled.clear()

    def _letters(self, changes: Sequence[Change], whispers: Sequence[Whisper]) -> list[str]:
        parts = [_Letter(self._sender, changes=tuple(changes))] if changes else []
        parts += [_Letter(self._sender, whispers=(whisper,)) for whisper in whispers]
        letters = [msgspec.json.encode(part).decode() for part in parts]
        return [letter for letter in letters if len(letter.encode()) < MOST_BYTES]

    def _forget(self) -> None:
        """Hints that could not be sent are not kept: every process re-reads `changes` anyway."""
        self._changes.clear()
        self._whispers.clear()
        self._filled.clear()

    async def _listen_forever(self) -> None:
        while True:
            connection: asyncpg.Connection | None = None
            try:
                connection = await self._db.connect()
                lost = asyncio.Event()
                connection.add_termination_listener(lambda *_, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, self._heard)
                await lost.wait()
            except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                log.warning("hints_unheard")
            finally:
                _drop(connection)
            await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            letter = msgspec.json.decode(str(payload), type=_Letter)
        except msgspec.DecodeError:
            return
        if letter.sender == self._sender:
            return
        if letter.changes:
            self._on_changes(letter.changes)
        for whisper in letter.whispers:
            self._on_whisper(whisper)

    async def _reread_forever(self) -> None:
        overlap = self._settings.overlap_seconds
        while True:
            await asyncio.sleep(self._settings.poll_seconds)
            try:
                records = await self._db.pool.fetch(_CHANGES, overlap)
            except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                log.warning("changes_unread")
                continue
            self._on_changes([Change(str(r["conversation_id"]), r["seq"], r["visible"]) for r in records])

    async def _sweep_forever(self) -> None:
        """Changes are kept for an hour."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            with contextlib.suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                await self._db.pool.execute(_SWEEP, float(KEPT_SECONDS))


def _drop(connection: asyncpg.Connection | None) -> None:
    if connection is not None and not connection.is_closed():
        connection.terminate()
