"""Webhooks of the Graph platform: the check of the address, and the signature of a delivery."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from funnel.channels.port import SecretField, Signed
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import hex_sha256, shared_token

SECRETS: Final = (
    SecretField("signing", "App secret", rotates=True),
    SecretField("verify_token", "Verify token of the webhook subscription", made="token"),
    SecretField("access_token", "Access token"),
)


def handshake(query: Mapping[str, str], secret: Secret) -> str | None:
    """The challenge, if the mode is subscribe and the token is ours; None refuses."""
    if query.get("hub.mode") != "subscribe":
        return None
    verdict = shared_token(query.get("hub.verify_token"), secret.all("verify_token"))
    return query.get("hub.challenge") if verdict.ok else None


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`X-Hub-Signature-256` over the bytes as received (escaped unicode), with the app's secret."""
    given = headers_of(headers).get("x-hub-signature-256")
    return hex_sha256(given, body, secret.all("signing"), prefix="sha256=")


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """As Meta does."""
    mac = hmac.new(secret.one("signing").encode(), body, hashlib.sha256).hexdigest()
    return Signed({"x-hub-signature-256": f"sha256={mac}"})
