"""The worker of back-tests: a chunk of conversations at a time, judged in a thread, progress kept after each."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.loops import Loops
from funnel.escalation.backtest import source
from funnel.escalation.backtest.compare import KINDS, Tally, take
from funnel.escalation.backtest.jobs import BackTests, Claimed
from funnel.escalation.backtest.replay import Judged, Scores, Turn, judged, measured_anew
from funnel.escalation.backtest.simulate import OpenFrom, Waits, simulate
from funnel.escalation.backtest.sweep import SWEPT, Sweep
from funnel.escalation.decisions import share_of
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.facts import SIGNALS
from funnel.escalation.rules.model import parse
from funnel.escalation.rules.parameters import UnknownParameterError
from funnel.escalation.rules.shipped import complete

POLL_SECONDS: Final = 1.0
MOST_MOVED: Final = 20_000


class BackTestRunner:
    """Claims jobs and runs them to their end, one at a time. Killed half-way, another worker goes on from the last chunk.

    `measure` gives the scores of a text; `hours_of` the first moment in hours of a queue; `chunk`
    conversations are judged at a time.
    """

    def __init__(
        self, db: Database, measure: Scores, hours_of: Callable[[str], OpenFrom], *, chunk: int = source.CHUNK
    ) -> None:
        self._db = db
        self._jobs = BackTests(db)
        self._measure = measure
        self._hours_of = hours_of
        self._chunk = chunk
        self._loops = Loops(backtests=self._round)

    async def start(self) -> None:
        """Looks for jobs until `stop`."""
        self._loops.start(again=POLL_SECONDS)

    async def stop(self) -> None:
        """Leaves the job at hand to be resumed. Idempotent."""
        await self._loops.stop()

    async def _round(self) -> float:
        return 0.0 if await self.work() else POLL_SECONDS

    async def work(self, *, chunks: int | None = None) -> bool:
        """Runs the next job to its end (or for so many `chunks`); False where none waits."""
        claimed = await self._jobs.claim()
        if claimed is None:
            return False
        try:
            book = RuleBook(complete(parse(claimed.spec.document)), str(claimed.spec.version or "draft"))
        except (FunnelError, UnknownParameterError):
            await self._jobs.finish(claimed, None, "rules_invalid")
            return True
        await self._run(claimed, book, chunks)
        return True

    async def _run(self, claimed: Claimed, book: RuleBook, chunks: int | None) -> None:
        pool, spec = self._db.pool, claimed.spec
        if claimed.total is None:
            await self._jobs.expect(claimed, await source.count(pool, spec))
        tally = msgspec.json.decode(claimed.tally, type=Tally) if claimed.tally is not None else Tally()
        sweep = Sweep(book.rule_set)
        async with contextlib.aclosing(source.chunks(pool, spec, claimed.cursor, self._chunk)) as read:
            async for cursor, conversations in read:
                found, texts = await self._replayed(conversations, book, recompute=spec.recompute)
                await asyncio.to_thread(_counted, tally, found, sweep, texts)
                del tally.moved[MOST_MOVED:]
                if not await self._jobs.save(
                    claimed, cursor, tally.turns, msgspec.json.encode(tally).decode()
                ):
                    return
                chunks = chunks - 1 if chunks is not None else None
                if chunks == 0:
                    return
        await self._jobs.finish(claimed, await self._result(claimed, tally, sweep))

    async def _replayed(
        self, conversations: Sequence[Sequence[Turn]], book: RuleBook, *, recompute: bool
    ) -> tuple[list[list[Judged]], Mapping[str, str]]:
        texts: Mapping[str, str] = {}
        if recompute:
            texts = await source.words(self._db.pool, [turn for turns in conversations for turn in turns])
            conversations = await asyncio.to_thread(self._anew, conversations, texts)
        found = await asyncio.to_thread(_judged, conversations, book)
        blind = [one.replayed.turn for turns in found for one in turns if one.replayed.unknown]
        if not blind:
            return found, texts
        texts = await source.words(self._db.pool, blind)
        return await asyncio.to_thread(_seeing, found, book, texts), texts

    def _anew(self, conversations: Sequence[Sequence[Turn]], texts: Mapping[str, str]) -> list[list[Turn]]:
        """Every turn whose words are there with the signals of today's detectors."""
        found = []
        for turns in conversations:
            moods: tuple[dict[str, float], ...] = ()
            anew: list[Turn] = []
            for turn in turns:
                text = texts.get(turn.decision_id)
                one = measured_anew(turn, moods, text, self._measure, SIGNALS) if text is not None else turn
                moods = one.recorded.history
                anew.append(one)
            found.append(anew)
        return found

    async def _result(self, claimed: Claimed, tally: Tally, sweep: Sweep) -> dict[str, Any]:
        handled = await source.handled(self._db.pool, claimed.spec.from_at, claimed.spec.to_at)
        waits: dict[str, Waits] = {}
        for queue_id in sorted({queue for queue, _, _ in tally.moved}):
            moved = [(at, count) for queue, at, count in tally.moved if queue == queue_id]
            entries = sorted(handled.get(queue_id, []), key=lambda one: (one.asked_at, one.taken_at))
            waits[queue_id] = await asyncio.to_thread(simulate, entries, moved, self._hours_of(queue_id))
        return _shown(tally, waits) | {"sweeps": _swept(tally, sweep)}


