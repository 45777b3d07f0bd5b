"""The media worker: files of messages are fetched at once, tried again for hours, told to the conversation; deleted ones are erased."""

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

import asyncpg
from msgspec import Struct

from bots.intake import counts
from bots.intake.opening import events_of
from bots.media.downloading import Downloader, NotNowError, RefusedFileError
from funnel.channels.inbound import InboundEvent, Part
from funnel.channels.port import Account, Connector
from funnel.conversations.commands import UpdateAttachment
from funnel.conversations.values import SYSTEM, Attachment
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import end, rest
from funnel.people.accounts import Accounts
from funnel.people.sealing import Unsealer
from funnel.turns.arrivals import Arrivals
from funnel.turns.lanes import Lane
from funnel.turns.media_jobs import MediaJob, MediaJobs, Shown
from funnel.turns.pipeline import Pipeline

MOST_FILES: Final = 30
AT_ONCE: Final = 8
PARTS_AT_ONCE: Final = 4
LEASE_SECONDS: Final = 120.0
POLL_SECONDS: Final = 1.0
FORGET_SECONDS: Final = 3600.0
# Platforms keep a file from minutes (links) to days (ids); after about three hours it is given up.
LATER_SECONDS: Final = (2.0, 10.0, 60.0, 300.0, 1800.0, 7200.0)
NO_TURN_SECONDS: Final = 2.0
NO_TURN_ATTEMPTS: Final = 5
_CONTENT_TYPES: Final = {
    "image": "image/jpeg", "audio": "audio/ogg", "video": "video/mp4", "sticker": "image/webp",
    "location": "text/plain", "contact": "text/plain", "link": "text/plain",
}  # fmt: skip
_BROKEN = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError)
log = get_logger(__name__)


class Kept(Struct, frozen=True):
    """Whose a fetched file is and where it is shown."""

    id: str
    contact_id: str
    conversation_id: str
    message_id: str
    name: str


class Files(Protocol):
    """Where files lie."""

    async def keep(self, file: Kept, data: bytes) -> Attachment:
        """Stores a file under its id, as it really is. Idempotent. Raises FunnelError type_not_allowed, image_invalid."""
        ...

    async def erase_of(self, message_id: str) -> None:
        """Deletes every file of a message, bytes first. Idempotent."""
        ...


