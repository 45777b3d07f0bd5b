"""One followed conversation of a socket: replay from its cursor, then the stream, without gap or repeat between the two."""

from typing import TYPE_CHECKING

from api.ws.frames import encode
from funnel.conversations.render import Audience
from funnel.core import metrics
from funnel.turns.feed import Entry
from funnel.turns.reading import events_after

if TYPE_CHECKING:
    from api.ws.socket import Socket

PAGE = 200


class Following:
    """Where the stream of a conversation stands. While the log is replayed, what the feed offers only moves `target`:
    it is in the log, and is read from there; so a replay needs no buffer, however long it takes. `position` counts every
    event, `shown` only those this reader got: a cursor tells a visitor nothing of the events in between.
    """

    __slots__ = ("conversation_id", "live", "position", "shown", "target")

    def __init__(self, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self.position = 0
        self.shown = 0
        self.target = 0
        self.live = False

    def frame(self, socket: "Socket", entry: Entry) -> tuple[str, int] | None:
        """The event frame for this reader, with its size in bytes; None where the reader does not get the event.

        The event itself was serialised once for the audience; only the cursor is the reader's own.
        """
        logged = entry.logged
        if logged.seq <= self.position:
            return None
        self.position = logged.seq
        if socket.audience == Audience.VISITOR and not logged.visible:
            return None
        self.shown = logged.seq
        event = entry.json(socket.audience)
        cursor = socket.cursor(self.conversation_id, logged.seq)
        return (
            f'{{"type":"event","conversation_id":"{self.conversation_id}","event":{event.decode()},"cursor":"{cursor}"}}',
            len(event) + 160,
        )

    async def replay(self, socket: "Socket", after: str | None) -> None:
        """Sends what came after the cursor, paced by the socket, then `live`. Returns early where the socket has gone."""
        services = socket.services
        seq = services.cursors.read(after, socket.principal_key, self.conversation_id)
        # Offers may come in before attach returns; they have moved `target` already.
        begin = await services.feed.attach(self.conversation_id, socket)
        self.target = max(self.target, begin)
        if seq is None or seq > self.target:
            metrics.resets.inc()
            seq = 0
            reset = {
                "type": "reset",
                "conversation_id": self.conversation_id,
                "cursor": socket.cursor(self.conversation_id, 0),
            }
            await socket.outgoing.pace(encode(reset))
        elif seq > 0:
            metrics.resumes.inc()
        self.position = self.shown = seq
        while self.position < self.target and socket.follows(self):
            await self._page(socket)
        if not socket.follows(self):
            return
        # Nothing is awaited from here on: what the feed offers next finds the stream live.
        self.live = True
        live = {
            "type": "live",
            "conversation_id": self.conversation_id,
            "cursor": socket.cursor(self.conversation_id, self.shown),
        }
        socket.put(encode(live))

    async def _page(self, socket: "Socket") -> None:
        target = self.target
        found = await events_after(
            socket.services.db.pool,
            self.conversation_id,
            self.position,
            visible_only=socket.audience == Audience.VISITOR,
            limit=PAGE,
        )
        for logged in found:
            made = self.frame(socket, Entry(logged, socket.services.render))
            if made is not None:
                await socket.outgoing.pace(made[0])
            if not socket.follows(self):
                return
        if len(found) < PAGE:
            self.position = max(self.position, target)
