"""What an event says of answering it: where the answer goes, until when, and how much of it the channel takes. Pure."""

from datetime import timedelta

from bots.intake.mail_threads import mail_place
from funnel.channels.inbound import InboundEvent
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Account
from funnel.conversations.values import Window
from funnel.turns.reply_places import ReplyPlace


def window_of(
    capabilities: Capabilities, event: InboundEvent, pushes_left: int | None = None
) -> Window | None:
    """What the channel allows us after this message; None where it has no such rule or the message says nothing of its time.
    `pushes_left` is what is left of the inbox's monthly quota, None where there is none."""
    context = event.reply_context
    until = context.window_expires_at if context else None
    if until is None and capabilities.window_hours is not None and event.occurred_at is not None:
        until = event.occurred_at + timedelta(hours=capabilities.window_hours)
    left = context.quota_left if context and context.quota_left is not None else pushes_left
    if until is None and left is None:
        return None
    return Window(until, left, capabilities.beyond_window, context.token_expires_at if context else None)


def reply_place(
    account: Account, event: InboundEvent, conversation_id: str, window: Window | None
) -> ReplyPlace:
    place, context = event.place, event.reply_context
    if place is None:
        raise ValueError("an event without a place")
    said = event.message
    own = place.thread_id or (said.external_id if place.kind == "channel" and said is not None else None)
    return ReplyPlace(
        conversation_id=conversation_id,
        inbox_id=account.inbox_id,
        address=place.external_id,
        thread_id=own,
        business_connection_id=place.business_connection_id,
        reply_token=context.reply_token if context else None,
        token_expires_at=context.token_expires_at if context else None,
        last_message_id=(said.external_id or None) if said is not None else None,
        window_expires_at=window.until if window is not None else None,
        quota_left=context.quota_left if context else None,
        mail=mail_place(event),
        read_token=context.mark_read_token if context else None,
    )
