"""Posting to an integrator's app: our messages as signed Standard Webhooks events."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from funnel.channels import standard_webhooks
from funnel.channels.judging import by_status
from funnel.channels.outbound import DeliveryResult, ErrorClass, OutboundMessage, Rendered
from funnel.channels.port import Account, Call


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """One signed event a part; its `webhook-id` is the same at every attempt."""
    message = rendered.message
    calls = []
    for number, part in enumerate(rendered.parts):
        inner = {
            "id": message.message_id,
            "text": part.text,
            "choices": [{"label": one.label, "payload": one.payload} for one in part.choices],
            "attachments": [
                {"url": part.media.url, "mime": part.media.mime, "filename": part.media.filename}
            ] if part.media else [],
            "author": message.by,
        }  # fmt: skip
        name = message.id if number == 0 else f"{message.id}.{number + 1}"
        calls.append(_event("message.created", name, message, account, now, {"message": inner}))
    return tuple(calls)


def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
    """`typing`, or `read` with the app's own name for its user's last message; posted once, whatever becomes of it."""
    if message.mark == "typing":
        return (_event("typing", message.id, message, account, now, {"author": message.by}),)
    if not message.reply_to:
        return ()
    return (_event("read", message.id, message, account, now, {"message_id": message.reply_to}),)


def _event(
    kind: str, name: str, message: OutboundMessage, account: Account, now: float, more: dict[str, object]
) -> Call:
    event = {
        "type": kind,
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
        "data": {
            "conversation_id": message.conversation_id,
            "recipient": {"id": message.address},
            "thread_id": message.thread_id,
            **more,
        },
    }
    body = msgspec.json.encode(event)
    headers = standard_webhooks.sign(account.secret.all("signing"), name, int(now), body)
    return Call("POST", account.secret.one("url"), {**headers, "content-type": "application/json"}, body)


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """2xx is taken; 410 and a set-up that refuses us open the circuit; everything else is tried again."""
    found = by_status(status, headers)
    if found.failed in (None, ErrorClass.RETRY_AFTER):
        return found
    failed = ErrorClass.CONFIG if status == 410 else ErrorClass.RETRY
    return DeliveryResult(failed=failed, code=str(status), delay=found.delay)
