"""A webhook request as it came, the secrets it is checked with, and the verdict. Nothing here trusts anything."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

TOLERANCE_SECONDS = 300


class Verdict(StrEnum):
    """What a signature check says. Everything but VALID is refused; CONFIG_ERROR means that our own secret is unusable."""

    VALID = "valid"
    MISSING = "missing"
    MALFORMED = "malformed"
    WRONG = "wrong"
    STALE = "stale"
    CONFIG_ERROR = "config_error"

    @property
    def ok(self) -> bool:
        """Whether the request may be believed."""
        return self is Verdict.VALID


class Secret(Struct, frozen=True):
    """The secrets of one inbox by name. A name may hold several values while it is rotated, the newest first."""

    values: Mapping[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, **named: str | Iterable[str]) -> "Secret":
        """`Secret.of(signing="…")`, or several values for one name."""
        return cls(
            {name: (value,) if isinstance(value, str) else tuple(value) for name, value in named.items()}
        )

    def one(self, name: str) -> str:
        """The newest value, or nothing."""
        values = self.values.get(name, ())
        return values[0] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value that is still accepted; empty ones are no secret."""
        return tuple(value for value in self.values.get(name, ()) if value)

    def having(self, name: str, value: str) -> "Secret":
        """The same with one more secret."""
        return Secret({**self.values, name: (value,)})

    def __repr__(self) -> str:
        return f"Secret({', '.join(sorted(self.values))})"


class Headers:
    """Header fields by name in any case; the first of a repeated field counts."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields: dict[str, str] = {}
        for name, value in pairs:
            self._fields.setdefault(name.lower(), value)

    def get(self, name: str) -> str | None:
        """The field, None where it is missing."""
        return self._fields.get(name.lower())

    def items(self) -> list[tuple[str, str]]:
        """All fields, names in lower case."""
        return list(self._fields.items())


def headers_of(fields: Mapping[str, str] | Headers) -> Headers:
    """The fields, whatever case they came in."""
    return fields if isinstance(fields, Headers) else Headers(fields)


def query_of(url: str) -> dict[str, str]:
    """The query of an address, blank values kept; of a repeated name the first counts. Never raises."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
