"""Ids: UUIDv7 made by us (time-ordered keys), their deterministic form inside a turn, and public random tokens."""

import hashlib
import os
import re
import secrets
import time
from datetime import datetime

_CANONICAL = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def _uuid7(milliseconds: int, tail: bytes) -> str:
    """RFC 9562 §5.7 layout: 48 bits of Unix milliseconds, version, 12 + 62 bits of `tail` (10 bytes)."""
    raw = bytearray(milliseconds.to_bytes(6, "big") + tail)
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    digits = raw.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def new_id() -> str:
    """A fresh random UUIDv7 in canonical text form."""
    return _uuid7(time.time_ns() // 1_000_000, os.urandom(10))


def new_token() -> str:
    """A public token of 128 random bits, URL-safe, 22 characters."""
    return secrets.token_urlsafe(16)


def is_id(text: str) -> bool:
    """Whether `text` is a UUID in canonical form; a malformed id in a path is a 404, never an error of the database."""
    return _CANONICAL.fullmatch(text) is not None


class IdSource:
    """The ids of one turn: a pure function of (turn id, time of the turn, counter), so that `decide` stays deterministic."""

    __slots__ = ("_count", "_milliseconds", "_seed")

    def __init__(self, turn_id: str, at: datetime) -> None:
        self._seed = bytes.fromhex(turn_id.replace("-", ""))
        self._milliseconds = int(at.timestamp() * 1000)
        self._count = 0

    def next(self) -> str:
        """The next id; the same source yields the same sequence."""
        self._count += 1
        tail = hashlib.blake2b(self._seed + self._count.to_bytes(4, "big"), digest_size=10).digest()
        return _uuid7(self._milliseconds, tail)
