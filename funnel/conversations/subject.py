"""What a conversation is called in a list: the contact's first words, or a mail's subject. Pure."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

import regex
from msgspec import Struct

from funnel.conversations.events import Logged, MessageCreated, MessageDeleted, MessageEdited, MessageRedacted

LONGEST: Final = 120
"""Characters as a reader counts them."""
_SEEN: Final = 1_000  # code points looked at; a first line may be a whole letter
_GRAPHEME: Final = regex.compile(r"\X")


class Subject(Struct, frozen=True, gc=False):
    """A line of plain text and the message it comes from; empty while the contact has said nothing that can be read.

    It is not part of the state: a state holds no words, so that what is erased is erased in one place.
    """

    text: str = ""
    message_id: str | None = None


NO_SUBJECT: Final = Subject()


def subject_after(before: Subject, events: Iterable[Logged]) -> Subject:
    """The subject after these events. Words that are edited, taken back or erased are so here too."""
    now = before
    for event in events:
        payload = event.payload
        if isinstance(payload, MessageCreated):
            if not now.text and event.actor.kind == "contact" and payload.visibility == "public":
                now = _made(payload.subject or payload.text, payload.message_id)
        elif isinstance(payload, MessageEdited):
            if payload.message_id == now.message_id:
                now = _made(payload.text, payload.message_id)
        elif isinstance(payload, MessageDeleted | MessageRedacted) and payload.message_id == now.message_id:
            now = NO_SUBJECT
    return now


def _made(text: str, message_id: str) -> Subject:
    line = first_line(text)
    return Subject(line, message_id) if line else NO_SUBJECT


def first_line(text: str) -> str:
    """The first line that says something, white space drawn together, at most `LONGEST` characters, never half of one."""
    lines = (" ".join(line.split()) for line in text[:_SEEN].splitlines())
    line = next(filter(None, lines), "")
    if len(line) <= LONGEST:
        return line
    seen = [found.group() for found in islice(_GRAPHEME.finditer(line), LONGEST + 1)]
    return line if len(seen) <= LONGEST else "".join(seen[: LONGEST - 1]).rstrip() + "…"
