"""Counters and histograms of the process, by Prometheus habits, in a registry of their own; `render` for /metrics."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

import asyncpg
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LAG_EVERY_SECONDS = 0.1
_FAST = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)

acks = Counter("funnel_acks", "Commands acknowledged after their commit.", ["lane"], registry=registry)
nacks = Counter("funnel_nacks", "Commands refused, by stable code.", ["code"], registry=registry)
turn_stage = Histogram(
    "funnel_turn_stage_seconds",
    "Time of one stage of a batch of turns: load, prepare, decide, write, publish.",
    ["stage"],
    buckets=_FAST,
    registry=registry,
)
batch_size = Histogram(
    "funnel_turn_batch_size",
    "Turns written in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128),
    registry=registry,
)
loop_lag = Histogram(
    "funnel_loop_lag_seconds", "How late the event loop wakes a sleeper.", buckets=_FAST, registry=registry
)
pool_in_use = Gauge(
    "funnel_pool_connections_in_use", "Connections of the pool that are at work.", registry=registry
)
pool_size = Gauge("funnel_pool_connections", "Connections of the pool that are open.", registry=registry)
timers_due = Gauge("funnel_timers_due", "Timers past their time at the last look.", registry=registry)
timer_lateness = Gauge(
    "funnel_timer_oldest_due_seconds", "Lateness of the oldest due timer.", registry=registry
)
resumes = Counter("funnel_resumes", "Subscriptions that continued from a cursor.", registry=registry)
resets = Counter("funnel_resets", "Cursors that could not be continued from.", registry=registry)
slow_consumers = Counter(
    "funnel_slow_consumers", "Sockets closed because they did not read.", registry=registry
)
sockets = Gauge("funnel_sockets", "Open sockets.", ["kind"], registry=registry)


class _Route:
    """The times of one route: how many fell into each bucket, and their sum."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(_FAST) + 1)
        self.total = 0.0


class HttpRequests(Collector):
    """Requests by route template and status, and how long they took. Counted by the event loop's thread alone, so without
    the locks that made counting the dearest part of a small answer.
    """

    def __init__(self) -> None:
        self._statuses: dict[tuple[str, str, int], int] = {}
        self._routes: dict[str, _Route] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        key = (method, route, status)
        self._statuses[key] = self._statuses.get(key, 0) + 1
        times = self._routes.get(route)
        if times is None:
            times = self._routes[route] = _Route()
        times.buckets[bisect_left(_FAST, seconds)] += 1
        times.total += seconds

    def collect(self) -> Iterator[Metric]:
        """What has been counted so far."""
        requests = CounterMetricFamily(
            "funnel_http_requests",
            "HTTP requests by route template and status.",
            labels=["method", "route", "status"],
        )
        for (method, route, status), number in sorted(self._statuses.items()):
            requests.add_metric([method, route, str(status)], number)
        yield requests
        seconds = HistogramMetricFamily(
            "funnel_http_request_seconds", "Time to answer, by route template.", labels=["route"]
        )
        bounds = [*map(str, _FAST), "+Inf"]
        for route, times in sorted(self._routes.items()):
            buckets = list(zip(bounds, accumulate(times.buckets), strict=True))
            seconds.add_metric([route], buckets, times.total)
        yield seconds


http = HttpRequests()
registry.register(http)
server_restarts = Counter(
    "funnel_database_server_restarts", "Times the embedded server was started again.", registry=registry
)


def render(pool: asyncpg.Pool | None = None) -> bytes:
    """The exposition text; reads the pool's size at this moment."""
    if pool is not None:
        pool_size.set(pool.get_size())
        pool_in_use.set(pool.get_size() - pool.get_idle_size())
    return generate_latest(registry)


async def sample_loop_lag() -> None:
    """Runs until cancelled; observes how late the loop wakes it, ten times a second."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY_SECONDS
        await asyncio.sleep(LAG_EVERY_SECONDS)
        loop_lag.observe(max(0.0, loop.time() - due))
