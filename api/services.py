"""What a running process is made of, handed to every route and socket. Built by `api.bootstrap`, nowhere else."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.addresses import Addresses
from api.agents_seen import AgentsSeen
from api.channel_parts import ChannelParts
from api.files.store import FileStore
from api.judgement import Judgement
from api.lifetime import Lifetime
from api.limits import Limits
from api.origins import Origins
from api.rows import Rows
from bots.decider.bundle import BundleSource
from bots.playbooks.live import LivePlaybooks
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.credentials import Credentials
from funnel.people.directory import Directory
from funnel.people.services import People
from funnel.replies.store import SavedReplies
from funnel.routing.estimates import Estimates
from funnel.turns.cursors import Cursors
from funnel.turns.feed import Feed, Render
from funnel.turns.pipeline import Pipeline
from funnel.turns.timers import TimerLoop
from kb.importers.runner import ImportRunner
from kb.library import Library

if TYPE_CHECKING:
    from api.ws.hub import Hub


@dataclass(frozen=True)
class Services:
    """The parts of one process. Frozen: what changes, changes inside the parts."""

    settings: Settings
    clock: Clock
    db: Database
    library: Library
    imports: ImportRunner
    playbooks: LivePlaybooks
    directory: Directory
    credentials: Credentials
    estimates: Estimates
    bundle: BundleSource
    feed: Feed
    pipeline: Pipeline
    timers: TimerLoop
    cursors: Cursors
    files: FileStore
    rows: Rows
    limits: Limits
    addresses: Addresses
    origins: Origins
    hub: "Hub"
    people: People
    replies: SavedReplies
    judgement: Judgement
    channels: ChannelParts
    lifetime: Lifetime
    agents_seen: AgentsSeen
    render: Render
    key: bytes = field(repr=False)
