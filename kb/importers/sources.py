"""Where files to import come from: a folder, an archive, one upload. Guarded against what archives can do; nothing is unpacked to disk."""

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from funnel.core.errors import invalid

ARTICLE_ENDINGS: Final = (".md", ".markdown", ".html", ".htm", ".txt")
TABLE_ENDINGS: Final = (".csv", ".tsv", ".json", ".jsonl")
LARGEST_FILE: Final = 1_000_000
LARGEST_TABLE: Final = 50_000_000
MOST_FILES: Final = 5_000
MOST_ENTRIES: Final = 20_000
LARGEST_TOTAL: Final = 100_000_000
LONGEST_PATH: Final = 500
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_536


class Source(msgspec.Struct, frozen=True):
    """A file to import: its relative path and its bytes, or why they could not be read."""

    path: str
    data: bytes
    problem: str | None = None


def single_source(name: str, data: bytes) -> Source:
    """One uploaded file under its own name."""
    return Source(name, data, _too_large(name, len(data)))


def folder_sources(folder: Path) -> Iterator[Source]:
    """The files below a folder that can be imported, by path. Hidden files, README files and symbolic links are passed over."""
    count = 0
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not _wanted(PurePosixPath(relative.as_posix())) or path.is_symlink() or not path.is_file():
            continue
        count += 1
        if count > MOST_FILES:
            raise invalid("too_many_files", f"An import takes at most {MOST_FILES} files.")
        if any(parent.is_symlink() for parent in path.parents if folder in parent.parents):
            continue
        problem = _too_large(relative.as_posix(), path.stat().st_size)
        yield Source(relative.as_posix(), b"" if problem else path.read_bytes(), problem)


def _wanted(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return (
        path.suffix.lower() in ARTICLE_ENDINGS + TABLE_ENDINGS
        and not hidden
        and path.stem.upper() != "README"
    )


def _too_large(name: str, size: int) -> str | None:
    if name.lower().endswith(TABLE_ENDINGS):
        return "The file is larger than 50 MB." if size > LARGEST_TABLE else None
    return "The file is larger than 1 MB." if size > LARGEST_FILE else None


def zip_sources(data: bytes) -> Iterator[Source]:
    """The files in a zip archive that can be imported, by path. Raises INVALID for a bad archive or one that holds too much.

    The number of entries is read before the list of them, and sizes count as unpacked, whatever the archive claims.
    """
    if _entries(data) > MOST_ENTRIES:
        raise invalid("archive_too_large", f"An archive has at most {MOST_ENTRIES} entries.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise invalid("archive_invalid", "The upload is not a zip archive.") from None
    with archive:
        members = [
            member for member in archive.infolist() if not member.is_dir() and _listed(member.filename)
        ]
        if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_TOTAL:
            raise invalid(
                "archive_too_large", f"An import takes at most {MOST_FILES} files and 100 MB of text."
            )
        left = LARGEST_TOTAL
        for member in sorted(members, key=lambda member: member.filename):
            source = _member(archive, member)
            left -= len(source.data)
            if left < 0:
                raise invalid("archive_too_large", "An import takes at most 100 MB of text.")
            yield source


def _entries(data: bytes) -> int:
    """How many entries the archive says it has; 0 where no end of an archive is found."""
    place = data.rfind(_END, max(0, len(data) - _END_BYTES - _LONGEST_COMMENT))
    return int.from_bytes(data[place + 10 : place + 12], "little") if place >= 0 else 0


def _listed(name: str) -> bool:
    """What cannot be an article is passed over in silence; a path that leads out of the archive is reported."""
    path = PurePosixPath(name.replace("\\", "/"))
    return _wanted(PurePosixPath(*(part for part in path.parts if part not in ("..", "/"))))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Source:
    name = member.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return Source(name, b"", "The path leads out of the archive.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Source(name, b"", "The entry is a link.")
    most = LARGEST_TABLE if name.lower().endswith(TABLE_ENDINGS) else LARGEST_FILE
    try:
        with archive.open(member) as stream:
            data = stream.read(most + 1)
    except Exception:  # noqa: BLE001 - decompressors raise errors of their own on damaged data
        return Source(name, b"", "The file cannot be unpacked.")
    problem = _too_large(name, len(data))
    return Source(name, b"" if problem else data, problem)
