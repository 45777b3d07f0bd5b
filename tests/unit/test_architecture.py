"""The gates of size, names and layers: what a linter of single lines does not see."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("funnel", "kb", "bots", "api")
OTHERS = ("tests", "benchmarks", "training", "migrations")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base", "lib", "tools"}
FILE_LINES = 400
TEST_FILE_LINES = 500
FUNCTION_LINES = 40
PUBLIC_METHODS = 12


def _modules(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "generated" not in path.parts)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of signature and body, without the docstring: explaining must not be punished."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        whole -= (first.end_lineno or first.lineno) - first.lineno + 1
    return whole


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_files_are_short() -> None:
    long = {}
    for path in _modules(*PACKAGES, *OTHERS):
        limit = TEST_FILE_LINES if path.is_relative_to(ROOT / "tests") else FILE_LINES
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > limit:
            long[_name(path)] = lines
    assert not long


def _web_files() -> list[Path]:
    """What is written by hand for the browser: no builds, no packages, nothing generated."""
    skipped = {"node_modules", "dist", "generated"}
    kinds = {".ts", ".vue", ".css", ".mjs", ".js", ".html"}
    found = (path for path in (ROOT / "web").rglob("*") if not skipped & set(path.parts))
    return sorted(path for path in found if path.suffix in kinds)


def test_the_webs_files_are_short_and_named_after_something() -> None:
    files = _web_files()
    assert len(files) > 100
    long = {_name(path): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {name: lines for name, lines in long.items() if lines > FILE_LINES} == {}
    vague = [
        _name(path)
        for path in files
        if {path.name.partition(".")[0], *path.relative_to(ROOT / "web").parts[:-1]} & FORBIDDEN_NAMES
    ]
    assert not vague


def test_the_webs_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name.startswith("node_modules/")}
    assert len(packages) > 100
    assert [name for name, one in packages.items() if "resolved" in one and not one.get("link")] == []
    assert [name for name, one in packages.items() if not one.get("link") and "integrity" not in one] == []


def test_functions_are_short() -> None:
    long = {
        f"{_name(path)}:{node.lineno} {node.name}": _lines(node)
        for path in _modules(*PACKAGES)
        for node in _functions(_tree(path))
        if _lines(node) >= FUNCTION_LINES
    }
    assert not long


def test_classes_have_few_public_methods() -> None:
    many = {}
    for path in _modules(*PACKAGES):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef):
                methods = [
                    item.name
                    for item in node.body
                    if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
                    and not item.name.startswith("_")
                ]
                if len(methods) > PUBLIC_METHODS:
                    many[f"{_name(path)} {node.name}"] = len(methods)
    assert not many


def test_no_module_is_named_after_nothing() -> None:
    vague = [
        _name(path)
        for path in _modules(*PACKAGES, *OTHERS)
        if {path.stem, *path.relative_to(ROOT).parts[:-1]} & FORBIDDEN_NAMES
    ]
    assert not vague


def test_every_module_says_what_lives_there() -> None:
    silent = []
    for path in _modules(*PACKAGES, *OTHERS):
        text = ast.get_docstring(_tree(path))
        empty_package = (
            path.name == "__init__.py" and path.stat().st_size == 0 and path.is_relative_to(ROOT / "tests")
        )
        if text is None and not empty_package:
            silent.append(_name(path))
    assert not silent


def test_only_the_settings_read_the_environment() -> None:
    readers = []
    for path in _modules(*PACKAGES):
        for node in ast.walk(_tree(path)):
            reads = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
            imports = isinstance(node, ast.ImportFrom) and node.module == "os"
            if reads or (imports and {alias.name for alias in node.names} & {"environ", "getenv"}):
                readers.append(_name(path))
    assert set(readers) <= {"funnel/core/settings.py"}


def test_code_stays_on_the_floor_of_python_3_11() -> None:
    for path in _modules(*PACKAGES, *OTHERS):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 11))


def test_locks_have_hashes_and_no_addresses() -> None:
    for name in ("run.lock", "dev.lock", "node.lock"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "\t"))]
        assert all("==" in line and line.endswith("\\") for line in pins)
        assert text.count("--hash=sha256:") >= len(pins)


def test_imports_go_one_way() -> None:
    program = shutil.which("lint-imports", path=Path(sys.executable).parent)
    if program is None:
        pytest.fail("import-linter is not installed: make setup-dev")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
