"""How secrets of sites lie in the database: sealed with a derived key, each bound to the row it belongs to."""

import secrets
from typing import Final

from funnel.core.security import SecretBox, derive

SECRETS_PURPOSE: Final = "secrets at rest"


def new_secret() -> str:
    """A fresh secret or token of 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def secret_box(key: bytes) -> SecretBox:
    """The box that seals sites' secrets, from the service's secret key."""
    return SecretBox(derive(key, SECRETS_PURPOSE))


def seal(box: SecretBox, site_id: str, secret: str) -> bytes:
    """A secret for the row of `site_id`; it opens for no other row."""
    return box.encrypt(secret.encode(), site_id.encode())


def unseal(box: SecretBox, site_id: str, sealed: bytes) -> str:
    """The secret again. Raises DecryptionError for bytes of another row or another key."""
    return box.decrypt(sealed, site_id.encode()).decode()
