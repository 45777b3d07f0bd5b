"""`python -m benchmarks [NAME ...] [--quick] [--json]`: one interleaved run, medians, ratios, targets. Exit 1 where one is missed."""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from typing import Any

from rich.console import Console

from benchmarks.measures import MEASURES
from benchmarks.report import Row, as_json, table
from benchmarks.stage import FULL, QUICK, Stage, stage
from benchmarks.world import settings_for
from funnel.core.logging import configure

err = Console(stderr=True)
LEAST_ROUNDS = 2
NEEDS = {"open-loop": ("bot",), "hooks": ("routes",), "rules": ("bot",)}


async def measure(names: list[str], quick: bool) -> tuple[list[Row], dict[str, Any]]:
    """The whole run: every round goes once through all variants, so that whatever else the machine does hits all alike."""
    size = QUICK if quick else FULL
    began = time.monotonic()
    err.print("Starting PostgreSQL, filling the world, starting the processes ...", style="dim")
    async with stage(size) as running:
        failed: dict[str, str] = {}
        begun, done = time.monotonic(), 0
        for number in range(size.rounds):
            if number >= LEAST_ROUNDS and time.monotonic() - begun > size.rounds_seconds:
                err.print("The machine is slow: the remaining rounds are left out.", style="dim")
                break
            done = number + 1
            for name in names:
                if MEASURES[name][2]:
                    await _take(running, name, f"round {number + 1} of {size.rounds}: {name}", failed)
        for name in names:
            if not MEASURES[name][2]:
                await _take(running, name, name, failed)
        rows = [row for name in names for row in MEASURES[name][1](running)]
        about = {
            "rounds": done, "seconds_each": size.seconds, "quick": quick, "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2), "python": platform.python_version(), "failed": failed,
            "took_seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip
    return rows, about


async def _take(running: Stage, name: str, title: str, failed: dict[str, str]) -> None:
    """One measurement; one that fails is reported and leaves the others alone."""
    if name in failed:
        return
    err.print(title, style="dim")
    try:
        await MEASURES[name][0](running)
    except (RuntimeError, TimeoutError, OSError) as error:
        failed[name] = str(error)
        err.print(f"{name} failed: {error}", style="red", markup=False)


def main() -> None:
    """Reads the command line and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="two short rounds, within 90 seconds")
    parser.add_argument("--json", action="store_true", dest="as_json", help="figures for machines on stdout")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in MEASURES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    wanted = {one for name in given.names or MEASURES for one in (name, *NEEDS.get(name, ()))}
    names = [name for name in MEASURES if name in wanted]
    configure(settings_for(None))
    rows, about = asyncio.run(measure(names, given.quick))
    if given.as_json:
        print(json.dumps(as_json(rows, about), ensure_ascii=False))
    else:
        caption = "{rounds} rounds of {seconds_each} s on {cores} cores, load {load}, {took_seconds} s in all".format(
            **about
        )
        Console(width=None if sys.stdout.isatty() else 170).print(table(rows, caption))
    sys.exit(1 if about["failed"] or any(row.mark == "below" for row in rows) else 0)


if __name__ == "__main__":
    main()
