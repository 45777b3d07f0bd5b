"""One process's turns without a gateway: the real judge, and a judge that returns prepared drafts, on the same database."""

import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass

from msgspec.structs import replace

from bots.decider.bundle import BundleSource
from funnel.conversations.commands import Command
from funnel.conversations.events import DecisionMade, Draft, Logged, MessageCreated
from funnel.conversations.judgement import Decided, Moment
from funnel.conversations.render import Audience, render_event
from funnel.conversations.state import State
from funnel.core.database import Database, open_database
from funnel.core.settings import Settings
from funnel.people.directory import Directory
from funnel.routing.estimates import Estimates
from funnel.turns.feed import Feed
from funnel.turns.pipeline import Pipeline
from kb.library import Library


class ConstantJudge:
    """Writes what it was given: the rows of one real turn, with the ids that must be new. It measures and decides nothing."""

    def __init__(self, decided: Decided) -> None:
        self._decided = decided

    activation = 0

    def prepare(self, command: Command, state: State | None, moment: Moment) -> object:
        """Nothing."""
        return None

    def decide(self, command: Command, state: State | None, prepared: object, moment: Moment) -> Decided:
        """The prepared drafts."""
        decision_id = moment.ids.next()
        record = self._decided.record
        drafts = tuple([_renewed(draft, command, moment, decision_id) for draft in self._decided.drafts])
        return Decided(drafts, replace(record, decision_id=decision_id) if record else None)

    def failed(self, command: Command, state: State | None, moment: Moment) -> Decided:
        """Never: it cannot break."""
        raise NotImplementedError


def _renewed(draft: Draft, command: Command, moment: Moment, decision_id: str) -> Draft:
    payload = draft.payload
    if isinstance(payload, MessageCreated):
        own = payload.client_message_id is not None
        said = replace(
            payload,
            message_id=moment.ids.next(),
            client_message_id=command.client_message_id if own else None,
        )
        return Draft(said, command.actor if own else draft.actor)
    if isinstance(payload, DecisionMade):
        return Draft(replace(payload, decision_id=decision_id), draft.actor)
    return draft


@dataclass(frozen=True)
class Engine:
    """What turns need in one process. `rendered` counts how often an event was serialised."""

    db: Database
    bundle: BundleSource
    feed: Feed
    settings: Settings
    rendered: list[int]

    @contextlib.asynccontextmanager
    async def judging(self) -> AsyncIterator[Pipeline]:
        """A pipeline with the real judge."""
        async with _started(Pipeline(self.db, self.bundle.pin, self.feed, self.settings)) as pipeline:
            yield pipeline

    @contextlib.asynccontextmanager
    async def writing(self, decided: Decided) -> AsyncIterator[Pipeline]:
        """A pipeline that writes these drafts whatever it is asked."""
        judge = ConstantJudge(decided)
        async with _started(Pipeline(self.db, lambda: judge, self.feed, self.settings)) as pipeline:
            yield pipeline


@contextlib.asynccontextmanager
async def _started(pipeline: Pipeline) -> AsyncIterator[Pipeline]:
    await pipeline.start()
    try:
        yield pipeline
    finally:
        await pipeline.stop()


@contextlib.asynccontextmanager
async def engine(settings: Settings) -> AsyncIterator[Engine]:
    """Database, read models and feed as `funnel serve` has them, without timers and without a gateway."""
    rendered: list[int] = [0]

    def render(event: Logged, audience: Audience) -> bytes:
        rendered[0] += 1
        return render_event(event, audience, lambda attachment: f"/v1/attachments/{attachment}")

    async with open_database(settings) as db, contextlib.AsyncExitStack() as stack:
        library, directory, estimates = Library(db), Directory(db), Estimates(db)
        feed = Feed(db, settings, render)
        for part in (library, directory, estimates, feed):
            await part.start()
            stack.push_async_callback(part.stop)
        bundle = BundleSource(library, directory, estimates)
        bundle.warm_up()
        gc.collect()
        gc.freeze()
        yield Engine(db, bundle, feed, settings, rendered)
