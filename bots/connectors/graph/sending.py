"""The Send API of Messenger and Instagram: one call, one table of error codes."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from funnel.channels.checking import accepted, bearer, get
from funnel.channels.judging import by_status
from funnel.channels.outbound import (
    DeliveryResult,
    ErrorClass,
    OutboundMessage,
    Rendered,
    RenderedPart,
    Style,
)
from funnel.channels.port import Account, Call, Probe
from funnel.channels.reading import MalformedError, Node, read_json

API: Final = "https://graph.facebook.com/v26.0"
_E = ErrorClass
CODES: Final[dict[str, ErrorClass]] = {
    "1": _E.RETRY, "2": _E.RETRY, "1200": _E.RETRY, "4": _E.RETRY_AFTER, "17": _E.RETRY_AFTER, "32": _E.RETRY_AFTER,
    "613": _E.RETRY_AFTER, "80004": _E.RETRY_AFTER, "190": _E.CONFIG, "102": _E.CONFIG, "10/2018278": _E.WINDOW_CLOSED,
    "10/2534022": _E.WINDOW_CLOSED, "10": _E.CONFIG, "10/1893063": _E.CONFIG, "200": _E.CONFIG, "230": _E.DROP,
    "551": _E.RECIPIENT_GONE, "551/1545041": _E.RECIPIENT_GONE, "100/2018001": _E.RECIPIENT_GONE,
    "100/2018108": _E.RECIPIENT_GONE, "100/2018218": _E.DROP, "100": _E.CONTENT_INVALID, "368": _E.CONFIG,
}  # fmt: skip
_MEDIA: Final = ("image", "video", "audio")


def build_page(rendered: Rendered, account: Account, account_field: str) -> tuple[Call, ...]:
    """One message a part; the delivery's id comes back with its echo."""
    message = rendered.message
    url, headers = _messages(account, account_field)
    calls = []
    for part in rendered.parts:
        fields = {
            "recipient": {"id": message.address}, "messaging_type": "RESPONSE",
            "message": {**_content(part), "metadata": message.id},
        }  # fmt: skip
        calls.append(Call("POST", url, headers, msgspec.json.encode(fields)))
    return tuple(calls)


def mark_page(message: OutboundMessage, account: Account, account_field: str) -> tuple[Call, ...]:
    """A `sender_action`: it marks everything up to now as read, or types until a message or for twenty seconds."""
    action = "typing_on" if message.mark == "typing" else "mark_seen"
    fields = {"recipient": {"id": message.address}, "sender_action": action}
    return (Call("POST", *_messages(account, account_field), msgspec.json.encode(fields)),)


def _messages(account: Account, account_field: str) -> tuple[str, dict[str, str]]:
    base = account.secret.one("api_base") or API
    headers = {
        "authorization": f"Bearer {account.secret.one('access_token')}", "content-type": "application/json",
    }  # fmt: skip
    return f"{base}/{account.secret.one(account_field)}/messages", headers


def _content(part: RenderedPart) -> dict[str, Any]:
    if part.media is not None:
        family = part.media.mime.partition("/")[0]
        kind = family if family in _MEDIA else "file"
        return {"attachment": {"type": kind, "payload": {"url": part.media.url}}}
    if part.location is not None:
        spot = part.location
        return {"text": f"{spot.name} {spot.lat}, {spot.lon}".strip()}
    if part.style is Style.BUTTONS:
        buttons = [{"type": "postback", "title": one.label, "payload": one.payload} for one in part.choices]
        payload = {"template_type": "button", "text": part.text, "buttons": buttons}
        return {"attachment": {"type": "template", "payload": payload}}
    fields: dict[str, Any] = {"text": part.text}
    if part.style is Style.QUICK_REPLIES:
        fields["quick_replies"] = [
            {"content_type": "text", "title": one.label, "payload": one.payload} for one in part.choices
        ]
    return fields


def judge_page(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By code and subcode."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    error = answer["error"]
    if not error:
        name = answer["message_id"].id()
        good = 200 <= status < 300
        return DeliveryResult(provider_ids=(name,) if name else ()) if good else by_status(status, headers)
    code = error["code"].id() or str(status)
    subcode = error["error_subcode"].id()
    for key in (f"{code}/{subcode}", code):
        if key in CODES:
            return DeliveryResult(failed=CODES[key], code=key)
    if error["is_transient"].flag():
        return DeliveryResult(failed=ErrorClass.RETRY, code=code)
    return by_status(status, headers, code)


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The apps that a page delivers to: Meta takes ours off the list after an hour of failures."""
    base = account.secret.one("api_base") or API
    name = account.secret.one("page_id") or account.secret.one("account_id")

    def subscribed(status: int, answer: Node) -> str | None:
        return None if list(answer["data"]) else "The page delivers to no app: subscribe it again."

    call = get(f"{base}/{name}/subscribed_apps", bearer(account))
    return Probe("token", call, accepted), Probe("webhook", call, subscribed)
