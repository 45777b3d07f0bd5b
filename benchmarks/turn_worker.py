"""A child that makes turns without a gateway: by the real judge, by prepared drafts, or by the ORM. JSON lines in and out."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

from benchmarks.engine import Engine, engine
from benchmarks.orm import OrmWriter
from benchmarks.report import quantile
from benchmarks.world import (
    WorldNote,
    desk_conversation,
    settings_for,
    visitor_contact,
    visitor_conversation,
)
from funnel.conversations.commands import Command, PostMessage, Reply
from funnel.conversations.judgement import Decided, Moment
from funnel.conversations.values import Actor
from funnel.core.errors import FunnelError
from funnel.core.ids import IdSource, new_id
from funnel.core.logging import configure
from funnel.turns.feed import Audience, Entry
from funnel.turns.pipeline import Lane, Pipeline
from funnel.turns.reading import find_row

REPLY = "Thanks for waiting. Your parcel left our warehouse this morning and should reach you within two working days."
One = Callable[[int], Awaitable[Any]]


class Closed:
    """A closed loop: so many in flight, each begins the next when it is answered."""

    def __init__(self, one: One, start: int, limit: int, in_flight: int, seconds: float) -> None:
        self._one = one
        self._next, self._end = start, start + limit
        self._in_flight = in_flight
        self._seconds = seconds
        self._latencies: list[float] = []
        self._refused: dict[str, int] = {}
        self._until = 0.0
        self._start = start

    async def run(self) -> dict[str, Any]:
        """Rate, latency and this process's own processor time a piece."""
        began, cpu = time.perf_counter(), time.process_time()
        self._until = began + self._seconds
        await asyncio.gather(*(self._lane() for _ in range(self._in_flight)))
        took, spent = time.perf_counter() - began, time.process_time() - cpu
        done = len(self._latencies)
        return {
            "rate": done / took,
            "done": done,
            "seconds": took,
            "used": self._next - self._start,
            "cpu_us": 1e6 * spent / done if done else float("nan"),
            "cores": spent / took,
            "p50_ms": 1000 * quantile(self._latencies, 0.5),
            "p99_ms": 1000 * quantile(self._latencies, 0.99),
            "refused": self._refused,
        }

    async def _lane(self) -> None:
        while time.perf_counter() < self._until and self._next < self._end:
            number = self._next
            self._next += 1
            began = time.perf_counter()
            try:
                await self._one(number)
            except FunnelError as refusal:
                self._refused[refusal.code] = self._refused.get(refusal.code, 0) + 1
                continue
            self._latencies.append(time.perf_counter() - began)


