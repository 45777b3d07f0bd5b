"""WeChat's customer-service calls for what we say, its error codes, its access token and its media."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

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
from funnel.channels.port import Account, Call, Fetch, Probe, TokenSource
from funnel.channels.reading import MalformedError, Node, read_json

API: Final = "https://api.weixin.qq.com"
RATE_SECONDS: Final = 60.0
_E = ErrorClass
CODES: Final[dict[str, ErrorClass]] = {
    "-1": _E.RETRY, "-1000": _E.RETRY, "40001": _E.REAUTH, "40014": _E.REAUTH, "42001": _E.REAUTH, "41001": _E.REAUTH,
    "40003": _E.RECIPIENT_GONE, "43004": _E.RECIPIENT_GONE, "48002": _E.RECIPIENT_GONE, "43101": _E.RECIPIENT_GONE,
    "50002": _E.RECIPIENT_GONE, "45002": _E.CONTENT_INVALID, "40007": _E.CONTENT_INVALID, "40008": _E.CONTENT_INVALID,
    "44004": _E.CONTENT_INVALID, "45166": _E.CONTENT_INVALID, "47001": _E.CONTENT_INVALID, "45009": _E.QUOTA,
    "45011": _E.RETRY_AFTER, "45015": _E.WINDOW_CLOSED, "45047": _E.WINDOW_CLOSED, "45080": _E.DROP, "45081": _E.DROP,
    "40013": _E.CONFIG, "40125": _E.CONFIG, "48001": _E.CONFIG, "48004": _E.CONFIG, "50001": _E.CONFIG,
    "40164": _E.CONFIG, "0": _E.DROP,
}  # fmt: skip
_REPEATED: Final = "45065"


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """custom/send for each part. The platform reads UTF-8 and shows `\\u` escapes as they stand, so there are none."""
    to = rendered.message.address
    return tuple(_custom("send", account, {"touser": to, **_content(part)}) for part in rendered.parts)


def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
    """custom/typing, which counts against no window. The platform shows it within 30 s of a message and for 15 s."""
    if message.mark != "typing":
        return ()
    return (_custom("typing", account, {"touser": message.address, "command": "Typing"}),)


def _custom(method: str, account: Account, fields: dict[str, Any]) -> Call:
    base, token = account.secret.one("api_base") or API, account.secret.one("access_token")
    url = f"{base}/cgi-bin/message/custom/{method}?{urlencode({'access_token': token})}"
    return Call("POST", url, {"content-type": "application/json; charset=utf-8"}, msgspec.json.encode(fields))


def _content(part: RenderedPart) -> dict[str, Any]:
    """A file needs an upload of its own there, so its link is sent; so does a place."""
    if part.media is not None:
        return _text(f"{part.media.filename}\n{part.media.url}")
    if part.location is not None:
        spot = part.location
        return _text(f"{spot.name} {spot.lat}, {spot.lon}".strip())
    if part.style is Style.QUICK_REPLIES:
        entries = [{"id": one.payload, "content": one.label} for one in part.choices]
        return {"msgtype": "msgmenu", "msgmenu": {"head_content": part.text, "list": entries}}
    return _text(part.text)


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By `errcode`; errors come with status 200. The platform names no message."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    code = answer["errcode"].id()
    if code is None or (code == "0" and "errmsg" in answer) or code == _REPEATED:
        return DeliveryResult() if 200 <= status < 300 else by_status(status, headers)
    failed = CODES.get(code)
    if failed is None:
        return DeliveryResult(failed=ErrorClass.CONTENT_INVALID, code=code)
    return DeliveryResult(
        failed=failed, code=code, delay=RATE_SECONDS if failed is ErrorClass.RETRY_AFTER else None
    )


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """media/get by id; a picture's own link where there is no id. A video's answer is a link."""
    if answer is not None:
        try:
            url = read_json(answer)["video_url"].text()
        except MalformedError:
            return None
        return Fetch(url) if url else None
    if not media.provider_id:
        return Fetch(media.url) if media.url else None
    base = account.secret.one("api_base") or API
    query = urlencode({"access_token": account.secret.one("access_token"), "media_id": media.provider_id})
    return Fetch(f"{base}/cgi-bin/media/get?{query}", tells=True)


def _ask(account: Account) -> Call:
    """stable_token gives every caller the same token, so that workers do not take it from each other."""
    secret = account.secret
    fields = {
        "grant_type": "client_credential", "appid": secret.one("app_id"), "secret": secret.one("app_secret"),
    }  # fmt: skip
    url = f"{secret.one('api_base') or API}/cgi-bin/stable_token"
    return Call("POST", url, {"content-type": "application/json"}, msgspec.json.encode(fields))


def _given(answer: bytes) -> tuple[str, float] | None:
    try:
        found = read_json(answer)
    except MalformedError:
        return None
    token, seconds = found["access_token"].text(), found["expires_in"].number()
    return (token, seconds or 0.0) if token else None


TOKENS: Final = TokenSource(_ask, _given)


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """Whether app id and secret are lent a token."""

    def lent(status: int, answer: Node) -> str | None:
        return None if answer["access_token"].text() else f"WeChat says {answer['errcode'].id() or status}."

    return (Probe("token", TOKENS.call(account), lent),)
