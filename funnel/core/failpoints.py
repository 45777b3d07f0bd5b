"""Named points where a test makes the process sleep, fail or die. Inert (one look-up) unless `configure` arms them."""

import asyncio
import os
import random
import signal

from funnel.core.start_errors import SettingsError

KNOWN = frozenset(
    {
        "after_insert",
        "before_commit",
        "after_commit_before_ack",
        "after_ack_before_fanout",
        "outbox_before_send",
        "outbox_after_send_before_mark",
        "webhook_after_commit_before_2xx",
        "timer_after_claim",
        "hook_after_answer_before_result",
        "claim_between_read_and_write",
        "reindex_before_swap",
        "import_before_commit",
        "erase_step_1",
        "erase_step_2",
        "erase_step_3",
        "erase_step_4",
    }
)


class FailpointError(Exception):
    """Raised by the action `raise`."""


class Dropped(Exception):  # noqa: N818 - it is a command to the caller, not an error
    """Raised by the action `drop`: the caller behaves as if the connection had broken here."""


class _Armed:
    """One armed point. `chance` in 0..1; `nth` fires at that one passage only (from 1), 0 = at every one."""

    def __init__(self, action: str, milliseconds: float, chance: float, nth: int) -> None:
        self.action, self.milliseconds, self.chance, self.nth = action, milliseconds, chance, nth
        self.passed = 0

    def due(self) -> bool:
        self.passed += 1
        if self.nth:
            return self.passed == self.nth
        return self.chance >= 1 or random.random() < self.chance  # noqa: S311 - chaos, not a secret


_armed: dict[str, _Armed] = {}
_given = [""]


def configure(text: str | None) -> None:
    """Arms what FUNNEL_FAILPOINTS lists: `name=action[@chance or nth],…`; None or empty disarms all.

    Actions: sleep(milliseconds), raise, kill9, drop. A number with a point is a chance per passage (`@0.01`), a whole
    number the one passage that fires (`@3`). Raises SettingsError for an unknown name or action.
    """
    points = {}
    for part in filter(None, (piece.strip() for piece in (text or "").split(","))):
        name, _, rest = part.partition("=")
        if name not in KNOWN:
            raise SettingsError(f"FUNNEL_FAILPOINTS: there is no failpoint named {name[:40]}.")
        points[name] = _parse(name, rest)
    _armed.clear()
    _armed.update(points)
    _given[:] = [text or ""]


def armed() -> str:
    """What is armed, as `configure` takes it: for another process that does a part of the work."""
    return _given[0]


async def hit(name: str) -> None:
    """Passes the point `name`. May raise FailpointError or Dropped, sleep, or kill the process without clean-up."""
    point = _armed.get(name)
    if point is None or not point.due():
        return
    if point.action == "sleep":
        await asyncio.sleep(point.milliseconds / 1000)
    elif point.action == "raise":
        raise FailpointError(name)
    elif point.action == "drop":
        raise Dropped(name)
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def _parse(name: str, text: str) -> _Armed:
    action, _, condition = text.partition("@")
    milliseconds = 0.0
    try:
        if action.startswith("sleep(") and action.endswith(")"):
            action, milliseconds = "sleep", float(action[6:-1])
        elif action not in {"raise", "kill9", "drop"}:
            raise ValueError
        if "." in condition:
            return _Armed(action, milliseconds, float(condition), 0)
        return _Armed(action, milliseconds, 1.0, int(condition) if condition else 0)
    except ValueError:
        raise SettingsError(
            f"FUNNEL_FAILPOINTS: {name} needs sleep(ms), raise, kill9 or drop, optionally with @0.01 or @3."
        ) from None
