"""Calling integrators' hooks for playbooks: signed by Standard Webhooks, sent again under the same id while there is time."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec
from msgspec import Struct

from bots.dialogue.playbooks import Place, Playbooks
from bots.dialogue.playbooks.hook_values import HookAnswerError, read_answer
from bots.dialogue.playbooks.replies import value_of
from bots.egress import Egress, NotSentError, RefusedAddressError, Reply, UnknownOutcomeError
from funnel.channels import standard_webhooks
from funnel.channels.judging import retry_after
from funnel.conversations.commands import TellHookResult
from funnel.conversations.values import SYSTEM
from funnel.core.errors import FunnelError
from funnel.core.failpoints import hit
from funnel.core.logging import get_logger
from funnel.core.loops import AWAY, Flights, Loops
from funnel.people.hooks import Hooks
from funnel.turns.lanes import Lane
from funnel.turns.outbox.hook_calls import DueCall, HookCalls
from funnel.turns.pipeline import Pipeline

TYPE: Final = "playbook.call"
MOST: Final = 64
LEASE_SECONDS: Final = (
    3.0  # of a worker that died: its call is sent again well before the visitor's wait is over
)
RENEW_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.5
TEND_SECONDS: Final = 3600.0
MOST_ANSWER: Final = 65_536
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 4.0
LEAST_SECONDS: Final = 0.2  # less is not worth another attempt
_AGAIN: Final = frozenset((408, 425, 429))
log = get_logger(__name__)


class Attempt(Struct, frozen=True):
    """What came of sending it once: `values` where the hook answered, `again` the seconds until it is worth trying anew."""

    values: dict[str, str] | None = None
    error: str | None = None
    status: int | None = None
    again: float | None = None


def judge(reply: Reply, attempts: int) -> Attempt:
    """2xx with a good body (or 204) is an answer; 5xx, 408, 425 and 429 are tried again; anything else is a no. Pure."""
    if reply.status == 204:
        return Attempt({}, status=204)
    if 200 <= reply.status < 300:
        if len(reply.body) > MOST_ANSWER:
            return Attempt(error="too_large", status=reply.status)
        try:
            return Attempt(read_answer(reply.body), status=reply.status)
        except HookAnswerError:
            return Attempt(error="bad_answer", status=reply.status)
    if reply.status < 500 and reply.status not in _AGAIN:
        return Attempt(error=f"answered_{reply.status}", status=reply.status)
    wait = max(pause(attempts), retry_after(dict(reply.headers)) or 0.0)
    return Attempt(error=f"answered_{reply.status}", status=reply.status, again=wait)


def pause(attempts: int) -> float:
    """Seconds before the next attempt: twice the last, from half a second to four."""
    return min(FIRST_PAUSE * 2.0 ** (attempts - 1), LONGEST_PAUSE)


class HookWorker:
    """Any number may run on one database: a call has one worker, and who lost its lease cannot settle. A result reaches the
    conversation once, whoever brings it."""

    def __init__(
        self,
        calls: HookCalls,
        hooks: Hooks,
        egress: Egress,
        pipeline: Pipeline,
        playbooks: Callable[[], Playbooks],
        waits: Callable[[str], None],
    ) -> None:
        """`waits` hears of each conversation whose contact waits for a hook now: it is shown that something is on the way."""
        self._calls = calls
        self._hooks = hooks
        self._egress = egress
        self._pipeline = pipeline
        self._playbooks = playbooks
        self._waits = waits
        self._held: set[tuple[str, int]] = set()
        self._sends = Flights()
        self._loops = Loops(hooks=self._round, renews=self._renew, tends=self._tend)

    async def start(self) -> None:
        """Begins to send; a turn of this process that calls a hook wakes it."""
        self._pipeline.on_hook_call(self.wake)
        self._loops.start()

    async def stop(self) -> None:
        """Stops; what is under way is left to its lease. Idempotent."""
        await self._loops.stop()
        await self._sends.stop()

    def wake(self) -> None:
        """Looks again now."""
        self._loops.wake("hooks")

    async def send_due(self) -> int:
        """Sends what is due now and waits for it; returns how many calls there were."""
        claimed = await self._claim()
        await asyncio.gather(*(self._work(due) for due in claimed))
        return len(claimed)

    async def _round(self) -> float:
        for due in (claimed := await self._claim()):
            self._sends.begin(self._work(due))
        return 0.0 if claimed else POLL_SECONDS

    async def _renew(self) -> float:
        await self._calls.renew(self._held, LEASE_SECONDS)
        return RENEW_SECONDS

    async def _tend(self) -> float:
        await self._calls.tend()
        return TEND_SECONDS

    async def _claim(self) -> list[DueCall]:
        room = MOST - len(self._held)
        claimed = await self._calls.claim(room, LEASE_SECONDS) if room > 0 else []
        self._held.update((due.id, due.fence) for due in claimed)
        return claimed

    async def _work(self, due: DueCall) -> None:
        try:
            await self._call(due)
        except AWAY as error:
            log.warning("hook_call_unsettled", error_type=type(error).__name__)
        except Exception:
            log.exception("hook_call_broke", conversation_id=due.conversation_id)
        finally:
            self._held.discard((due.id, due.fence))
            self.wake()

    async def _call(self, due: DueCall) -> None:
        if not due.awaited:
            await self._calls.settle(due, "dropped", None, None)
            return
        if due.seconds_left <= 0:
            await self._calls.settle(due, "late", None, "timed_out")
            return
        self._waits(due.conversation_id)
        attempt = await self._attempt(due)
        await hit("hook_after_answer_before_result")
        if attempt.again is not None and attempt.again + LEAST_SECONDS < due.seconds_left:
            await self._calls.again(due, attempt.again, attempt.status, attempt.error)
            return
        await self._tell(due, attempt)

    async def _tell(self, due: DueCall, attempt: Attempt) -> None:
        """The result, as a command under the call's own id: told twice, it is one turn. What cannot be told now is told by
        whoever holds the call next."""
        command = TellHookResult(
            command_id=f"hook:{due.id}",
            actor=SYSTEM,
            conversation_id=due.conversation_id,
            call_id=due.id,
            values=attempt.values or {},
            error=attempt.error,
        )
        try:
            told = await self._pipeline.submit(command, Lane.AGENT)
        except FunnelError as refusal:
            log.warning("hook_result_not_told", code=refusal.code, conversation_id=due.conversation_id)
            return
        state: Literal["answered", "failed", "late"] = "failed" if attempt.error else "answered"
        if not told.changed and not told.repeated:
            state = "late"
            log.info("hook_result_late", conversation_id=due.conversation_id)
        await self._calls.settle(due, state, attempt.status, attempt.error)

    async def _attempt(self, due: DueCall) -> Attempt:
        if due.called is None or due.url is None or due.hook_id is None or due.secrets is None:
            return Attempt(error="no_hook")
        body = _body(due, await self._replies(due))
        secrets = self._hooks.secrets(due.hook_id, due.secrets)
        signed = standard_webhooks.sign(secrets, due.id, int(due.now.timestamp()), body)
        try:
            reply = await self._egress.call(
                "POST",
                due.url,
                headers={**signed, "content-type": "application/json"},
                content=body,
                most_bytes=MOST_ANSWER + 1,
                seconds=due.seconds_left,
            )
        except RefusedAddressError:
            return Attempt(error="refused_address")
        except (NotSentError, UnknownOutcomeError):
            return Attempt(error="unreachable", again=pause(due.attempts))
        return judge(reply, due.attempts)

    async def _replies(self, due: DueCall) -> dict[str, str]:
        """What the contact replied to the steps that the call names, as far as each step can use it."""
        called = due.called
        book = (
            self._playbooks().find(Place(called.playbook, version=called.version))
            if called is not None
            else None
        )
        if called is None or book is None:
            return {}
        replies: dict[str, str] = {}
        for sent, words in zip(called.replies, await self._calls.said(due), strict=True):
            step = book.step(sent.step)
            value = value_of(step, words) if step is not None else None
            if value is not None:
                replies[sent.step] = value
        return replies


def _body(due: DueCall, replies: Mapping[str, str]) -> bytes:
    called = due.called
    return msgspec.json.encode(
        {
            "type": TYPE,
            "timestamp": due.now.isoformat(),
            "data": {
                "call_id": due.id,
                "hook": due.hook,
                "playbook": called.playbook if called else "",
                "version": called.version if called else 0,
                "step": called.step if called else "",
                "replies": replies,
                "locale": due.locale,
                "conversation_id": due.conversation_id,
                "site_id": due.site_id,
                "contact": {"id": due.contact_id, "verified": due.verified, "external_id": due.external_id},
                "seconds": max(round(due.seconds_left, 1), 0.1),
            },
        }
    )
