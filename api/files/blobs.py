"""The bytes of files under their ids: in a private folder of this machine, or wherever a store of objects keeps them."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Protocol

PIECE: Final = 256 * 1024


class Blobs(Protocol):
    """What is kept is whole: `put` returns when the bytes are safe."""

    async def put(self, blob_id: str, data: bytes) -> None:
        """Keeps bytes under a new id, or the same ones again."""
        ...

    async def read(self, blob_id: str) -> AsyncIterator[bytes] | Path | None:
        """The bytes in pieces, or the file that they are; None where there are none."""
        ...

    async def delete(self, blob_id: str) -> None:
        """Idempotent."""
        ...


def place(blob_id: str) -> str:
    """A folder by the last two digits, which are random; the first ones are the time."""
    return f"{blob_id[-2:]}/{blob_id}"


class FolderBlobs:
    """Files in a folder outside any web root, private to the service (0700), written through to the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, blob_id: str, data: bytes) -> None:
        """On disk when it returns."""
        await asyncio.to_thread(self._write, self._folder / place(blob_id), data)

    async def read(self, blob_id: str) -> AsyncIterator[bytes] | Path | None:
        """The file itself."""
        path = self._folder / place(blob_id)
        return path if await asyncio.to_thread(path.is_file) else None

    async def delete(self, blob_id: str) -> None:
        """Idempotent."""
        path = self._folder / place(blob_id)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
