"""The script of one turn: events in order, and the state as it will be after each of them."""

from collections.abc import Sequence

from funnel.conversations.events import Draft, Logged, MessageCreated, Payload, is_visible
from funnel.conversations.fold import fold
from funnel.conversations.judgement import Decided, DecisionRecord, DeliveryDraft, Moment
from funnel.conversations.state import State, reachable
from funnel.conversations.values import BOT, SYSTEM, Actor, Purpose, QuickReply


class Script:
    """Collects the drafts of one turn and folds each at once, so that later steps see the true state. Not shared."""

    __slots__ = ("_deliveries", "_drafts", "_state", "moment", "record")

    def __init__(self, state: State | None, moment: Moment) -> None:
        self._state = state
        self._drafts: list[Draft] = []
        self._deliveries: list[DeliveryDraft] = []
        self.moment = moment
        self.record: DecisionRecord | None = None

    @property
    def state(self) -> State:
        """The state after the last event. Raises ValueError before the first event of a new conversation."""
        if self._state is None:
            raise ValueError("the conversation has not started")
        return self._state

    def add(self, payload: Payload, actor: Actor = SYSTEM) -> None:
        """Appends one event."""
        self._drafts.append(Draft(payload, actor))
        before = self._state
        event = Logged(
            id="",
            turn_id=self.moment.turn_id,
            conversation_id=self.moment.conversation_id,
            seq=1 if before is None else before.last_seq + 1,
            prev_visible=0 if before is None else before.last_visible_seq,
            at=self.moment.at,
            type=payload.TYPE,
            actor=actor,
            visible=is_visible(payload),
            payload=payload,
        )
        self._state = fold(before, event)

    def say(
        self, text: str, purpose: Purpose, chips: Sequence[QuickReply] = (), *, markdown: bool = False
    ) -> str:
        """A message by the bot; returns its message id."""
        return self._message(BOT, text, purpose, chips, markdown)

    def announce(self, text: str, purpose: Purpose, chips: Sequence[QuickReply] = ()) -> str:
        """A message by the system: receipts and what else is said while a person is waited for. Where the channel's window is
        closed nothing is said, for it would not arrive."""
        if not reachable(self.state, self.moment.at):
            return ""
        return self._message(SYSTEM, text, purpose, chips, False)

    def _message(
        self, actor: Actor, text: str, purpose: Purpose, chips: Sequence[QuickReply], markdown: bool
    ) -> str:
        message_id = self.moment.ids.next()
        self.add(
            MessageCreated(
                message_id=message_id,
                text=text,
                direction="outgoing",
                format="markdown" if markdown else "plain",
                quick_replies=tuple(chips),
                purpose=purpose,
            ),
            actor,
        )
        return message_id

    def deliver(self, delivery: DeliveryDraft) -> None:
        """Sends out a message of an earlier turn."""
        self._deliveries.append(delivery)

    def done(self) -> Decided:
        """The turn's result."""
        return Decided(tuple(self._drafts), self.record, tuple(self._deliveries))
