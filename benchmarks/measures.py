"""The measurements: each adds samples of one round; the rows are made of their medians."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.bench_channels import album, album_rows, hook_rows, hooks, outbox, outbox_rows
from benchmarks.bench_rules import rule_rows, rules
from benchmarks.bench_signals import signal_rows, signals
from benchmarks.bench_web import web, web_rows
from benchmarks.processes import ROOT, start_gateway
from benchmarks.report import Row, at_least, at_most, histogram_quantile, more_than, percent, quantile, ratio
from benchmarks.stage import IN_FLIGHT, Stage
from benchmarks.start import start_rows, starts

HTTP_CONNECTIONS = 32
BOT_CONNECTIONS = 64
WARM_SOCKETS = 50
KNOWLEDGE_SECONDS = 400
Measure = Callable[[Stage], Awaitable[None]]
Rows = Callable[[Stage], list[Row]]


async def turns(stage: Stage) -> None:
    """An agent's message: over the socket, by the pipeline alone, by the ORM."""
    seconds, samples = stage.size.seconds, stage.samples
    samples.add("constant reply", await _turns(stage, "constant", "reply"))
    samples.add("judged reply", await _turns(stage, "judge", "reply"))
    samples.add(
        "orm reply", await stage.worker.ask("orm", start=0, limit=10**9, in_flight=IN_FLIGHT, seconds=seconds)
    )
    async with stage.under_load():
        samples.add("socket reply", await _clients(stage, "agents", in_flight=IN_FLIGHT, seconds=seconds))


async def bot(stage: Stage) -> None:
    """A visitor's message that the knowledge base answers: the judge alone, the pipeline alone, both, over HTTP."""
    samples = stage.samples
    samples.add("judge", await stage.worker.ask("judge", start=stage.fresh("workers"), count=150))
    samples.add("constant bot", await _turns(stage, "constant", "bot"))
    samples.add("judged bot", await _turns(stage, "judge", "bot"))
    async with stage.under_load():
        answer = await _clients(
            stage, "visitors", start=stage.fresh("gateway"), limit=stage.size.visitors // 4,
            connections=BOT_CONNECTIONS, seconds=stage.size.seconds,
        )  # fmt: skip
    stage.fresh("gateway", answer["used"])
    samples.add("http bot", answer)


async def open_loop(stage: Stage) -> None:
    """Visitors who come by themselves at half the rate that the closed loop reached; once, at the end."""
    rate = max(1.0, stage.samples.median("http bot", "rate") / 2)
    async with stage.under_load():
        answer = await _clients(
            stage, "open_loop", start=stage.fresh("gateway"), rate=rate, connections=128,
            seconds=stage.size.open_loop_seconds,
        )  # fmt: skip
    stage.fresh("gateway", answer["used"])
    stage.samples.add("open loop", answer)


async def routes(stage: Stage) -> None:
    """HTTP: the bare application, the front table, ordinary routes."""
    seconds, gateway = stage.size.seconds * 0.7, stage.gateway.port
    for variant, port, path, token in (
        ("bare", stage.bare.port, "/livez", None),
        ("front", gateway, "/livez", None),
        ("ordinary", gateway, "/v1/me", stage.note.agents[0].token),
    ):
        answer = await _clients(
            stage, "http", port=port, method="GET", path=path, token=token,
            connections=HTTP_CONNECTIONS, seconds=seconds,
        )  # fmt: skip
        stage.samples.add(variant, answer)


async def fan_out(stage: Stage) -> None:
    """One conversation, many sockets."""
    answer = await _clients(stage, "fan_out", sockets=stage.size.crowd, messages=60)
    stage.samples.add("fan-out", answer)


