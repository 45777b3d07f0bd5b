"""Loads over bare HTTP connections: a closed loop, and what a load came to."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import quantile
from benchmarks.wire import HttpClient, connect_http

QUIET_SECONDS = 10.0


def figures(latencies: list[float], seconds: float, errors: dict[str, int]) -> dict[str, Any]:
    """What a load came to."""
    return {
        "rate": len(latencies) / seconds,
        "done": len(latencies),
        "seconds": seconds,
        "p50_ms": 1000 * quantile(latencies, 0.5),
        "p99_ms": 1000 * quantile(latencies, 0.99),
        "errors": errors,
    }


async def closed(
    port: int, raw_of: Callable[[int], bytes], connections: int, seconds: float, limit: int
) -> dict[str, Any]:
    """So many connections, each sends its next request (made by its number) when the last is answered."""
    clients = await connect(port, connections)
    latencies: list[float] = []
    errors: dict[str, int] = {}
    busy, number = len(clients), 0
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    began = time.perf_counter()
    until = began + seconds

    def begin(client: HttpClient) -> None:
        nonlocal busy, number
        now = time.perf_counter()
        if now >= until or number >= limit:
            busy -= 1
            if not busy and not over.done():
                over.set_result(None)
            return

        def answered(status: int, body: bytes) -> None:
            note_answer(latencies, errors, status, time.perf_counter() - now)
            begin(client)

        raw = raw_of(number)
        number += 1
        client.answered = answered
        client.send(raw)

    for client in clients:
        begin(client)
    await asyncio.wait_for(over, seconds + QUIET_SECONDS)
    result = figures(latencies, time.perf_counter() - began, errors)
    hang_up(clients)
    return result | {"used": number}


async def connect(port: int, connections: int) -> list[HttpClient]:
    """Open connections."""
    return [await connect_http(port) for _ in range(connections)]


def hang_up(clients: list[HttpClient]) -> None:
    """Closes them."""
    for client in clients:
        client.close()


def note_answer(latencies: list[float], errors: dict[str, int], status: int, seconds: float) -> None:
    """Counts an answer: 2xx by its latency, any other by its status."""
    if 200 <= status < 300:
        latencies.append(seconds)
    else:
        errors[str(status)] = errors.get(str(status), 0) + 1
