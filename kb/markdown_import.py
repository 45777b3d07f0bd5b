"""Import of a folder or a zip archive of Markdown files: idempotent by path, one bad file never stops the others."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from funnel.core.errors import FunnelError, invalid
from kb.articles import group_of_key
from kb.front_matter import Draft, Problem, read
from kb.store import ArticleStore

LARGEST_FILE: Final = 1_000_000
MOST_FILES: Final = 5_000
LARGEST_TOTAL: Final = 100_000_000
_ENDINGS: Final = (".md", ".markdown")
_LONGEST_PATH: Final = 500


class Result(StrEnum):
    """What became of a file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class ImportItem(msgspec.Struct, frozen=True):
    """One file of an import; `path` is relative to the folder and names the article's source from then on."""

    path: str
    result: Result
    article_id: str | None = None
    problems: tuple[Problem, ...] = ()


class ImportReport(msgspec.Struct, frozen=True):
    """Every file of an import, by path."""

    items: tuple[ImportItem, ...]

    def count(self, result: Result) -> int:
        """How many files ended so."""
        return sum(item.result is result for item in self.items)


class Source(msgspec.Struct, frozen=True):
    """A file to import: its relative path and its bytes, or why they could not be read."""

    path: str
    data: bytes
    problem: str | None = None


def folder_sources(folder: Path) -> Iterator[Source]:
    """The Markdown files below a folder, by path. Hidden files, README files and symbolic links are passed over."""
    count = 0
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not _wanted(PurePosixPath(relative.as_posix())) or path.is_symlink() or not path.is_file():
            continue
        count += 1
        if count > MOST_FILES:
            raise invalid("too_many_files", f"An import takes at most {MOST_FILES} files.")
        if any(parent.is_symlink() for parent in _between(folder, path)):
            continue
        if path.stat().st_size > LARGEST_FILE:
            yield Source(relative.as_posix(), b"", "The file is larger than 1 MB.")
        else:
            yield Source(relative.as_posix(), path.read_bytes())


def _between(folder: Path, path: Path) -> list[Path]:
    return [parent for parent in path.parents if folder in parent.parents]


def _wanted(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in _ENDINGS and not hidden and path.stem.upper() != "README"


def zip_sources(data: bytes) -> Iterator[Source]:
    """The Markdown files in a zip archive, by path; nothing is written to disk. Raises INVALID for a bad archive."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise invalid("archive_invalid", "The upload is not a zip archive.") from None
    with archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and _wanted(PurePosixPath(member.filename))
        ]
        if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_TOTAL:
            raise invalid(
                "archive_too_large", f"An import takes at most {MOST_FILES} files and 100 MB of text."
            )
        for member in sorted(members, key=lambda member: member.filename):
            yield _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Source:
    """One file; the size is enforced while unpacking, whatever the archive claims."""
    try:
        with archive.open(member) as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        return Source(member.filename, b"", "The file cannot be unpacked.")
    except Exception:  # noqa: BLE001 - decompressors raise errors of their own on damaged data
        return Source(member.filename, b"", "The file cannot be unpacked.")
    if len(data) > LARGEST_FILE:
        return Source(member.filename, b"", "The file is larger than 1 MB.")
    return Source(member.filename, data)


class MarkdownImport:
    """Imports files into the knowledge base; the same files again change nothing.

    A file is known by `prefix` and its relative path: a changed file changes its article, a file that has gone leaves
    its article alone. Each file is a transaction of its own. Files without `sites` get `sites`.
    """

    def __init__(
        self,
        store: ArticleStore,
        *,
        prefix: str = "",
        sites: Sequence[str] = (),
        author_id: str | None = None,
    ) -> None:
        self._store = store
        self._prefix = prefix
        self._sites = tuple(sites)
        self._author_id = author_id

    async def folder(self, folder: Path) -> ImportReport:
        """Imports a folder. Raises INVALID when it is not one."""
        if not folder.is_dir():  # noqa: ASYNC240 - a local look-up, by the command line
            raise invalid("folder_missing", "The folder to import does not exist.")
        return await self.sources(list(folder_sources(folder)))

    async def sources(self, sources: Sequence[Source]) -> ImportReport:
        """Imports files already read."""
        return ImportReport(tuple([await self._item(source) for source in sources]))

    async def _item(self, source: Source) -> ImportItem:
        path = source.path
        if source.problem is not None or len(path) > _LONGEST_PATH or "\0" in path:
            return _failed(path, Problem(1, source.problem or "The path is longer than 500 characters."))
        try:
            text = source.data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = source.data[: error.start].count(b"\n") + 1
            return _failed(path, Problem(line, "The file is not UTF-8."))
        draft = read(text)
        if not isinstance(draft, Draft):
            return _failed(path, *draft)
        try:
            return await self._stored(path, draft)
        except FunnelError as error:
            return _failed(path, Problem(1, error.detail))

    async def _stored(self, path: str, draft: Draft) -> ImportItem:
        content = draft.content
        if not content.sites:
            content = msgspec.structs.replace(content, sites=self._sites)
        group = group_of_key(self._prefix + draft.key) if draft.key else None
        source_id = self._prefix + path
        before = await self._store.find_source(source_id)
        if before is None:
            made = await self._store.create(
                content, author_id=self._author_id, group_id=group, source_id=source_id
            )
            return ImportItem(path, Result.CREATED, made.id)
        after = await self._store.update(before.id, content, None, author_id=self._author_id, group_id=group)
        return ImportItem(
            path, Result.UNCHANGED if after.revision == before.revision else Result.UPDATED, after.id
        )


def _failed(path: str, *problems: Problem) -> ImportItem:
    return ImportItem(path, Result.FAILED, None, problems)
