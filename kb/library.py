"""The knowledge base as a process serves it: an immutable snapshot, replaced whole when the revision moves."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from funnel.core.database import Database
from funnel.core.failpoints import hit
from funnel.core.locales import language_of
from funnel.core.logging import get_logger
from funnel.core.loops import end, rest
from kb.articles import Audience
from kb.bridge import NO_BRIDGE, Bridge, titles_as_terms
from kb.everyday import everyday
from kb.hints import listen
from kb.rehearsal import offset_of
from kb.search import KbSnapshot
from kb.shelf import Prepared, Shelf, ShelfWriter, prepare
from kb.shifts import ShiftStore
from kb.store import ArticleStore, Changes
from kb.study import learnt
from kb.synonyms import Synonyms
from kb.terms import GlossaryTerm, SynonymSet, TermStore

POLL_SECONDS: Final = 0.4
_log = get_logger("kb.library")


class Shelving:
    """All shelves of a process, changed by one thread at a time; every result is a snapshot of its own."""

    def __init__(self) -> None:
        self._writers: dict[str, ShelfWriter] = {}
        self._shelves: dict[str, Shelf] = {}
        self._locale_of: dict[str, str] = {}
        self._unstudied: set[str] = set()
        self._own_synonyms: dict[str, list[tuple[str, ...]]] = {}
        self._synonyms: dict[str, Synonyms] = {}
        self._glossary: tuple[dict[str, tuple[str, ...]], ...] = ()
        self._bridge = NO_BRIDGE
        self._shifts: dict[str, float] = {}
        self._revision = -1
        self._lock = threading.Lock()

    def _seen(self) -> KbSnapshot:
        return KbSnapshot(self._revision, self._shelves, self._bridge, self._shifts)

    def _bridged(self) -> Bridge:
        """The glossary, then the titles of what is there in several languages; nothing to do for one language alone."""
        if len({language_of(locale) for locale in self._shelves}) < 2:
            return NO_BRIDGE
        entries = (
            one.article for shelf in self._shelves.values() for one in shelf.entries(None, Audience.AGENTS)
        )
        return Bridge(
            [*self._glossary, *titles_as_terms((one.group_id, one.locale, one.title) for one in entries)]
        )

    def study(self) -> KbSnapshot:
        """The snapshot with models fitted to the example questions as they are now; slow, CPU-bound, for a thread.

        Changes may be applied meanwhile: what a model does not know yet is found without it.
        """
        with self._lock:
            waiting = {locale: self._shelves[locale] for locale in self._unstudied if locale in self._shelves}
            self._unstudied.clear()
        taught = {locale: learnt(shelf) for locale, shelf in waiting.items()}
        offsets = {}
        for locale, model in taught.items():
            with self._lock:
                known = locale in self._writers
                if known:
                    self._writers[locale].teach(model)
                    self._shelves[locale] = shelf = self._writers[locale].shelf()
            if known:
                offsets[locale] = offset_of(shelf)
        with self._lock:
            for locale, offset in offsets.items():
                if locale in self._writers:
                    self._writers[locale].calibrate(offset)
                    self._shelves[locale] = self._writers[locale].shelf()
            self._bridge = self._bridged()
            return self._seen()

    def use(self, sets: Sequence[SynonymSet], glossary: Sequence[GlossaryTerm] = ()) -> KbSnapshot:
        """The snapshot that reads questions with these synonyms beside the everyday ones, each for its language, and
        carries them into other languages by this glossary."""
        by_language: dict[str, list[tuple[str, ...]]] = {}
        for one in sets:
            by_language.setdefault(language_of(one.locale), []).append(one.words)
        with self._lock:
            self._own_synonyms, self._synonyms = by_language, {}
            self._glossary = tuple(one.terms for one in glossary)
            for locale, writer in self._writers.items():
                writer.use(self._read_with(locale))
                self._shelves[locale] = writer.shelf()
                self._unstudied.add(locale)
            self._bridge = self._bridged()
            return self._seen()

    def trust(self, shifts: dict[str, float]) -> None:
        """Moves the confidence of each language by so many logits in every later snapshot."""
        with self._lock:
            self._shifts = shifts

    def _read_with(self, locale: str) -> Synonyms:
        """The everyday words of the locale's language, and those of this base."""
        language = language_of(locale)
        if language not in self._synonyms:
            sets = [*everyday(language), *self._own_synonyms.get(language, ())]
            self._synonyms[language] = Synonyms(sets, language)
        return self._synonyms[language]

    def apply(self, changes: Changes) -> KbSnapshot:
        """The snapshot with the changes in it. Only the locales that changed are touched; CPU-bound, for a thread.

        Idempotent, and safe when a caller that was cancelled has left its own thread at work: they take turns.
        """
        prepared = [prepare(article) for article in changes.shown]
        with self._lock:
            return self._applied(changes, prepared)

    def _applied(self, changes: Changes, prepared: Sequence[Prepared]) -> KbSnapshot:
        touched: set[str] = set()
        self._take([*changes.hidden, *(article.id for article in changes.shown)], touched)
        for locale in {article.locale for article in changes.shown}:
            writer = self._writers.setdefault(locale, ShelfWriter(locale))
            writer.use(self._read_with(locale))
            writer.put([one for one in prepared if one.entry.article.locale == locale])
            touched.add(locale)
        self._locale_of.update((article.id, article.locale) for article in changes.shown)
        for locale in touched:
            self._renew(locale)
        self._unstudied |= touched
        self._revision = changes.revision
        return self._seen()

    def _take(self, article_ids: Sequence[str], touched: set[str]) -> None:
        for article_id in article_ids:
            locale = self._locale_of.pop(article_id, None)
            if locale is not None:
                self._writers[locale].take([article_id])
                touched.add(locale)

    def _renew(self, locale: str) -> None:
        writer = self._writers[locale] = self._writers[locale].compacted()
        if len(writer):
            self._shelves[locale] = writer.shelf()
        else:
            del self._writers[locale]
            self._shelves.pop(locale, None)


