"""Failpoints: inert by default, and exact when armed."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnel.core import failpoints
from funnel.core.start_errors import SettingsError


@pytest.fixture(autouse=True)
def _disarm() -> Iterator[None]:
    yield
    failpoints.configure(None)


async def test_inert_unless_armed() -> None:
    failpoints.configure("after_insert=raise")
    await failpoints.hit("before_commit")
    failpoints.configure("")
    await failpoints.hit("after_insert")


async def test_raise_and_drop() -> None:
    failpoints.configure("after_insert=raise, before_commit=drop")
    with pytest.raises(failpoints.FailpointError):
        await failpoints.hit("after_insert")
    with pytest.raises(failpoints.Dropped):
        await failpoints.hit("before_commit")


async def test_sleep() -> None:
    failpoints.configure("before_commit=sleep(20)")
    began = time.monotonic()
    await failpoints.hit("before_commit")
    assert time.monotonic() - began >= 0.019


async def test_only_the_nth_passage() -> None:
    failpoints.configure("before_commit=raise@3")
    for _ in range(2):
        await failpoints.hit("before_commit")
    with pytest.raises(failpoints.FailpointError):
        await failpoints.hit("before_commit")
    await failpoints.hit("before_commit")


async def test_a_chance() -> None:
    failpoints.configure("before_commit=raise@0.0,after_insert=raise@1.0")
    await failpoints.hit("before_commit")
    with pytest.raises(failpoints.FailpointError):
        await failpoints.hit("after_insert")


def test_kill9_ends_the_process_without_clean_up() -> None:
    code = (
        "import asyncio; from funnel.core import failpoints; failpoints.configure('erase_step_2=kill9')\n"
        "try: asyncio.run(failpoints.hit('erase_step_2'))\n"
        "finally: print('cleaned up')"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == -9
    assert not done.stdout


@pytest.mark.parametrize(
    "text", ["nowhere=raise", "before_commit", "before_commit=explode", "before_commit=sleep(x)"]
)
def test_nonsense_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="FUNNEL_FAILPOINTS"):
        failpoints.configure(text)


def test_every_point_is_somewhere_in_the_code() -> None:
    """A name that can be armed but is never passed would make a fault test prove nothing."""
    root = Path(__file__).resolve().parents[2]
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("funnel", "kb", "bots", "api")
        for path in (root / package).rglob("*.py")
    )
    passed = set(re.findall(r'\bhit\(\s*"(\w+)"\s*\)', code))
    assert passed == failpoints.KNOWN
