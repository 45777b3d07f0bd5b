"""Every guarantee at test length: a seeded run of a few seconds that must leave no finding. Longer ones: `make faults`."""

from pathlib import Path

import pytest

from tests.faults.runner import SCENARIOS, report, run_guarantee

SECONDS = 4.0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(SCENARIOS))
async def test_guarantee_holds(name: str, tmp_path: Path) -> None:
    verdict = await run_guarantee(name, seed=7, seconds=SECONDS, keep=tmp_path)
    assert not verdict.findings, report(name, verdict)
