"""The three bounded lanes in front of the pipeline: shares of a batch, order inside a conversation, refusal when full."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Iterator
from enum import StrEnum

from funnel.conversations.commands import Command
from funnel.core.errors import ErrorKind, FunnelError, unavailable
from funnel.core.ids import new_id
from funnel.turns.records import TurnResult


class Lane(StrEnum):
    """Who is served by which share of a batch: 1/2, 3/8, 1/8; an idle share passes on."""

    AGENT = "agent"  # agents, timers, receipts
    VISITOR = "visitor"
    BULK = "bulk"


EIGHTHS = {Lane.AGENT: 4, Lane.VISITOR: 3, Lane.BULK: 1}


class Pending:
    """A command that waits for its turn. `key` is what keeps its order: the contact, else the conversation."""

    __slots__ = (
        "attempts",
        "body_hash",
        "command",
        "future",
        "key",
        "lane",
        "settled",
        "since",
        "target",
        "turn_id",
    )

    def __init__(
        self,
        command: Command,
        lane: Lane,
        future: "asyncio.Future[TurnResult]",
        body_hash: bytes | None = None,
    ) -> None:
        self.command = command
        self.lane = lane
        self.future = future
        self.body_hash = body_hash
        self.key = key_of(command)
        self.since = time.monotonic()
        self.attempts = 0
        self.settled = False
        self.target: str | None = None
        self.turn_id = new_id()


def key_of(command: Command) -> str:
    """All commands of one contact keep their order, whether they name the conversation or not."""
    if command.actor.kind == "contact" and command.actor.id:
        return command.actor.id
    if command.opening is not None:
        return command.opening.contact_id
    return command.conversation_id or ""


class _Queue:
    """One lane: conversations take turns, each conversation's commands keep their order."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = 0
        self.ready: deque[str] = deque()
        self.waiting: dict[str, deque[Pending]] = {}

    def push(self, pending: Pending) -> None:
        line = self.waiting.get(pending.key)
        if line is None:
            self.waiting[pending.key] = deque((pending,))
            self.ready.append(pending.key)
        else:
            line.append(pending)
        self.count += 1

    def push_front(self, pending: Pending) -> None:
        line = self.waiting.get(pending.key)
        if line is None:
            self.waiting[pending.key] = deque((pending,))
        else:
            line.appendleft(pending)
            self.ready.remove(pending.key)
        self.ready.appendleft(pending.key)
        self.count += 1

    def take(self, most: int, taken: set[str]) -> Iterator[Pending]:
        """At most `most` commands of conversations that are not in `taken` yet, which it fills."""
        skipped: list[str] = []
        while most > 0 and self.ready:
            key = self.ready.popleft()
            if key in taken:
                skipped.append(key)
                continue
            taken.add(key)
            line = self.waiting[key]
            pending = line.popleft()
            if line:
                skipped.append(key)
            else:
                del self.waiting[key]
            self.count -= 1
            most -= 1
            yield pending
        self.ready.extend(skipped)


class Lanes:
    """Bounded waiting room of one process. Not safe across threads; never blocks."""

    def __init__(self, *, batch: int, sizes: dict[Lane, int], conversation_waiting: int) -> None:
        self._batch = batch
        self._conversation_waiting = conversation_waiting
        self._queues = {lane: _Queue(sizes[lane]) for lane in Lane}
        self._waiting: dict[str, int] = {}
        self._busy: dict[str, Pending] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return sum(queue.count for queue in self._queues.values())

    def put(self, pending: Pending) -> None:
        """Queues a command. Raises FunnelError `overloaded` (the lane is full) or `too_many_waiting` (its conversation)."""
        queue = self._queues[pending.lane]
        if queue.count >= queue.size:
            raise unavailable("overloaded", "The service is busy; try again shortly.", 1.0)
        if self._waiting.get(pending.key, 0) >= self._conversation_waiting:
            raise FunnelError(
                "too_many_waiting",
                ErrorKind.THROTTLED,
                "Too many unanswered requests for this conversation.",
                retry_after=1.0,
            )
        self._waiting[pending.key] = self._waiting.get(pending.key, 0) + 1
        queue.push(pending)
        self._changed.set()

    def put_back(self, leftovers: Iterable[Pending]) -> None:
        """Leftovers of a batch, in their order, in front of everything that waits. Never refused."""
        for pending in reversed(list(leftovers)):
            self._busy.pop(pending.key, None)
            self._queues[pending.lane].push_front(pending)
            self._changed.set()

    def settle(self, pending: Pending, outcome: TurnResult | Exception) -> None:
        """Answers or fails a command that was taken, once; a caller that went away is no error."""
        if pending.settled:
            return
        pending.settled = True
        if self._busy.get(pending.key) is pending:
            del self._busy[pending.key]
            self._changed.set()
        if not pending.future.done():
            if isinstance(outcome, Exception):
                pending.future.set_exception(outcome)
            else:
                pending.future.set_result(outcome)
        left = self._waiting.get(pending.key, 0) - 1
        if left > 0:
            self._waiting[pending.key] = left
        else:
            self._waiting.pop(pending.key, None)

    async def wait(self) -> None:
        """Returns when something came, came back or was answered since the last call: `take` may give something."""
        await self._changed.wait()
        self._changed.clear()

    def take(self, most: int | None = None) -> list[Pending]:
        """The next batch: each lane's share, then what idle lanes leave; at most one command a conversation, and none
        whose conversation still has one under way."""
        taken = set(self._busy)
        batch: list[Pending] = []
        most = min(most or self._batch, self._batch)
        for lane, queue in self._queues.items():
            share = min(max(1, most * EIGHTHS[lane] // 8), most - len(batch))
            batch.extend(queue.take(share, taken))
        for queue in self._queues.values():
            batch.extend(queue.take(most - len(batch), taken))
        self._busy.update((pending.key, pending) for pending in batch)
        return batch

    def take_all(self) -> list[Pending]:
        """Empties the lanes (used when they can no longer be served)."""
        everything: list[Pending] = []
        for queue in self._queues.values():
            while queue.count:
                everything.extend(queue.take(queue.count, set()))
        return everything

    def take_older_than(self, moment: float) -> list[Pending]:
        """Takes out every command that waits since before `moment` (monotonic seconds); the others keep their order."""
        everything = self.take_all()
        for pending in everything:
            if pending.since >= moment:
                self._queues[pending.lane].push(pending)
        return [pending for pending in everything if pending.since < moment]
