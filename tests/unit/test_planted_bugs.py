"""The planted bugs fit the code as it is: a patch that no longer applies would prove nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATCHES = sorted((ROOT / "tests" / "faults").glob("*/*.patch"))


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_the_patch_applies(patch: Path) -> None:
    done = subprocess.run(
        ["git", "apply", "--check", str(patch)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_scenario_has_one_that_it_must_catch() -> None:
    scenarios = {path.stem[:3] for path in (ROOT / "tests" / "faults" / "scenarios").glob("g*.py")}
    assert scenarios == {path.stem[:3] for path in PATCHES if path.parent.name == "planted"}
