"""What tests of the turn need: a small second implementation of Judge, a place to talk, pipelines, and commands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from funnel.conversations.commands import (
    AddNote,
    Assign,
    Claim,
    Command,
    Opening,
    PostMessage,
    Redact,
    Release,
    Reply,
    Resolve,
    TimerDue,
)
from funnel.conversations.events import (
    AnswerDeferred,
    ConversationAssigned,
    ConversationHandedOver,
    ConversationReleased,
    ConversationReopened,
    ConversationResolved,
    ConversationStarted,
    DecisionMade,
    Draft,
    Logged,
    MessageCreated,
    MessageRedacted,
    Payload,
)
from funnel.conversations.judgement import NOTHING, Decided, DecisionRecord, DeliveryDraft, Moment
from funnel.conversations.state import State
from funnel.conversations.values import BOT, SYSTEM, Actor, AgentRef
from funnel.core.database import Database
from funnel.core.errors import conflict, invalid
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.turns.feed import Audience, Feed
from funnel.turns.pipeline import Pipeline
from tests.builders import AgentRow, ContactRow, SiteRow, make_agent, make_contact, make_site


class BrokenJudgeError(Exception):
    """What the judge below raises when a text tells it to."""


class EchoJudge:
    """Appends what is said; with `replies` the bot says it back. Words steer it: human, boom, refuse, wait, later."""

    def __init__(self, *, replies: bool = False, wait: timedelta = timedelta(milliseconds=80)) -> None:
        self.replies = replies
        self.wait = wait
        self.decided = 0
        self.bursts: list[tuple[str, ...]] = []

    activation = 0

    def prepare(self, command: Command, state: State | None, moment: Moment) -> object:
        return len(getattr(command, "text", ""))

    def decide(self, command: Command, state: State | None, prepared: object, moment: Moment) -> Decided:
        self.decided += 1
        self.bursts.append(tuple(text.text for text in moment.burst))
        if isinstance(command, PostMessage):
            return self._said(command, state, moment)
        if state is None:
            raise conflict("no_conversation", "There is none.")
        if isinstance(command, TimerDue):
            return self._due(state, moment)
        return self._by_agent(command, state, moment)

    def failed(self, command: Command, state: State | None, moment: Moment) -> Decided:
        drafts = _opening(command, state, moment)
        if isinstance(command, PostMessage):
            drafts.append(_message(command, moment))
        return Decided(drafts=(*drafts, _hand_over(command, state, "bot_failure")))

    def _said(self, command: PostMessage, state: State | None, moment: Moment) -> Decided:
        if command.text == "boom":
            raise BrokenJudgeError
        if command.text == "refuse":
            raise invalid("refused", "No.")
        drafts = [*_opening(command, state, moment), _message(command, moment)]
        if command.text == "human":
            drafts.append(_hand_over(command, state, "human_requested"))
        elif command.text == "wait":
            drafts.append(Draft(AnswerDeferred(until=moment.at + self.wait), SYSTEM))
        elif self.replies:
            return self._answer(drafts, command.text, moment)
        return Decided(drafts=tuple(drafts))

    def _answer(self, drafts: list[Draft], text: str, moment: Moment) -> Decided:
        decision_id, message_id = moment.ids.next(), moment.ids.next()
        made = DecisionMade(
            decision_id=decision_id, rule_set_version="1", outcome="answer", need="new", positive=True
        )
        said = MessageCreated(
            message_id=message_id, text=f"You said: {text}", direction="outgoing", purpose="answer"
        )
        return Decided(
            drafts=(*drafts, Draft(made, BOT), Draft(said, BOT)),
            record=DecisionRecord(decision_id, "answer", "1", b'{"hits": []}'),
            deliveries=(DeliveryDraft(moment.ids.next(), message_id, "someone@example.com"),),
        )

    def _due(self, state: State, moment: Moment) -> Decided:
        if state.deferred_until is not None and state.deferred_until <= moment.at:
            return self._answer([], " ".join(text.text for text in moment.burst), moment)
        return Decided(
            drafts=(Draft(ConversationResolved(by="system", how="silent", need_met="unknown"), SYSTEM),)
        )

    def _by_agent(self, command: Command, state: State, moment: Moment) -> Decided:
        actor = command.actor
        payloads: list[Payload] = []
        match command:
            case Claim() | Reply() if state.owner.kind == "agent" and state.owner.agent_id != actor.id:
                raise conflict("already_owned", "Another agent owns it.")
            case Claim() if state.owner.kind != "agent":
                payloads.append(ConversationAssigned(agent=AgentRef(name=actor.name or "", id=actor.id)))
            case Reply():
                if state.owner.kind != "agent":
                    payloads.append(ConversationAssigned(agent=AgentRef(name=actor.name or "", id=actor.id)))
                payloads.append(_spoken(command.text, command, moment, private=False))
            case AddNote():
                payloads.append(_spoken(command.text, command, moment, private=True))
            case Release() if state.owner.kind == "agent":
                payloads.append(ConversationReleased(queue_id=state.queue_id))
            case Resolve() if state.status != "resolved":
                payloads.append(ConversationResolved(by="agent", how="agent", need_met="unknown"))
            case Redact():
                payloads.append(MessageRedacted(message_id=command.message_id))
            case Assign(agent_id=agent_id) if agent_id:
                payloads.append(ConversationAssigned(agent=AgentRef(name="x", id=agent_id), by="assign"))
            case _:
                return NOTHING
        return Decided(drafts=tuple(Draft(payload, actor) for payload in payloads))


def _opening(command: Command, state: State | None, moment: Moment) -> list[Draft]:
    if state is None:
        opening = command.opening
        if opening is None:
            raise conflict("no_conversation", "There is none.")
        return [Draft(started(opening, moment.closed.id if moment.closed else None), command.actor)]
    if state.status == "resolved":
        return [Draft(ConversationReopened(), command.actor)]
    return []


def started(opening: Opening, previous_id: str | None = None) -> ConversationStarted:
    """The first event of a conversation of this contact."""
    return ConversationStarted(
        site_id=opening.site_id,
        inbox_id=opening.inbox_id,
        contact_id=opening.contact_id,
        channel=opening.channel,
        locale=opening.locale,
        queue_id=opening.queue_id,
        thread=opening.thread,
        contact_name=opening.contact_name,
        contact_verified=opening.contact_verified,
        previous_id=previous_id,
    )


def _message(command: PostMessage, moment: Moment) -> Draft:
    said = MessageCreated(
        message_id=moment.ids.next(),
        text=command.text,
        direction="incoming",
        client_message_id=command.client_message_id,
        attachments=command.attachments,
    )
    return Draft(said, command.actor)


def _spoken(text: str, command: Command, moment: Moment, *, private: bool) -> MessageCreated:
    return MessageCreated(
        message_id=moment.ids.next(),
        text=text,
        direction="outgoing",
        client_message_id=command.client_message_id,
        visibility="private" if private else "public",
        purpose="note" if private else "reply",
    )


def _hand_over(command: Command, state: State | None, reason: Any) -> Draft:
    queue_id = state.queue_id if state else command.opening.queue_id if command.opening else ""
    return Draft(ConversationHandedOver(reason=reason, queue_id=queue_id), BOT)


class World(Struct, frozen=True):
    """A site with an agent: enough for conversations."""

    db: Database
    site: SiteRow
    agent: AgentRow

    async def contact(self) -> ContactRow:
        """Another contact."""
        return await make_contact(self.db, self.site)

    def opening(self, contact: ContactRow, **changes: Any) -> Opening:
        """What the contact's new conversation starts with."""
        values: dict[str, Any] = {
            "site_id": self.site.id,
            "inbox_id": self.site.inbox_id,
            "contact_id": contact.id,
            "channel": "web",
            "locale": "en",
            "queue_id": self.site.queue_id,
            "contact_name": contact.name,
        }
        return Opening(**{**values, **changes})

    def says(self, contact: ContactRow, text: str, **fields: Any) -> PostMessage:
        """The contact's message; it lands where behaviour says."""
        fields.setdefault("client_message_id", new_id())
        fields.setdefault("opening", self.opening(contact))
        return PostMessage(
            command_id=new_id(),
            actor=Actor(kind="contact", id=contact.id, name=contact.name),
            text=text,
            **fields,
        )

    def actor(self, agent: AgentRow | None = None) -> Actor:
        """The agent as an actor."""
        agent = agent or self.agent
        return Actor(kind="agent", id=agent.id, name=agent.name)

    def replies(self, conversation_id: str, text: str, **fields: Any) -> Reply:
        """The agent's reply."""
        fields.setdefault("client_message_id", new_id())
        fields.setdefault("actor", self.actor())
        return Reply(command_id=new_id(), conversation_id=conversation_id, text=text, **fields)

    def does(self, kind: type[Command], conversation_id: str, **fields: Any) -> Any:
        """Another command of the agent."""
        fields.setdefault("actor", self.actor())
        return kind(command_id=new_id(), conversation_id=conversation_id, **fields)


