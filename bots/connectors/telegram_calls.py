"""The Bot API's calls for what we say, and its answers. Texts are sent without markup, so there are no entities to get wrong."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from funnel.channels.checking import accepted, get
from funnel.channels.inbound import Media
from funnel.channels.judging import by_status
from funnel.channels.outbound import (
    Choice,
    DeliveryResult,
    ErrorClass,
    OutboundMessage,
    Rendered,
    RenderedPart,
    Style,
)
from funnel.channels.port import Account, Call, Fetch, Probe
from funnel.channels.reading import NOTHING, MalformedError, Node, read_json

API: Final = "https://api.telegram.org"
ROW: Final = 8
# What the description of a 400 or 403 begins with or holds; the first that fits counts.
DESCRIPTIONS: Final[tuple[tuple[int, str, ErrorClass | None], ...]] = (
    (400, "message is too long", ErrorClass.CONTENT_INVALID),
    (400, "can't parse entities", ErrorClass.CONTENT_INVALID),
    (400, "chat not found", ErrorClass.RECIPIENT_GONE),
    (400, "message is not modified", None),
    (400, "message to edit not found", ErrorClass.CONTENT_INVALID),
    (400, "query is too old", ErrorClass.DROP),
    (400, "button_data_invalid", ErrorClass.CONTENT_INVALID),
    (403, "bot was blocked by the user", ErrorClass.RECIPIENT_GONE),
    (403, "user is deactivated", ErrorClass.RECIPIENT_GONE),
    (403, "bot can't initiate conversation", ErrorClass.RECIPIENT_GONE),
)
_METHODS: Final = {
    "image": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
    "audio": ("sendAudio", "audio"),
}
CODES: Final = {
    401: ErrorClass.CONFIG, 404: ErrorClass.CONFIG, 409: ErrorClass.CONFIG, 400: ErrorClass.CONTENT_INVALID,
    403: ErrorClass.RECIPIENT_GONE,
}  # fmt: skip


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """sendMessage, sendPhoto, sendDocument or sendLocation for each part."""
    base = account.secret.one("api_base") or API
    calls = []
    for part in rendered.parts:
        method, fields = _method(part)
        fields["chat_id"] = rendered.message.address
        if rendered.message.business_connection_id:
            fields["business_connection_id"] = rendered.message.business_connection_id
        if rendered.message.thread_id:
            fields["message_thread_id"] = int(rendered.message.thread_id)
        url = f"{base}/bot{account.secret.one('token')}/{method}"
        calls.append(Call("POST", url, {"content-type": "application/json"}, msgspec.json.encode(fields)))
    return tuple(calls)


def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
    """sendChatAction; readBusinessMessage in chats of a business account, for a bot's own chats have no read mark."""
    connection, about = message.business_connection_id, message.reply_to or ""
    fields: dict[str, Any] = {"chat_id": message.address}
    if connection:
        fields["business_connection_id"] = connection
    if message.mark == "typing":
        method = "sendChatAction"
        fields["action"] = "typing"
        if message.thread_id:
            fields["message_thread_id"] = int(message.thread_id)
    elif connection and about.isascii() and about.isdigit():
        method = "readBusinessMessage"
        fields["message_id"] = int(about)
    else:
        return ()
    url = f"{account.secret.one('api_base') or API}/bot{account.secret.one('token')}/{method}"
    return (Call("POST", url, {"content-type": "application/json"}, msgspec.json.encode(fields)),)


def _method(part: RenderedPart) -> tuple[str, dict[str, Any]]:
    if part.media is not None:
        method, name = _METHODS.get(part.media.mime.partition("/")[0], ("sendDocument", "document"))
        return method, {name: part.media.url}
    if part.location is not None:
        return "sendLocation", {"latitude": part.location.lat, "longitude": part.location.lon}
    fields: dict[str, Any] = {"text": part.text}
    if part.style is Style.BUTTONS:
        fields["reply_markup"] = {"inline_keyboard": _rows(part.choices)}
    return "sendMessage", fields


def _rows(choices: tuple[Choice, ...]) -> list[list[dict[str, str]]]:
    """One button a row while they are few, so that labels are read whole."""
    buttons = [{"text": one.label, "callback_data": one.payload} for one in choices]
    width = 1 if len(buttons) <= ROW else ROW
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By error code, description and parameters."""
    answer = _json(body)
    if answer["ok"].flag():
        name = answer["result"]["message_id"].id()
        return DeliveryResult(provider_ids=(name,) if name else ())
    code = answer["error_code"].whole() or status
    description = (answer["description"].text() or "").lower()
    moved = answer["parameters"]["migrate_to_chat_id"].id()
    if moved:
        return DeliveryResult(failed=ErrorClass.RETRY, code="migrated", delay=0.0, new_address=moved)
    if code == 429:
        wait = answer["parameters"]["retry_after"].number()
        return DeliveryResult(failed=ErrorClass.RETRY_AFTER, code="429", delay=wait, recipient_only=True)
    for number, words, failed in DESCRIPTIONS:
        if code == number and words in description:
            return DeliveryResult(failed=failed, code=f"{code} {words}")
    if code in CODES:
        return DeliveryResult(failed=CODES[code], code=str(code))
    return by_status(status, headers)


def _json(body: bytes) -> Node:
    try:
        return read_json(body)
    except MalformedError:
        return NOTHING


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """getFile tells a path that lasts an hour; the file lies under it."""
    base, token = account.secret.one("api_base") or API, account.secret.one("token")
    if answer is None:
        name = media.provider_id
        return (
            Fetch(f"{base}/bot{token}/getFile?file_id={quote(name, safe='')}", is_file=False)
            if name
            else None
        )
    path = _json(answer)["result"]["file_path"].text()
    return Fetch(f"{base}/file/bot{token}/{quote(path)}") if path and ".." not in path else None


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """getMe, and what getWebhookInfo says of our address."""
    secret = account.secret
    base = f"{secret.one('api_base') or API}/bot{secret.one('token')}"
    polling = secret.one("receive") == "polling"

    def subscribed(status: int, answer: Node) -> str | None:
        found = answer["result"]["url"].text() or ""
        if polling:
            return f"A webhook is still set: {found}" if found else None
        if found != webhook_url:
            return f"setWebhook was given {found or 'nothing'}, not {webhook_url}"
        return answer["result"]["last_error_message"].text()

    return (
        Probe("token", get(f"{base}/getMe"), accepted),
        Probe("webhook", get(f"{base}/getWebhookInfo"), subscribed),
    )
