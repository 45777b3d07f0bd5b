"""Answers as JSON: rows and turns of the core, with the names that only the directory knows."""

from collections.abc import Sequence
from typing import Any

from api.services import Services
from funnel.conversations.events import Logged
from funnel.conversations.render import (
    Audience,
    conversation_fields,
    encode_json,
    event_fields,
    message_fields,
)
from funnel.people.principals import Principal, Visitor
from funnel.turns.records import ConversationRow

Fields = dict[str, Any]


def audience_of(principal: Principal) -> Audience:
    """Visitors read as visitors, everybody else as an agent."""
    return Audience.VISITOR if isinstance(principal, Visitor) else Audience.AGENT


def conversation(services: Services, row: ConversationRow, audience: Audience) -> Fields:
    """The `Conversation` of the API."""
    if audience == Audience.VISITOR:
        return conversation_fields(row.state, row.version, row.created_at, audience)
    known = services.directory.now()
    queue = known.queues.get(row.state.queue_id)
    site = known.sites.get(row.state.site_id)
    return conversation_fields(
        row.state,
        row.version,
        row.created_at,
        audience,
        subject=row.subject.text,
        queue_name=queue.name if queue else None,
        site_name=site.name if site else None,
    )


def events(services: Services, found: Sequence[Logged], audience: Audience) -> list[Fields]:
    """Those of the events that this audience may see."""
    link = services.files.link
    return [
        event_fields(event, audience, link)
        for event in found
        if event.visible or audience != Audience.VISITOR
    ]


def written(
    services: Services,
    row: ConversationRow,
    message: Logged | None,
    found: Sequence[Logged],
    audience: Audience,
) -> bytes:
    """The answer of every write: `{conversation, message|null, events}`."""
    return encode_json(
        {
            "conversation": conversation(services, row, audience),
            "message": message_fields(message, audience, services.files.link) if message else None,
            "events": events(services, found, audience),
        }
    )
