"""What is handed out: the wheel holds the built pages and serves them from where it is installed; the image is made of what is there."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.pages.built import FOLDER
from hatch_build import PAGES, WebPages

ROOT = Path(__file__).resolve().parents[2]
SERVED = """
import json, sys
from api.pages.built import FOLDER, read_folder
json.dump([str(FOLDER), sorted(read_folder(FOLDER))], sys.stdout)
"""
BUILD = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
# What a build looks at; not the whole tree, in which other tests are at work.
NEEDED = (
    "pyproject.toml",
    "hatch_build.py",
    "README.md",
    "LICENSE",
    "funnel",
    "kb",
    "bots",
    "api",
    "migrations",
)


def _instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, lines that go on joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines()]
    split = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name.upper(), rest.strip()) for name, _, rest in split]


@pytest.mark.timeout(120)
def test_an_installed_wheel_serves_the_built_pages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in NEEDED:
        (source / name).symlink_to(ROOT / name)
    built = subprocess.run(
        [*BUILD, str(tmp_path)], cwd=source, capture_output=True, text=True, timeout=100, check=False
    )
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        [record] = [name for name in packed.namelist() if name.endswith(".dist-info/WHEEL")]
        # Such a wheel is installed by being unpacked.
        assert b"Root-Is-Purelib: true" in packed.read(record)
        packed.extractall(installed)
    assert (installed / "funnel" / "migrations" / "versions").is_dir()
    served = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(installed)!r}){SERVED}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    folder, names = json.loads(served)
    assert Path(folder) == installed / "api" / "pages" / "files"
    assert set(PAGES) <= set(names)
    shipped = {
        path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in (".gz", ".br")
    }
    assert shipped
    assert all(
        (Path(folder) / name).read_bytes() == (FOLDER / name).read_bytes() for name in [*names, *shipped]
    )


def test_no_wheel_is_made_without_the_pages(tmp_path: Path) -> None:
    hook: Any = SimpleNamespace(root=str(tmp_path))
    with pytest.raises(
        RuntimeError, match=r"widget/widget\.js, desk/index\.html, demo/index\.html.*make web"
    ):
        WebPages.initialize(hook, "standard", {})
    WebPages.initialize(hook, "editable", {})
    for page in PAGES:
        path = tmp_path / "api" / "pages" / "files" / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    WebPages.initialize(hook, "standard", {})


def test_the_image_is_made_of_what_is_there_and_runs_as_nobody_in_particular() -> None:
    stages: list[str] = []
    for name, rest in _instructions():
        words = shlex.split(rest) if name in ("COPY", "FROM") else []
        if name == "FROM":
            assert re.fullmatch(r"(node|python):\d[\w.-]+", words[0]), rest
            stages += words[2:3] if words[1:2] == ["AS"] else [f"stage {len(stages)}"]
        elif name == "COPY" and words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages[:-1], rest
        elif name == "COPY":
            assert all((ROOT / source).exists() for source in words[:-1]), rest
    assert stages[:2] == ["web", "build"]

    commands = [rest for name, rest in _instructions() if name == "RUN"]
    assert any(command == "npm ci" for command in commands)
    assert any("--require-hashes -r requirements/run.lock" in command for command in commands)
    copies = [shlex.split(rest) for name, rest in _instructions() if name == "COPY"]
    assert ["--from=web", "/build/api/pages/files", "api/pages/files"] in copies
    # Everything that a wheel is made of is there before it is made.
    copied = {source for words in copies for source in words[:-1]}
    assert copied >= set(NEEDED), set(NEEDED) - copied

    last = _instructions()[max(at for at, (name, _) in enumerate(_instructions()) if name == "FROM") :]
    users = [rest for name, rest in last if name == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    [start] = [rest for name, rest in last if name == "CMD"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert shlex.split(start.strip("[]").replace(",", " "))[0] in scripts
