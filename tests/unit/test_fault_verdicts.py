"""A planted bug is caught by a verdict that names the guarantee, never by a scenario that broke."""

import pytest

from tests.faults.checker import Verdict
from tests.faults.runner import NAMES, SCENARIOS, planted_bugs, violations


def test_every_guarantee_has_its_names_and_a_planted_bug() -> None:
    assert NAMES.keys() == SCENARIOS.keys()
    assert {patch.name[:3] for patch in planted_bugs()} == SCENARIOS.keys()


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_only_what_names_the_guarantee_counts(name: str) -> None:
    verdict = Verdict(
        ["the scenario broke: TimeoutError()", "fsck: [] 1", "T30 a log entry that must not be: x"]
    )
    verdict.need("kills", 0, 1)
    verdict.limit("growth", 2, 1)
    assert violations(name, verdict) == []
    verdict.findings.append(f"{NAMES[name][0]}something happened")
    assert violations(name, verdict) == [f"{NAMES[name][0]}something happened"]
