"""From a claimed delivery to what its channel can show of it, or why it cannot be sent at all. Pure."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from funnel.channels.outbound import (
    Capabilities,
    Choice,
    DeliveryResult,
    ErrorClass,
    MailThread,
    OutboundMedia,
    OutboundMessage,
    Rendered,
)
from funnel.channels.rendering import TooLongError, render
from funnel.conversations.events import MessageCreated, decode
from funnel.conversations.values import LINK, Attachment, QuickReply
from funnel.turns.outbox.store import Due

Link = Callable[[Attachment], str]


def rendered(due: Due, capabilities: Capabilities, link: Link) -> Rendered | DeliveryResult:
    """What to send, or the failure that it is. `link` makes a file's address."""
    payload = decode(MessageCreated.TYPE, due.data) if due.data is not None else None
    if not isinstance(payload, MessageCreated):
        return DeliveryResult(failed=ErrorClass.DROP, code="erased")
    windowed = capabilities.window_hours is not None or due.quota_left is not None
    closed = windowed and due.window_expires_at is not None and due.window_expires_at <= due.now
    if payload.template is None and (closed or due.quota_left == 0):
        return DeliveryResult(failed=ErrorClass.WINDOW_CLOSED, code="window" if closed else "quota")
    try:
        return render(_message(due, payload, link), capabilities, quota_left=due.quota_left)
    except TooLongError:
        return DeliveryResult(failed=ErrorClass.DROP, code="too_long")


def _links(buttons: Sequence[QuickReply]) -> list[str]:
    """Buttons that only open an address stand as text where messages leave the website, those of a path of the site not."""
    targets = [(one.label, one.payload[len(LINK) :]) for one in buttons if one.payload.startswith(LINK)]
    whole = [(label, target) for label, target in targets if urlsplit(target).scheme]
    return [target if label == target else f"{label}: {target}" for label, target in whole]


def _message(due: Due, payload: MessageCreated, link: Link) -> OutboundMessage:
    fresh = due.token_expires_at is not None and due.token_expires_at > due.now + timedelta(seconds=1)
    choices = tuple(
        Choice(one.label, one.payload) for one in payload.quick_replies if not one.payload.startswith(LINK)
    )
    links = _links(payload.quick_replies)
    return OutboundMessage(
        id=due.id,
        conversation_id=due.conversation_id,
        message_id=due.message_id,
        address=due.address or "",
        text="\n\n".join((payload.text, *links)) if links else payload.text,
        choices=choices,
        media=tuple(
            OutboundMedia(link(one), one.content_type, one.name, one.size) for one in payload.attachments
        ),
        by="agent" if due.actor_kind == "agent" else "system" if due.actor_kind == "system" else "bot",
        purpose=payload.purpose or "",
        reply_token=due.reply_token if fresh else None,
        reply_to=due.last_message_id,
        thread_id=due.thread_id,
        business_connection_id=due.business_connection_id,
        mail=msgspec.json.decode(due.mail, type=MailThread) if due.mail not in (None, "{}") else None,
        plain=due.plain,
        template=payload.template,
    )
