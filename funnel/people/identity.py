"""Identity tokens: a site's own statement of who its visitor is. One algorithm, our own rules on every claim; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import jwt
from jwt.types import Options
from msgspec import Struct

from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.fields import clean_attributes, clean_email, clean_name, clean_phone, is_plain_text

ALGORITHM: Final = "HS256"
MOST_BYTES: Final = 16_384
MOST_SECONDS_AHEAD: Final = 24 * 3600
SKEW_SECONDS: Final = 60
_HEADER_FIELDS: Final = frozenset({"alg", "typ", "kid"})
_UNCHECKED: Final[Options] = {
    "verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
    "verify_iss": False, "verify_sub": False, "verify_jti": False,
}  # fmt: skip


class Claims(Struct, frozen=True):
    """What a valid identity token says. `expires_at` in epoch seconds."""

    subject: str
    expires_at: float
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    attributes: Mapping[str, Any] | None = None


def identity_invalid() -> FunnelError:
    """401 for every fault of a token alike: nothing tells a forger how near they were."""
    return FunnelError(
        "identity_invalid", ErrorKind.UNAUTHENTICATED, "The identity token is not valid for this site."
    )


def identity_required() -> FunnelError:
    """401: this site lets nobody in without an identity token."""
    return FunnelError(
        "identity_required", ErrorKind.UNAUTHENTICATED, "This site requires an identity token."
    )


def read_identity(token: str, *, secrets: Sequence[str], site_key: str, now: datetime) -> Claims:
    """The claims of a token signed with one of the site's live secrets. Raises 401 identity_invalid for any other.

    Required: HS256, `sub`, `aud` = the site's key, `iat` and `exp` (at most 24 h ahead); 60 s of skew are forgiven.
    """
    payload = _verified_payload(token, secrets)
    moment = now.timestamp()
    issued, expires = _seconds(payload, "iat"), _seconds(payload, "exp")
    not_before = _seconds(payload, "nbf") if "nbf" in payload else issued
    in_time = (
        issued <= moment + SKEW_SECONDS
        and not_before <= moment + SKEW_SECONDS
        and moment - SKEW_SECONDS < expires <= moment + MOST_SECONDS_AHEAD + SKEW_SECONDS
        and issued <= expires
    )
    subject = payload.get("sub")
    if not in_time or payload.get("aud") != site_key or not is_plain_text(subject, 255):
        raise identity_invalid()
    return _claims(payload, subject, expires)


def _verified_payload(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    if not token.isascii() or len(token) > MOST_BYTES:
        raise identity_invalid()
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise identity_invalid() from None
    if header.get("alg") != ALGORITHM or not set(header) <= _HEADER_FIELDS:
        raise identity_invalid()
    for secret in secrets:
        try:
            payload: dict[str, Any] = jwt.decode(token, secret, algorithms=[ALGORITHM], options=_UNCHECKED)
        except (jwt.PyJWTError, ValueError, RecursionError):
            continue
        return payload
    raise identity_invalid()


def _seconds(payload: Mapping[str, Any], claim: str) -> float:
    """A NumericDate as JSON number; a bool or a text is not one, whatever it converts to."""
    value = payload.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e11 < value < 1e11:
        raise identity_invalid()
    return float(value)


def _claims(payload: Mapping[str, Any], subject: str, expires: float) -> Claims:
    try:
        return Claims(
            subject=subject,
            expires_at=expires,
            email=clean_email(payload.get("email")),
            name=clean_name(payload.get("name")),
            phone=clean_phone(payload.get("phone")),
            attributes=clean_attributes(payload.get("attributes")),
        )
    except FunnelError:
        raise identity_invalid() from None
