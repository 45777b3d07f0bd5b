"""The built files in memory: content, compressed copies, types and cache rules. Read once a process, off the event loop."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "files"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
}
_COMPRESSED = {".br": b"br", ".gz": b"gzip"}


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file; `encoded` holds its smaller copies by content coding, the best first."""

    content: bytes
    content_type: bytes
    etag: bytes
    immutable: bool
    encoded: tuple[tuple[bytes, bytes], ...] = ()

    def fitting(self, accepted: str) -> tuple[bytes | None, bytes]:
        """The coding and content for an `Accept-Encoding` header (a coding with q=0 is not accepted)."""
        if self.encoded:
            wanted = {
                part.partition(";")[0].strip() for part in accepted.lower().split(",") if not _refused(part)
            }
            for coding, content in self.encoded:
                if coding.decode() in wanted:
                    return coding, content
        return None, self.content


class BuiltFiles:
    """Every built file by its path below the folder; empty where nothing was built."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._files: Mapping[str, BuiltFile] | None = None
        self._reading = asyncio.Lock()

    async def all(self) -> Mapping[str, BuiltFile]:
        """The files, read at the first call."""
        if self._files is None:
            async with self._reading:
                if self._files is None:
                    self._files = await asyncio.to_thread(read_folder, self._folder)
        return self._files


def read_folder(folder: Path) -> dict[str, BuiltFile]:
    """Reads what may be served; names with a hash (everything below an `assets` folder) never change."""
    found: dict[str, BuiltFile] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        content_type = _TYPES.get(path.suffix)
        if content_type is None or not path.is_file():
            continue
        content = path.read_bytes()
        copies = ((coding, path.with_name(path.name + suffix)) for suffix, coding in _COMPRESSED.items())
        found[path.relative_to(folder).as_posix()] = BuiltFile(
            content=content,
            content_type=content_type.encode(),
            etag=b'"' + hashlib.sha256(content).hexdigest()[:20].encode() + b'"',
            immutable="assets" in path.relative_to(folder).parts,
            encoded=tuple((coding, copy.read_bytes()) for coding, copy in copies if copy.is_file()),
        )
    return found


def _refused(part: str) -> bool:
    name, _, weight = part.partition(";")
    return not name.strip() or weight.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000")
