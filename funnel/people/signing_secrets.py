"""Secrets that integrators check our signatures with: made, sealed under their owner's id, the newest first."""

import secrets as randomness
from base64 import b64encode
from typing import Final

import msgspec

from funnel.people.sealing import Unsealer

KEPT_SECRETS: Final = 2


def new_signing_secret() -> str:
    """A fresh secret as Standard Webhooks writes them."""
    return f"whsec_{b64encode(randomness.token_bytes(32)).decode()}"


class SigningSecrets:
    """Opens and seals the secrets of webhooks and hooks. Pure but for the key."""

    def __init__(self, sealer: Unsealer) -> None:
        self._sealer = sealer

    def opened(self, owner_id: str, sealed: bytes) -> tuple[str, ...]:
        """The secrets to sign with, the newest first. Raises DecryptionError."""
        return msgspec.json.decode(self._sealer.open(owner_id, sealed), type=tuple[str, ...])

    def sealed(self, owner_id: str, newest: str, before: bytes | None = None) -> bytes:
        """The newest with the one before it, which goes on being signed with. Raises DecryptionError."""
        kept = [newest, *(self.opened(owner_id, before) if before is not None else ())][:KEPT_SECRETS]
        return self._sealer.seal(owner_id, msgspec.json.encode(kept))
