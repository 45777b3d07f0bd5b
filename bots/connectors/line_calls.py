"""LINE's reply and push calls: a fresh reply token is free, everything else is a push with a retry key against a monthly quota."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid5

import msgspec

from funnel.channels.checking import accepted, bearer, get
from funnel.channels.inbound import Media
from funnel.channels.judging import by_status
from funnel.channels.outbound import (
    DeliveryResult,
    ErrorClass,
    OutboundMessage,
    Rendered,
    RenderedPart,
    Style,
)
from funnel.channels.port import Account, AllowanceSource, Call, Fetch, Probe
from funnel.channels.reading import MalformedError, Node, read_json

API: Final = "https://api.line.me"
DATA_API: Final = "https://api-data.line.me"
A_CALL: Final = 5
LOADING_SECONDS: Final = 20  # 5 to 60 in steps of five; a message ends it
STATUSES: Final = {
    400: ErrorClass.CONTENT_INVALID, 401: ErrorClass.CONFIG, 403: ErrorClass.CONFIG, 404: ErrorClass.RECIPIENT_GONE,
    410: ErrorClass.DROP, 413: ErrorClass.CONTENT_INVALID, 415: ErrorClass.CONTENT_INVALID, 500: ErrorClass.RETRY,
}  # fmt: skip
_MONTHLY: Final = "monthly limit"
_INVALID_TOKEN: Final = "invalid reply token"  # noqa: S105 - words of an answer
_SHOWN: Final = ("image", "video", "audio")


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """Up to five messages a call: the first by the free reply while its token lasts, the others by push, whose retry key makes every
    repeat safe, which the reply has not."""
    base, message = account.secret.one("api_base") or API, rendered.message
    headers = _headers(account)
    parts = [_message(part) for part in rendered.parts]
    calls = []
    for start in range(0, len(parts), A_CALL):
        some = parts[start : start + A_CALL]
        if start == 0 and message.reply_token:
            answer = msgspec.json.encode({"replyToken": message.reply_token, "messages": some})
            calls.append(Call("POST", f"{base}/v2/bot/message/reply", headers, answer, once=True))
            continue
        key = str(uuid5(UUID(message.id), str(start)))
        fields = {"to": message.address, "messages": some}
        calls.append(
            Call(
                "POST",
                f"{base}/v2/bot/message/push",
                {**headers, "x-line-retry-key": key},
                msgspec.json.encode(fields),
                metered=True,
            )
        )
    return tuple(calls)


def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
    """The loading animation, and the read mark by the message's own token. Neither counts against the quota."""
    base = account.secret.one("api_base") or API
    fields: dict[str, Any]
    if message.mark == "typing":
        path, fields = "loading/start", {"chatId": message.address, "loadingSeconds": LOADING_SECONDS}
    elif message.read_token:
        path, fields = "markAsRead", {"markAsReadToken": message.read_token}
    else:
        return ()
    return (Call("POST", f"{base}/v2/bot/chat/{path}", _headers(account), msgspec.json.encode(fields)),)


def _headers(account: Account) -> dict[str, str]:
    return {
        "authorization": f"Bearer {account.secret.one('access_token')}", "content-type": "application/json",
    }  # fmt: skip


def _message(part: RenderedPart) -> dict[str, Any]:
    if part.media is not None:
        kind = part.media.mime.partition("/")[0]
        if kind in _SHOWN:
            return {
                "type": kind, "originalContentUrl": part.media.url,
                **({"duration": 1000} if kind == "audio" else {"previewImageUrl": part.media.url}),
            }  # fmt: skip
        return {"type": "text", "text": f"{part.media.filename}\n{part.media.url}"}
    if part.location is not None:
        spot = part.location
        return {
            "type": "location", "title": spot.name or "📍", "address": f"{spot.lat}, {spot.lon}",
            "latitude": spot.lat, "longitude": spot.lon,
        }  # fmt: skip
    if part.style is Style.BUTTONS:
        actions = [{"type": "postback", "label": one.label, "data": one.payload} for one in part.choices]
        template = {"type": "buttons", "text": part.text, "actions": actions}
        return {"type": "template", "altText": part.text[:400], "template": template}
    fields: dict[str, Any] = {"type": "text", "text": part.text}
    if part.style is Style.QUICK_REPLIES:
        fields["quickReply"] = {"items": [
            {"type": "action", "action": {"type": "postback", "label": one.label, "data": one.payload, "displayText": one.label}}
            for one in part.choices
        ]}  # fmt: skip
    return fields


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By status; 409 is a repeat that was taken before."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    names = tuple(found for one in answer["sentMessages"] if (found := one["id"].id()))
    if 200 <= status < 300 or status == 409:
        return DeliveryResult(provider_ids=names)
    words = (answer["message"].text() or "").lower()
    if status == 400 and _INVALID_TOKEN in words:
        return DeliveryResult(failed=ErrorClass.WINDOW_CLOSED, code="invalid reply token")
    if status == 429 and _MONTHLY in words:  # free replies still go
        return DeliveryResult(failed=ErrorClass.QUOTA, code=str(status), recipient_only=True)
    if status == 429:
        return DeliveryResult(failed=ErrorClass.RETRY_AFTER, code=str(status))
    if status in STATUSES:
        return DeliveryResult(failed=STATUSES[status], code=str(status))
    return by_status(status, headers)


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """The content of a message by its id, or the link of whoever provides it."""
    if media.url:
        return Fetch(media.url)
    if not media.provider_id:
        return None
    base = account.secret.one("api_base") or DATA_API
    headers = {"authorization": f"Bearer {account.secret.one('access_token')}"}
    return Fetch(f"{base}/v2/bot/message/{quote(media.provider_id, safe='')}/content", headers)


def _asks(account: Account) -> tuple[Call, ...]:
    base = account.secret.one("api_base") or API
    headers = {"authorization": f"Bearer {account.secret.one('access_token')}"}
    return tuple(
        Call("GET", f"{base}/v2/bot/message/quota{path}", headers, b"") for path in ("", "/consumption")
    )


def _left(answers: tuple[bytes, ...]) -> int | None:
    """The month's limit less what was pushed of it."""
    try:
        limit, used = (read_json(one) for one in answers)
    except (MalformedError, ValueError):
        return None
    if limit["type"].text() == "none":
        return -1
    most, spent = limit["value"].whole(), used["totalUsage"].whole()
    return max(most - spent, 0) if most is not None and spent is not None else None


ALLOWANCE: Final = AllowanceSource(calls=_asks, read=_left)


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The bot behind the token, and its webhook address."""
    base = account.secret.one("api_base") or API

    def subscribed(status: int, answer: Node) -> str | None:
        found = answer["endpoint"].text() or ""
        if found != webhook_url:
            return f"The webhook address is {found or 'not set'}, not {webhook_url}"
        return None if answer["active"].flag() else "Webhooks are switched off in the console."

    return (
        Probe("token", get(f"{base}/v2/bot/info", bearer(account)), accepted),
        Probe("webhook", get(f"{base}/v2/bot/channel/webhook/endpoint", bearer(account)), subscribed),
    )
