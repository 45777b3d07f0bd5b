"""A playbook's call of an integrator's hook, and what came of it. Agents see both, visitors only what is said on it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from funnel.conversations.events.payload import Payload, register

HookOutcome = Literal["answered", "failed", "timed_out"]


class SentReply(Struct, frozen=True, gc=False):
    """The reply to a step that goes with a call: the contact's messages after the step's question, up to another event. No words
    are copied, so that an erased reply is gone from here too."""

    step: str
    after_seq: int
    before_seq: int


@register
class HookCalled(Payload, frozen=True):
    """The playbook waits until `until` at the latest for what the hook of this name says. `call_id` stays the same however often
    it is sent."""

    TYPE = "hook.called"
    call_id: str
    hook: str
    playbook: str
    version: int
    step: str
    until: datetime
    replies: tuple[SentReply, ...] = ()


@register
class HookAnswered(Payload, frozen=True):
    """What the hook said, in `values`; else why there is nothing to go by (`error`, a code). Once a call, unless the contact went
    on to something else first. `after_seq`: what was called with was said after this event."""

    TYPE = "hook.answered"
    call_id: str
    outcome: HookOutcome
    hook: str = ""
    values: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    after_seq: int = 0
