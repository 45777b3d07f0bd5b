"""How secrets of sites lie in the database: sealed with a derived key, each bound to the row it belongs to."""

import secrets
from contextlib import suppress
from typing import Final

from funnel.core.data_folder import secret_key
from funnel.core.security import DecryptionError, SecretBox, derive
from funnel.core.settings import Settings

SECRETS_PURPOSE: Final = "secrets at rest"


class Unsealer:
    """Opens what the key of today or the one before sealed; seals with the key of today only."""

    def __init__(self, settings: Settings) -> None:
        self._boxes = tuple(secret_box(key) for key in secret_keys(settings))

    def seal(self, owner_id: str, plain: bytes) -> bytes:
        """Sealed for the row of `owner_id`."""
        return self._boxes[0].encrypt(plain, owner_id.encode())

    def open(self, owner_id: str, sealed: bytes) -> bytes:
        """The bytes again. Raises DecryptionError where no key fits."""
        for box in self._boxes[:-1]:
            with suppress(DecryptionError):
                return box.decrypt(sealed, owner_id.encode())
        return self._boxes[-1].decrypt(sealed, owner_id.encode())


def secret_keys(settings: Settings) -> tuple[bytes, ...]:
    """The service's secret of today, then the one before it where there is one."""
    before = settings.security.previous_secret_key
    return (secret_key(settings), *((before.get_secret_value().encode(),) if before is not None else ()))


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
