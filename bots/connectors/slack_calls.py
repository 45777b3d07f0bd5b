"""Slack's chat.postMessage for what we say; errors come with status 200."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from funnel.channels.checking import bearer, get
from funnel.channels.inbound import Media
from funnel.channels.judging import by_status, retry_after
from funnel.channels.media import with_token
from funnel.channels.outbound import DeliveryResult, ErrorClass, Rendered, RenderedPart, Style
from funnel.channels.port import Account, Call, Fetch, Probe
from funnel.channels.reading import MalformedError, Node, read_json

API: Final = "https://slack.com/api"
_E = ErrorClass
ERRORS: Final[dict[str, ErrorClass]] = {
    "ratelimited": _E.RETRY_AFTER, "rate_limited": _E.RETRY_AFTER, "internal_error": _E.RETRY, "fatal_error": _E.AMBIGUOUS,
    "service_unavailable": _E.RETRY, "request_timeout": _E.RETRY, "team_added_to_org": _E.RETRY,
    "channel_not_found": _E.RECIPIENT_GONE, "not_in_channel": _E.RECIPIENT_GONE, "is_archived": _E.RECIPIENT_GONE,
    "user_not_found": _E.RECIPIENT_GONE, "cannot_dm_bot": _E.RECIPIENT_GONE, "msg_too_long": _E.CONTENT_INVALID,
    "msg_blocks_too_long": _E.CONTENT_INVALID, "invalid_blocks": _E.CONTENT_INVALID, "no_text": _E.CONTENT_INVALID,
    "restricted_action": _E.CONFIG, "invalid_auth": _E.CONFIG, "not_authed": _E.CONFIG, "account_inactive": _E.CONFIG,
    "token_revoked": _E.CONFIG, "token_expired": _E.REAUTH, "missing_scope": _E.CONFIG,
}  # fmt: skip
_SPECIAL: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """One message a part, into the thread it answers."""
    base, message = account.secret.one("api_base") or API, rendered.message
    headers = {
        "authorization": f"Bearer {account.secret.one('access_token')}", "content-type": "application/json; charset=utf-8",
    }  # fmt: skip
    calls = []
    for part in rendered.parts:
        fields: dict[str, Any] = {"channel": message.address, "unfurl_links": False, **_content(part)}
        if message.thread_id:
            fields["thread_ts"] = message.thread_id
        calls.append(Call("POST", f"{base}/chat.postMessage", headers, msgspec.json.encode(fields)))
    return tuple(calls)


def _content(part: RenderedPart) -> dict[str, Any]:
    if part.media is not None:
        return {"text": f"<{part.media.url}|{part.media.filename.translate(_SPECIAL).replace('|', ' ')}>"}
    if part.location is not None:
        return {"text": f"{part.location.name} {part.location.lat}, {part.location.lon}".strip()}
    text = part.text.translate(_SPECIAL)
    if part.style is not Style.BUTTONS:
        return {"text": text}
    elements = [
        {"type": "button", "text": {"type": "plain_text", "text": one.label}, "value": one.payload, "action_id": f"choice_{n}"}
        for n, one in enumerate(part.choices)
    ]  # fmt: skip
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [section, {"type": "actions", "elements": elements}]}


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By `error`; 429 tells when to come back."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    if status == 200 and answer["ok"].flag():
        name = answer["ts"].id()
        return DeliveryResult(provider_ids=(name,) if name else ())
    error = answer["error"].text() or ""
    if status == 429 or error not in ERRORS:
        return by_status(status, headers, error) if status != 200 else DeliveryResult(
            failed=ErrorClass.CONTENT_INVALID, code=error or "unknown"
        )  # fmt: skip
    return DeliveryResult(failed=ERRORS[error], code=error, delay=retry_after(headers))


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """`url_private` with the bot's token."""
    headers = {"authorization": f"Bearer {account.secret.one('access_token')}"}
    hosts = ("slack.com", "slack-files.com", account.secret.one("api_base") or API)
    return with_token(media.url, headers, hosts) if media.url else None


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """auth.test; errors come with status 200."""
    base = account.secret.one("api_base") or API

    def signed_in(status: int, answer: Node) -> str | None:
        return None if answer["ok"].flag() else f"Slack says {answer['error'].text() or status}."

    return (Probe("token", get(f"{base}/auth.test", bearer(account)), signed_in),)
