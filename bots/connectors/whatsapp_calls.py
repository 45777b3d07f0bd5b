"""The Cloud API's messages call for what we say, and its error codes."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from bots.connectors import whatsapp_templates
from funnel.channels.checking import accepted, bearer, get
from funnel.channels.inbound import Media
from funnel.channels.judging import by_status
from funnel.channels.media import with_token
from funnel.channels.outbound import (
    DeliveryResult,
    ErrorClass,
    OutboundMessage,
    Rendered,
    RenderedPart,
    Style,
)
from funnel.channels.port import Account, Call, Fetch, Probe
from funnel.channels.reading import MalformedError, read_json

API: Final = "https://graph.facebook.com/v26.0"
PAIR_SECONDS: Final = 6.0
_E = ErrorClass
CODES: Final[dict[str, ErrorClass]] = {
    "0": _E.CONFIG, "190": _E.CONFIG, "3": _E.CONFIG, "10": _E.CONFIG, "4": _E.RETRY_AFTER, "80007": _E.RETRY_AFTER,
    "130429": _E.RETRY_AFTER, "131056": _E.RETRY_AFTER, "131048": _E.QUOTA, "131064": _E.QUOTA, "133016": _E.CONFIG,
    "1": _E.RETRY, "2": _E.RETRY, "131000": _E.RETRY, "131016": _E.RETRY, "131057": _E.RETRY,
    "135000": _E.CONTENT_INVALID, "131047": _E.WINDOW_CLOSED, "131049": _E.DROP, "131050": _E.RECIPIENT_GONE,
    "130472": _E.DROP, "131026": _E.RECIPIENT_GONE, "131021": _E.RECIPIENT_GONE, "131030": _E.CONFIG,
    "131062": _E.RECIPIENT_GONE, "137000": _E.RETRY, "100": _E.CONTENT_INVALID, "131008": _E.CONTENT_INVALID,
    "131009": _E.CONTENT_INVALID, "131051": _E.CONTENT_INVALID, "131052": _E.RETRY, "131053": _E.CONTENT_INVALID,
    "132000": _E.CONTENT_INVALID, "132001": _E.CONFIG, "132005": _E.CONTENT_INVALID, "132007": _E.CONTENT_INVALID,
    "132008": _E.CONTENT_INVALID, "132012": _E.CONTENT_INVALID, "132015": _E.CONFIG, "132016": _E.CONFIG,
    "132068": _E.CONFIG, "132069": _E.RETRY_AFTER, "131005": _E.CONFIG, "131031": _E.CONFIG, "131037": _E.CONFIG,
    "131042": _E.CONFIG, "131044": _E.CONFIG, "131045": _E.CONFIG, "131063": _E.CONFIG, "368": _E.CONFIG,
    "130497": _E.CONFIG,
}  # fmt: skip
_MEDIA: Final = ("image", "video", "audio")
_HOSTS: Final = ("graph.facebook.com", "lookaside.fbsbx.com", "whatsapp.net")


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """One message a part; the delivery's id comes back with each status of it."""
    message = rendered.message
    url, headers = _messages(account)
    numbered = message.address.isascii() and message.address.isdigit()
    to: dict[str, Any] = {"to" if numbered else "recipient": message.address}
    calls = []
    for part in rendered.parts:
        fields = {
            "messaging_product": "whatsapp", "recipient_type": "individual", **to,
            "biz_opaque_callback_data": message.id,
            **(whatsapp_templates.content(message.template, message.media) if message.template is not None else _content(part)),
        }  # fmt: skip
        calls.append(Call("POST", url, headers, msgspec.json.encode(fields)))
    return tuple(calls)


def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
    """One call for both: who types has read. It names the message, so that there is none before the contact wrote."""
    if not message.reply_to:
        return ()
    fields: dict[str, Any] = {
        "messaging_product": "whatsapp", "status": "read", "message_id": message.reply_to,
        **({"typing_indicator": {"type": "text"}} if message.mark == "typing" else {}),
    }  # fmt: skip
    return (Call("POST", *_messages(account), msgspec.json.encode(fields)),)


def _messages(account: Account) -> tuple[str, dict[str, str]]:
    base = account.secret.one("api_base") or API
    headers = {
        "authorization": f"Bearer {account.secret.one('access_token')}", "content-type": "application/json",
    }  # fmt: skip
    return f"{base}/{account.secret.one('phone_number_id')}/messages", headers


def _content(part: RenderedPart) -> dict[str, Any]:
    if part.media is not None:
        family = part.media.mime.partition("/")[0]
        kind = family if family in _MEDIA else "document"
        named = {"filename": part.media.filename} if kind == "document" else {}
        return {"type": kind, kind: {"link": part.media.url, **named}}
    if part.location is not None:
        spot = part.location
        return {
            "type": "location",
            "location": {"latitude": spot.lat, "longitude": spot.lon, "name": spot.name},
        }
    if part.style is Style.BUTTONS:
        buttons = [
            {"type": "reply", "reply": {"id": one.payload, "title": one.label}} for one in part.choices
        ]
        return _interactive("button", part.text, {"buttons": buttons})
    if part.style is Style.LIST:
        rows = [{"id": one.payload, "title": one.label} for one in part.choices]
        return _interactive("list", part.text, {"button": "☰", "sections": [{"rows": rows}]})
    return {"type": "text", "text": {"body": part.text, "preview_url": False}}


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By error code, never by title; what calls itself transient is tried again."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    error = answer["error"]
    if not error:
        names = tuple(found for one in answer["messages"] if (found := one["id"].id()))
        return DeliveryResult(provider_ids=names) if 200 <= status < 300 else by_status(status, headers)
    code = error["code"].id() or str(status)
    if error["is_transient"].flag() and code not in ("4", "80007", "130429", "131056"):
        return DeliveryResult(failed=ErrorClass.RETRY, code=code)
    return of_code(code) or by_status(status, headers, code)


def of_code(code: str) -> DeliveryResult | None:
    """What a code means, in an answer or later in a status; None for one that is not in the table."""
    if code.isdigit() and 200 <= int(code) <= 299:
        return DeliveryResult(failed=ErrorClass.CONFIG, code=code)
    failed = CODES.get(code)
    if failed is None:
        return None
    pair = code == "131056"
    return DeliveryResult(failed=failed, code=code, delay=PAIR_SECONDS if pair else None, recipient_only=pair)


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """The id tells a link that lasts five minutes and wants the token too; a link that came along may have ended before."""
    base = account.secret.one("api_base") or API
    headers = {"authorization": f"Bearer {account.secret.one('access_token')}"}
    if answer is None and media.provider_id:
        return Fetch(f"{base}/{quote(media.provider_id, safe='')}", headers, is_file=False)
    url = media.url
    if answer is not None:
        try:
            url = read_json(answer)["url"].text()
        except MalformedError:
            return None
    return with_token(url, headers, (*_HOSTS, base)) if url else None


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The number behind the token."""
    base = account.secret.one("api_base") or API
    return (
        Probe("token", get(f"{base}/{account.secret.one('phone_number_id')}", bearer(account)), accepted),
    )
