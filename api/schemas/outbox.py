"""Failed deliveries on the wire."""

import datetime as dt

from api.schemas.setup import Answer
from funnel.turns.outbox.fates import DeadLetter


class DeadLetterOut(Answer):
    """A delivery that failed for good: why, and whether it may have arrived all the same."""

    id: str
    conversation_id: str
    message_id: str
    inbox_id: str
    error: str | None
    code: str | None
    attempts: int
    settled_at: dt.datetime | None
    created_at: dt.datetime
    possible_duplicate: bool


class ReplayedOut(Answer):
    """The delivery that is queued in place of the failed one."""

    delivery_id: str


def dead_letter_out(letter: DeadLetter) -> DeadLetterOut:
    """As it is shown."""
    return DeadLetterOut.model_validate(letter)
