"""The shapes of what people are described by: names, addresses, attributes, pages. Pure checks that raise 422."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from funnel.core.errors import FunnelError, invalid

MOST_NAME: Final = 200
MOST_EMAIL: Final = 254
MOST_PHONE: Final = 32
MOST_ATTRIBUTES: Final = 8_192
MOST_ATTRIBUTE_KEYS: Final = 100
MOST_ATTRIBUTE_KEY: Final = 64
MOST_DEPTH: Final = 4
MOST_URL: Final = 2_000
_PHONE = frozenset("0123456789 +-().")


def is_plain_text(value: object, most: int) -> TypeGuard[str]:
    """A text of 1 to `most` code points, not only white space, without control characters and lone surrogates."""
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        return False
    return not any(
        ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) <= 0xDFFF for char in value
    )


def clean_name(value: object) -> str | None:
    """A name without outer white space; None stays None. Raises 422 name_invalid."""
    if value is None:
        return None
    if not is_plain_text(value, MOST_NAME):
        raise invalid("name_invalid", f"A name has 1 to {MOST_NAME} characters and no control characters.")
    return value.strip()


def clean_email(value: object) -> str | None:
    """An e-mail address in lower case; None stays None. Checks the shape only. Raises 422 email_invalid."""
    if value is None:
        return None
    if not is_plain_text(value, MOST_EMAIL):
        raise _email_invalid()
    address = value.strip().lower()
    local, at, domain = address.rpartition("@")
    if not (at and local and "@" not in local and "." in domain.strip(".") and domain == domain.strip(".-")):
        raise _email_invalid()
    if ".." in domain or any(char.isspace() or char in '<>(),;:"\\' for char in address):
        raise _email_invalid()
    return address


def _email_invalid() -> FunnelError:
    return invalid("email_invalid", "This is not an e-mail address.")


def clean_phone(value: object) -> str | None:
    """A phone number as digits with an optional leading plus; None stays None. Raises 422 phone_invalid."""
    if value is None:
        return None
    if not is_plain_text(value, MOST_PHONE) or not set(value) <= _PHONE:
        raise invalid("phone_invalid", "A phone number has digits, spaces and + - ( ) . only.")
    text = value.strip()
    digits = "".join(char for char in text if char.isdigit())
    if not 4 <= len(digits) <= 20:
        raise invalid("phone_invalid", "A phone number has 4 to 20 digits.")
    return ("+" if text.startswith("+") else "") + digits


def clean_attributes(value: object) -> dict[str, Any] | None:
    """Facts an integrator attaches: a JSON object of at most 8 KB, 100 keys, four levels. Raises 422 attributes_invalid."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _attributes_invalid()
    cleaned = {str(key): inner for key, inner in value.items()}
    if _keys(cleaned, 1) > MOST_ATTRIBUTE_KEYS or len(json.dumps(cleaned)) > MOST_ATTRIBUTES:
        raise _attributes_invalid()
    return cleaned


def _attributes_invalid() -> FunnelError:
    return invalid(
        "attributes_invalid", "Attributes are a JSON object of at most 8 KB, 100 keys and four levels."
    )


def _keys(value: object, depth: int) -> int:
    """Counts the keys below `value`; raises for what PostgreSQL or a reader could not hold."""
    if depth > MOST_DEPTH + 1:
        raise _attributes_invalid()
    if isinstance(value, Mapping):
        if not all(is_plain_text(key, MOST_ATTRIBUTE_KEY) for key in value):
            raise _attributes_invalid()
        return len(value) + sum(_keys(inner, depth + 1) for inner in value.values())
    if isinstance(value, list | tuple):
        return sum(_keys(inner, depth + 1) for inner in value)
    if not _is_scalar(value):
        raise _attributes_invalid()
    return 0


def _is_scalar(value: object) -> bool:
    match value:
        case str():
            return "\0" not in value and not any(0xD800 <= ord(char) <= 0xDFFF for char in value)
        case float():
            return math.isfinite(value)
        case _:
            return value is None or isinstance(value, int)


def bare_url(value: str | None) -> str | None:
    """A page's address without query, fragment and credentials, cut at 2,000 characters; None for what is no web address."""
    if value is None or any(ord(char) <= 32 or 0xD800 <= ord(char) <= 0xDFFF for char in value):
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{place}{f':{port}' if port is not None else ''}{parts.path}"[:MOST_URL]