class TurnWorker:
    """The tasks of one child."""

    def __init__(self, running: Engine, note: WorldNote) -> None:
        self._engine = running
        self._note = note
        self._prepared: dict[str, Decided] = {}

    async def do(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Does a task by its name."""
        done: dict[str, Any] = await getattr(self, f"task_{task}")(**arguments)
        return done

    async def task_turns(
        self, variant: str, shape: str, start: int, limit: int, in_flight: int, seconds: float
    ) -> dict[str, Any]:
        """A closed loop of turns. `variant`: judge or constant; `shape`: reply (an agent's) or bot (a visitor's)."""
        if variant == "constant":
            context = self._engine.writing(await self._decided(shape))
        else:
            context = self._engine.judging()
        async with context as pipeline:
            return await Closed(self._turn(pipeline, shape), start, limit, in_flight, seconds).run()

    async def task_orm(self, start: int, limit: int, in_flight: int, seconds: float) -> dict[str, Any]:
        """The same messages, one ORM transaction each."""
        writer = OrmWriter(self._engine.db, await self._decided("reply"))

        async def one(number: int) -> None:
            agent = self._note.agents[number % self._note.desks % len(self._note.agents)]
            await writer.write(desk_conversation(number % self._note.desks), agent.id, agent.name)

        try:
            return await Closed(one, start, limit, in_flight, seconds).run()
        finally:
            await writer.close()

    async def task_judge(self, start: int, count: int) -> dict[str, Any]:
        """Processor time of prepare and of decide alone, over real states."""
        judge = self._engine.bundle.pin()
        prepare = decide = 0.0
        outcomes: dict[str, int] = {}
        for number in range(start, start + count):
            command, state, moment = await self._case("bot", number)
            zero = time.process_time()
            prepared = judge.prepare(command, state, moment)
            one = time.process_time()
            decided = judge.decide(command, state, prepared, moment)
            prepare, decide = prepare + one - zero, decide + time.process_time() - one
            outcome = decided.record.outcome if decided.record else "none"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        return {
            "prepare_us": 1e6 * prepare / count,
            "decide_us": 1e6 * decide / count,
            "judge_us": 1e6 * (prepare + decide) / count,
            "outcomes": outcomes,
        }

    async def task_renders(self, sinks: int, messages: int) -> dict[str, Any]:
        """How often an event that this many sinks get is serialised."""

        class Reader:
            def offer(self, conversation_id: str, entries: list[Entry]) -> None:
                for entry in entries:
                    entry.json(Audience.AGENT)

            def whisper(self, whisper: object) -> None:
                return

        conversation_id, feed = desk_conversation(0), self._engine.feed
        readers = [Reader() for _ in range(sinks)]
        for reader in readers:
            await feed.attach(conversation_id, reader)  # type: ignore[arg-type]
        self._engine.rendered[0] = 0
        async with self._engine.writing(await self._decided("reply")) as pipeline:
            one = self._turn(pipeline, "reply")
            for _ in range(messages):
                await one(0)
        for reader in readers:
            feed.detach(conversation_id, reader)  # type: ignore[arg-type]
        return {"renders": self._engine.rendered[0] / messages}

    def _turn(self, pipeline: Pipeline, shape: str) -> One:
        lane = Lane.AGENT if shape == "reply" else Lane.VISITOR

        async def one(number: int) -> None:
            await pipeline.submit(self._command(shape, number), lane)

        return one

    def _command(self, shape: str, number: int) -> Command:
        if shape == "reply":
            place = number % self._note.desks
            agent = self._note.agents[place % len(self._note.agents)]
            return Reply(
                command_id=new_id(), actor=Actor("agent", agent.id, agent.name), text=REPLY,
                conversation_id=desk_conversation(place), client_message_id=new_id(),
            )  # fmt: skip
        place = number % self._note.visitors
        return PostMessage(
            command_id=new_id(), actor=Actor("contact", visitor_contact(place)), text=self._question(number),
            conversation_id=visitor_conversation(place), client_message_id=new_id(),
        )  # fmt: skip

    def _question(self, number: int) -> str:
        return self._note.questions[number % len(self._note.questions)]

    async def _case(self, shape: str, number: int) -> tuple[Command, Any, Moment]:
        command = self._command(shape, number)
        row = await find_row(self._engine.db.pool, command.conversation_id or "")
        assert row is not None
        at, turn_id = await self._engine.db.pool.fetchval("select now()"), new_id()
        return command, row.state, Moment(at, turn_id, IdSource(turn_id, at), row.state.id)

    async def _decided(self, shape: str) -> Decided:
        """What the real judge decides for such a command, once: an answer, for a visitor's."""
        if shape not in self._prepared:
            for number in range(len(self._note.questions)):
                command, state, moment = await self._case(shape, number)
                judge = self._engine.bundle.pin()
                decided = judge.decide(command, state, judge.prepare(command, state, moment), moment)
                if decided.record is None or decided.record.outcome == "answer":
                    self._prepared[shape] = decided
                    break
        return self._prepared[shape]


async def serve(settings_url: str, note: WorldNote) -> None:
    """Reads tasks from stdin until it ends."""
    settings = settings_for(settings_url)
    configure(settings)
    answers, sys.stdout = sys.stdout, sys.stderr
    async with engine(settings) as running:
        worker = TurnWorker(running, note)
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            answer = await worker.do(order.pop("task"), **order)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    found = msgspec.json.decode(sys.argv[2], type=WorldNote)
    uvloop.run(serve(found.urls[sys.argv[1]], found))
