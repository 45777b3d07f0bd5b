"""Twilio's Messages resource for what we say, and its error codes, in answers and in status callbacks."""

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from funnel.channels.checking import accepted, get
from funnel.channels.inbound import Media
from funnel.channels.judging import by_status
from funnel.channels.media import with_token
from funnel.channels.outbound import DeliveryResult, ErrorClass, Rendered
from funnel.channels.port import Account, Call, Fetch, Probe
from funnel.channels.reading import MalformedError, read_json

API: Final = "https://api.twilio.com"
_E = ErrorClass
CODES: Final[dict[str, ErrorClass]] = {
    "20429": _E.RETRY_AFTER, "20003": _E.CONFIG, "20404": _E.CONFIG, "21211": _E.RECIPIENT_GONE,
    "21612": _E.RECIPIENT_GONE, "21614": _E.RECIPIENT_GONE, "21610": _E.RECIPIENT_GONE, "21408": _E.CONFIG,
    "21606": _E.CONFIG, "21608": _E.CONFIG, "21617": _E.CONTENT_INVALID, "21730": _E.RETRY, "30001": _E.RETRY,
    "30002": _E.CONFIG, "30003": _E.RETRY, "30004": _E.RECIPIENT_GONE, "30005": _E.RECIPIENT_GONE,
    "30006": _E.RECIPIENT_GONE, "30007": _E.CONTENT_INVALID, "30008": _E.RETRY, "30034": _E.CONFIG, "30500": _E.RETRY,
    "63016": _E.WINDOW_CLOSED, "63018": _E.QUOTA, "63024": _E.RECIPIENT_GONE, "63032": _E.DROP,
}  # fmt: skip


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """One message a part; a file is sent as MMS by its link."""
    secret = account.secret
    base, sid = secret.one("api_base") or API, secret.one("account_sid")
    headers = {"authorization": _basic(account), "content-type": "application/x-www-form-urlencoded"}
    number = secret.one("number")
    sender = ("MessagingServiceSid", number) if number.startswith("MG") else ("From", number)
    calls = []
    for part in rendered.parts:
        fields = [("To", rendered.message.address), sender]
        if part.media is not None:
            fields.append(("MediaUrl", part.media.url))
        elif part.location is not None:
            fields.append(("Body", f"{part.location.name} {part.location.lat}, {part.location.lon}".strip()))
        else:
            fields.append(("Body", part.text))
        url = f"{base}/2010-04-01/Accounts/{sid}/Messages.json"
        calls.append(Call("POST", url, headers, urlencode(fields).encode()))
    return tuple(calls)


def judge(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryResult:
    """By the code in the body."""
    try:
        answer = read_json(body)
    except MalformedError:
        return by_status(status, headers)
    if 200 <= status < 300:
        name = answer["sid"].id()
        return DeliveryResult(provider_ids=(name,) if name else ())
    code = answer["code"].id() or ""
    found = by_status(status, headers, code)
    return DeliveryResult(failed=CODES[code], code=code, delay=found.delay) if code in CODES else found


def _basic(account: Account) -> str:
    pair = f"{account.secret.one('account_sid')}:{account.secret.one('signing')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def locate(media: Media, account: Account, answer: bytes | None) -> Fetch | None:
    """The link of an MMS; accounts may protect it by their own name and token, from which it redirects to a store that needs none."""
    hosts = ("twilio.com", account.secret.one("api_base") or API)
    return with_token(media.url, {"authorization": _basic(account)}, hosts) if media.url else None


def probes(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The account itself."""
    secret = account.secret
    sid = secret.one("account_sid")
    pair = base64.b64encode(f"{sid}:{secret.one('signing')}".encode()).decode()
    url = f"{secret.one('api_base') or API}/2010-04-01/Accounts/{sid}.json"
    return (Probe("token", get(url, {"authorization": f"Basic {pair}"}), accepted),)
