"""The part of a reply address that names a conversation: only we can make one, and it counts for one inbox. No I/O."""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from funnel.core.security import derive

VERSION: Final = "1"
MOST_LOCAL: Final = 64  # octets before the @ of an address (RFC 5321, 4.5.3.1.1)
# 72 bits, which can be tried against a running service only; with the id 25 bytes, 40 letters without a spare bit, so that
# no two spellings of a token are valid.
_MAC_BYTES: Final = 9
_ID_BYTES: Final = 16
_SHAPE: Final = re.compile(r"\+(1[a-z2-7]{40})@", re.ASCII)
_PURPOSE: Final = "mail reply address"


class ReplyTokens:
    """Tokens under the first key; those of the others (a secret that was rotated) are still known."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys` are the service's secrets, today's first. Raises ValueError without one."""
        if not keys:
            raise ValueError("no key")
        self._keys = tuple(derive(key, _PURPOSE) for key in keys)

    def address(self, address: str, inbox_id: str, conversation_id: str) -> str | None:
        """The inbox's address with the conversation's token; None where that is longer than an address may be."""
        local, _, domain = address.rpartition("@")
        tagged = f"{local}+{self.token(inbox_id, conversation_id)}"
        return f"{tagged}@{domain}" if len(tagged.encode()) <= MOST_LOCAL else None

    def token(self, inbox_id: str, conversation_id: str) -> str:
        """41 characters of lower case, for mail servers fold it. Raises ValueError for an id that is none."""
        raw = UUID(conversation_id).bytes
        return VERSION + base64.b32encode(raw + _mac(self._keys[0], inbox_id, raw)).decode().lower()

    def conversation(self, inbox_id: str, token: str) -> str | None:
        """The conversation a token of this inbox names; None for any other text. Compares in constant time."""
        if not token.startswith(VERSION) or not token.isascii():
            return None
        try:
            raw = base64.b32decode(token[len(VERSION) :].upper())
        except (binascii.Error, ValueError):
            return None
        named, mac = raw[:_ID_BYTES], raw[_ID_BYTES:]
        hits = [hmac.compare_digest(mac, _mac(key, inbox_id, named)) for key in self._keys]
        return str(UUID(bytes=named)) if any(hits) and len(named) == _ID_BYTES else None


def tokens_in(addresses: Sequence[str]) -> list[str]:
    """What in these addresses has the shape of a token, genuine or not."""
    return [match.group(1) for one in addresses if (match := _SHAPE.search(one.lower()))]


def _mac(key: bytes, inbox_id: str, raw: bytes) -> bytes:
    signed = f"{VERSION}\n{inbox_id}\n".encode() + raw
    return hmac.digest(key, signed, "sha256")[:_MAC_BYTES]
