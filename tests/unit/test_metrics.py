"""The metrics' exposition."""

import asyncio
import contextlib

from funnel.core import metrics


async def test_rendered_text_holds_the_families() -> None:
    metrics.nacks.labels(code="overloaded").inc()
    metrics.turn_stage.labels(stage="decide").observe(0.003)
    text = metrics.render().decode()
    for name in (
        "funnel_nacks_total",
        "funnel_turn_stage_seconds_bucket",
        "funnel_loop_lag_seconds",
        "funnel_resumes_total",
    ):
        assert name in text


async def test_loop_lag_is_sampled() -> None:
    before = metrics.loop_lag._sum.get()
    sampler = asyncio.create_task(metrics.sample_loop_lag())
    await asyncio.sleep(metrics.LAG_EVERY_SECONDS * 2)
    sampler.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sampler
    assert metrics.loop_lag._sum.get() >= before
    assert "funnel_loop_lag_seconds_count 0.0" not in metrics.render().decode()
