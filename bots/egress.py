"""The one client that leaves the house: resolves once, refuses private addresses, connects to what it checked, follows nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import httpx
from msgspec import Struct

from funnel.core.settings import EgressSettings

CONNECT_SECONDS: Final = 5.0
SECONDS: Final = 20.0
RESOLVERS: Final = 16
MOST_BYTES: Final = 10_000_000
MOST_URL: Final = 4096
Address = IPv4Address | IPv6Address


class RefusedAddressError(Exception):
    """The address may not be called: not https, not a public host, or malformed. Nothing was sent."""


class NotSentError(Exception):
    """The other side could not be reached: nothing was sent."""


class UnknownOutcomeError(Exception):
    """The connection broke or timed out after the request had been sent: nobody knows what became of it."""


class Reply(Struct, frozen=True):
    """What came back; `body` is cut at the cap."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Egress:
    """Safe for any number of callers. Redirects are never followed, proxies of the environment never used."""

    def __init__(self, settings: EgressSettings) -> None:
        self._private = settings.allow_private
        # Names that do not resolve hold a thread for many seconds; they may not hold those that hash and render.
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="names")
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        )

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.aclose()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
    ) -> Reply:
        """One request. Raises RefusedAddressError, NotSentError, UnknownOutcomeError."""
        target, host = await self._pinned(url)
        try:
            async with (
                asyncio.timeout(seconds),
                self._open(method, target, host, headers or {}, content) as response,
            ):
                return Reply(response.status_code, dict(response.headers), await _read(response, most_bytes))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSentError(type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise UnknownOutcomeError(type(error).__name__) from None

    @asynccontextmanager
    async def _open(
        self, method: str, target: httpx.URL, host: str, headers: Mapping[str, str], content: bytes | None
    ) -> AsyncIterator[httpx.Response]:
        """The connection goes to the address that was checked; host and certificate stay those of the name."""
        request = self._client.build_request(
            method,
            target,
            headers={**headers, "host": host},
            content=content,
            extensions={"sni_hostname": host.rpartition(":")[0] or host},
        )
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _pinned(self, url: str) -> tuple[httpx.URL, str]:
        """The address with a checked number in place of its name, and the Host it is asked for."""
        parsed = parse_url(url, insecure=self._private)
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await asyncio.get_running_loop().run_in_executor(
                    self._resolvers, _addresses_of, parsed.host, port
                )
        except (OSError, TimeoutError):
            raise NotSentError("the name does not resolve") from None
        addresses = [ip_address(one.partition("%")[0]) for one in found]
        if not addresses or not (self._private or all(is_public(one) for one in addresses)):
            raise RefusedAddressError("the host is not a public one")
        host = parsed.host if parsed.port is None else f"{parsed.host}:{parsed.port}"
        return parsed.copy_with(host=str(addresses[0])), host


def _addresses_of(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def parse_url(url: str, *, insecure: bool = False) -> httpx.URL:
    """An https address with a host and nothing that hides it. Raises RefusedAddressError."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise RefusedAddressError("not an address") from None
    if parsed.scheme not in (("https", "http") if insecure else ("https",)):
        raise RefusedAddressError("only https")
    if not parsed.host or parsed.userinfo or len(url) > MOST_URL or any(ord(sign) < 33 for sign in url):
        raise RefusedAddressError("not a plain address")
    return parsed


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open Internet, also where an IPv4 one hides inside an IPv6 one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Nat64:
    """64:ff9b::/96, whose last 32 bits are an IPv4 address."""

    def __contains__(self, address: IPv6Address) -> bool:
        return int(address) >> 32 == int(IPv6Address("64:ff9b::")) >> 32


_NAT64: Final = _Nat64()


async def _read(response: httpx.Response, most: int) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for piece in response.aiter_bytes():
        parts.append(piece)
        length += len(piece)
        if length > most:
            break
    return b"".join(parts)[:most]
