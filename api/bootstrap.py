"""The composition root: builds the parts of a process in order, starts them, and takes them down in the opposite order."""

import contextlib
from collections.abc import AsyncIterator

from api.absences import Absences
from api.addresses import Addresses
from api.agents_seen import AgentsSeen
from api.channel_parts import build_channels
from api.channels import channel_secrets
from api.erasing import Eraser
from api.files.blobs import Blobs, FolderBlobs
from api.files.store import FileStore
from api.judgement import judgement_of
from api.lifetime import Lifetime
from api.limits import Limits
from api.origins import Origins
from api.rows import Rows
from api.services import Services
from api.trust import Trust
from api.ws.hub import Hub
from bots.decider.bundle import BundleSource
from bots.playbooks.live import LivePlaybooks
from funnel.conversations.events import Logged
from funnel.conversations.render import Audience, render_event
from funnel.core import failpoints, schema
from funnel.core.clock import Clock, SystemClock
from funnel.core.data_folder import secret_key
from funnel.core.database import Database, open_database
from funnel.core.security import Signer, derive
from funnel.core.settings import Settings
from funnel.people.credentials import Credentials
from funnel.people.directory import Directory
from funnel.people.services import People
from funnel.replies.store import SavedReplies
from funnel.routing.estimates import Estimates
from funnel.turns.cursors import Cursors
from funnel.turns.epoch import current_epoch
from funnel.turns.feed import Feed, Render
from funnel.turns.pipeline import Pipeline
from funnel.turns.timers import TimerLoop
from kb.importers.runner import ImportRunner
from kb.library import Library

__all__ = ["Services", "running"]


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    gateway: bool = True,
    workers: bool = True,
    clock: Clock | None = None,
    database: Database | None = None,
) -> AsyncIterator[Services]:
    """The parts of one process, started. `gateway`: it has sockets; `workers`: it fires timers and minds absences.

    `database` is one that is open and migrated already (tests); otherwise the settings' own is opened and migrated.
    """
    failpoints.configure(settings.failpoints)
    async with contextlib.AsyncExitStack() as stack:
        if database is None:
            database = await stack.enter_async_context(open_database(settings))
            await schema.upgrade(database)
        services = await _build(settings, clock or SystemClock(), database)
        await _start(services, stack, gateway=gateway, workers=workers)
        yield services


async def _build(settings: Settings, clock: Clock, db: Database) -> Services:
    key, credentials = secret_key(settings), Credentials(db, settings, clock=clock)
    library, estimates, directory, playbooks = Library(db), Estimates(db), Directory(db), LivePlaybooks(db)
    render = _renderer(files := _files(settings, clock, db, key))
    feed = Feed(db, settings, render)
    judgement = judgement_of(db, clock, directory, playbooks.now)
    bundle = BundleSource(library, directory, estimates, judgement.live, playbooks)
    pipeline = Pipeline(db, bundle.pin, feed, settings, bundle.catch_up)
    people = People(db, settings, clock, credentials, directory, channel_secrets())
    return Services(
        settings=settings,
        clock=clock,
        db=db,
        library=library,
        imports=ImportRunner(db, library.refresh),
        playbooks=playbooks,
        directory=directory,
        credentials=credentials,
        estimates=estimates,
        bundle=bundle,
        feed=feed,
        pipeline=pipeline,
        timers=TimerLoop(db, pipeline, settings),
        cursors=Cursors(derive(key, "cursors"), await current_epoch(db)),
        files=files,
        rows=Rows(db.pool),
        limits=Limits(settings.limits),
        addresses=(addresses := Addresses(settings.server)),
        origins=Origins(directory, addresses),
        hub=Hub(),
        people=people,
        channels=build_channels(settings, clock, db, people, directory, pipeline, files, feed, playbooks.now),
        replies=SavedReplies(db),
        judgement=judgement,
        lifetime=Lifetime(),
        agents_seen=AgentsSeen(),
        render=render,
        key=key,
    )


def _renderer(files: FileStore) -> Render:
    def render(event: Logged, audience: Audience) -> bytes:
        return render_event(event, audience, files.link)

    return render


def _files(settings: Settings, clock: Clock, db: Database, key: bytes) -> FileStore:
    signer = Signer(derive(key, "attachments"))
    seconds = settings.security.attachment_link_seconds
    return FileStore(db.pool, _blobs(settings), signer, clock, link_seconds=seconds)


def _blobs(settings: Settings) -> Blobs:
    """Raises SettingsError for a bucket without the library that reaches it."""
    if settings.uploads.s3_bucket is None:
        return FolderBlobs(settings.uploads_dir)
    from api.files.s3 import S3Blobs  # noqa: PLC0415 - an extra of the package, for those who set a bucket

    return S3Blobs(settings.uploads)


async def _start(
    services: Services, stack: contextlib.AsyncExitStack, *, gateway: bool, workers: bool
) -> None:
    """In the order in which they need each other; each is stopped, also where a later one fails to start."""
    read_models = (
        services.directory,
        services.library,
        services.estimates,
        services.judgement.live,
        services.playbooks,
    )
    for part in (*read_models, services.feed, services.pipeline):
        stack.push_async_callback(part.stop)
        await part.start()
    services.bundle.warm_up()
    if workers:
        stack.push_async_callback(services.timers.stop)
        await services.timers.start()
        stack.push_async_callback(services.imports.stop)
        await services.imports.start()
        for worker in (services.judgement.runner, services.judgement.shadow):
            stack.push_async_callback(worker.stop)
            await worker.start()
        for watch in (Absences(services), Trust(services), Eraser(services)):
            stack.push_async_callback(watch.stop)
            await watch.start()
    await services.channels.start(stack, gateway=gateway, workers=workers)
    if gateway:
        stack.push_async_callback(services.hub.stop)
        await services.hub.start(services)
