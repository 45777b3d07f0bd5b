"""Where files of messages are fetched: links as they are, tokens only for the platform they belong to. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from funnel.channels.inbound import Media
from funnel.channels.port import Account, Fetch

MOST_LINK: Final = 4096


def by_link(media: Media, account: Account, answer: bytes | None = None) -> Fetch | None:
    """A file behind a link that needs no token."""
    return Fetch(media.url) if media.url and len(media.url) <= MOST_LINK else None


def with_token(url: str, headers: Mapping[str, str], hosts: Iterable[str]) -> Fetch:
    """The file behind a link that came with the message. The token travels only to hosts of its own platform, by https or where an
    inbox was set up with another address of that platform."""
    return Fetch(url, headers if _belongs(url, hosts) else {})


def _belongs(url: str, hosts: Iterable[str]) -> bool:
    try:
        found = urlsplit(url)
        name = (found.hostname or "").lower()
    except ValueError:
        return False
    for host in hosts:
        if "://" in host:
            own = urlsplit(host)
            if (found.scheme, found.netloc) == (own.scheme, own.netloc):
                return True
        elif found.scheme == "https" and (name == host or name.endswith(f".{host}")):
            return True
    return False
