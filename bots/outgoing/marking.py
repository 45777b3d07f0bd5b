"""Typing and read marks on platforms that have them: best effort, beside the outbox, left out wherever they could cost something."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from bots.tokens import Tokens
from funnel.channels.manners import manners_of
from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass, Mark, OutboundMessage
from funnel.channels.port import Account, Call, Connector
from funnel.core.clock import Clock
from funnel.core.ids import new_id
from funnel.core.logging import get_logger
from funnel.core.loops import AWAY, Flights
from funnel.people.directory import Directory
from funnel.turns.feed import Whisper
from funnel.turns.outbox import counts
from funnel.turns.outbox.marks import Markable, MarkClaims

MOST: Final = 64  # under way at once; what comes on top is left out
SECONDS: Final = 5.0  # a mark that comes later is none
MUTED_SECONDS: Final = 60.0
AGAIN: Final = 0.8  # of the time a typing mark lasts, so that it does not flicker
MOST_BYTES: Final = 100_000
_OF_ITS_OWN: Final = (ErrorClass.RECIPIENT_GONE, ErrorClass.WINDOW_CLOSED, ErrorClass.DROP)
By = Literal["agent", "bot"]
Watch = Callable[[Callable[[Whisper], None]], Callable[[], None]]
Room = Callable[[str, Capabilities], bool]
Accounts = Callable[[str], Awaitable[Account | None]]
log = get_logger(__name__)


class Marker:
    """Any number may run: a mark is given to one of them. None is tried twice, none waits, and none is sent while a message does,
    while the inbox is paused or its circuit open, or where its manners want none."""

    def __init__(
        self,
        connectors: Mapping[str, Connector],
        egress: Egress,
        accounts: Accounts,
        tokens: Tokens,
        claims: MarkClaims,
        room: Room,
        directory: Directory,
        clock: Clock,
    ) -> None:
        able = {channel: one for channel, one in connectors.items() if one.marks is not None}
        self._connectors = able
        self._seconds: dict[Mark, dict[str, float]] = {
            "typing": {c: one.capabilities.typing_seconds * AGAIN for c, one in able.items() if one.capabilities.typing},
            "read": {c: 0.0 for c, one in able.items() if one.capabilities.mark_read},
        }  # fmt: skip
        self._egress = egress
        self._accounts = accounts
        self._tokens = tokens
        self._claims = claims
        self._room = room
        self._directory = directory
        self._clock = clock
        self._muted: dict[str, float] = {}
        self._under_way = 0
        self._flights = Flights()
        self._unwatch: Callable[[], None] | None = None

    def start(self, watch: Watch) -> None:
        """Begins to hear who types and reads."""
        self._unwatch = watch(self.heard)

    async def stop(self) -> None:
        """Hears no more; what is under way is left out. Idempotent."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        await self._flights.stop()

    def heard(self, whisper: Whisper) -> None:
        """An agent types or has read. Never blocks."""
        if whisper.actor_kind != "agent" or whisper.conversation_id is None:
            return
        if whisper.kind == "typing" or whisper.kind == "read":
            self._begin(whisper.conversation_id, whisper.kind, "agent")

    def bot_waits(self, conversation_id: str) -> None:
        """The bot's answer takes longer than a moment. Never blocks."""
        self._begin(conversation_id, "typing", "bot")

    def _begin(self, conversation_id: str, mark: Mark, by: By) -> None:
        if self._unwatch is None or self._under_way >= MOST:
            return
        self._under_way += 1
        self._flights.begin(self._quietly(conversation_id, mark, by))

    async def _quietly(self, conversation_id: str, mark: Mark, by: By) -> None:
        try:
            await self.mark(conversation_id, mark, by)
        except AWAY:
            log.info("mark_left_out", kind=mark)
        except Exception:
            log.exception("mark_broke", kind=mark)
        finally:
            self._under_way -= 1

    async def mark(self, conversation_id: str, mark: Mark, by: By) -> bool:
        """Shows a mark where it is due; whether the platform took it."""
        place = await self._claims.claim(conversation_id, mark, self._seconds[mark])
        if place is None or self._muted.get(place.inbox_id, 0.0) > time.monotonic():
            return False
        account = await self._accounts(place.inbox_id)
        if account is None or not self._wanted(account):
            return False
        connector = self._connectors[account.channel]
        if not self._room(account.inbox_id, connector.capabilities):
            counts.marks.labels(mark, "no_room").inc()
            return False
        known = await self._tokens.with_token(connector, account)
        if known is None or connector.marks is None:
            return False
        message = _message(conversation_id, place, mark, by)
        calls = connector.marks(message, known, self._clock.now().timestamp())
        return bool(calls) and all([await self._call(connector, known, call, mark) for call in calls])

    def _wanted(self, account: Account) -> bool:
        inbox = self._directory.now().inboxes.get(account.inbox_id)
        return inbox is None or manners_of(account.channel, inbox.manners).marks

    async def _call(self, connector: Connector, account: Account, call: Call, mark: Mark) -> bool:
        try:
            reply = await self._egress.call(
                call.method, call.url, headers=call.headers, content=call.body, most_bytes=MOST_BYTES, seconds=SECONDS
            )  # fmt: skip
        except (RefusedAddressError, NotSentError, UnknownOutcomeError):
            result = DeliveryResult(failed=ErrorClass.RETRY)
        else:
            judge = connector.judge
            result = judge(reply.status, reply.headers, reply.body) if judge is not None else DeliveryResult()
        counts.marks.labels(mark, result.failed.value if result.failed else "ok").inc()
        if result.failed is ErrorClass.REAUTH:
            self._tokens.refuse(account)
        if result.failed is not None and result.failed not in _OF_ITS_OWN:
            self._muted[account.inbox_id] = time.monotonic() + max(result.delay or 0.0, MUTED_SECONDS)
        return result.failed is None


def _message(conversation_id: str, place: Markable, mark: Mark, by: By) -> OutboundMessage:
    return OutboundMessage(
        id=new_id(),
        conversation_id=conversation_id,
        message_id="",
        address=place.address,
        mark=mark,
        by=by,
        reply_to=place.last_message_id,
        thread_id=place.thread_id,
        business_connection_id=place.business_connection_id,
        read_token=place.read_token,
    )
