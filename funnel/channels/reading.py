"""Reading what strangers send: JSON whose every field may be missing or of another type, texts without NUL or lone surrogates."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from funnel.channels.inbound import InboundEvent

MOST_DEPTH = 200
_LAST_SECOND = 253_402_300_799  # the end of the year 9999


class MalformedError(Exception):
    """The body is not what its channel sends at all."""


class Node:
    """A JSON value that never raises: what is missing or of another type is nothing."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __getitem__(self, name: str) -> "Node":
        return Node(self.value.get(name)) if isinstance(self.value, dict) else NOTHING

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def __iter__(self) -> Iterator["Node"]:
        return iter([Node(one) for one in self.value] if isinstance(self.value, list) else ())

    def names(self) -> tuple[str, ...]:
        """The fields of an object, in its order."""
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def one_or_many(self) -> list["Node"]:
        """The entries of a list, or the one object that stands in its place."""
        return [self] if isinstance(self.value, dict) else list(self)

    def first(self) -> "Node":
        """The first entry of a list."""
        return next(iter(self), NOTHING)

    def last(self) -> "Node":
        """The last entry of a list."""
        return Node(self.value[-1]) if isinstance(self.value, list) and self.value else NOTHING

    def text(self) -> str | None:
        """A text, cleaned; numbers are no texts."""
        return clean(self.value) if isinstance(self.value, str) else None

    def id(self) -> str | None:
        """An opaque id: a text as it is, a whole number digit for digit, however large."""
        if isinstance(self.value, str):
            return clean(self.value) or None
        whole = isinstance(self.value, int) and not isinstance(self.value, bool)
        return str(self.value) if whole else None

    def number(self) -> float | None:
        """A finite number, also one written as text."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            return None
        try:
            found = float(self.value)
        except (ValueError, OverflowError):
            return None
        return found if abs(found) < 1e18 else None

    def whole(self) -> int | None:
        """A whole number."""
        found = self.number()
        return int(found) if found is not None else None

    def flag(self) -> bool:
        """True, and nothing else that looks like it."""
        return self.value is True


NOTHING = Node(None)


def read_json(raw: bytes) -> Node:
    """The body's value. Raises MalformedError: no UTF-8 JSON, a key twice in one object, nested too deeply."""
    try:
        return Node(json.loads(raw, object_pairs_hook=_once, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise MalformedError from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, which neither the database nor UTF-8 can hold."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def moment(
    value: Node, unit: Literal["s", "ms"] = "s"
) -> tuple[datetime | None, str, Literal["s", "ms", "iso", ""]]:
    """A platform's time stamp: as a time (None where it is none or absurd), as it was given, and its unit."""
    given = value.id() or (str(value.value) if isinstance(value.value, float) else "")
    number = value.number()
    if number is not None:
        seconds = number / 1000 if unit == "ms" else number
        if 0 < seconds <= _LAST_SECOND:
            return datetime.fromtimestamp(seconds, UTC), given, unit
        return None, given, unit
    if not given:
        return None, "", ""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        return None, given, ""
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC), given, "iso"


def digest(*parts: str | bytes | None) -> str:
    """A dedup key for events that carry no id of their own."""
    hashed = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else (part or "").encode("utf-8", "surrogatepass")
        hashed.update(len(raw).to_bytes(8, "big") + raw)
    return f"sha256:{hashed.hexdigest()[:40]}"


def malformed(raw: bytes, reason: str = "not readable") -> InboundEvent:
    """The event of a request that nobody can read: kept, answered with 2xx, counted."""
    return InboundEvent(kind="malformed", dedup_key=digest(raw), reason=reason)
