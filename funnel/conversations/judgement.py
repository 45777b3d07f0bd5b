"""What `decide` is given and what it gives back; the pure heart of every turn is a function of these values."""

from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from funnel.conversations.commands import Command
from funnel.conversations.events import Draft
from funnel.conversations.state import State
from funnel.core.ids import IdSource


class BurstText(Struct, frozen=True):
    """An earlier message of the burst that is open: its seq and its (masked) words."""

    seq: int
    message_id: str
    text: str


class Moment(Struct, frozen=True):
    """One turn's surroundings: the database's time and the ids the turn may use. `closed` is the contact's last resolved
    conversation, where the command has none that is open; `present` says whether the contact has the widget open now;
    `attributes` are what the site's own systems say of the contact, never what a browser says."""

    at: datetime
    turn_id: str
    ids: IdSource
    conversation_id: str
    burst: tuple[BurstText, ...] = ()
    closed: State | None = None
    present: bool = False
    attributes: dict[str, Any] = {}


class DecisionRecord(Struct, frozen=True):
    """Everything `decide` read, so that the turn can be replayed. `facts` is JSON; it holds no copied text."""

    decision_id: str
    outcome: str
    rule_set_version: str
    facts: bytes
    reason: str | None = None


class DeliveryDraft(Struct, frozen=True):
    """An outgoing message that must leave by a connector: which message, which of the conversation's reply addresses by name,
    and for how many seconds it is still worth sending. `inbox_id` None: by the conversation's own inbox. `from_message_id`: the first
    of those of its turn that are shown with it as one. Takes the place of a delivery of the same message to the same address that
    failed."""

    delivery_id: str
    message_id: str
    address: str
    lasts_seconds: int = 86_400
    inbox_id: str | None = None
    from_message_id: str | None = None


class Decided(Struct, frozen=True):
    """The result of a turn. No events: nothing changed, nothing is written (claim by the owner, a stale timer …)."""

    drafts: tuple[Draft, ...] = ()
    record: DecisionRecord | None = None
    deliveries: tuple[DeliveryDraft, ...] = ()


NOTHING = Decided()


class Judge(Protocol):
    """The bot's brain, pinned: one bundle of rule set, knowledge base, settings, catalogue and estimates.

    Both methods are pure: no I/O, no clock, no randomness. `prepare` measures the text (signals, candidates) and is run
    without a lock; `decide` turns state and command into events, or raises FunnelError to refuse.
    """

    @property
    def activation(self) -> int:
        """The rule set activation it judges by; a state that has seen a later one must not be judged with it."""
        ...

    def prepare(self, command: Command, state: State | None, moment: Moment) -> object:
        """Measures what the command says; its result is handed to `decide` unchanged."""
        ...

    def decide(self, command: Command, state: State | None, prepared: object, moment: Moment) -> Decided:
        """The events of this turn. Raises FunnelError where the command is refused."""
        ...

    def failed(self, command: Command, state: State | None, moment: Moment) -> Decided:
        """What is appended when `prepare` or `decide` broke on a contact's message: the message and a hand-over `bot_failure`."""
        ...