async def idle(stage: Stage) -> None:
    """What a socket that follows a conversation and is silent costs in memory, in a gateway that did nothing else; once."""
    gateway = start_gateway(stage.folder, stage.note.urls["gateway"], "idle")
    try:
        await gateway.ready("/readyz")
        await stage.clients.ask("idle", port=gateway.port, count=WARM_SOCKETS)
        await asyncio.sleep(0.5)
        before = gateway.memory_kilobytes()
        await stage.clients.ask("idle", port=gateway.port, count=stage.size.sockets, start=WARM_SOCKETS)
        await asyncio.sleep(1.5)
        after = gateway.memory_kilobytes()
        await stage.clients.ask("release")
    finally:
        gateway.end()
    stage.samples.add("idle", {"kilobytes": (after - before) / stage.size.sockets, "before": before})
    stage.samples.add("renders", await stage.worker.ask("renders", sinks=200, messages=5))


async def pair(stage: Stage) -> None:
    """Two processes on one database: bot turns of one, of both; then both write into the same conversations."""
    before = await stage.deadlocks()
    one = await _turns(stage, "judge", "bot")
    both = await asyncio.gather(
        *(_turns(stage, "judge", "bot", worker) for worker in (stage.worker, stage.second))
    )
    shared = await asyncio.gather(
        *(_turns(stage, "constant", "reply", worker) for worker in (stage.worker, stage.second))
    )
    stage.samples.add("one process", one)
    stage.samples.add("two processes", {"rate": sum(answer["rate"] for answer in both)})
    stage.samples.add("two processes, shared", {"rate": sum(answer["rate"] for answer in shared)})
    stage.samples.add("deadlocks", {"count": await stage.deadlocks() - before})


async def knowledge(stage: Stage) -> None:
    """Queries against rank-bm25, in a process of its own for each size; then how soon a change is found. Once."""
    for size in stage.size.passages:
        for found in json.loads(await _said("benchmarks.bench_kb", "--json", "--sizes", str(size))):
            stage.samples.add(f"kb {found['passages']}", found)
    stage.samples.add("kb update", json.loads(await _said("benchmarks.bench_update", "--json")))


async def _said(*module: str) -> bytes:
    """What a benchmark of its own prints. Raises RuntimeError with what it complains of, TimeoutError after 400 s."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *module), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, errors = await asyncio.wait_for(process.communicate(), KNOWLEDGE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise TimeoutError(f"{module[0]} took longer than {KNOWLEDGE_SECONDS} s") from None
    if not output:
        raise RuntimeError(errors.decode()[-2000:])
    return output


def turn_rows(stage: Stage) -> list[Row]:
    """An agent's message."""
    s = stage.samples
    socket, floor, orm = (s.median(name, "rate") for name in ("socket reply", "constant reply", "orm reply"))
    group = "agent's message"
    return [
        Row(group, "pipeline without judgement (b)", floor, "/s", None, _behind(stage, "constant reply")),
        Row(
            group,
            "pipeline with the judge",
            s.median("judged reply", "rate"),
            "/s",
            None,
            _behind(stage, "judged reply"),
        ),
        Row(group, "one ORM transaction a message (c)", orm, "/s", None, _behind(stage, "orm reply")),
        Row(group, "over the socket", socket, "/s", None, _behind(stage, "socket reply")),
        Row(group, "over the socket, of (b)", percent(socket, floor), "%", at_least(35)),
        Row(group, "over the socket, times (c)", ratio(socket, orm), "x", at_least(10)),
    ]


def bot_rows(stage: Stage) -> list[Row]:
    """A bot turn."""
    s, group = stage.samples, "bot turn"
    judge, floor = s.median("judge", "judge_us"), s.median("constant bot", "cpu_us")
    ceiling = ratio(1e6, judge + floor)
    rate, http = s.median("judged bot", "rate"), s.median("http bot", "rate")
    parts = f"prepare {s.median('judge', 'prepare_us'):.0f} + decide {s.median('judge', 'decide_us'):.0f} + pipeline {floor:.0f} us"
    return [
        Row(
            group,
            "pipeline without judgement (b)",
            s.median("constant bot", "rate"),
            "/s",
            None,
            _behind(stage, "constant bot"),
        ),
        Row(group, "1 / (prepare + decide + (b)) CPU", ceiling, "/s", None, parts),
        Row(group, "pipeline with the judge", rate, "/s", at_least(400), _behind(stage, "judged bot")),
        Row(group, "pipeline with the judge, of that", percent(rate, ceiling), "%", at_least(60)),
        Row(group, "durable POST over HTTP", http, "/s", at_least(400), _behind(stage, "http bot")),
        Row(group, "durable POST over HTTP, of bare (a)", percent(http, s.median("bare", "rate")), "%"),
    ]


