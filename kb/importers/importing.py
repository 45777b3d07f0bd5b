"""An import from files to stored articles: read and examined in a thread, stored all at once, then compared with the rest."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from funnel.core.database import Database
from funnel.core.errors import invalid
from kb.articles import group_of_key
from kb.bulk import OF_ARTICLE, BulkStore, ImportItem, Incoming, Result
from kb.comparing import compare
from kb.hygiene.examined import examine
from kb.importers.reading import Item, read_source
from kb.importers.sources import Source, folder_sources
from kb.linking import check_links

_AT_ONCE: Final = 50
Progress = Callable[[int, int], Awaitable[None]]


class Options(msgspec.Struct, frozen=True):
    """How files are taken: sources are known under `prefix`; articles without sites get `sites`, texts that do not tell
    their language get `locale`.
    """

    prefix: str = ""
    sites: tuple[str, ...] = ()
    locale: str | None = None


class ImportReport(msgspec.Struct, frozen=True):
    """Every article of an import, in the order of the files."""

    items: tuple[ImportItem, ...]

    def count(self, result: Result) -> int:
        """How many ended so."""
        return sum(item.result is result for item in self.items)


class Importer:
    """Imports files into the knowledge base; the same files again change nothing.

    An article is known by `prefix` and its relative path, or by the source that its text names: a changed file changes its
    article, a file that has gone leaves its article alone. All of an import is stored in one transaction.
    """

    def __init__(self, db: Database, options: Options | None = None, *, author_id: str | None = None) -> None:
        self._db = db
        self._options = options or Options()
        self._author_id = author_id

    async def folder(self, folder: Path) -> ImportReport:
        """Imports a folder. Raises INVALID when it is not one."""
        if not folder.is_dir():  # noqa: ASYNC240 - a local look-up, by the command line
            raise invalid("folder_missing", "The folder to import does not exist.")
        return await self.sources(await asyncio.to_thread(lambda: list(folder_sources(folder))))

    async def sources(self, sources: Sequence[Source], progress: Progress | None = None) -> ImportReport:
        """Imports files already read; `progress` hears how many of how many are read, 50 at a time."""
        read: list[ImportItem | Incoming] = []
        for first in range(0, len(sources), _AT_ONCE):
            read += await asyncio.to_thread(self._read, sources[first : first + _AT_ONCE])
            if progress is not None:
                await progress(min(first + _AT_ONCE, len(sources)), len(sources))
        incoming = [one for one in read if isinstance(one, Incoming)]
        stored = iter(await BulkStore(self._db).apply(incoming, author_id=self._author_id))
        items = [next(stored) if isinstance(one, Incoming) else one for one in read]
        changed = [one.article_id for one in items if one.result in (Result.CREATED, Result.UPDATED)]
        compared = await compare(self._db, [one for one in changed if one])
        dead = await check_links(self._db) if changed else {}
        return ImportReport(
            tuple(
                msgspec.structs.replace(
                    one,
                    findings=(
                        *one.findings,
                        *compared.get(one.article_id or "", ()),
                        *dead.get(one.article_id or "", ()),
                    ),
                )
                for one in items
            )
        )

    def _read(self, sources: Sequence[Source]) -> list[ImportItem | Incoming]:
        return [
            self._incoming(item) for source in sources for item in read_source(source, self._options.locale)
        ]

    def _incoming(self, item: Item) -> ImportItem | Incoming:
        draft = item.draft
        if draft is None:
            return ImportItem(item.path, Result.FAILED, None, item.problems)
        content = draft.content
        if not content.sites:
            content = msgspec.structs.replace(content, sites=self._options.sites)
        prefix = self._options.prefix
        source = draft.source or item.path
        return Incoming(
            item.path,
            source if source.startswith(OF_ARTICLE) else prefix + source,
            content,
            examine(content, item.notes),
            group_of_key(draft.key if _is_group(draft.key) else prefix + draft.key) if draft.key else None,
        )


def _is_group(key: str) -> bool:
    return group_of_key(key) == key.lower()