class Library:
    """Hears of every commit that moves the revision, and looks every 0.4 s besides (one cheap statement), so that a lost
    connection or an article whose time has come is noticed as well; keeps the snapshot up to date.

    A failing database leaves the last snapshot in service; reading it never waits and never raises.
    """

    def __init__(self, db: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._db = db
        self._poll_seconds = poll_seconds
        self._heard = asyncio.Event()
        self._store = ArticleStore(db)
        self._terms = TermStore(db)
        self._shifts = ShiftStore(db)
        self._used: tuple[tuple[SynonymSet, ...], tuple[GlossaryTerm, ...]] = ((), ())
        self._shelving = Shelving()
        self._snapshot = KbSnapshot(-1, {})
        self._shown_at: datetime | None = None
        self._changing = asyncio.Lock()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Loads everything, then watches and studies. Raises when the database cannot be read; once a library."""
        await self.refresh()
        await self.study()
        loops = (self._watch(), self._study_forever(), listen(self._db, self._heard.set))
        self._tasks = [asyncio.create_task(one) for one in loops]

    async def stop(self) -> None:
        """Ends the watching; the last snapshot stays readable. Idempotent."""
        tasks, self._tasks = self._tasks, []
        await end(*tasks)

    async def study(self) -> KbSnapshot:
        """The snapshot with models and calibration of the articles as they are; until then the earlier ones serve.

        Work of a second or so in a thread, done by itself after each change; a snapshot that is newer by then stays.
        """
        found = await asyncio.to_thread(self._shelving.study)
        if found.revision >= self._snapshot.revision:
            self._snapshot = found
        return self._snapshot

    async def _study_forever(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.study()
            except Exception:  # noqa: BLE001 - searching goes on with what was learnt before
                _log.warning("kb_study_failed", exc_info=True)

    def snapshot(self) -> KbSnapshot:
        """The newest snapshot; at most a second behind the last commit while the database answers."""
        return self._snapshot

    @property
    def revision(self) -> int:
        """The revision of the snapshot; -1 before the first load."""
        return self._snapshot.revision

    async def refresh(self) -> KbSnapshot:
        """The snapshot with every change committed before this call in it. Concurrent calls take turns."""
        async with self._changing:
            if self._shown_at is not None and not await self._moved(self._shown_at):
                return self._snapshot
            # Read first: what is committed after it raises the revision again, so that nothing read later can be missed.
            changes = await self._store.changes(self._snapshot.revision, self._shown_at)
            terms = await self._terms.terms()
            used = (terms.synonyms, terms.glossary)
            if used != self._used:
                await asyncio.to_thread(self._shelving.use, *used)
                self._used = used
            self._shelving.trust(await self._shifts.in_force())
            found = await asyncio.to_thread(self._shelving.apply, changes)
            await hit("reindex_before_swap")
            self._snapshot = found
            self._shown_at = changes.at
            self._changed.set()
            return self._snapshot

    async def _moved(self, shown_at: datetime) -> bool:
        return await self._store.revision() != self._snapshot.revision or await self._store.anything_due(
            shown_at
        )

    async def _watch(self) -> None:
        while True:
            await rest(self._heard, self._poll_seconds)
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001 - whatever fails, the next look tries again
                _log.warning("kb_refresh_failed", exc_info=True)
