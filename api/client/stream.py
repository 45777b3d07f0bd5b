"""Whole streams: checks every event's `prev` against the seq received before, and keeps the cursor to resume from."""

from dataclasses import dataclass, field
from typing import Any


class BrokenStreamError(Exception):
    """A hole or a repeat: `prev` of the event that came is not the seq that was received before."""


@dataclass
class Stream:
    """What one subscriber has received of one conversation."""

    conversation_id: str
    cursor: str = "0"
    last_seq: int = 0
    resets: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def take(self, event: dict[str, Any], cursor: str) -> None:
        """Appends the next event. Raises BrokenStreamError where the stream is not whole."""
        if event["prev"] != self.last_seq:
            raise BrokenStreamError(
                f"{self.conversation_id}: event {event['seq']} follows {event['prev']}, had {self.last_seq}"
            )
        self.events.append(event)
        self.last_seq = event["seq"]
        self.cursor = cursor

    def reset(self) -> None:
        """The server said so: the whole stream is sent again from its start."""
        self.events.clear()
        self.last_seq = 0
        self.cursor = "0"
        self.resets += 1
