"""What one visitor or address may do in a while. In memory, per process, bounded; `limits.on = false` lifts everything."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.settings import LimitSettings

MOST_KEYS = 50_000


class Window:
    """At most `most` passages a key in any `seconds`; the keys used longest ago are forgotten first."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._passed: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Counts a passage and returns 0, or returns the seconds until the next one is allowed and counts nothing."""
        now = self._now()
        passed = self._passed.get(key)
        if passed is None:
            passed = self._passed[key] = deque(maxlen=self._most)
            if len(self._passed) > MOST_KEYS:
                self._passed.popitem(last=False)
        else:
            self._passed.move_to_end(key)
        if len(passed) == self._most and now - passed[0] < self._seconds:
            return self._seconds - (now - passed[0])
        passed.append(now)
        return 0.0


class Limits:
    """The limits of one process. Methods raise FunnelError `rate_limited` with the time to wait."""

    def __init__(self, settings: LimitSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._on = settings.on
        self._messages = Window(settings.messages_per_10s, 10.0, now)
        self._sessions = Window(settings.widget_sessions_per_minute, 60.0, now)
        self._searches = Window(settings.messages_per_10s * 3, 10.0, now)
        self._uploads = Window(settings.messages_per_10s * 3, 10.0, now)
        self._most_sockets = settings.sockets_per_address
        self._sockets: dict[str, int] = {}

    def message(self, contact_id: str) -> None:
        """Before a visitor's message, rating or choice."""
        self._pass(self._messages, contact_id)

    def upload(self, contact_id: str) -> None:
        """Before a visitor's file is taken. Apart from messages: one message may carry ten files."""
        self._pass(self._uploads, contact_id)

    def widget_session(self, address: str) -> None:
        """Before a widget session is opened."""
        self._pass(self._sessions, address)

    def search(self, caller: str) -> None:
        """Before a visitor's search."""
        self._pass(self._searches, caller)

    def enter_socket(self, address: str) -> bool:
        """Counts a socket; False where the address has enough. Each True needs one `leave_socket`."""
        count = self._sockets.get(address, 0)
        if self._on and count >= self._most_sockets:
            return False
        self._sockets[address] = count + 1
        return True

    def leave_socket(self, address: str) -> None:
        """The socket is gone."""
        count = self._sockets.get(address, 0) - 1
        if count > 0:
            self._sockets[address] = count
        else:
            self._sockets.pop(address, None)

    def _pass(self, window: Window, key: str) -> None:
        wait = window.wait(key) if self._on else 0.0
        if wait > 0:
            raise FunnelError(
                "rate_limited", ErrorKind.THROTTLED, "Too many requests; wait a moment.", retry_after=wait
            )