async def make_world(db: Database) -> World:
    """A site and an agent of its team."""
    site = await make_site(db)
    return World(db, site, await make_agent(db, site.team_id))


def render(event: Logged, audience: Audience) -> bytes:
    """A rendering that shows what was asked for."""
    return msgspec.json.encode({"seq": event.seq, "for": audience.value})


@contextlib.asynccontextmanager
async def running(
    db: Database, settings: Settings, judge: EchoJudge | None = None
) -> AsyncIterator[tuple[Pipeline, Feed]]:
    """A pipeline with its feed, as one process has them."""
    pinned = judge or EchoJudge()
    feed = Feed(db, settings, render)
    pipeline = Pipeline(db, lambda: pinned, feed, settings)
    await feed.start()
    await pipeline.start()
    try:
        yield pipeline, feed
    finally:
        await pipeline.stop()
        await feed.stop()


async def listening(db: Database, processes: int) -> None:
    """Waits until so many processes hear hints: what is whispered before that reaches nobody."""
    heard = (
        "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
    )
    async with asyncio.timeout(60):
        while await db.pool.fetchval(heard) < processes:  # noqa: ASYNC110 - each listens by a task of its own
            await asyncio.sleep(0.01)


class Collector:
    """A sink that keeps what it was offered."""

    def __init__(self) -> None:
        self.seqs: dict[str, list[int]] = {}
        self.whispers: list[Any] = []

    def offer(self, conversation_id: str, entries: Sequence[Any]) -> None:
        self.seqs.setdefault(conversation_id, []).extend(entry.logged.seq for entry in entries)

    def whisper(self, whisper: Any) -> None:
        self.whispers.append(whisper)


def texts(events: Sequence[Logged]) -> list[str]:
    """The words of the messages among events."""
    return [event.payload.text for event in events if isinstance(event.payload, MessageCreated)]


def ago(at: datetime, **delta: float) -> datetime:
    """An earlier time."""
    return at - timedelta(**delta)
