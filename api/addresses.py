"""Where a request comes from and which address is our own, behind any number of trusted proxies."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from funnel.core.settings import ServerSettings

Scope = Mapping[str, Any]
Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that name (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return None


def own_url(server: ServerSettings, port: int) -> str:
    """Where this service is as people on this machine reach it: the public URL where one is set."""
    if server.public_url:
        return server.public_url
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(server.host, server.host)  # noqa: S104 - read, not bound
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{port}"


class Addresses:
    """Reads `X-Forwarded-For`, `-Proto` and `-Host` only from proxies that the settings trust."""

    def __init__(self, settings: ServerSettings) -> None:
        self._trusted = tuple(_networks(settings.trusted_proxies))
        self._public = settings.public_url

    def client(self, scope: Scope) -> str:
        """The caller's address; an IPv6 caller counts as its /64."""
        peer = scope["client"][0] if scope.get("client") else UNKNOWN
        if self._trusts(peer):
            for hop in reversed((header(scope, b"x-forwarded-for") or "").split(",")):
                hop = hop.strip()
                if not _is_address(hop):
                    break
                peer = hop
                if not self._trusts(hop):
                    break
        return _block(peer)

    def base_url(self, scope: Scope) -> str:
        """Our own origin as the caller sees it: the public URL where one is set, else scheme and host of the request."""
        if self._public:
            return self._public
        scheme = "https" if scope.get("scheme") in ("https", "wss") else "http"
        host = header(scope, b"host") or ""
        if scope.get("client") and self._trusts(scope["client"][0]):
            scheme = header(scope, b"x-forwarded-proto") or scheme
            host = header(scope, b"x-forwarded-host") or host
        return f"{scheme}://{host}".lower()

    def _trusts(self, address: str) -> bool:
        if not self._trusted or not _is_address(address):
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self._trusted)


def _networks(texts: Iterable[str]) -> Iterable[Network]:
    for text in texts:
        yield ip_network(text, strict=False)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _block(address: str) -> str:
    """One household has a whole /64 of IPv6; counting single addresses would limit nobody."""
    if ":" not in address or not _is_address(address):
        return address
    return str(ip_network(f"{address.split('%')[0]}/64", strict=False))
