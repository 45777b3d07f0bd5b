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


def test_requests_are_counted_by_status_and_timed_by_route() -> None:
    found = metrics.HttpRequests()
    for status, seconds in ((200, 0.0003), (200, 9.0), (404, 0.0005)):
        found.count("GET", "/x", status, seconds)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for one in found.collect()
        for sample in one.samples
    }
    assert samples["funnel_http_requests_total", "GET", "/x", "200"] == 2
    assert samples["funnel_http_requests_total", "GET", "/x", "404"] == 1
    buckets = [value for (name, *_), value in samples.items() if name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-2], buckets[-1]) == (2, 2, 3)
    assert samples["funnel_http_request_seconds_sum", "/x"] == 9.0008
