"""Live events inside one process: hubs that offer each event once to each sink, in order, whatever way it became known."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

from funnel.conversations.events import Logged
from funnel.conversations.render import Audience
from funnel.core.database import Database
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.core.settings import Settings
from funnel.turns import counts
from funnel.turns.hints import Change, Hints, Whisper
from funnel.turns.reading import events_after, find_rows, last_seq
from funnel.turns.records import ConversationRow

__all__ = ["Audience", "Entry", "Feed", "Render", "Sink", "Whisper"]

log = get_logger()

REFETCH = 500
RETRY_SECONDS = 0.25
MOST_ROWS = 200


Render = Callable[[Logged, Audience], bytes]


class Entry:
    """One event on its way to sinks; rendered once for each audience, however many sockets get it."""

    __slots__ = ("_json", "_render", "logged")

    def __init__(self, logged: Logged, render: Render) -> None:
        self.logged = logged
        self._render = render
        self._json: dict[Audience, bytes] = {}

    def json(self, audience: Audience) -> bytes:
        """The event as its audience sees it; ask for a visitor only where `logged.visible`."""
        ready = self._json.get(audience)
        if ready is None:
            ready = self._json[audience] = self._render(self.logged, audience)
        return ready


class Sink(Protocol):
    """Where a subscription's events go. Neither method may block or raise."""

    def offer(self, conversation_id: str, entries: Sequence[Entry]) -> None:
        """The next events, in seq order, without gap or repeat; a visitor's sink skips those that are not visible."""

    def whisper(self, whisper: Whisper) -> None:
        """Something that is no event: typing, a read mark, presence, a revocation."""


class _Hub:
    """The sinks of one conversation. `offered` is the seq up to which they were served, None until it is known."""

    __slots__ = ("fetching", "offered", "ready", "sinks", "wanted")

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self.offered: int | None = None
        self.wanted = 0
        self.fetching = False
        self.ready: asyncio.Future[int] | None = None


