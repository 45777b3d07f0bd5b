"""The one client that leaves the house: resolves once, refuses private addresses, connects to what it checked, follows nothing."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from yarl import URL

from funnel.core.settings import EgressSettings

CONNECT_SECONDS: Final = 5.0
SECONDS: Final = 20.0
RESOLVERS: Final = 16
# More than the outbox and the webhooks have on their way at once, so that none waits for another; all inboxes of a platform
# may share one origin.
CONNECTIONS: Final = 640
PER_ORIGIN: Final = 128
# Under what servers commonly keep a silent connection open (5 s and more), so that seldom both ends part at the same moment.
IDLE_SECONDS: Final = 4.0
NAMES_SECONDS: Final = 10
MOST_BYTES: Final = 10_000_000
MOST_URL: Final = 4096
PIECE: Final = 65_536
Address = IPv4Address | IPv6Address


class RefusedAddressError(Exception):
    """The address may not be called: not https, not a public host, or malformed. Nothing was sent."""


class NotSentError(Exception):
    """The other side could not be reached: nothing was sent."""


class UnknownOutcomeError(Exception):
    """The connection broke or timed out after the request had been sent: nobody knows what became of it."""


class Reply(Struct, frozen=True):
    """What came back: header names in lower case; `body` is cut at the cap, and as it was sent (never unpacked)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Egress:
    """Safe for any number of callers. Redirects are never followed, proxies of the environment never used. Connections are
    kept for the next call to the same origin, so many at most, and closed when nobody used them for a while."""

    def __init__(self, settings: EgressSettings) -> None:
        self._private = settings.allow_private
        self._names = _CheckedNames(private=self._private)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes its connections."""
        if self._session is not None:
            await self._session.close()
        await self._names.close()

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
        target = parse_url(url, insecure=self._private)
        if not self._private:
            _refuse_number(target.raw_host or "")
        try:
            async with (
                asyncio.timeout(seconds),
                self._open(method, target, headers or {}, content) as response,
            ):
                fields = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status, fields, await _read(response, most_bytes))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(type(error).__name__) from None
        except aiohttp.InvalidURL:
            raise RefusedAddressError("not an address") from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UnknownOutcomeError(type(error).__name__) from None

    @asynccontextmanager
    async def _open(
        self, method: str, target: URL, headers: Mapping[str, str], content: bytes | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            self._session = self._made_session()
        async with self._session.request(
            method, target, headers=headers, data=content, allow_redirects=False
        ) as response:
            yield response

    def _made_session(self) -> aiohttp.ClientSession:
        """Made with the first call, for it belongs to the loop that runs then."""
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS,
            limit_per_host=PER_ORIGIN,
            keepalive_timeout=IDLE_SECONDS,
            resolver=self._names,
            ttl_dns_cache=NAMES_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            headers={"user-agent": "funnel", "accept": "*/*", "accept-encoding": "identity"},
            trust_env=False,
            auto_decompress=False,
        )


class _CheckedNames(AbstractResolver):
    """Numbers of names, each of them checked: a connection is made to none but these, under the host and certificate of the
    name. Names that do not resolve hold a thread for many seconds; they may not hold those that hash and render."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises RefusedAddressError where any of the numbers is not public, OSError where there is none."""
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _numbers, host, port)
        if not found:
            raise OSError("the name does not resolve")
        if not self._private and not all(is_public(ip_address(one)) for _, one in found):
            raise RefusedAddressError("the host is not a public one")
        return [
            ResolveResult(
                hostname=host, host=number, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
            for kind, number in found
        ]

    async def close(self) -> None:
        """Lets its threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _numbers(host: str, port: int) -> list[tuple[int, str]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(int(kind), str(place[0]).partition("%")[0]) for kind, _, _, _, place in found]


def _refuse_number(host: str) -> None:
    """A host that is a number is never asked for by name, so it is checked here. Raises RefusedAddressError."""
    with contextlib.suppress(ValueError):
        if not is_public(ip_address(host.partition("%")[0])):
            raise RefusedAddressError("the host is not a public one")


def parse_url(url: str, *, insecure: bool = False) -> URL:
    """An https address with a host and nothing that hides it. Raises RefusedAddressError."""
    if len(url) > MOST_URL or any(ord(sign) < 33 for sign in url):
        raise RefusedAddressError("not a plain address")
    try:
        parsed = URL(url, encoded=url.isascii())  # what is escaped already stays so: it may be signed
        port = parsed.port
    except (ValueError, TypeError):
        raise RefusedAddressError("not an address") from None
    if parsed.scheme not in (("https", "http") if insecure else ("https",)):
        raise RefusedAddressError("only https")
    if not parsed.raw_host or not port or parsed.raw_user is not None or parsed.raw_password is not None:
        raise RefusedAddressError("not a plain address")
    return parsed.with_fragment(None)


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


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    """At most so many bytes; a connection with more behind them is closed with the response."""
    parts: list[bytes] = []
    length = 0
    async for piece in response.content.iter_chunked(PIECE):
        parts.append(piece)
        length += len(piece)
        if length > most:
            response.close()
            break
    return b"".join(parts)[:most]
