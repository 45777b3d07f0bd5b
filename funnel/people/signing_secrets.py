"""Secrets that integrators check our signatures with: made, sealed under their owner's id, the newest first."""

import secrets as randomness
from base64 import b64encode
from typing import Final, Literal

import asyncpg
import msgspec

from funnel.core.errors import conflict, not_found
from funnel.core.ids import is_id
from funnel.people.sealing import Unsealer

KEPT_SECRETS: Final = 2
Owners = Literal["hooks", "webhooks"]
_SEALED: Final[dict[Owners, str]] = {
    "hooks": "select secrets from hooks where id = $1::uuid and archived_at is null",
    "webhooks": "select secrets from webhooks where id = $1::uuid and archived_at is null",
}
_ROTATE: Final[dict[Owners, str]] = {
    "hooks": "update hooks set secrets = $2 where id = $1::uuid and secrets = $3 returning id",
    "webhooks": "update webhooks set secrets = $2 where id = $1::uuid and secrets = $3 returning id",
}


def new_signing_secret() -> str:
    """A fresh secret as Standard Webhooks writes them."""
    return f"whsec_{b64encode(randomness.token_bytes(32)).decode()}"


class SigningSecrets:
    """Opens and seals the secrets of webhooks and hooks. One place for what rotating them guards."""

    def __init__(self, sealer: Unsealer) -> None:
        self._sealer = sealer

    def opened(self, owner_id: str, sealed: bytes) -> tuple[str, ...]:
        """The secrets to sign with, the newest first. Raises DecryptionError."""
        return msgspec.json.decode(self._sealer.open(owner_id, sealed), type=tuple[str, ...])

    async def rotate(self, pool: asyncpg.Pool, table: Owners, owner_id: str) -> str:
        """A new secret beside the one before; of two rotations at once one wins, or a caller would hold a secret that signs
        nothing. Raises 404 where the owner is not in use, and 409 where another rotation came first."""
        before = await pool.fetchval(_SEALED[table], owner_id) if is_id(owner_id) else None
        if before is None:
            raise not_found(table.removesuffix("s"))
        secret = new_signing_secret()
        if (
            await pool.fetchval(_ROTATE[table], owner_id, self.sealed(owner_id, secret, before), before)
            is None
        ):
            raise conflict("secret_changed", "The secret was changed meanwhile.")
        return secret

    def sealed(self, owner_id: str, newest: str, before: bytes | None = None) -> bytes:
        """The newest with the one before it, which goes on being signed with. Raises DecryptionError."""
        kept = [newest, *(self.opened(owner_id, before) if before is not None else ())][:KEPT_SECRETS]
        return self._sealer.seal(owner_id, msgspec.json.encode(kept))
