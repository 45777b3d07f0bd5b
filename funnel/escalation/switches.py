"""Brakes apart from rule sets: bot off, topic hold, everything to people, announce; as values that a turn is judged with."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

SwitchKind = Literal["bot_off", "topic_hold", "everything_to_people", "announce"]


class Switch(Struct, frozen=True):
    """One brake that is on: where (None: everywhere), until when (None: until it is taken off), why and by whom.

    `topic` is the article tag that is held; `texts` is what is announced, by locale.
    """

    id: str
    kind: SwitchKind
    reason: str
    at: datetime
    by: str | None = None
    site_id: str | None = None
    channel: str | None = None
    topic: str | None = None
    texts: dict[str, str] = {}
    expires_at: datetime | None = None

    def holds(self, site_id: str, channel: str, at: datetime) -> bool:
        """Whether it holds there and then."""
        return (
            self.site_id in (None, site_id)
            and self.channel in (None, channel)
            and (self.expires_at is None or at < self.expires_at)
        )


class SwitchBoard(Struct, frozen=True):
    """All brakes that are on. Never changes; a newer one takes its place."""

    switches: tuple[Switch, ...] = ()


NO_SWITCHES: Final = SwitchBoard()
