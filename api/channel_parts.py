"""The parts that move messages between platforms and turns, built together and started together."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from api.fetching import Fetching, build_fetching
from api.files.store import FileStore
from bots.connectors.registry import CONNECTORS
from bots.dialogue.playbooks import Playbooks
from bots.egress import Egress
from bots.intake.reading import Reader
from bots.intake.receiving import Receiver
from bots.intake.worker import Intake
from bots.media.downloading import Downloader
from bots.media.worker import MediaWorker
from bots.outgoing.allowances import AllowanceWorker
from bots.outgoing.footing import Footer
from bots.outgoing.hooks import HookWorker
from bots.outgoing.left import LeftMail
from bots.outgoing.mailing import SmtpSender
from bots.outgoing.marking import Marker
from bots.outgoing.paging import ON_CALL_CALLS, Pager
from bots.outgoing.sending import senders
from bots.outgoing.templates import Templates
from bots.outgoing.webhooks import WebhookWorker
from bots.tokens import Tokens
from funnel.channels.reply_tokens import ReplyTokens
from funnel.conversations.events import Logged
from funnel.conversations.render import Audience, render_event
from funnel.conversations.state import UNSEEN
from funnel.conversations.values import Attachment
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.directory import Directory
from funnel.people.sealing import Unsealer, secret_keys
from funnel.people.services import People
from funnel.turns.arrivals import Arrivals
from funnel.turns.feed import Feed, Whisper
from funnel.turns.left import LeftVisitors
from funnel.turns.media_jobs import MediaJobs
from funnel.turns.outbox.allowances import Allowances
from funnel.turns.outbox.circuits import Circuits
from funnel.turns.outbox.fates import Fates
from funnel.turns.outbox.hook_calls import HookCalls
from funnel.turns.outbox.marks import MarkClaims
from funnel.turns.outbox.pages import Pages
from funnel.turns.outbox.store import OutboxStore
from funnel.turns.outbox.subscriptions import Subscriptions
from funnel.turns.outbox.ways import Ways
from funnel.turns.outbox.worker import Outbox, Sender
from funnel.turns.pipeline import Pipeline
from funnel.turns.put_aside import Quarantine
from funnel.turns.reply_places import ReplyPlaces, Typist
from funnel.turns.unseen import UnseenMessages


@dataclass(frozen=True)
class ChannelParts:
    """The way in, what receives and what reads, and the way out."""

    receiver: Receiver
    intake: Intake
    media: MediaWorker
    fetching: Fetching
    outbox: Outbox
    left: LeftMail
    egress: Egress
    fates: Fates
    quarantine: Quarantine
    ways: Ways
    subscriptions: Subscriptions
    webhooks: WebhookWorker
    hooks: HookWorker
    pages: Pages
    pager: Pager
    templates: Templates
    allowances: AllowanceWorker
    marker: Marker
    feed: Feed

    async def start(self, stack: contextlib.AsyncExitStack, *, gateway: bool, workers: bool) -> None:
        """A gateway receives, a worker reads and sends; each is stopped when the stack unwinds."""
        if workers:
            stack.push_async_callback(self.intake.stop)
            await self.intake.start()
            stack.push_async_callback(self.egress.close)
            stack.push_async_callback(self.media.stop)
            await self.media.start()
            stack.push_async_callback(self.fetching.pollers.stop)
            await self.fetching.pollers.start()
            stack.push_async_callback(self.outbox.stop)
            await self.outbox.start()
            stack.push_async_callback(self.allowances.stop)
            await self.allowances.start()
            stack.push_async_callback(self.marker.stop)
            self.marker.start(self.feed.watch_whispers)
            stack.push_async_callback(self.left.stop)
            await self.left.start()
            stack.push_async_callback(self.webhooks.stop)
            await self.webhooks.start()
            stack.push_async_callback(self.hooks.stop)
            await self.hooks.start()
            stack.push_async_callback(self.pager.stop)
            await self.pager.start()
        if gateway:
            stack.push_async_callback(self.receiver.stop)
            await self.receiver.start()


def build_channels(
    settings: Settings,
    clock: Clock,
    db: Database,
    people: People,
    directory: Directory,
    pipeline: Pipeline,
    files: FileStore,
    feed: Feed,
    playbooks: Callable[[], Playbooks],
) -> ChannelParts:
    """All parts over the installed connectors."""
    arrivals, sealer = Arrivals(db.pool), Unsealer(settings)
    receiver = Receiver(people.accounts, arrivals, sealer, CONNECTORS, clock, settings.server.public_url)
    tokens, egress, find = ReplyTokens(secret_keys(settings)), Egress(settings.egress), people.accounts.find
    lent, pushes, fates = Tokens(egress), Allowances(db.pool), Fates(db.pool)
    public_url = settings.server.public_url or ""
    ways_out: dict[str, Sender] = dict(senders(CONNECTORS, egress, clock, lent, pushes))
    places, jobs, left = ReplyPlaces(db.pool), MediaJobs(db.pool), LeftVisitors(db.pool)
    foot = Footer(left, people.visitors, directory, tokens, public_url)
    ways_out["email"] = SmtpSender(CONNECTORS["email"], clock, tokens, settings.egress, foot)
    store, circuits, link = OutboxStore(db.pool), Circuits(db.pool), _link(files, public_url)
    outbox = Outbox(store, circuits, ways_out, find, pipeline, settings, link)
    talks = people.channel_contacts
    reader = Reader(directory, talks, arrivals, places, pipeline, fates, tokens, jobs, left, pushes)
    downloader = Downloader(egress, lent, settings.uploads.channel_bytes)
    media = MediaWorker(jobs, arrivals, people.accounts, sealer, CONNECTORS, files, downloader, pipeline)
    marker = Marker(CONNECTORS, egress, find, lent, MarkClaims(db.pool), outbox.room, directory, clock)
    intake = Intake(arrivals, people.accounts, sealer, CONNECTORS, reader, settings)
    _wire(receiver, intake, reader, outbox, media, marker, people, feed)
    fetching = build_fetching(settings, clock, db, people.accounts, sealer, egress, intake)
    subscriptions, shown = Subscriptions(db.pool), _shown(files, public_url)
    webhooks = WebhookWorker(subscriptions, people.webhooks, egress, shown)
    pager = Pager(pages := Pages(db.pool, UNSEEN, ON_CALL_CALLS), settings.mail, public_url, clock)
    return ChannelParts(
        receiver, intake, media, fetching, outbox, LeftMail(left, UnseenMessages(db.pool), pipeline, outbox.wake), egress,
        fates, Quarantine(db.pool), Ways(db.pool), subscriptions, webhooks, HookWorker(HookCalls(db.pool), people.hooks, egress, pipeline, playbooks, _waiting(feed, marker)), pages,
        pager, Templates(CONNECTORS, egress, lent, people.templates), AllowanceWorker(CONNECTORS, egress, people.accounts, pushes), marker, feed,
    )  # fmt: skip


def _wire(
    receiver: Receiver,
    intake: Intake,
    reader: Reader,
    outbox: Outbox,
    media: MediaWorker,
    marker: Marker,
    people: People,
    feed: Feed,
) -> None:
    """Whom those that receive and read call back."""
    receiver.on_stored(intake.wake)
    reader.on_receipt(outbox.told_by_platform)
    reader.on_media(media.wake)
    reader.on_wait(marker.bot_waits)
    reader.on_templates(people.templates.outdate)
    reader.on_typing(_typing(feed))


def _typing(feed: Feed) -> Callable[[Typist], None]:
    """Shows agents that a contact of a channel types, as one of the website is shown."""

    def shown(who: Typist) -> None:
        feed.whisper(
            Whisper(
                kind="typing",
                conversation_id=who.conversation_id,
                actor_kind="contact",
                actor_id=who.contact_id,
                actor_name=who.name,
            )
        )

    return shown


def _waiting(feed: Feed, marker: Marker) -> Callable[[str], None]:
    """Shows a contact that the bot is at it: on the website, and on platforms that have a mark for it."""

    def shown(conversation_id: str) -> None:
        feed.whisper(Whisper(kind="typing", conversation_id=conversation_id, actor_kind="bot"))
        marker.bot_waits(conversation_id)

    return shown


def _link(files: FileStore, public_url: str) -> Callable[[Attachment], str]:
    """Addresses of files as a platform fetches them."""
    return lambda attachment: f"{public_url}{files.link(attachment.id)}"


def _shown(files: FileStore, public_url: str) -> Callable[[Logged], bytes]:
    """Events as an integrator's webhook gets them: as an agent sees them, files by links from outside."""

    def shown(event: Logged) -> bytes:
        return render_event(event, Audience.AGENT, lambda upload_id: f"{public_url}{files.link(upload_id)}")

    return shown
