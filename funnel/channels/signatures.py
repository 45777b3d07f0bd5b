"""Signature schemes over the raw bytes: constant time, and never an exception for what a stranger sent."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable

from funnel.channels.request import TOLERANCE_SECONDS, Verdict

_SHA256_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_WHOLE_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def same(given: str, expected: str) -> bool:
    """Equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def shared_token(given: str | None, accepted: Iterable[str]) -> Verdict:
    """A token both sides know, in a header."""
    tokens = tuple(accepted)
    if not tokens:
        return Verdict.CONFIG_ERROR
    if given is None or given == "":
        return Verdict.MISSING
    hits = [same(given, token) for token in tokens]
    return Verdict.VALID if any(hits) else Verdict.WRONG


def hex_sha256(given: str | None, body: bytes, secrets: Iterable[str], *, prefix: str = "") -> Verdict:
    """`<prefix><hex HMAC-SHA256(secret, body)>`; a value without the prefix is refused."""
    keys = tuple(secrets)
    if not keys:
        return Verdict.CONFIG_ERROR
    if not given:
        return Verdict.MISSING
    if not given.startswith(prefix) or not _SHA256_HEX.fullmatch(given[len(prefix) :]):
        return Verdict.MALFORMED
    digest = given[len(prefix) :].lower()
    hits = [same(digest, hmac.new(key.encode(), body, hashlib.sha256).hexdigest()) for key in keys]
    return Verdict.VALID if any(hits) else Verdict.WRONG


def base64_hmac(given: str | None, body: bytes, secrets: Iterable[str], algorithm: str) -> Verdict:
    """`base64 HMAC(secret, body)`."""
    keys = tuple(secrets)
    if not keys:
        return Verdict.CONFIG_ERROR
    if not given:
        return Verdict.MISSING
    digest = from_base64(given)
    if digest is None:
        return Verdict.MALFORMED
    hits = [hmac.compare_digest(digest, hmac.digest(key.encode(), body, algorithm)) for key in keys]
    return Verdict.VALID if any(hits) else Verdict.WRONG


def timely(given: str | None, now: float) -> Verdict:
    """A time stamp in whole seconds, at most five minutes from `now` either way."""
    if given is None or given == "":
        return Verdict.MISSING
    if not _WHOLE_SECONDS.fullmatch(given):
        return Verdict.MALFORMED
    return Verdict.VALID if abs(int(now) - int(given)) <= TOLERANCE_SECONDS else Verdict.STALE


def from_base64(text: str) -> bytes | None:
    """The bytes of a strict base64 text, None where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