def open_loop_rows(stage: Stage) -> list[Row]:
    """Latency at half load, and how the loop felt."""
    s, group = stage.samples, "open loop"
    detail = f"offered {s.median('open loop', 'offered'):.0f}/s, p50 {s.median('open loop', 'p50_ms'):.1f} ms{_errors(stage, 'open loop')}"
    return [
        Row(group, "bot turns over HTTP at half rate, p99", s.median("open loop", "p99_ms"), "ms", at_most(60), detail),
        Row(
            group, "loop lag under load, p99", 1000 * histogram_quantile(stage.lag, 0.99), "ms", at_most(10),
            f"{max(stage.lag.values(), default=0):.0f} samples of the service's own metric; "
            f"an idle process beside it: {1000 * quantile(stage.own_lag, 0.99):.1f} ms",
        ),
    ]  # fmt: skip


def route_rows(stage: Stage) -> list[Row]:
    """HTTP."""
    s, group = stage.samples, "HTTP"
    bare = s.median("bare", "rate")
    return [
        Row(group, "bare ASGI (a)", bare, "/s", None, _behind(stage, "bare")),
        Row(
            group,
            "front table (GET /livez), of (a)",
            percent(s.median("front", "rate"), bare),
            "%",
            at_least(80),
            _behind(stage, "front"),
        ),
        Row(
            group,
            "ordinary route (GET /v1/me), of (a)",
            percent(s.median("ordinary", "rate"), bare),
            "%",
            at_least(25),
            _behind(stage, "ordinary"),
        ),
    ]


def fan_out_rows(stage: Stage) -> list[Row]:
    """Fan-out."""
    cores = stage.samples.median("fan-out", "client_cores")
    detail = f"{stage.size.crowd} sockets, {stage.samples.spread('fan-out', 'rate')}/s; the client took {cores:.1f} cores"
    return [
        Row(
            "sockets",
            "local fan-out",
            stage.samples.median("fan-out", "rate"),
            "sends/s",
            at_least(20_000),
            detail,
        )
    ]


def idle_rows(stage: Stage) -> list[Row]:
    """Sockets at rest, and what a shared event costs."""
    s = stage.samples
    detail = f"{stage.size.sockets} sockets over {s.median('idle', 'before') / 1024:.0f} MB"
    return [
        Row(
            "sockets", "idle socket with its state", s.median("idle", "kilobytes"), "KB", at_most(40), detail
        ),
        Row(
            "sockets",
            "serialisations of an event for 200 sinks",
            s.median("renders", "renders"),
            "",
            at_most(1),
        ),
    ]


def pair_rows(stage: Stage) -> list[Row]:
    """Two processes."""
    s, group = stage.samples, "two processes"
    one, two = s.median("one process", "rate"), s.median("two processes", "rate")
    return [
        Row(
            group,
            "bot turns, times one process",
            ratio(two, one),
            "x",
            more_than(1),
            f"{one:.0f} -> {two:.0f}/s",
        ),
        Row(group, "writes into the same conversations", s.median("two processes, shared", "rate"), "/s"),
        Row(group, "deadlocks", s.total("deadlocks", "count"), "", at_most(0)),
    ]