class Feed:
    """Publishes what was committed to this process's sinks at once, and hints to the others; hears their hints and the
    re-read of `changes`, so that a lost hint costs at most `live.poll_seconds`."""

    def __init__(self, db: Database, settings: Settings, render: Render) -> None:
        self._db = db
        self._render = render
        self._hubs: dict[str, _Hub] = {}
        self._row_watchers: list[Callable[[ConversationRow], None]] = []
        self._whisper_watchers: list[Callable[[Whisper], None]] = []
        self._rows_seen: dict[str, int] = {}
        self._rows_wanted: set[str] = set()
        self._rows_task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.hints = Hints(db, settings.live, self._hear, self._spread)

    async def start(self) -> None:
        """Begins to listen, to re-read `changes` and to send hints."""
        await self.hints.start()

    async def stop(self) -> None:
        """Sends the last hints and ends every task. Idempotent."""
        await self.hints.stop()
        await end(*self._tasks)

    def publish(self, row: ConversationRow, events: Sequence[Logged]) -> None:
        """Called by the pipeline after the commit; never blocks."""
        if not events:
            return
        conversation_id, seq = row.state.id, events[-1].seq
        self._notice_row(row)
        self.hints.send_change(Change(conversation_id, seq, any(event.visible for event in events)))
        hub = self._hubs.get(conversation_id)
        if hub is None:
            return
        hub.wanted = max(hub.wanted, seq)
        if hub.offered is None or hub.fetching:
            return
        fresh = [event for event in events if event.seq > (hub.offered or 0)]
        if fresh and fresh[0].seq == hub.offered + 1:
            self._offer(conversation_id, hub, fresh)
        elif fresh:
            self._refetch(conversation_id, hub)

    def forget(self) -> None:
        """Forgets how far each log was: the database is another one. Sinks attached before must be detached by their owners."""
        self._rows_seen.clear()
        self._hubs.clear()

    async def attach(self, conversation_id: str, sink: Sink) -> int:
        """Subscribes; returns the seq up to which the log is not going to be offered. Everything later is, exactly once."""
        hub = self._hubs.get(conversation_id)
        if hub is None:
            hub = self._hubs[conversation_id] = _Hub()
        hub.sinks.append(sink)
        if hub.offered is not None:
            return hub.offered
        if hub.ready is None:
            hub.ready = asyncio.ensure_future(self._open(conversation_id, hub))
        try:
            return await asyncio.shield(hub.ready)
        except BaseException:
            if sink in hub.sinks:
                hub.sinks.remove(sink)
            raise

    def detach(self, conversation_id: str, sink: Sink) -> None:
        """Ends a subscription; unknown ones are ignored."""
        hub = self._hubs.get(conversation_id)
        if hub is None or sink not in hub.sinks:
            return
        hub.sinks.remove(sink)
        if not hub.sinks:
            del self._hubs[conversation_id]

    def watch_rows(self, callback: Callable[[ConversationRow], None]) -> Callable[[], None]:
        """Calls back with every conversation that changed, here or in another process, newest state only."""
        self._row_watchers.append(callback)
        return lambda: self._row_watchers.remove(callback) if callback in self._row_watchers else None

    def watch_whispers(self, callback: Callable[[Whisper], None]) -> Callable[[], None]:
        """Calls back with every whisper, also those of no conversation (presence, revoked credentials)."""
        self._whisper_watchers.append(callback)
        return lambda: self._whisper_watchers.remove(callback) if callback in self._whisper_watchers else None

    def whisper(self, whisper: Whisper) -> None:
        """Tells every sink it concerns: here at once, elsewhere by a hint that may be lost."""
        self._spread(whisper)
        self.hints.send_whisper(whisper)

    async def _open(self, conversation_id: str, hub: _Hub) -> int:
        """Reads where the log stands; events published meanwhile only raise `wanted` and are fetched afterwards."""
        try:
            offered = await last_seq(self._db.pool, conversation_id)
        except BaseException:
            if self._hubs.get(conversation_id) is hub:
                del self._hubs[conversation_id]
            raise
        hub.offered = offered
        if hub.wanted > offered:
            self._refetch(conversation_id, hub)
        return offered

    def _offer(self, conversation_id: str, hub: _Hub, events: Sequence[Logged]) -> None:
        hub.offered = events[-1].seq
        entries = [Entry(event, self._render) for event in events]
        for sink in tuple(hub.sinks):
            try:
                sink.offer(conversation_id, entries)
            except Exception:
                log.exception("sink_broke", conversation_id=conversation_id)

    def _spread(self, whisper: Whisper) -> None:
        for watcher in tuple(self._whisper_watchers):
            watcher(whisper)
        if whisper.conversation_id is not None:
            hub = self._hubs.get(whisper.conversation_id)
            sinks = list(hub.sinks) if hub else []
        else:
            sinks = list({id(sink): sink for hub in self._hubs.values() for sink in hub.sinks}.values())
        for sink in sinks:
            sink.whisper(whisper)

    def _hear(self, changes: Sequence[Change]) -> None:
        """Changes from a hint or from the re-read; those already known cost a look-up each."""
        for change in changes:
            hub = self._hubs.get(change.conversation_id)
            if hub is not None and change.seq > max(hub.wanted, hub.offered or 0):
                hub.wanted = change.seq
                if hub.offered is not None and not hub.fetching:
                    self._refetch(change.conversation_id, hub)
            if self._row_watchers and change.seq > self._rows_seen.get(change.conversation_id, 0):
                self._rows_wanted.add(change.conversation_id)
        if self._rows_wanted and (self._rows_task is None or self._rows_task.done()):
            self._rows_task = self._spawn(self._fetch_rows())

    def _notice_row(self, row: ConversationRow) -> None:
        if not self._row_watchers:
            return
        if len(self._rows_seen) > 100_000:
            self._rows_seen.clear()
        self._rows_seen[row.state.id] = max(row.state.last_seq, self._rows_seen.get(row.state.id, 0))
        for watcher in tuple(self._row_watchers):
            watcher(row)

    async def _fetch_rows(self) -> None:
        while self._rows_wanted:
            wanted = [self._rows_wanted.pop() for _ in range(min(MOST_ROWS, len(self._rows_wanted)))]
            try:
                rows = await find_rows(self._db.pool, wanted)
            except Exception:  # noqa: BLE001 - whatever the database says, the next re-read asks again
                log.warning("rows_unread")
                return
            for row in rows:
                if row.state.last_seq > self._rows_seen.get(row.state.id, 0):
                    self._notice_row(row)

    def _refetch(self, conversation_id: str, hub: _Hub) -> None:
        hub.fetching = True
        counts.refetches.inc()
        self._spawn(self._fill(conversation_id, hub))

    async def _fill(self, conversation_id: str, hub: _Hub) -> None:
        """Reads the log from where the sinks are, until it is whole up to what is known to be committed."""
        try:
            while hub.sinks and hub.wanted > (hub.offered or 0):
                try:
                    events = await events_after(
                        self._db.pool, conversation_id, hub.offered or 0, visible_only=False, limit=REFETCH
                    )
                except Exception:  # noqa: BLE001 - a database that is away is asked again
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                if not events:
                    hub.wanted = hub.offered or 0
                    return
                self._offer(conversation_id, hub, events)
        finally:
            hub.fetching = False

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
