"""One open socket: who is on it, what it follows, and what it does with each frame."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from starlette.types import Message, Receive, Send

from api import rendering
from api.addresses import Scope
from api.operations import desk, reading, visitor
from api.operations.writing import Written
from api.schemas.body import Body
from api.schemas.visitor import MessageIn
from api.services import Services
from api.ws import frames
from api.ws.frames import BadFrameError, UnreadableFrameError
from api.ws.outgoing import Outgoing, close_at_once
from api.ws.subscription import Following
from funnel.conversations.events import MessageCreated
from funnel.conversations.render import Audience, actor_fields
from funnel.conversations.values import Actor
from funnel.core import metrics
from funnel.core.errors import ErrorKind, FunnelError, invalid, not_found
from funnel.core.logging import get_logger
from funnel.people.access import may_see
from funnel.people.principals import AgentPrincipal, Visitor
from funnel.turns.feed import Entry, Whisper
from funnel.turns.records import ConversationRow

UNREADABLE, RESTART, SLOW = 4400, 1012, 1013
NO_CREDENTIAL, WRONG_ORIGIN, NO_HELLO, TOO_MANY_REFUSALS = 4401, 4403, 4408, 4429
MOST_REFUSALS = 20
MOST_SENDING = 32
log = get_logger(__name__)


class Socket:
    """A visitor's or agent's socket after `ready`. It is the feed's sink of everything it follows."""

    __slots__ = (
        "__weakref__",
        "_closing",
        "_receive",
        "_refusals",
        "_replays",
        "_send",
        "_sending",
        "audience",
        "following",
        "inbox",
        "outgoing",
        "principal",
        "principal_key",
        "scope",
        "services",
        "token",
    )  # fmt: skip

    def __init__(
        self,
        services: Services,
        scope: Scope,
        receive: Receive,
        send: Send,
        principal: Visitor | AgentPrincipal,
        token: str,
    ) -> None:
        live = services.settings.live
        self.services = services
        self.scope = scope
        self.principal = principal
        self.principal_key = reading.principal_key(principal)
        self.audience = rendering.audience_of(principal)
        self.token = token
        self.following: dict[str, Following] = {}
        self.inbox = False
        self.outgoing = Outgoing(send, live.buffer_events, live.buffer_bytes, self._too_slow)
        self._receive = receive
        self._send = send
        self._refusals = 0
        self._closing: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._replays: set[asyncio.Task[None]] = set()

    async def run(self, hello: frames.Hello, session: str) -> None:
        """Serves frames until the socket closes; whatever ends it, nothing of it is left behind."""
        hub = self.services.hub
        self.inbox = hello.inbox and isinstance(self.principal, AgentPrincipal)
        hub.enter(self)
        try:
            self.put(frames.encode({"type": "ready", "session": session}))
            for wanted in hello.subscribe:
                await self._answer(
                    self._follow(wanted.conversation_id, wanted.after), None, wanted.conversation_id
                )
            while self._closing is None:
                message = await self._receive()
                if message["type"] != "websocket.receive":
                    return
                await self._take(message)
        finally:
            if self._closing is not None:
                await self._closing
            self._leave()

    def cursor(self, conversation_id: str, seq: int) -> str:
        """This reader's cursor."""
        return self.services.cursors.make(self.principal_key, conversation_id, seq)

    def follows(self, following: Following) -> bool:
        """Whether this subscription is still wanted and the socket still open."""
        return self._closing is None and self.following.get(following.conversation_id) is following

    def put(self, frame: str) -> None:
        """Queues a frame that counts against the buffer's limits."""
        self.outgoing.put(frame, len(frame))

    def offer(self, conversation_id: str, entries: Sequence[Entry]) -> None:
        """From the feed: the next events. Never blocks."""
        following = self.following.get(conversation_id)
        if following is None:
            return
        if not following.live:
            following.target = max(following.target, entries[-1].logged.seq)
            return
        for entry in entries:
            made = following.frame(self, entry)
            if made is not None:
                self.outgoing.put(*made)

    def whisper(self, whisper: Whisper) -> None:
        """From the feed: typing and read marks of others. Never blocks."""
        conversation_id = whisper.conversation_id
        if conversation_id is None or whisper.kind not in self._heard() or whisper.actor_kind is None:
            return
        actor = Actor(kind=_actor_kind(whisper.actor_kind), id=whisper.actor_id, name=whisper.actor_name)
        mine = (
            visitor.actor_of(self.principal)
            if isinstance(self.principal, Visitor)
            else desk.actor_of(self.principal)
        )
        if (actor.kind, actor.id) == (mine.kind, mine.id):
            return
        frame: dict[str, Any] = {
            "type": whisper.kind,
            "conversation_id": conversation_id,
            "actor": actor_fields(actor, self.audience),
        }
        if whisper.kind == "read":
            frame["up_to_seq"] = whisper.value
        self.put(frames.encode(frame))

    def _heard(self) -> tuple[str, ...]:
        """Who looks at a conversation is for agents only."""
        return ("typing", "read") if self.audience == Audience.VISITOR else ("typing", "read", "viewing")

    def row_changed(self, row: ConversationRow) -> None:
        """From the hub: a followed conversation changed; an agent who may not see it any more loses it now."""
        if row.state.id in self.following and not may_see(self.principal, row.state):
            self._unfollow(row.state.id)
            self._refuse_following(row.state.id)

    def _refuse_following(self, conversation_id: str) -> None:
        """The stream ends here; no refusal of a frame, so it does not count as one."""
        self.put(frames.encode(frames.nack(not_found("conversation"), None, conversation_id)))

    def renew(self, principal: Visitor | AgentPrincipal) -> None:
        """From the hub: rights may have changed; what may not be seen any more is dropped at once."""
        if principal == self.principal:
            return
        self.principal = principal
        for conversation_id in list(self.following):
            row = self.services.rows.peek(conversation_id)
            if row is not None:
                self.row_changed(row)

    def close(self, code: int) -> None:
        """Ends the socket with this code; the first one counts."""
        if self._closing is None:
            self.outgoing.drop()
            self._closing = asyncio.get_running_loop().create_task(close_at_once(self._send, code))

    async def finish(self, code: int) -> None:
        """Ends the socket kindly: what is being committed is acknowledged first."""
        if self._sending:
            await asyncio.wait(self._sending)
        await self.outgoing.drain()
        self.close(code)

    def _leave(self) -> None:
        self.services.hub.leave(self)
        for conversation_id in list(self.following):
            self._unfollow(conversation_id)
        self.outgoing.drop()
        for task in self._replays:
            task.cancel()

    def _too_slow(self) -> None:
        metrics.slow_consumers.inc()
        self.close(SLOW)

    async def _take(self, message: Message) -> None:
        try:
            frame = frames.parse(message)
        except UnreadableFrameError:
            self.close(UNREADABLE)
        except BadFrameError as bad:
            self._refuse(bad.refusal, bad.client_message_id, bad.conversation_id)
        else:
            await self._obey(frame)

    async def _obey(self, frame: Body) -> None:
        match frame:
            case frames.MessageSend():
                await self._answer(self._begin(frame), frame.client_message_id, frame.conversation_id)
            case frames.Subscribe():
                await self._answer(
                    self._follow(frame.conversation_id, frame.after), None, frame.conversation_id
                )
            case frames.Unsubscribe():
                self._unfollow(frame.conversation_id)
            case frames.Typing():
                await self._answer(self._typing(frame.conversation_id), None, frame.conversation_id)
            case frames.Viewing():
                await self._answer(self._viewing(frame.conversation_id), None, frame.conversation_id)
            case frames.Read():
                await self._answer(self._read(frame), None, frame.conversation_id)
            case frames.PageFrame():
                await self._answer(self._page(frame), None, None)
            case frames.Ping():
                self.put('{"type":"pong"}')
            case _:
                self._refuse(invalid("bad_frame", "Hello comes first and once."), None, None)

    async def _answer(
        self, work: Awaitable[None], client_message_id: str | None, conversation_id: str | None
    ) -> None:
        """Does what a frame asks; a refusal is a nack, our own failure one that may be tried again."""
        try:
            await work
        except FunnelError as error:
            self._refuse(error, client_message_id, conversation_id)
        except Exception:
            log.exception("frame_failed")
            broken = FunnelError(
                "internal", ErrorKind.UNAVAILABLE, "Something went wrong; try again.", retry_after=1
            )
            self._refuse(broken, client_message_id, conversation_id)

    def _refuse(self, error: FunnelError, client_message_id: str | None, conversation_id: str | None) -> None:
        metrics.nacks.labels(error.code).inc()
        self.put(frames.encode(frames.nack(error, client_message_id, conversation_id)))
        self._refusals += 1
        if self._refusals >= MOST_REFUSALS and self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close_after(TOO_MANY_REFUSALS))

    async def _close_after(self, code: int) -> None:
        """Closes when the refusals have been sent; a client that does not read gets half a second."""
        try:
            async with asyncio.timeout(0.5):
                await self.outgoing.drain()
        except TimeoutError:
            pass
        self.outgoing.drop()
        await close_at_once(self._send, code)

    async def _begin(self, frame: frames.MessageSend) -> None:
        """Gate and files in the order of the frames; the commit is awaited beside the reader, so that sends overlap.

        The pipeline takes commands in the order their tasks begin, which is the order of the frames.
        """
        row = await self.services.rows.see(self.principal, frame.conversation_id)
        if self._sending and (frame.attachments or len(self._sending) >= MOST_SENDING):
            await asyncio.wait(self._sending)
        task = asyncio.get_running_loop().create_task(self._send_message(row, frame))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        if frame.attachments:
            await asyncio.wait([task])

    async def _send_message(self, row: ConversationRow, frame: frames.MessageSend) -> None:
        await self._answer(self._post(row, frame), frame.client_message_id, frame.conversation_id)

    async def _post(self, row: ConversationRow, frame: frames.MessageSend) -> None:
        # The frame's fields are of the same types, and were checked when it was read.
        body = MessageIn.model_construct(
            client_message_id=frame.client_message_id, text=frame.text, attachments=frame.attachments
        )
        if isinstance(self.principal, Visitor):
            outcome = await visitor.message(self.services, self.principal, row, body)
        else:
            outcome = await desk.reply(self.services, self.principal, row, body)
        self._refusals = 0
        self.put(frames.encode(_ack(outcome, frame.client_message_id)))

    async def _follow(self, conversation_id: str, after: str | None) -> None:
        row = await self.services.rows.see(self.principal, conversation_id)
        if conversation_id in self.following:
            self._unfollow(conversation_id)
        elif len(self.following) >= frames.MOST_SUBSCRIPTIONS:
            raise invalid("too_many_subscriptions", "A socket follows at most 200 conversations.")
        following = Following(row.state.id)
        self.following[row.state.id] = following
        self.services.hub.followed(self, row.state.id)
        self._refusals = 0
        task = asyncio.get_running_loop().create_task(self._replay(following, after))
        self._replays.add(task)
        task.add_done_callback(self._replays.discard)

    async def _replay(self, following: Following, after: str | None) -> None:
        try:
            await following.replay(self, after)
        except Exception:
            log.warning("replay_failed", conversation_id=following.conversation_id, exc_info=True)
            self.close(SLOW)

    def _unfollow(self, conversation_id: str) -> None:
        if self.following.pop(conversation_id, None) is not None:
            self.services.feed.detach(conversation_id, self)
            self.services.hub.unfollowed(self, conversation_id)

    async def _typing(self, conversation_id: str) -> None:
        await reading.typing(self.services, self.principal, conversation_id)

    async def _viewing(self, conversation_id: str) -> None:
        if isinstance(self.principal, Visitor):
            await self.services.rows.see(self.principal, conversation_id)
            raise invalid("bad_frame", "Only agents tell each other what they look at.")
        await reading.viewing(self.services, self.principal, conversation_id)

    async def _read(self, frame: frames.Read) -> None:
        await reading.mark_read(self.services, self.principal, frame.conversation_id, frame.up_to_seq)

    async def _page(self, frame: frames.PageFrame) -> None:
        if isinstance(self.principal, Visitor):
            await reading.note_page(self.services, self.principal, frame.url, frame.title)


def _ack(outcome: Written, client_message_id: str) -> dict[str, Any]:
    said = outcome.message
    message_id = said.payload.message_id if said and isinstance(said.payload, MessageCreated) else ""
    return {
        "type": "ack",
        "client_message_id": client_message_id,
        "conversation_id": outcome.result.row.state.id,
        "seq": said.seq if said else 0,
        "message_id": message_id,
        "dup": outcome.result.repeated,
    }


def _actor_kind(kind: str) -> Any:
    return kind if kind in ("contact", "agent", "bot") else "system"
