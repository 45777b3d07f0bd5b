"""Ports for servers of tests that are stopped and started again."""

import contextlib
import itertools
import os
import socket

# Below what systems hand out by themselves (from 32768): a port from here is still free when its process, started again, wants it.
# Each process of tests begins at a place of its own.
_PORTS = range(20_000, 32_000)
_numbers = itertools.count(os.getpid() * 7919)


def free_port() -> int:
    """A loopback port that is free now, and given to nobody who only asks for any."""
    for number in itertools.islice(_numbers, len(_PORTS)):
        port = _PORTS[number % len(_PORTS)]
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")
