"""Cryptography: derived keys, encryption at rest, signed values, token hashes, password hashes. No I/O."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_MAC_BYTES = 16
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobody_hash = _hasher.hash(os.urandom(16))


class DecryptionError(Exception):
    """The bytes were not encrypted with this key, or were changed since."""


def derive(key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA256), so that no key serves two."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def token_hash(token: str) -> bytes:
    """SHA-256 of a random token (32 bytes): what the database keeps instead of the token. Any text is accepted."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class SecretBox:
    """AES-256-GCM with a random nonce in front; for secrets kept in the database."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes, from `derive`."""
        self._cipher = AESGCM(key)

    def encrypt(self, plain: bytes, context: bytes = b"") -> bytes:
        """The same `context` (an id, say) must be given to decrypt: bytes copied to another row do not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context)

    def decrypt(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Raises DecryptionError when key, context or bytes are not those of `encrypt`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise DecryptionError from None


class Signer:
    """Signed values with an end of validity, for links; alphabet A-Za-z0-9._- ."""

    def __init__(self, key: bytes) -> None:
        self._key = derive(key, "signer")

    def sign(self, purpose: str, value: str, expires_at: datetime) -> str:
        """A token that `verify` opens with the same purpose until `expires_at` (whole seconds)."""
        body = f"{_encode(value.encode())}.{int(expires_at.timestamp())}"
        return f"{body}.{_encode(self._mac(purpose, body))}"

    def verify(self, purpose: str, token: str, at: datetime | None = None) -> str | None:
        """The value signed, or None when the token is forged, of another purpose or over at `at` (default: now)."""
        body, _, mac = token.rpartition(".")
        value, _, end = body.rpartition(".")
        expected = _encode(self._mac(purpose, body)) if token.isascii() else ""
        if not value or not hmac.compare_digest(mac.encode("ascii", "replace"), expected.encode()):
            return None
        now = at or datetime.now(UTC)  # noqa: TID251 - links end by the wall clock, outside any turn
        return _decode(value) if int(end) > now.timestamp() else None

    def _mac(self, purpose: str, body: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\n{body}".encode(), "sha256")[:_MAC_BYTES]


async def hash_password(password: str) -> str:
    """argon2id, about 20 ms of CPU in a thread."""
    return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one of `stored`. Takes as long without a stored hash: no agent can be guessed by time."""
    return await asyncio.to_thread(_verify, stored, password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        matches = _hasher.verify(stored or _nobody_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return matches and stored is not None


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
