"""Files: bytes under their id in the uploads folder or a bucket, facts in the table `uploads`. A turn marks them as used."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import asyncpg
from msgspec import Struct

from api.files.blobs import Blobs
from api.files.images import reencode
from api.files.names import clean_name
from api.files.sniff import FileType, sniff
from bots.media.worker import Kept
from funnel.conversations.values import Attachment
from funnel.core.clock import Clock
from funnel.core.errors import invalid
from funnel.core.ids import is_id, new_id
from funnel.core.security import Signer

_PURPOSE = "attachment"
_ADD = """
insert into uploads (id, owner_kind, owner_id, name, content_type, size, sha256)
values ($1::uuid, $2, $3::uuid, $4, $5, $6, $7)
"""
_KEEP = """
insert into uploads (id, owner_kind, owner_id, name, content_type, size, sha256, conversation_id, message_id, uses)
values ($1::uuid, 'contact', $2::uuid, $3, $4, $5, $6, $7::uuid, $8::uuid, 1) on conflict (id) do nothing
"""
_GONE = """
select exists (
  select from events where conversation_id = $1::uuid and type in ('message.deleted', 'message.redacted')
    and data ->> 'message_id' = $2
)
"""
_OF_MESSAGE = "select id from uploads where message_id = $1::uuid"
_ERASE = "delete from uploads where message_id = $1::uuid"
_ERASE_ONE = "delete from uploads where id = $1::uuid"
_FIND = "select id, name, content_type, size from uploads where id = $1::uuid"
_OWN = """
select u.id, u.name, u.content_type, u.size,
       u.message_id is null or exists (
         select from events e
         where e.conversation_id = u.conversation_id and e.type = 'message.created'
           and e.data ->> 'message_id' = u.message_id::text and e.data ->> 'client_message_id' = $4
       ) as usable
from uploads u
where u.id = any ($1::uuid[]) and u.owner_kind = $2 and u.owner_id = any ($3::uuid[])
"""


class StoredFile(Struct, frozen=True):
    """A file and its bytes, as a file of this machine or in pieces."""

    attachment: Attachment
    content: AsyncIterator[bytes] | Path


class FileStore:
    """Keeps files outside any web root and gives them out by links that end."""

    def __init__(
        self, pool: asyncpg.Pool, blobs: Blobs, signer: Signer, clock: Clock, *, link_seconds: int
    ) -> None:
        self._pool = pool
        self._blobs = blobs
        self._signer = signer
        self._clock = clock
        self._link_seconds = link_seconds

    def link(self, upload_id: str) -> str:
        """The address of a file, good for five minutes by default."""
        ends = self._clock.now() + timedelta(seconds=self._link_seconds)
        return f"/v1/attachments/{upload_id}?sig={self._signer.sign(_PURPOSE, upload_id, ends)}"

    async def add(self, owner_kind: str, owner_id: str, name: str | None, data: bytes) -> Attachment:
        """Stores a file: the bytes are kept before the row is. Raises 422 type_not_allowed or image_invalid."""
        kind, safe = await asyncio.to_thread(_make_safe, data)
        attachment = Attachment(
            id=new_id(), name=clean_name(name, kind.extension), content_type=kind.content_type, size=len(safe)
        )
        await self._blobs.put(attachment.id, safe)
        await self._pool.execute(
            _ADD, attachment.id, owner_kind, owner_id, attachment.name, attachment.content_type, attachment.size,
            hashlib.sha256(safe).digest(),
        )  # fmt: skip
        return attachment

    async def keep(self, file: Kept, data: bytes) -> Attachment:
        """Stores a channel's file under its fixed id, as it really is. Idempotent; erased again where its message was taken back
        meanwhile. Raises 422 type_not_allowed or image_invalid."""
        kind, safe = await asyncio.to_thread(_make_safe, data, from_channel=True)
        attachment = Attachment(
            id=file.id,
            name=clean_name(file.name, kind.extension),
            content_type=kind.content_type,
            size=len(safe),
        )
        await self._blobs.put(file.id, safe)
        await self._pool.execute(
            _KEEP, file.id, file.contact_id, attachment.name, attachment.content_type, attachment.size,
            hashlib.sha256(safe).digest(), file.conversation_id, file.message_id,
        )  # fmt: skip
        if await self._pool.fetchval(_GONE, file.conversation_id, file.message_id):
            await self.erase_of(file.message_id)
        return attachment

    async def erase_of(self, message_id: str) -> None:
        """Deletes every file of a message, the bytes first. Idempotent."""
        for record in await self._pool.fetch(_OF_MESSAGE, message_id):
            await self._blobs.delete(str(record["id"]))
        await self._pool.execute(_ERASE, message_id)

    async def erase(self, upload_id: str) -> None:
        """Deletes one file, the bytes first. Idempotent."""
        await self._blobs.delete(upload_id)
        await self._pool.execute(_ERASE_ONE, upload_id)

    async def own(
        self, owner_kind: str, owner_ids: Sequence[str], ids: Sequence[str], client_message_id: str
    ) -> tuple[Attachment, ...]:
        """The caller's uploads in the order given, unused or used by this very message (a repeat).

        Raises 422 attachment_invalid for any other; a foreign file is not told apart from none.
        """
        if not ids:
            return ()
        records = await self._pool.fetch(_OWN, list(ids), owner_kind, list(owner_ids), client_message_id)
        known = {
            str(record["id"]): Attachment(
                id=str(record["id"]),
                name=record["name"],
                content_type=record["content_type"],
                size=record["size"],
            )
            for record in records
            if record["usable"]
        }
        if len(set(ids)) != len(ids) or not known.keys() >= set(ids):
            raise invalid("attachment_invalid", "An attachment must be an own upload that is not used yet.")
        return tuple(known[upload_id] for upload_id in ids)

    async def open(self, upload_id: str, signature: str) -> StoredFile | None:
        """The file of a valid link; None where the link is forged, over, or for another file."""
        if not is_id(upload_id):
            return None
        if self._signer.verify(_PURPOSE, signature, self._clock.now()) != upload_id.lower():
            return None
        record = await self._pool.fetchrow(_FIND, upload_id.lower())
        content = await self._blobs.read(upload_id.lower()) if record is not None else None
        if record is None or content is None:
            return None
        attachment = Attachment(
            id=str(record["id"]),
            name=record["name"],
            content_type=record["content_type"],
            size=record["size"],
        )
        return StoredFile(attachment, content)


def _make_safe(data: bytes, *, from_channel: bool = False) -> tuple[FileType, bytes]:
    kind = sniff(data, from_channel=from_channel)
    return kind, reencode(data, kind) if kind.image_format else data
