"""The rules of what a site states about itself: origins, locales, zones, texts. Pure checks that raise 422."""

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from funnel.core.errors import FunnelError, invalid
from funnel.core.locales import canonical_locale
from funnel.people.fields import is_plain_text

MOST_ORIGINS: Final = 100
MOST_LOCALES: Final = 50
MOST_TEXT: Final = 2_000
MOST_REPLY_SECONDS: Final = 30 * 86_400
_PORTS: Final = {"http": 80, "https": 443}
_LABEL: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_exists(zone: str) -> bool:
    """Whether the IANA database knows the zone."""
    return zone in _zones()


def clean_zone(zone: str) -> str:
    """The zone itself. Raises 422 zone_unknown."""
    if not zone_exists(zone):
        raise invalid(
            "zone_unknown", "This is no zone of the IANA time zone database, such as Europe/Berlin."
        )
    return zone


def clean_locales(tags: Iterable[str]) -> list[str]:
    """Canonical tags in the given order, each once; the first is the default. Raises 422 locale_invalid."""
    found: dict[str, None] = {}
    for tag in tags:
        canonical = canonical_locale(tag)
        if canonical is None:
            raise _locale_invalid()
        found[canonical] = None
    if not 1 <= len(found) <= MOST_LOCALES:
        raise _locale_invalid()
    return list(found)


def clean_locale(tag: str) -> str:
    """The canonical tag. Raises 422 locale_invalid."""
    return clean_locales([tag])[0]


def _locale_invalid() -> FunnelError:
    return invalid(
        "locale_invalid", f"1 to {MOST_LOCALES} well-formed BCP 47 tags of known languages are needed."
    )


def clean_origins(origins: Iterable[str]) -> list[str]:
    """Origins exactly as browsers send them, each once. Raises 422 origin_invalid."""
    found = dict.fromkeys(origins)
    if len(found) > MOST_ORIGINS or not all(is_origin(origin) for origin in found):
        raise invalid(
            "origin_invalid",
            "An origin is scheme://host or scheme://host:port as browsers send it: http or https, lower case, no path, no "
            f"default port, no wildcard; at most {MOST_ORIGINS}.",
        )
    return list(found)


def is_origin(text: str) -> bool:
    """Whether a browser could send this as the Origin of a web page, to the letter."""
    scheme, divider, rest = text.partition("://")
    if not divider or scheme not in _PORTS or len(text) > 300:
        return False
    host, port = _host_and_port(rest)
    if port is not None and not _is_port(port, _PORTS[scheme]):
        return False
    return _is_host(host)


def _host_and_port(rest: str) -> tuple[str, str | None]:
    if rest.startswith("["):
        host, bracket, tail = rest.partition("]")
        if not tail:
            return host + bracket, None
        return host + bracket, tail[1:] if tail.startswith(":") else ""
    host, colon, port = rest.partition(":")
    return host, port if colon else None


def _is_port(port: str, default: int) -> bool:
    if not (port.isascii() and port.isdigit()) or port[0] == "0" or len(port) > 5:
        return False
    return 1 <= int(port) <= 65535 and int(port) != default


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_ipv6(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_is_label(label) for label in labels):
        return False
    if labels[-1].isdigit():
        return _is_ipv4(host)
    return True


def _is_label(label: str) -> bool:
    return 1 <= len(label) <= 63 and set(label) <= _LABEL and label[0] != "-" and label[-1] != "-"


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _is_ipv6(host: str) -> bool:
    try:
        return f"[{ipaddress.IPv6Address(host[1:-1])}]" == host and "%" not in host
    except ValueError:
        return False


def clean_reply_seconds(stated: Mapping[str, int]) -> dict[str, int]:
    """Channel → stated reply time in seconds (1 .. 30 days). Raises 422 reply_seconds_invalid."""
    for channel, seconds in stated.items():
        if not is_plain_text(channel, 40) or not 1 <= seconds <= MOST_REPLY_SECONDS:
            raise invalid("reply_seconds_invalid", "A stated reply time is 1 second to 30 days, by channel.")
    return dict(stated)


def clean_helplines(table: Mapping[str, tuple[str, date]]) -> dict[str, dict[str, str]]:
    """Canonical locale → a helpline's text and the last day it is known to be right. Raises 422."""
    found: dict[str, dict[str, str]] = {}
    for tag, (text, valid_until) in table.items():
        found[clean_locale(tag)] = {"text": _clean_text(text), "valid_until": valid_until.isoformat()}
    return found


def clean_texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """A site's own wording: catalogue key → canonical locale → text. Raises 422."""
    if len(texts) > 100 or not all(is_plain_text(key, 64) for key in texts):
        raise invalid("text_invalid", "At most 100 texts, each under a key of 1 to 64 characters.")
    return {
        key: {clean_locale(tag): _clean_text(text) for tag, text in by.items()} for key, by in texts.items()
    }


def _clean_text(text: Any) -> str:
    usable = isinstance(text, str) and text.strip() and len(text) <= MOST_TEXT and "\0" not in text
    if not usable or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise invalid("text_invalid", f"A text has 1 to {MOST_TEXT} characters, not only white space.")
    return str(text)


def clean_label(text: str) -> str:
    """A name that people see in lists. Raises 422 name_invalid."""
    if not is_plain_text(text, 200):
        raise invalid("name_invalid", "A name has 1 to 200 characters and no control characters.")
    return text.strip()
