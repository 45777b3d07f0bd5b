"""Runs one guarantee's scenario in a world of its own, on the checkout or on a copy with a planted bug."""

import contextlib
import importlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from api.client.stream import BrokenStreamError
from tests.faults.checker import Verdict
from tests.faults.processes import ROOT
from tests.faults.world import World, world

SCENARIOS = {
    "g01": "g01_durable_ack",
    "g02": "g02_one_effect",
    "g03": "g03_total_order",
    "g04": "g04_resume",
    "g05": "g05_snapshot",
    "g07": "g07_database",
    "g09": "g09_webhooks",
    "g10": "g10_one_open",
    "g11": "g11_outbox",
    "g12": "g12_poison",
    "g13": "g13_fences",
    "g15": "g15_one_claim",
    "g18": "g18_slow_consumer",
    "g24": "g24_calls",
}
# How a verdict names the violation of a guarantee: its own number, or the invariant of the checker that it stands for. What a
# scenario that broke, did too little or left a log entry says names none.
NAMES = {
    "g01": ("I1 ",),
    "g02": ("G2 ", "I2 "),
    "g03": ("G3 ", "I3 ", "I4 ", "I5 "),
    "g04": ("G4 ", "I5 "),
    "g05": ("G5 ", "I5 ", "I7 "),
    "g07": ("G7 ", "I1 "),
    "g09": ("G09 ",),
    "g10": ("G10 ",),
    "g11": ("G11 ", "I8 "),
    "g12": ("G12 ",),
    "g13": ("G13 ",),
    "g15": ("G15 ", "I9 "),
    "g18": ("G18 ", "I5 "),
    "g24": ("G24 ",),
}
PLANTED = Path(__file__).parent / "planted"
COPIED = ("funnel", "api", "bots", "kb", "migrations")


async def run_guarantee(
    name: str, seed: int, seconds: float, *, source: Path = ROOT, keep: Path | None = None
) -> Verdict:
    """The verdict of one run; the journal of a failed one is kept in `keep`."""
    module = importlib.import_module(f"tests.faults.scenarios.{SCENARIOS[name]}")
    failpoints, settings = getattr(module, "FAILPOINTS", ""), getattr(module, "SETTINGS", None)
    with _harmed(source, getattr(module, "HARM", None)) as tree:
        async with world(
            seed, seconds, gateways=module.GATEWAYS, source=tree, failpoints=failpoints, settings=settings
        ) as place:
            try:
                await module.run(place)
            except BrokenStreamError as error:
                place.verdict.findings.append(f"I5 a reader was shown what does not follow: {error}")
            except Exception as error:  # noqa: BLE001 - a scenario that breaks is a failed scenario
                place.verdict.findings.append(f"the scenario broke: {error!r}")
            if place.verdict.findings and keep is not None:
                _keep(place, name, keep)
            return place.verdict


@contextlib.contextmanager
def _harmed(source: Path, harm: str | None) -> Iterator[Path]:
    """The tree itself, or a copy with what does the harm of a scenario: a patch beside the scenarios."""
    if harm is None:
        yield source
        return
    copy = with_bug(PLANTED.parent / "harms" / harm, source)
    try:
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _keep(place: World, name: str, keep: Path) -> None:
    keep.mkdir(parents=True, exist_ok=True)
    place.journal.dump(keep / f"{name}-{place.seed}.jsonl")
    for gateway in place.gateways:
        shutil.copy(gateway.log, keep / f"{name}-{place.seed}-{gateway.port}.log")


def planted_bugs() -> list[Path]:
    """The patches that each guarantee's test must catch: `g01_ack_before_commit.patch` …"""
    return sorted(PLANTED.glob("g*.patch"))


def violations(name: str, verdict: Verdict) -> list[str]:
    """The findings that say that this guarantee was broken."""
    return [finding for finding in verdict.findings if finding.startswith(NAMES[name])]


def with_bug(patch: Path, source: Path = ROOT) -> Path:
    """A copy of the product with one planted bug; the caller removes it. Raises where the patch no longer applies."""
    copy = Path(tempfile.mkdtemp(prefix="funnel-planted-"))
    copy.chmod(0o755)
    for name in COPIED:
        shutil.copytree(source / name, copy / name)  # with its byte code, which fits what is not changed
    git = shutil.which("git") or "git"
    subprocess.run([git, "apply", "--unsafe-paths", f"--directory={copy}", str(patch)], check=True, cwd=copy)
    return copy


def report(name: str, verdict: Verdict) -> str:
    """One line of figures, then the findings."""
    figures = " ".join(f"{key}={value:g}" for key, value in sorted(verdict.counts.items()))
    lines = [f"{name}: {'failed' if verdict.findings else 'passed'} {figures}"]
    return "\n".join(lines + [f"  {finding}" for finding in verdict.findings[:10]])


def as_json(name: str, seed: int, verdict: Verdict) -> str:
    """The same for a machine."""
    return json.dumps(
        {"guarantee": name, "seed": seed, "findings": verdict.findings, "counts": verdict.counts}
    )
