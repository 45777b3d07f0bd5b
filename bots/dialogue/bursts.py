"""Bursts: when the bot waits for the rest of what a contact is writing, and for how long."""

from datetime import datetime, timedelta

from bots.dialogue.hearing import Prepared
from funnel.conversations.state import BURST_SECONDS, State

SENSITIVE = ("fraud", "safety", "legal", "privacy")
PRESSING = 0.5
FRAGMENT_WAIT = timedelta(seconds=2)
QUIET = timedelta(seconds=3)
LONGEST = timedelta(seconds=BURST_SECONDS)


def continues(state: State, at: datetime) -> bool:
    """Whether a message at `at` belongs to the state's burst, or the burst still waits to be judged."""
    burst = state.burst
    if burst is None:
        return False
    return not burst.settled or at - burst.at <= LONGEST


def wait_until(state: State, prepared: Prepared, at: datetime) -> datetime | None:
    """Until when the answer to the message just folded into `state` waits; None: it is answered in this turn.

    What must not wait: a wish for a person, a rejected answer, danger, a sensitive matter, the button of a playbook (its
    words alone would not begin it), and the reply to something the bot asked.
    """
    burst = state.burst
    line = prepared.line
    if (
        burst is None
        or line.urgent
        or prepared.playbook is not None
        or any(name in line.signals and line.signals[name].score >= PRESSING for name in SENSITIVE)
        or line.wants_person
        or line.rejects
        or line.withdraws
        or line.yes
        or line.no
    ):
        return None
    last = burst.at + LONGEST
    if state.channel != "web":
        until = min(at + QUIET, last)
    else:
        if state.question is not None or state.offer is not None or burst.settled:
            return None
        fragment = prepared.whole.fragment and prepared.found_whole.outcome != "answer"
        if not (prepared.whole.greeting or fragment):
            return None
        until = min(at + FRAGMENT_WAIT, last)
    return until if until > at else None
