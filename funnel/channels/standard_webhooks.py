"""Standard Webhooks 1.0, both directions: `id.timestamp.body` signed with HMAC-SHA256, several secrets while one is rotated."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from funnel.channels.request import Headers, Verdict, headers_of
from funnel.channels.signatures import from_base64, timely

PREFIX = "whsec_"
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
OLDER_NAMES = ("svix-id", "svix-timestamp", "svix-signature")
MOST_SIGNATURES = 20


def key_of(secret: str) -> bytes | None:
    """The key of a `whsec_` secret, with or without prefix and padding; None where there is none."""
    text = secret.removeprefix(PREFIX).strip()
    return from_base64(text + "=" * (-len(text) % 4)) or None


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery, one signature for each secret. Raises ValueError for a secret that is no key."""
    signatures = []
    for secret in secrets:
        key = key_of(secret)
        if key is None:
            raise ValueError("a signing secret is empty or not base64")
        signatures.append(f"v1,{base64.b64encode(_digest(key, message_id, str(timestamp), body)).decode()}")
    return dict(zip(NAMES, (message_id, str(timestamp), " ".join(signatures)), strict=True))


def verify(headers: Mapping[str, str] | Headers, body: bytes, secrets: Iterable[str], now: float) -> Verdict:
    """Whether one of the signatures is by one of the secrets and the time is within five minutes. Never raises."""
    keys = [key_of(secret) for secret in secrets]
    if not keys or None in keys:
        return Verdict.CONFIG_ERROR
    fields = headers_of(headers)
    message_id, timestamp, given = (
        fields.get(name) or fields.get(older) for name, older in zip(NAMES, OLDER_NAMES, strict=True)
    )
    if not message_id or not timestamp or not given:
        return Verdict.MISSING
    expected = [_digest(key, message_id, timestamp, body) for key in keys if key is not None]
    time = timely(timestamp, now)
    if not time.ok:
        return time
    verdict = Verdict.MALFORMED
    for entry in given.split(" ")[:MOST_SIGNATURES]:
        version, comma, text = entry.partition(",")
        digest = from_base64(text) if version == "v1" and comma else None
        if not digest:
            continue
        verdict = Verdict.WRONG
        hits = [hmac.compare_digest(digest, one) for one in expected]
        if any(hits):
            return Verdict.VALID
    return verdict


def _digest(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return hmac.digest(key, signed, hashlib.sha256)