def placeholder(inbox_id: str, key: str, number: int, part: Part) -> Attachment:
    """A file as its message names it before it is fetched. Its id follows from inbox and event, so that it is the same ever after."""
    raw = hashlib.blake2b(
        f"{inbox_id}:{key}:{number}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()
    media = part.media
    name = (media.filename if media is not None else None) or _described(part) or part.raw_type or part.type
    kind = (media.mime if media is not None else None) or _CONTENT_TYPES.get(
        part.type, "application/octet-stream"
    )
    size = (media.size or 0) if media is not None else 0
    return Attachment(
        id=str(UUID(bytes=raw, version=4)), name=name[:200], content_type=kind[:100], size=max(size, 0)
    )


def placeholders(inbox_id: str, event: InboundEvent) -> tuple[Attachment, ...]:
    """The files of a message, in order."""
    parts = event.message.parts if event.message is not None else ()
    return tuple(
        placeholder(inbox_id, event.dedup_key, number, part) for number, part in enumerate(parts[:MOST_FILES])
    )


def _described(part: Part) -> str:
    spot = f"{part.lat}, {part.lon}" if part.lat is not None and part.lon is not None else None
    return ", ".join(filter(None, (part.name, part.address, spot, part.url)))


class MediaWorker:
    """Any number may run on one database: a job is leased, a file's id is fixed, what is told is told once."""

    def __init__(
        self,
        jobs: MediaJobs,
        arrivals: Arrivals,
        accounts: Accounts,
        sealer: Unsealer,
        connectors: Mapping[str, Connector],
        files: Files,
        downloader: Downloader,
        pipeline: Pipeline,
    ) -> None:
        self._jobs = jobs
        self._arrivals = arrivals
        self._accounts = accounts
        self._sealer = sealer
        self._connectors = connectors
        self._files = files
        self._downloader = downloader
        self._pipeline = pipeline
        self._awake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins to fetch."""
        self._tasks = [
            *(asyncio.create_task(self._run(), name="media") for _ in range(AT_ONCE)),
            asyncio.create_task(self._forget(), name="media forgets"),
        ]

    async def stop(self) -> None:
        """Stops; what was claimed is left to its lease. Idempotent."""
        tasks, self._tasks = self._tasks, []
        await end(*tasks)

    def wake(self) -> None:
        """Looks again now."""
        self._awake.set()

    async def run_due(self) -> int:
        """Does one job that is due; returns how many there were. One at a time, so that a slow platform holds one runner only."""
        claimed = await self._jobs.claim(1, LEASE_SECONDS)
        for job in claimed:
            try:
                await self._do(job)
            except (FunnelError, *_BROKEN) as error:
                log.warning("media_job_later", inbox_id=job.inbox_id, error_type=type(error).__name__)
                await self._later(job, job.settled)
            except Exception:
                log.exception("media_job_broke", inbox_id=job.inbox_id)
                await self._later(job, job.settled)
        return len(claimed)

    async def _run(self) -> None:
        while True:
            try:
                if await self.run_due():
                    continue
            except _BROKEN as error:
                log.warning("media_unread", error_type=type(error).__name__)
            self._awake.clear()
            await rest(self._awake, POLL_SECONDS)

    async def _forget(self) -> None:
        while True:
            with contextlib.suppress(*_BROKEN):
                await self._jobs.forget_old()
            await asyncio.sleep(FORGET_SECONDS)

    async def _later(self, job: MediaJob, settled: Sequence[int]) -> None:
        """Again after a while; after the last while it is lost."""
        if job.attempts > len(LATER_SECONDS):
            await self._jobs.settle(job, "lost", settled)
        else:
            await self._jobs.settle(job, "waiting", settled, LATER_SECONDS[job.attempts - 1])

    async def _do(self, job: MediaJob) -> None:
        account = await self._accounts.find(job.inbox_id)
        connector = self._connectors.get(account.channel) if account is not None else None
        if account is None or connector is None:
            await self._jobs.settle(job, "lost", job.settled)  # the inbox was closed
            return
        request = await self._jobs.request(job.request_id)
        if job.kind == "fetch":
            shown = await self._jobs.shown(job.inbox_id, job.dedup_key)
            if shown is not None and request is not None and not shown.gone:
                event = await self._event(connector, account, job, request[0])
                if event is not None:
                    await self._fetch(job, connector, account, event, shown)
                    return
            settled = shown is not None or request is None
        elif settled := await self._jobs.recorded(job.inbox_id, job.dedup_key):
            event = await self._event(connector, account, job, request[0]) if request is not None else None
            await self._erase(job, event)
        if settled or job.attempts >= NO_TURN_ATTEMPTS:
            await self._jobs.settle(job, "done", job.settled)
        else:
            await self._jobs.settle(job, "waiting", job.settled, NO_TURN_SECONDS)

    async def _event(
        self, connector: Connector, account: Account, job: MediaJob, sealed: bytes
    ) -> InboundEvent | None:
        events = await events_of(self._sealer, connector, account, job.request_id, sealed)
        return next((event for event in events if event.dedup_key == job.dedup_key), None)

    async def _erase(self, job: MediaJob, event: InboundEvent | None) -> None:
        """What the contact took back: its files, and the raw request that brought it."""
        target = event.target_id if event is not None else None
        if target is None:
            return
        found = (await self._arrivals.named(job.inbox_id, [target])).get(target)
        if found is not None:
            await self._files.erase_of(found.message_id)
            await self._jobs.forget_request(job.inbox_id, target)

    async def _fetch(
        self, job: MediaJob, connector: Connector, account: Account, event: InboundEvent, shown: Shown
    ) -> None:
        parts = event.message.parts[:MOST_FILES] if event.message is not None else ()
        free = asyncio.Semaphore(PARTS_AT_ONCE)
        last = job.attempts > len(LATER_SECONDS)

        async def one(number: int, part: Part) -> bool:
            file = placeholder(account.inbox_id, event.dedup_key, number, part)
            async with free:
                return await self._one(connector, account, part, file, shown, last=last)

        open_ = [number for number in range(len(parts)) if number not in job.settled]
        ends = await asyncio.gather(*(one(number, parts[number]) for number in open_))
        settled = {*job.settled, *(number for number, done in zip(open_, ends, strict=True) if done)}
        if len(settled) == len(parts) or last:
            await self._jobs.settle(job, "done" if len(settled) == len(parts) else "lost", sorted(settled))
        else:
            await self._later(job, sorted(settled))

    async def _one(
        self, connector: Connector, account: Account, part: Part, file: Attachment, shown: Shown, *, last: bool
    ) -> bool:  # fmt: skip
        """Whether this file is dealt with for good."""
        kept = Kept(file.id, shown.contact_id, shown.conversation_id, shown.message_id, file.name)
        try:
            if part.media is None:
                data = _described(part).encode("utf-8", "replace") or part.raw_type.encode("utf-8", "replace")
            else:
                data = await self._downloader.get(connector, account, part.media)
            stored = await self._files.keep(kept, data)
        except NotNowError as error:
            state, reason = ("lost", str(error)) if last else ("delayed", str(error))
        except RefusedFileError as error:
            state, reason = "refused", str(error)
        except FunnelError as refusal:
            if refusal.kind is not ErrorKind.INVALID:
                raise
            state, reason = "refused", refusal.code
        else:
            await self._tell(shown, stored, "stored", None)
            counts.media.labels(account.channel, "stored").inc()
            return True
        counts.media.labels(account.channel, state).inc()
        await self._tell(shown, file, state, reason)
        return state == "refused"

    async def _tell(self, shown: Shown, file: Attachment, state: str, reason: str | None) -> None:
        """Each state of a file is told once."""
        command = UpdateAttachment(
            command_id=f"media:{file.id}:{state}",
            actor=SYSTEM,
            conversation_id=shown.conversation_id,
            message_id=shown.message_id,
            attachment=file,
            state=state,  # type: ignore[arg-type]
            reason=reason,
        )
        await self._pipeline.submit(command, Lane.BULK)
