"""One batch: load without a lock, decide, compare and write, and what became of each command."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.conversations.commands import AskHuman, PostMessage, RateAnswer, TellHookResult, TimerDue
from funnel.conversations.events import HookCalled, Logged
from funnel.conversations.judgement import BurstText, Decided, Judge, Moment
from funnel.conversations.state import State, owes_turn
from funnel.conversations.subject import NO_SUBJECT
from funnel.conversations.timers import next_due
from funnel.core import metrics
from funnel.core.errors import FunnelError, conflict, not_found
from funnel.core.failpoints import hit
from funnel.core.ids import IdSource, new_id
from funnel.core.logging import get_logger
from funnel.turns import counts
from funnel.turns.lanes import Pending
from funnel.turns.records import ConversationRow, TurnResult
from funnel.turns.seal import Sealed, seal
from funnel.turns.store.load import Loaded, Repeat, burst_texts, load, lock, turn_events
from funnel.turns.store.write import insert_skeletons, move_timers, write

log = get_logger()

_STAGES = {name: metrics.turn_stage.labels(name) for name in ("decide", "load", "write")}


CatchUp = Callable[[], Awaitable[object]]


class Case(Struct, frozen=True):
    """A command with what was loaded for it."""

    pending: Pending
    loaded: Loaded


class Outcome:
    """What an attempt came to. Nothing of it may reach a caller before the transaction is committed."""

    def __init__(self) -> None:
        self.results: list[tuple[Pending, TurnResult]] = []
        self.failures: list[tuple[Pending, Exception]] = []
        self.leftovers: list[Pending] = []
        self.near: list[tuple[datetime, datetime]] = []
        self.hook_called = False
        self.delivers = False


class Attempt:
    """Runs batches for one pipeline. `transactions`: always use an explicit one, so that failpoints lie inside it."""

    def __init__(
        self,
        judge: Callable[[], Judge],
        *,
        yield_seconds: float,
        lease_seconds: float,
        transactions: bool,
        catch_up: CatchUp | None = None,
    ) -> None:
        self._judge = judge
        self._catch_up = catch_up
        self._yield_seconds = yield_seconds
        # Two batches that decide in turns would hold the loop twice as long between two looks at the sockets.
        self._deciding = asyncio.Lock()
        self._lease_seconds = lease_seconds
        self._transactions = transactions

    async def run(self, connection: asyncpg.Connection, batch: Sequence[Pending]) -> Outcome:
        """Tries each command once, without a lock. Raises what the database raises; then nothing of it was answered."""
        outcome = Outcome()
        await self._try(connection, batch, outcome, in_transaction=False)
        await hit("after_commit_before_ack")
        return outcome

    async def run_locked(self, connection: asyncpg.Connection, batch: Sequence[Pending]) -> Outcome:
        """The same for commands that lost the race twice: their rows are locked before they are decided on."""
        outcome = Outcome()
        async with connection.transaction():
            await lock(connection, sorted({pending.target for pending in batch if pending.target}))
            await self._try(connection, batch, outcome, in_transaction=True)
        await hit("after_commit_before_ack")
        return outcome

    async def _try(
        self,
        connection: asyncpg.Connection,
        batch: Sequence[Pending],
        outcome: Outcome,
        *,
        in_transaction: bool,
    ) -> None:
        begun = time.perf_counter()
        loaded = await load(connection, [pending.command for pending in batch])
        cases, repeats = _sort(batch, loaded, outcome)
        if repeats:
            await _answer_repeats(connection, repeats, outcome)
        bursts = await burst_texts(connection, _open_bursts(cases))
        begun = _stage("load", begun)
        async with self._deciding:
            sealed, moves = await self._decide_all(cases, bursts, outcome)
        begun = _stage("decide", begun)
        await hit("claim_between_read_and_write")
        written = await self._write(connection, [turn for _, turn in sealed], in_transaction=in_transaction)
        await move_timers(connection, moves, self._lease_seconds)
        _stage("write", begun)
        for case, turn in sealed:
            _note(case, turn, turn.state.id in written, outcome)

    async def _decide_all(
        self, cases: Sequence[Case], bursts: dict[int, tuple[BurstText, ...]], outcome: Outcome
    ) -> tuple[list[tuple[Case, Sealed]], list[tuple[str, int, object]]]:
        judge = await self._current_judge(cases)
        sealed: list[tuple[Case, Sealed]] = []
        moves: list[tuple[str, int, object]] = []
        slice_ends = time.perf_counter() + self._yield_seconds
        for place, case in enumerate(cases):
            row = case.loaded.row
            try:
                turn = _judged(judge, case, bursts.get(place, ()))
            except FunnelError as refusal:
                outcome.failures.append((case.pending, refusal))
            except Exception as error:
                log.exception("turn_failed", **named(case.pending))
                outcome.failures.append((case.pending, error))
            else:
                if turn is not None:
                    sealed.append((case, turn))
                elif row is not None:
                    outcome.results.append((case.pending, TurnResult(row=row, changed=False)))
                    moves.extend(_move(case, row))
                else:
                    outcome.failures.append((case.pending, not_found("conversation")))
            if time.perf_counter() > slice_ends:
                await asyncio.sleep(0)
                slice_ends = time.perf_counter() + self._yield_seconds
        return sealed, moves

    async def _current_judge(self, cases: Sequence[Case]) -> Judge:
        """A judge that is not behind any of the conversations: another process may have judged them by a newer rule set."""
        judge = self._judge()
        seen = max((case.loaded.row.state.rules_activation for case in cases if case.loaded.row), default=0)
        if seen > judge.activation and self._catch_up is not None:
            await self._catch_up()
            judge = self._judge()
        return judge

    async def _write(
        self, connection: asyncpg.Connection, turns: list[Sealed], *, in_transaction: bool
    ) -> set[str]:
        if not turns:
            return set()
        metrics.batch_size.observe(len(turns))
        new = [turn for turn in turns if turn.version == 0]
        if not new and not self._transactions:
            return await write(connection, turns)
        async with nullcontext() if in_transaction else connection.transaction():
            if new:
                ours = await insert_skeletons(connection, new)
                turns = [turn for turn in turns if turn.version or turn.state.id in ours]
            await hit("after_insert")
            written = await write(connection, turns) if turns else set()
            await hit("before_commit")
        return written


def _sort(
    batch: Sequence[Pending], loaded: Sequence[Loaded], outcome: Outcome
) -> tuple[list[Case], list[tuple[Pending, Repeat]]]:
    """Repeats, and what is to be decided: at most one command a conversation, the later ones are left over."""
    cases: list[Case] = []
    repeats: list[tuple[Pending, Repeat]] = []
    taken: set[str] = set()
    for pending, found in zip(batch, loaded, strict=True):
        if found.repeat is not None:
            repeats.append((pending, found.repeat))
        elif found.row is None and pending.command.opening is None:
            outcome.failures.append((pending, not_found("conversation")))
        elif found.row is not None and found.row.state.id in taken:
            outcome.leftovers.append(pending)
        else:
            if found.row is not None:
                pending.target = found.row.state.id
                taken.add(pending.target)
            cases.append(Case(pending, found))
    return cases, repeats


async def _answer_repeats(
    connection: asyncpg.Connection, repeats: Sequence[tuple[Pending, Repeat]], outcome: Outcome
) -> None:
    rows, turns = await turn_events(connection, [repeat for _, repeat in repeats])
    for (pending, repeat), events in zip(repeats, turns, strict=True):
        row = rows[repeat.conversation_id]
        if repeat.body_hash is not None and repeat.body_hash != pending.body_hash:
            outcome.failures.append((pending, _reused(row, events)))
            continue
        own = repeat.turn_id == pending.turn_id
        if not own:
            counts.repeats.inc()
        outcome.results.append((pending, TurnResult(row, tuple(events), repeated=not own, changed=own)))


def _reused(row: ConversationRow, events: Sequence[Logged]) -> FunnelError:
    message = next((event for event in events if event.type == "message.created"), None)
    return conflict(
        "id_reused", "This client_message_id was used with other content.", message=message, row=row
    )


def _open_bursts(cases: Iterable[Case]) -> list[tuple[int, str, Sequence[int]]]:
    """The bursts that a message continues, a verdict is about, or a timer or a hook's result ends. Of any age: words that reject an answer are
    about the question before it."""
    wanted: list[tuple[int, str, Sequence[int]]] = []
    for place, case in enumerate(cases):
        row, command = case.loaded.row, case.pending.command
        if row is None or row.state.burst is None:
            continue
        speaks = isinstance(command, PostMessage | AskHuman | RateAnswer)
        ends = isinstance(command, TimerDue | TellHookResult) and owes_turn(row.state)
        if speaks or ends:
            wanted.append((place, row.state.id, row.state.burst.seqs))
    return wanted


def _judged(judge: Judge, case: Case, burst: tuple[BurstText, ...]) -> Sealed | None:
    """The turn of one command; None where nothing changes. Raises FunnelError where the command is refused."""
    pending, loaded = case.pending, case.loaded
    command, row = pending.command, loaded.row
    state = row.state if row else None
    if isinstance(command, TimerDue) and not _fires(command, loaded):
        return None
    at = max(loaded.now, state.last_at) if state else loaded.now
    moment = Moment(
        at=at,
        turn_id=pending.turn_id,
        ids=IdSource(pending.turn_id, at),
        conversation_id=state.id if state else new_id(),
        burst=burst,
        closed=loaded.closed.state if loaded.closed else None,
        present=loaded.present,
        attributes=loaded.attributes,
    )

    def sealed(decided: Decided) -> Sealed | None:
        if not decided.drafts:
            return None
        return seal(
            command, state, row.version if row else 0, decided, moment,
            timer_due=loaded.timer_due, body_hash=pending.body_hash, subject=row.subject if row else NO_SUBJECT,
        )  # fmt: skip

    try:
        return sealed(judge.decide(command, state, judge.prepare(command, state, moment), moment))
    except FunnelError:
        raise
    except Exception:
        if not _owed(command, state):
            raise
        counts.judge_failures.labels(type(command).__name__).inc()
        log.exception("judge_failed", **named(pending))
        return sealed(judge.failed(command, state, moment))


def named(pending: Pending) -> dict[str, str | None]:
    """What a log entry about a command tells of it. Not its own id: that may be what a client or a platform made up."""
    return {
        "kind": type(pending.command).__name__,
        "turn_id": pending.turn_id,
        "conversation_id": pending.target,
    }


def _owed(command: object, state: State | None) -> bool:
    """Whether a contact waits for an outcome of this turn, so that a failure must end with a person."""
    if isinstance(command, TellHookResult):
        return state is not None and state.hook is not None and state.hook.call_id == command.call_id
    if isinstance(command, TimerDue):
        return state is not None and (state.owner.kind == "queue" or owes_turn(state))
    return isinstance(command, PostMessage | AskHuman) and command.actor.kind == "contact"


def _fires(command: TimerDue, loaded: Loaded) -> bool:
    """Never for a stale generation, never before its time by the database's clock."""
    if loaded.row is None or loaded.timer_generation != command.generation:
        return False
    due_at = next_due(loaded.row.state)
    return due_at is not None and due_at <= loaded.now


def _move(case: Case, row: ConversationRow) -> list[tuple[str, int, object]]:
    command = case.pending.command
    if not isinstance(command, TimerDue) or case.loaded.timer_generation != command.generation:
        return []
    return [(row.state.id, command.generation, next_due(row.state))]


def _note(case: Case, turn: Sealed, written: bool, outcome: Outcome) -> None:
    if not written:
        counts.mismatches.inc()
        case.pending.attempts += 1
        outcome.leftovers.append(case.pending)
        return
    created_at = case.loaded.row.created_at if case.loaded.row else turn.at
    row = ConversationRow(turn.state, turn.version + 1, created_at, turn.subject)
    outcome.results.append((case.pending, TurnResult(row, turn.events)))
    outcome.hook_called |= any(isinstance(event.payload, HookCalled) for event in turn.events)
    outcome.delivers |= bool(turn.decided.deliveries)
    if turn.due_at is not None:
        outcome.near.append((turn.due_at, turn.at))


def _stage(name: str, begun: float) -> float:
    now = time.perf_counter()
    _STAGES[name].observe(now - begun)
    return now
