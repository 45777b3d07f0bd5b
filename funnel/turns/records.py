"""What the turn hands out: a conversation with its version, and the result of a turn."""

from datetime import datetime

from msgspec import Struct

from funnel.conversations.events import Logged
from funnel.conversations.state import State
from funnel.conversations.subject import NO_SUBJECT, Subject


class ConversationRow(Struct, frozen=True):
    """A conversation as stored: its state and the version that rises with every change (read marks too)."""

    state: State
    version: int
    created_at: datetime
    subject: Subject = NO_SUBJECT


class TurnResult(Struct, frozen=True):
    """The outcome of a command.

    `repeated`: the command had been executed before; `events` are those of the original turn. Not `changed` and not
    `repeated`: the command asked for what already was, and nothing was written.
    """

    row: ConversationRow
    events: tuple[Logged, ...] = ()
    repeated: bool = False
    changed: bool = True
