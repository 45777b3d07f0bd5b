"""The open sockets of this process: inbox frames, rights re-checked, presence, and the end of them all."""

import asyncio
import contextlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from api import rendering
from api.ws.frames import encode
from funnel.conversations.render import Audience
from funnel.conversations.state import State
from funnel.core import metrics
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.logging import get_logger
from funnel.core.loops import end
from funnel.people.access import may_see
from funnel.people.credentials import Revocation
from funnel.people.principals import AgentPrincipal, Visitor
from funnel.turns.epoch import current_epoch
from funnel.turns.feed import Whisper
from funnel.turns.records import ConversationRow

if TYPE_CHECKING:
    from api.services import Services
    from api.ws.socket import Socket

MOST_STATES = 20_000
AGENT_CHECK_SECONDS = 1.0
VISITOR_CHECKS = 30
EPOCH_CHECKS = 1
NO_CREDENTIAL = 4401
RESTART = 1012
CLOSED_AT_ONCE = 200
log = get_logger(__name__)


class Hub:
    """Knows every socket. Its callbacks come from the feed: they never block and never raise."""

    def __init__(self) -> None:
        self._services: Services | None = None
        self._sockets: set[Socket] = set()
        self._inboxes: set[Socket] = set()
        self._agents_on: dict[str, set[Socket]] = {}
        self._states: OrderedDict[str, State] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._stops: list[contextlib.ExitStack] = []

    async def start(self, services: "Services") -> None:
        """Begins to listen to the feed and to re-check credentials."""
        self._services = services
        stack = contextlib.ExitStack()
        stack.callback(services.feed.watch_rows(self.row_changed))
        stack.callback(services.feed.watch_whispers(self.whispered))
        self._stops.append(stack)
        services.credentials.on_revoked(self.revoked)
        self._task = asyncio.create_task(self._watch(services), name="sockets")

    async def stop(self) -> None:
        """Ends the checks. Idempotent."""
        for stack in self._stops:
            stack.close()
        self._stops.clear()
        task, self._task = self._task, None
        if task is not None:
            await end(task)

    def __len__(self) -> int:
        return len(self._sockets)

    def enter(self, socket: "Socket") -> None:
        """A socket said hello."""
        self._sockets.add(socket)
        if socket.inbox:
            self._inboxes.add(socket)
        metrics.sockets.labels(socket.audience.value).inc()

    def leave(self, socket: "Socket") -> None:
        """A socket is gone."""
        if socket in self._sockets:
            self._sockets.discard(socket)
            self._inboxes.discard(socket)
            metrics.sockets.labels(socket.audience.value).dec()

    def followed(self, socket: "Socket", conversation_id: str) -> None:
        """An agent's right to a conversation may end, a visitor's cannot."""
        if socket.audience == Audience.AGENT:
            self._agents_on.setdefault(conversation_id, set()).add(socket)

    def unfollowed(self, socket: "Socket", conversation_id: str) -> None:
        """The counterpart of `followed`."""
        found = self._agents_on.get(conversation_id)
        if found is not None:
            found.discard(socket)
            if not found:
                del self._agents_on[conversation_id]

    def row_changed(self, row: ConversationRow) -> None:
        """Before its events are offered: who may not see the conversation any more loses it, inboxes are told."""
        if self._services is None:
            return
        self._services.rows.refresh(row)
        conversation_id = row.state.id
        for socket in tuple(self._agents_on.get(conversation_id, ())):
            socket.row_changed(row)
        before = self._states.get(conversation_id)
        self._states[conversation_id] = row.state
        self._states.move_to_end(conversation_id)
        if len(self._states) > MOST_STATES:
            self._states.popitem(last=False)
        if self._inboxes:
            self._tell_inboxes(self._services, row, before)

    def whispered(self, whisper: Whisper) -> None:
        """Another process (or this one) ended a credential."""
        if whisper.kind == "revoked" and self._services is not None and whisper.actor_id is not None:
            self._services.credentials.forget(whisper.actor_id)
            self._recheck(whisper.actor_id)

    def revoked(self, revocation: Revocation) -> None:
        """A credential ended here, after its commit: its sockets are re-checked now, everywhere."""
        if self._services is not None:
            self._services.feed.whisper(
                Whisper(kind="revoked", actor_kind=revocation.kind, actor_id=revocation.subject_id)
            )

    async def finish_all(self, code: int, seconds: float) -> None:
        """Closes every socket with this code, within the time: what is being committed is acknowledged first."""
        sockets = list(self._sockets)
        for begin in range(0, len(sockets), CLOSED_AT_ONCE):
            work = [socket.finish(code) for socket in sockets[begin : begin + CLOSED_AT_ONCE]]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(
                    max(0.2, seconds * CLOSED_AT_ONCE / max(len(sockets), CLOSED_AT_ONCE))
                ):
                    await asyncio.gather(*work, return_exceptions=True)
        for socket in list(self._sockets):
            socket.close(code)

    def _tell_inboxes(self, services: "Services", row: ConversationRow, before: State | None) -> None:
        frame: str | None = None
        for socket in tuple(self._inboxes):
            if may_see(socket.principal, row.state):
                if frame is None:
                    shown = rendering.conversation(services, row, Audience.AGENT)
                    frame = encode({"type": "inbox", "conversation": shown})
                socket.put(frame)
            elif before is not None and may_see(socket.principal, before):
                socket.put(encode({"type": "inbox_gone", "conversation_id": row.state.id}))

    def _recheck(self, subject_id: str) -> None:
        for socket in tuple(self._sockets):
            principal = socket.principal
            own = principal.agent_id if isinstance(principal, AgentPrincipal) else principal.contact_id
            if own == subject_id:
                asyncio.get_running_loop().create_task(self._check(socket))

    async def _watch(self, services: "Services") -> None:
        """A whisper may be lost; so agents are re-checked each second, and visitors in turns."""
        tick = 0
        while True:
            await asyncio.sleep(AGENT_CHECK_SECONDS)
            tick = (tick + 1) % VISITOR_CHECKS
            if tick % EPOCH_CHECKS == 0:
                await self._watch_epoch(services)
            for socket in tuple(self._sockets):
                agent = isinstance(socket.principal, AgentPrincipal)
                if agent or hash(socket) % VISITOR_CHECKS == tick:
                    await self._check(socket)
                if isinstance(socket.principal, AgentPrincipal):
                    await self._touch(services, socket.principal.agent_id)
            await self._touch_contacts(services)

    async def _watch_epoch(self, services: "Services") -> None:
        """Another server or a restored database under a running process: every cursor given so far must read as reset."""
        try:
            epoch = await current_epoch(services.db)
        except Exception:  # noqa: BLE001 - the database is away; the next look tells
            return
        if epoch != services.cursors.epoch:
            services.cursors.epoch = epoch
            services.rows.clear()
            services.feed.forget()
            self._states.clear()
            for socket in tuple(self._sockets):
                socket.close(RESTART)

    async def _touch(self, services: "Services", agent_id: str) -> None:
        try:
            await services.people.presence.touch(agent_id)
        except Exception:  # noqa: BLE001 - the database is away; the next second tries again
            log.warning("presence_untouched")

    async def _touch_contacts(self, services: "Services") -> None:
        """Whoever holds a socket is there."""
        here = [s.principal.contact_ids for s in self._sockets if isinstance(s.principal, Visitor)]
        try:
            await services.people.contact_presence.touch(frozenset().union(*here))
        except Exception:  # noqa: BLE001 - the database is away; the next second tries again
            log.warning("presence_untouched")

    async def _check(self, socket: "Socket") -> None:
        """Closes a socket whose credential has ended. A database that is away ends nobody's."""
        services = socket.services
        principal: Visitor | AgentPrincipal | None
        try:
            if isinstance(socket.principal, AgentPrincipal):
                principal = await services.credentials.agent(socket.token)
            else:
                principal = await services.credentials.visitor(socket.token)
        except FunnelError as refusal:
            if refusal.kind is not ErrorKind.UNAUTHENTICATED:
                return
            principal = None
        except Exception:  # noqa: BLE001 - not known now is not revoked
            return
        if principal is None:
            socket.close(NO_CREDENTIAL)
        else:
            socket.renew(principal)
