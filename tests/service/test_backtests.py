"""Back-test jobs on the real database: empty ranges, cancelled half-way, killed half-way, and off the recorded decisions."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.escalation.backtest import source
from funnel.escalation.backtest.jobs import BackTests, Spec
from funnel.escalation.backtest.runner import BackTestRunner
from funnel.escalation.rules.model import plain
from funnel.escalation.rules.shipped import shipped
from funnel.escalation.signals.measure import measure
from tests import builders
from tests.unit.rules_world import rule
from tests.unit.test_backtest import generated

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def scores(text: str, prior: str) -> Mapping[str, float]:
    """Today's detectors."""
    return {name: value.score for name, value in measure(text, "en").signals.items()}


def runner(db: Database) -> BackTestRunner:
    """A worker whose queues are always open."""
    return BackTestRunner(db, scores, lambda queue_id: lambda at: at, chunk=7)


def spec(*rules: dict[str, Any], **more: Any) -> Spec:
    """The shipped set and more over the whole year."""
    document = plain(shipped())
    return Spec({**document, "rules": [*document["rules"], *rules]}, SINCE, UNTIL, **more)


async def stored(db: Database, conversations: int = 30) -> int:
    """A generated month as decisions in the database; returns how many."""
    site = await builders.make_site(db)
    contact = await builders.make_visitor(db, site)
    count = 0
    for turns in generated(8, conversations=conversations):
        conversation_id = new_id()
        await db.pool.execute(
            "insert into conversations (id, site_id, inbox_id, contact_id, thread, channel, status, owner_kind, queue_id)"
            " values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $1::text, 'web', 'open', 'bot', $5::uuid)",
            conversation_id, site.id, site.inbox_id, contact[0].id, site.queue_id,
        )  # fmt: skip
        for turn in turns:
            facts = json.loads(_facts(turn))
            await db.pool.execute(
                "insert into decisions (id, conversation_id, turn_id, at, outcome, reason, rule_set_version, facts)"
                " values ($1::uuid, $2::uuid, $1::uuid, $3, $4, $5, '1', $6::jsonb)",
                new_id(), conversation_id, turn.at, turn.outcome, turn.reason, json.dumps(facts),
            )  # fmt: skip
            count += 1
    return count


def _facts(turn: Any) -> bytes:
    return msgspec.json.encode(turn.recorded)


async def test_the_version_that_was_live_comes_to_the_same_everywhere(db: Database) -> None:
    count = await stored(db)
    jobs = BackTests(db)
    job = await jobs.create(spec(), None)
    assert await runner(db).work()
    done = await jobs.read(job.id)
    assert (done.status, done.done, done.total) == ("done", count, count)
    assert done.result is not None
    assert all(done.result[kind]["n"] == 0 for kind in ("newly", "no_longer", "earlier", "later", "diverged"))
    assert not await runner(db).work()


async def test_killed_half_way_another_worker_goes_on_and_comes_to_the_same(db: Database) -> None:
    await stored(db)
    jobs = BackTests(db)
    draft = spec(rule("sooner", {"fact": "progress.missed", "equals": True}, {"human": {}}))
    whole = await jobs.create(draft, None)
    await runner(db).work()
    broken = await jobs.create(draft, None)
    await runner(db).work(chunks=2)
    half = await jobs.read(broken.id)
    assert half.status == "running"
    assert 0 < half.done < (half.total or 0)
    assert not await runner(db).work()
    await db.pool.execute(
        "update backtests set lease_until = now() - interval '1 second' where id = $1", broken.id
    )
    await runner(db).work()
    first, second = await jobs.read(whole.id), await jobs.read(broken.id)
    assert second.status == "done"
    assert first.result == second.result
    assert first.result is not None
    assert first.result["newly"]["n"] + first.result["earlier"]["n"] > 0


async def test_cancelled_half_way_it_ends_and_writes_nothing_more(db: Database) -> None:
    await stored(db)
    jobs = BackTests(db)
    job = await jobs.create(spec(), None)
    claimed = await jobs.claim()
    assert claimed is not None
    await jobs.cancel(job.id)
    assert not await jobs.save(claimed, new_id(), 1, "{}")
    await jobs.finish(claimed, {"turns": 1})
    over = await jobs.read(job.id)
    assert (over.status, over.result) == ("cancelled", None)
    assert not await runner(db).work()


async def test_an_empty_range_ends_with_nothing_and_a_reversed_one_is_refused(db: Database) -> None:
    jobs = BackTests(db)
    job = await jobs.create(spec(), None)
    await runner(db).work()
    done = await jobs.read(job.id)
    assert done.result is not None
    assert (done.status, done.result["turns"]) == ("done", 0)
    for wrong in (Spec({}, UNTIL, SINCE), Spec({}, SINCE, SINCE), spec(sample=0.0)):
        with pytest.raises(FunnelError):
            await jobs.create(wrong, None)
    with pytest.raises(FunnelError):
        await jobs.read("nothing")


async def test_a_document_that_cannot_be_compiled_fails_with_a_code(db: Database) -> None:
    jobs = BackTests(db)
    job = await jobs.create(Spec({"rules": 3}, SINCE, UNTIL), None)
    await runner(db).work()
    failed = await jobs.read(job.id)
    assert (failed.status, failed.error) == ("failed", "rules_invalid")


async def test_a_sample_is_always_the_same_share(db: Database) -> None:
    count = await stored(db)
    pool = db.pool
    half = await source.count(pool, spec(sample=0.5))
    assert 0 < half < count
    assert half == await source.count(pool, spec(sample=0.5))
    assert await source.count(pool, spec(channel="sms")) == 0