def _judged(conversations: Sequence[Sequence[Turn]], book: RuleBook) -> list[list[Judged]]:
    return [[judged(turn, book) for turn in turns] for turns in conversations]


def _seeing(
    conversations: Sequence[Sequence[Judged]], book: RuleBook, texts: Mapping[str, str]
) -> list[list[Judged]]:
    """Those anew whose verdict hangs on words."""

    def words(turn: Turn) -> str | None:
        return texts.get(turn.decision_id)

    return [
        [judged(one.replayed.turn, book, words) if one.replayed.unknown else one for one in turns]
        for turns in conversations
    ]


def _counted(
    tally: Tally, conversations: Sequence[Sequence[Judged]], sweep: Sweep, texts: Mapping[str, str]
) -> None:
    """Adds judged conversations to the tally, and to that of every value the named numbers could have."""
    for turns in conversations:
        take(tally, [one.replayed for one in turns])
        sweep.add(tally.sweeps, turns, lambda turn: texts.get(turn.decision_id))


def _swept(tally: Tally, sweep: Sweep) -> list[dict[str, Any]]:
    """For each named number where it stands, and what each value would have changed."""
    return [
        {
            "parameter": dial.name,
            "value": dial.value,
            "points": [
                {"value": float(value), **dict(zip(SWEPT, counts, strict=True))}
                for value, counts in sorted(
                    tally.sweeps.get(dial.name, {}).items(), key=lambda point: float(point[0])
                )
            ],
        }
        for dial in sweep.dials
    ]


def _shown(tally: Tally, waits: Mapping[str, Waits]) -> dict[str, Any]:
    """The result as it is kept and given out."""
    per_hour = []
    for key, extra in sorted(tally.per_hour.items()):
        queue_id, _, hour = key.partition("|")
        if extra:
            per_hour.append({"queue_id": queue_id, "hour": f"{hour}:00:00Z", "extra": extra})
    shown: dict[str, Any] = {
        kind: {"n": tally.counts.get(kind, 0), "samples": tally.samples.get(kind, [])} for kind in KINDS
    }
    by_turns: dict[str, dict[str, int]] = {"earlier": {}, "later": {}}
    for key, count in sorted(tally.by_turns.items()):
        kind, _, by = key.partition(":")
        by_turns[kind][by] = count
    return {
        "turns": tally.turns,
        "conversations": tally.conversations,
        "episodes": tally.episodes,
        "words_missing": tally.unreadable,
        **shown,
        "by_turns": by_turns,
        "extra_per_hour": per_hour,
        "expected_wait": {queue_id: _wait(one) for queue_id, one in waits.items()},
        "verdicts": {
            kind: {"n": one.n, "agrees": one.agrees, **_interval(one.agrees, one.n)}
            for kind, one in sorted(tally.agreement.items())
        },
    }


def _interval(count: int, n: int) -> dict[str, Any]:
    """The share with its 95 % interval; nothing under 50."""
    share = share_of(count, n)
    return {} if share.share is None else {"share": share.share, "low": share.low, "high": share.high}


def _wait(waits: Waits) -> dict[str, Any]:
    if waits.now_p80 is None:
        return {"handled": waits.handled, "note": "not enough data"}
    return {name: getattr(waits, name) for name in waits.__struct_fields__}
