"""An event as decide drafts it and as the log holds it."""

from datetime import datetime

from msgspec import Struct

from funnel.conversations.events.payload import Payload
from funnel.conversations.events.talk import MessageCreated
from funnel.conversations.values import Actor


class Draft(Struct, frozen=True, gc=False):
    """An event that `decide` wants appended; ids, seq and time are given when the turn is sealed."""

    payload: Payload
    actor: Actor


class Logged(Struct, frozen=True, gc=False):
    """One entry of a conversation's log.

    `seq` is 1..n without gaps; `prev_visible` is the seq of the previous event a visitor may see (0: none), also on
    events the visitor may not see. `payload` is None where the type is unknown or the content was erased.
    """

    id: str
    turn_id: str
    conversation_id: str
    seq: int
    prev_visible: int
    at: datetime
    type: str
    actor: Actor
    visible: bool
    payload: Payload | None


def is_visible(payload: Payload) -> bool:
    """Whether a visitor may see the event at all: its type is public and it is not a note."""
    if type(payload).PUBLIC is None:
        return False
    return not (isinstance(payload, MessageCreated) and payload.visibility == "private")
