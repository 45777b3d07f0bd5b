"""Signing as the platforms do, so that an inbox can be tried with recorded payloads before the platform itself is wired."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from funnel.channels import standard_webhooks
from funnel.channels.request import Secret

Signer = Callable[[Secret, bytes, str, int], dict[str, str]]


def _standard(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    return standard_webhooks.sign([secret.one("signing")], message_id, now, body)


def _token(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    return {"x-telegram-bot-api-secret-token": secret.one("signing")}


def _hub(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    mac = hmac.new(secret.one("signing").encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={mac}"}


def _line(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    mac = hmac.digest(secret.one("signing").encode(), body, "sha256")
    return {"x-line-signature": base64.b64encode(mac).decode()}


def _slack(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    signed = f"v0:{now}:".encode() + body
    mac = hmac.new(secret.one("signing").encode(), signed, hashlib.sha256).hexdigest()
    return {"x-slack-signature": f"v0={mac}", "x-slack-request-timestamp": str(now)}


def _mail(secret: Secret, body: bytes, message_id: str, now: int) -> dict[str, str]:
    if secret.one("signing"):
        return _standard(secret, body, message_id, now)
    pair = base64.b64encode(secret.one("basic").encode()).decode()
    return {"authorization": f"Basic {pair}"}


SIGNERS: Final[dict[str, Signer]] = {
    "webhook": _standard,
    "email": _mail,
    "telegram": _token,
    "whatsapp": _hub,
    "messenger": _hub,
    "instagram": _hub,
    "line": _line,
    "slack": _slack,
}
"""The channels whose signature is in the headers alone; Twilio and WeChat sign the address they were given as well."""
