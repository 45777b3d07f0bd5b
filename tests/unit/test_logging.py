"""Logs: what passes, and what never does."""

import ast
import io
import json
import logging as stdlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest
import structlog

from funnel.core import logging
from funnel.core.settings import load_settings

LEVELS = ("debug", "info", "warning", "error", "exception")


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = stdlib.getLogger()
    handlers, level = root.handlers, root.level
    before = structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    stdlib.captureWarnings(False)
    structlog.configure(**before)


def _entries(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_bound_ids_pass_and_unknown_keys_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(load_settings())
    with logging.bound_contextvars(request_id="r1", conversation_id="c1"):
        logging.get_logger("x").info(
            "turn_written", seq=4, text="my card is 4111", token="t", address="a@b.c"
        )
    (entry,) = _entries(capsys)
    assert entry["event"] == "turn_written"
    assert entry["request_id"] == "r1"
    assert entry["conversation_id"] == "c1"
    assert entry["seq"] == 4
    assert not {"text", "token", "address"} & entry.keys()


def test_an_error_is_told_by_type_and_place_not_by_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(load_settings())
    try:
        raise ValueError("my card is 4111")
    except ValueError:
        logging.get_logger().exception("failed")
    text = capsys.readouterr().err
    assert "4111" not in text
    entry = json.loads(text)
    assert entry["error_type"] == "ValueError"
    assert "test_an_error_is_told" in entry["error_at"]


def test_libraries_messages_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(load_settings())
    stdlib.getLogger("some.library").warning("could not parse %s", "my card is 4111")
    text = capsys.readouterr().err
    assert "4111" not in text
    assert json.loads(text)["logger"] == "some.library"


def test_a_logger_made_before_follows(capsys: pytest.CaptureFixture[str]) -> None:
    """Modules make theirs at import; what they say of an error must hold no values of its frames."""
    early = logging.get_logger("early")
    logging.configure(load_settings())
    card = "my card is 4111"
    try:
        raise ValueError(len(card))
    except ValueError:
        early.warning("failed", exc_info=True)
    text = capsys.readouterr().err
    assert "4111" not in text
    assert json.loads(text)["logger"] == "early"


def test_warnings_are_entries_too(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Another test's process-wide capture is over, though `logging` does not know: what it replaced was put back.
        stdlib.captureWarnings(False)
        logging.configure(load_settings())
        warnings.warn("my card is 4111", RuntimeWarning, stacklevel=1)
    (entry,) = _entries(capsys)
    assert entry["logger"] == "py.warnings"


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(load_settings(logging={"level": "warning"}))
    logging.get_logger().info("quiet")
    logging.get_logger().warning("loud")
    assert [entry["event"] for entry in _entries(capsys)] == ["loud"]


def test_whoever_replaced_stderr_and_closed_it_breaks_no_entry(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, io.StringIO() as lent:
        patched.setattr(sys, "stderr", lent)
        logging.configure(load_settings())
        logging.get_logger().info("seen")
        assert json.loads(lent.getvalue())["event"] == "seen"
    logging.get_logger().info("seen")
    assert len(_entries(capsys)) == 1


def test_every_value_that_the_code_logs_passes() -> None:
    """What is not allow-listed would be dropped without a word, and the entry would not say what it is about."""
    root = Path(__file__).resolve().parents[2]
    dropped = [
        f"{path.relative_to(root)}:{call.lineno} {keyword.arg}"
        for package in ("funnel", "kb", "bots", "api")
        for path in (root / package).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _logs(call)
        for keyword in call.keywords
        if keyword.arg is not None and keyword.arg not in logging.ALLOWED | {"exc_info"}
    ]
    assert dropped == []


def _logs(node: ast.AST) -> TypeGuard[ast.Call]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    logger = node.func.value
    return isinstance(logger, ast.Name) and logger.id in ("log", "_log") and node.func.attr in LEVELS
