"""File locks between processes. The kernel frees them when their holder is killed."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from funnel.core.start_errors import ServerError

_LOCK_SECONDS = 300.0
_POLL_SECONDS = 0.005


def take(path: Path, kind: int) -> int:
    """An open descriptor that holds the flock. Polls, so that a wait ends in an error and not never."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise ServerError(f"Another process has held {path} for {_LOCK_SECONDS:.0f} s.") from None
            time.sleep(_POLL_SECONDS)
        else:
            return descriptor


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """The exclusive lock for the length of a block; yields its descriptor."""
    descriptor = take(path, fcntl.LOCK_EX)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
