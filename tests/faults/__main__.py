"""`python -m tests.faults run g01 --seed 7 --secs 60`, `run all`, `planted`: fault runs by hand and in CI."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

from tests.faults.checker import Verdict
from tests.faults.runner import SCENARIOS, planted_bugs, report, run_guarantee, violations, with_bug

MOST_ATTEMPTS = 3
"""Some bugs show only when two things meet: so many seeds are tried."""


def _run(names: list[str], seed: int, seconds: float, keep: Path) -> int:
    failed = 0
    for name in names:
        verdict = asyncio.run(run_guarantee(name, seed, seconds, keep=keep))
        sys.stdout.write(report(f"{name} seed={seed}", verdict) + "\n")
        sys.stdout.flush()
        failed += bool(verdict.findings)
    return failed


def _one(name: str, seed: int, seconds: float, source: Path) -> Verdict:
    try:
        return asyncio.run(run_guarantee(name, seed, seconds, source=source))
    except TimeoutError as error:
        return Verdict(findings=[f"vacuous: {error}"])


def _planted(only: str, seed: int, seconds: float) -> int:
    missed = 0
    for patch in planted_bugs():
        if not patch.name.startswith(only):
            continue
        copy = with_bug(patch)
        name = patch.name[:3]
        try:
            for attempt in range(MOST_ATTEMPTS):
                verdict = _one(name, seed + attempt, seconds, copy)
                if named := violations(name, verdict):
                    break
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        told = f"caught: {named[0][:150]}" if named else f"NOT CAUGHT {verdict.findings[:2]}"
        sys.stdout.write(f"{patch.stem}: {told}\n")
        sys.stdout.flush()
        missed += not named
    return missed


def main() -> int:
    """Exit code 1 when a guarantee failed or a planted bug was not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("what", choices=("run", "planted"))
    parser.add_argument("which", nargs="?", default="all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--secs", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    options = parser.parse_args()
    if options.what == "planted":
        bad = _planted("g" if options.which == "all" else options.which, options.seed, min(options.secs, 8))
    else:
        names = sorted(SCENARIOS) if options.which == "all" else [options.which]
        bad = _run(names, options.seed, options.secs, options.out)
    sys.stdout.write(f"{bad} failed\n")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