def knowledge_rows(stage: Stage) -> list[Row]:
    """Retrieval: the index alone, all fields with filters, the whole search, what it takes, and how soon a change is found."""
    s, group = stage.samples, "knowledge base"
    rows: list[Row] = []
    for size in stage.size.passages:
        name, large = f"kb {size}", size >= 100_000
        theirs = f"rank-bm25 {s.median(name, 'rank-bm25 ms'):.2f} ms"
        rows += [
            Row(
                group, f"query at {size:,} passages, times rank-bm25", s.median(name, "ratio"), "x",
                at_least(100) if size >= 10_000 else more_than(1), f"{theirs} -> {s.median(name, 'index ms'):.3f} ms",
            ),
            Row(
                group, f"all fields and filters at {size:,}, times rank-bm25", s.median(name, "fields ratio"), "x",
                at_least(500) if large else None,
                f"median {s.median(name, 'fields ms'):.3f} ms, p99 {s.median(name, 'fields p99 ms'):.3f} ms",
            ),
            Row(
                group, f"whole search with confidence at {size:,}", s.median(name, "search ms"), "ms",
                at_most(0.5) if size == 10_000 else None, f"p99 {s.median(name, 'search p99 ms'):.2f} ms",
            ),
            Row(group, f"index at {size:,}, a passage", s.median(name, "bytes"), "B", at_most(1_500) if large else None),
        ]  # fmt: skip
        if large:
            rows.append(
                Row(group, f"search p99 at {size:,}", s.median(name, "search p99 ms"), "ms", at_most(3))
            )
    detail = f"at most {s.median('kb update', 'visible at most ms'):.0f} ms"
    found = s.median("kb update", "visible ms")
    rows.append(Row(group, "a change at 10,000 found by another process", found, "ms", at_most(100), detail))
    return rows


async def _turns(stage: Stage, variant: str, shape: str, worker: Any = None) -> dict[str, Any]:
    """A closed loop in a worker; each visitor's conversation is used once in a long while, as bursts would be else."""
    limit = stage.size.visitors // 4 if shape == "bot" else 10**9
    start = stage.fresh("workers", limit) if shape == "bot" else 0
    answer: dict[str, Any] = await (worker or stage.worker).ask(
        "turns", variant=variant, shape=shape, start=start, limit=limit,
        in_flight=IN_FLIGHT, seconds=stage.size.seconds,
    )  # fmt: skip
    return answer


async def _clients(stage: Stage, task: str, **arguments: Any) -> dict[str, Any]:
    """A task of the client process; against the gateway, unless told otherwise. Its processor time comes with it."""
    target = arguments.setdefault("port", stage.gateway.port)
    server = stage.bare if target == stage.bare.port else stage.gateway
    before = server.cpu_seconds()
    answer = await stage.clients.ask(task, **arguments)
    if answer.get("done"):
        answer["cpu_us"] = 1e6 * (server.cpu_seconds() - before) / answer["done"]
    return answer


def _behind(stage: Stage, variant: str) -> str:
    s = stage.samples
    return (
        f"{s.spread(variant, 'rate')}/s, p50 {s.median(variant, 'p50_ms'):.1f}, p99 {s.median(variant, 'p99_ms'):.1f} ms, "
        f"server CPU {s.median(variant, 'cpu_us'):.0f} us{_errors(stage, variant)}"
    )


def _errors(stage: Stage, variant: str) -> str:
    found = stage.samples.notes(variant, "errors") | stage.samples.notes(variant, "refused")
    return f", errors {found}" if found else ""


MEASURES: dict[str, tuple[Measure, Rows, bool]] = {
    "turns": (turns, turn_rows, True),
    "bot": (bot, bot_rows, True),
    "routes": (routes, route_rows, True),
    "fan-out": (fan_out, fan_out_rows, True),
    "pair": (pair, pair_rows, True),
    "outbox": (outbox, outbox_rows, True),
    "hooks": (hooks, hook_rows, True),
    "album": (album, album_rows, True),
    "idle": (idle, idle_rows, False),
    "open-loop": (open_loop, open_loop_rows, False),
    "knowledge": (knowledge, knowledge_rows, False),
    "start": (starts, start_rows, False),
    "signals": (signals, signal_rows, False),
    "rules": (rules, rule_rows, False),
    "web": (web, web_rows, False),
}
"""By name: the measurement, its rows, and whether it takes part in every round (else once, after them)."""
