"""How events and conversations look to each audience. An allow-list: a visitor sees what a payload class names, nothing else. Pure."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from funnel.conversations.events import (
    REGISTRY,
    AnswerOffered,
    AttachmentUpdated,
    ConversationAssigned,
    ConversationHandedOver,
    Logged,
    MessageCreated,
    Payload,
    SignalsMeasured,
)
from funnel.conversations.state import State
from funnel.conversations.values import Actor, Attachment, PassageRef, Window

Fields = dict[str, Any]
Link = Callable[[str], str]
"""The address of an attachment, made when it is shown (it carries a signature that ends)."""

_ALWAYS_SHOWN = frozenset({"expected_reply_at", "reason"})
_VISITOR_REASONS = {"human_requested": "human_requested", "no_answer": "no_answer"}
_encoder = msgspec.json.Encoder()


class Audience(StrEnum):
    """Who reads: a visitor gets public events and fields only."""

    VISITOR = "visitor"
    AGENT = "agent"


def encode_json(value: Any) -> bytes:
    """JSON of builtins, structs and aware datetimes (RFC 3339, UTC as `Z`)."""
    return _encoder.encode(value)


def render_event(event: Logged, audience: Audience, link: Link) -> bytes:
    """The `Event` of the API as JSON. Raises ValueError for an event this audience may not see, rather than leak it."""
    return _encoder.encode(event_fields(event, audience, link))


def event_fields(event: Logged, audience: Audience, link: Link) -> Fields:
    """The `Event` of the API as builtins; `prev` is the previous event this audience may see (0: none)."""
    visitor = audience == Audience.VISITOR
    if visitor and not event.visible:
        raise ValueError("a visitor may not see this event")
    return {
        "id": event.id,
        "turn_id": event.turn_id,
        "conversation_id": event.conversation_id,
        "seq": event.seq,
        "prev": event.prev_visible if visitor else event.seq - 1,
        "at": event.at,
        "type": event.type,
        "actor": actor_fields(event.actor, audience),
        "data": _data(event, audience, link),
    }


def message_fields(event: Logged, audience: Audience, link: Link) -> Fields | None:
    """The `Message` of the API; None where the event is no message or its content was erased."""
    if not isinstance(event.payload, MessageCreated):
        return None
    fields = _message(event, event.payload, audience, link)
    return {"id": fields.pop("message_id"), **fields}


def actor_fields(actor: Actor, audience: Audience) -> Fields:
    """An actor; a visitor learns an agent's name, never the id."""
    fields: Fields = {"kind": actor.kind}
    if actor.id is not None and not (audience == Audience.VISITOR and actor.kind == "agent"):
        fields["id"] = actor.id
    if actor.name is not None:
        fields["name"] = actor.name
    return fields


def conversation_fields(
    state: State,
    version: int,
    created_at: datetime,
    audience: Audience,
    *,
    subject: str = "",
    queue_name: str | None = None,
    site_name: str | None = None,
) -> Fields:
    """The `Conversation` of the API. For a visitor `last_seq` and `updated_at` count visible events only."""
    visitor = audience == Audience.VISITOR
    owner: Fields = {"kind": state.owner.kind}
    if state.owner.kind == "agent":
        _put(owner, "name", state.owner.agent_name)
    contact: Fields = {"id": state.contact_id, "verified": state.contact_verified}
    _put(contact, "name", state.contact_name)
    fields: Fields = {
        "id": state.id,
        "status": state.status,
        "owner": owner,
        "channel": state.channel,
        "locale": state.locale,
        "contact": contact,
        "last_seq": state.last_visible_seq if visitor else state.last_seq,
        "version": version,
        "created_at": created_at,
        "updated_at": state.updated_at if visitor else state.last_at,
    }
    if state.waiting is not None and state.owner.kind == "queue":
        _put(fields, "expected_reply_at", state.waiting.expected_reply_at)
    if not visitor:
        fields["subject"] = subject
        _for_agents(fields, state, queue_name, site_name)
    return fields


