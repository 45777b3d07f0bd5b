"""What rules cost: a hundred of them over one turn with the whole trace, and a back-test of recorded turns with the database.

`python -m benchmarks.bench_rules` prints the first alone, without a database.
"""

import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from benchmarks.report import Row, at_least, at_most
from benchmarks.stage import Stage
from benchmarks.world import settings_for
from funnel.core.database import open_database
from funnel.escalation.backtest.jobs import BackTests, Spec
from funnel.escalation.backtest.runner import BackTestRunner
from funnel.escalation.rules.facts import Facts, with_defaults
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.model import parse, plain
from funnel.escalation.rules.shipped import complete, shipped
from funnel.escalation.signals.measure import measure

RULES: Final = 100
PATTERNS: Final = 10
REPEATS: Final = 300
TEXT: Final = "I was charged twice for order 48213 and nobody answers me, I want my money back. Where is the lamp I paid for?"
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def hundred() -> Bench:
    """The shipped rules, a tenth of all with a text pattern, filled up to a hundred with rules of three comparisons."""
    document: dict[str, Any] = plain(shipped())
    for number in range(RULES - len(document["rules"])):
        leaves: list[dict[str, Any]] = [
            {"fact": "anger", "gte": 0.3 + number / 200},
            {"not": {"fact": "channel", "equals": "email"}},
            {"fact": "progress.misses", "gte": 1},
        ]
        if number < PATTERNS:
            leaves.append({"fact": "message.text", "matches": f"(?i)lamp|parcel {number}|voucher"})
        document["rules"].append(
            {
                "id": f"made_{number}",
                "description": "A rule of a measurement.",
                "when": {"at_least": 2, "of": leaves},
                "then": {"tags": [f"made-{number % 5}"]},
            }
        )
    return Bench(complete(parse(document)))


def facts_of(text: str) -> Facts:
    """A turn of these words on the website."""
    scores = {name: round(value.score, 3) for name, value in measure(text, "en").signals.items()}
    more = {
        "message.text": text,
        "channel": "web",
        "locale": "en",
        "turn.proposal": "answer",
        "turn.counts": True,
    }
    return with_defaults({**scores, **more}, (scores,))


def trace(bench: Bench, facts: Facts) -> int:
    """Judges, and tells of every rule each comparison; how many there were."""
    verdict = bench.judge(facts)
    return sum(len(bench.told(one.rule_id, facts)) for one in verdict.rulings)


def cost() -> tuple[float, float]:
    """Milliseconds of processor time for a turn: median and 99th percentile. Nothing is remembered between turns."""
    bench, values = hundred(), facts_of(TEXT)
    taken = []
    for _ in range(REPEATS):
        fresh = Facts(values, values.history)
        began = time.thread_time_ns()
        trace(bench, fresh)
        taken.append((time.thread_time_ns() - began) / 1e6)
    taken.sort()
    return median(taken), taken[int(len(taken) * 0.99)]


async def rules(stage: Stage) -> None:
    """Once, after the rounds: the back-test is over the decisions that they left behind."""
    low, high = cost()
    stage.samples.add("rules", {"ms": low, "p99": high})
    settings = settings_for(stage.note.urls["workers"])
    async with open_database(settings) as db:
        runner = BackTestRunner(db, lambda text, prior: {}, lambda queue_id: lambda at: at)
        jobs = BackTests(db)
        job = await jobs.create(Spec(plain(shipped()), SINCE, UNTIL), None)
        began, busy = time.perf_counter(), time.process_time()
        await runner.work()
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        done = (await jobs.read(job.id)).done
    if not done:
        raise RuntimeError("no decision was recorded: name a measurement that makes some, as `bot`")
    stage.samples.add("backtest", {"rate": done / seconds, "busy": done / busy, "turns": float(done)})


def rule_rows(stage: Stage) -> list[Row]:
    """What a turn costs, and what a back-test gets through: by the clock, and by the processor time of its process."""
    s = stage.samples
    turns = f"{s.median('backtest', 'turns'):.0f} recorded turns"
    return [
        Row("rules", f"{RULES} rules with the trace", s.median("rules", "ms"), "ms", at_most(1.0)),
        Row("rules", f"{RULES} rules with the trace, p99", s.median("rules", "p99"), "ms"),
        Row(
            "rules",
            "back-test with the database",
            s.median("backtest", "rate"),
            "turns/s",
            at_least(2_000),
            turns,
        ),
        Row("rules", "back-test, processor time", s.median("backtest", "busy"), "turns/s", detail=turns),
    ]


if __name__ == "__main__":
    sys.stdout.write("{} rules with the trace: median {:.3f} ms, p99 {:.3f} ms\n".format(RULES, *cost()))
