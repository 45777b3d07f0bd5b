"""Connections of protocols that are not HTTP, under the same guard: a name is resolved once, and no private address is called. Blocking."""

import socket
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

from bots.egress import RefusedAddressError, is_public
from funnel.core.settings import EgressSettings

OpenSocket = Callable[[str, int, float], socket.socket]
"""Host, port, and the seconds that connecting and every later read may take."""


def opener(settings: EgressSettings) -> OpenSocket:
    """What opens connections to hosts that an inbox was set up with."""
    return partial(_open, private=settings.allow_private)


def to_own_network(host: str, port: int, seconds: float) -> socket.socket:
    """For hosts that the operator's own settings name."""
    return _open(host, port, seconds, private=True)


def _open(host: str, port: int, seconds: float, *, private: bool) -> socket.socket:
    """Connected to an address that was checked. Raises RefusedAddressError where any address of the name is not a public one,
    OSError where none can be reached."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(place[0]).partition("%")[0] for _, _, _, _, place in found]
    if not private and not all(is_public(ip_address(number)) for number in numbers):
        raise RefusedAddressError("the host is not a public one")
    last: OSError = OSError("the name does not resolve")
    for number in dict.fromkeys(numbers):
        try:
            return socket.create_connection((number, port), seconds)
        except OSError as error:
            last = error
    raise last
