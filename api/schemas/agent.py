"""What an agent sends about conversations."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.body import Body, ClientMessageId, Id, Moment, Short, Sound, Text

Label = Annotated[Sound, Field(min_length=1, max_length=60, pattern=r"\S")]


class EmptyIn(Body):
    """No fields."""


class AssignIn(Body):
    """To an agent or to a queue, exactly one of them."""

    agent_id: Id | None = None
    queue_id: Id | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.agent_id is None) == (self.queue_id is None):
            raise PydanticCustomError("one_target", "one_target")
        return self


class NoteIn(Body):
    """A note: agents only."""

    client_message_id: ClientMessageId
    text: Text


class ElsewhereIn(Body):
    """By which other way: a conversation of the same person; none is by mail, in this conversation."""

    conversation_id: Id | None = None


class TagsIn(Body):
    """Tags to add and to remove."""

    add: Annotated[list[Label], Field(max_length=20)] = Field(default_factory=list)
    remove: Annotated[list[Label], Field(max_length=20)] = Field(default_factory=list)


class PriorityIn(Body):
    """Another priority."""

    priority: Literal["low", "normal", "high", "urgent"]


class SnoozeIn(Body):
    """Sleeps until then, or until the contact writes."""

    until: Moment

    def at(self) -> datetime:
        """The time to wake."""
        return self.until


class ResolveIn(Body):
    """How the episode ended."""

    how: Literal["agent", "confirmed", "ended", "silent"] = "agent"
    need_met: Literal["yes", "no", "unknown"] = "unknown"
    disposition: Short | None = None