def _for_agents(fields: Fields, state: State, queue_name: str | None, site_name: str | None) -> None:
    """What only agents see of a conversation. `queue` is named once people were reached."""
    owner: Fields = fields["owner"]
    if state.owner.kind == "agent":
        _put(owner, "id", state.owner.agent_id)
    elif state.owner.kind == "queue":
        _put(owner, "id", state.owner.queue_id)
        _put(owner, "name", queue_name)
    fields["priority"] = state.priority
    fields["tags"] = list(state.tags)
    fields["site"] = {"id": state.site_id, "name": site_name or ""}
    if state.reached_people:
        fields["queue"] = {"id": state.queue_id, "name": queue_name or ""}
    if state.waiting is not None and state.owner.kind == "queue":
        fields["waiting_since"] = state.waiting.since
    if state.window is not None:
        fields["window"] = window_fields(state.window)


def window_fields(window: Window) -> Fields:
    """What a channel still allows, as agents see it."""
    fields: Fields = {"until": _iso(window.until), "left": window.left, "can_send": list(window.beyond)}
    if window.free_until is not None:
        fields["free_until"] = _iso(window.free_until)
    return fields


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment is not None else None


def _put(fields: Fields, name: str, value: object) -> None:
    if value is not None:
        fields[name] = value


def _data(event: Logged, audience: Audience, link: Link) -> Fields:
    payload = event.payload
    if payload is None:
        return {"redacted": True} if event.type in REGISTRY else {}
    if isinstance(payload, MessageCreated):
        return _message(event, payload, audience, link)
    fields = _allowed(payload, audience)
    if isinstance(payload, AttachmentUpdated):
        fields["attachment"] = _attachment(payload.attachment, link)
    if isinstance(payload, SignalsMeasured):
        signals: Fields = dict(payload.signals)
        fields["signals"] = {**signals, "language": payload.language}
    if audience == Audience.VISITOR:
        _narrow(payload, fields)
    return fields


def _allowed(payload: Payload, audience: Audience) -> Fields:
    """The fields this audience may see; absent values are left out, except those the contract always shows."""
    allowed = type(payload).PUBLIC if audience == Audience.VISITOR else None
    fields: Fields = {}
    for name in payload.__struct_fields__:
        if allowed is not None and name not in allowed:
            continue
        value = getattr(payload, name)
        if value is not None or name in _ALWAYS_SHOWN:
            fields[name] = value
    return fields


def _narrow(payload: Payload, fields: Fields) -> None:
    """Inside the allowed fields: what of them a visitor does not get."""
    if isinstance(payload, ConversationHandedOver):
        fields["reason"] = _VISITOR_REASONS.get(payload.reason, "other")
    elif isinstance(payload, ConversationAssigned):
        fields["agent"] = {"name": payload.agent.name}
    elif isinstance(payload, AnswerOffered):
        fields["passages"] = [_passage(passage) for passage in payload.passages]


def _passage(passage: PassageRef) -> Fields:
    fields: Fields = {
        "article_id": passage.article_id,
        "title": passage.title,
        "locale": passage.locale,
        "text": passage.text,
    }
    _put(fields, "url", passage.url)
    return fields


def _message(event: Logged, payload: MessageCreated, audience: Audience, link: Link) -> Fields:
    fields: Fields = {
        "message_id": payload.message_id,
        "conversation_id": event.conversation_id,
        "seq": event.seq,
        "text": payload.text,
        "format": payload.format,
        "direction": payload.direction,
        "author": actor_fields(event.actor, audience),
        "attachments": [_attachment(attachment, link) for attachment in payload.attachments],
        "quick_replies": payload.quick_replies,
        "created_at": event.at,
    }
    _put(fields, "client_message_id", payload.client_message_id)
    if audience == Audience.AGENT:
        fields["visibility"] = payload.visibility
        _put(fields, "payload", payload.payload)
        _put(fields, "purpose", payload.purpose)
        if payload.template is not None:
            fields["template"] = {"name": payload.template.name, "language": payload.template.language}
    return fields


def _attachment(attachment: Attachment, link: Link) -> Fields:
    return {
        "id": attachment.id,
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "url": link(attachment.id),
    }
