"""The demo shop's own part: which site its widget talks to, and the way to the desk for whoever sits at this machine.

A ticket is written into a page only where the request came from this machine itself, under this machine's own name and through
no proxy; it opens one session of the demo agent, once, within ten minutes, and only for a form sent from that page.
"""

import secrets
from collections import OrderedDict
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.types import Receive, Scope

from api.addresses import header
from api.credentials import COOKIE
from api.services import Services
from funnel.core.security import token_hash

TICKET_SECONDS = 600
MOST_TICKETS = 200
MOST_FORM = 4096
_LOOPBACK = ("127.0.0.1", "::1")
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")


class DemoShop(Struct, frozen=True):
    """What `funnel demo` has made: the site of the shop and its agent."""

    site_key: str
    agent_email: str
    agent_password: str


class DemoDoor:
    """Makes and takes tickets. They live in this process's memory, as hashes."""

    def __init__(self, shop: DemoShop, services: Services) -> None:
        self._shop = shop
        self._services = services
        self._tickets: OrderedDict[bytes, float] = OrderedDict()

    @property
    def site_key(self) -> str:
        """Public: the shop's site."""
        return self._shop.site_key

    def ticket(self, scope: Scope) -> str:
        """A new ticket for a page, or nothing for anybody who is not on this machine."""
        if not is_at_home(scope):
            return ""
        made = secrets.token_urlsafe(24)
        self._tickets[token_hash(made)] = self._now() + TICKET_SECONDS
        while len(self._tickets) > MOST_TICKETS:
            self._tickets.popitem(last=False)
        return made

    async def enter(self, scope: Scope, receive: Receive) -> bytes | None:
        """The value of the session's cookie header, or None. The ticket is used up in any case."""
        form = parse_qs((await _body(receive)).decode("latin-1"))
        ends = self._tickets.pop(token_hash(form.get("ticket", [""])[0]), 0.0)
        origin = header(scope, b"origin")
        own = origin is not None and self._services.origins.own(scope, origin)
        if not (own and is_at_home(scope) and ends > self._now()):
            return None
        address = self._services.addresses.client(scope)
        opened = await self._services.credentials.login(
            self._shop.agent_email, self._shop.agent_password, address
        )
        return f"{COOKIE}={opened.token}; Path=/; HttpOnly; SameSite=Lax".encode("latin-1")

    def _now(self) -> float:
        return self._services.clock.now().timestamp()


def is_at_home(scope: Scope) -> bool:
    """Whether a request comes from this machine, to this machine's own name (no rebound one), through no proxy."""
    peer = scope["client"][0] if scope.get("client") else ""
    host = (header(scope, b"host") or "").lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    proxied = any(key in _FORWARDED for key, _ in scope["headers"])
    return peer in _LOOPBACK and name in _NAMES and not proxied


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= MOST_FORM:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = bool(message.get("more_body"))
    return b"".join(parts)[:MOST_FORM]
