"""Structured logs on stderr, one JSON object a line. Only allow-listed keys pass: no text, token or address can leak."""

import logging as stdlib
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, merge_contextvars, unbind_contextvars

from funnel.core.settings import Settings

__all__ = [
    "ALLOWED",
    "bind_contextvars",
    "bound_contextvars",
    "configure",
    "get_logger",
    "unbind_contextvars",
]

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "conversation_id",
        "turn_id",
        "command_id",
        "agent_id",
        "contact_id",
        "site_id",
        "queue_id",
        "inbox_id",
        "delivery_id",
        "webhook_id",
        "rule_id",
        "event_id",
        "key_id",
        "upload_id",
        "article_id",
        "route",
        "method",
        "status",
        "code",
        "kind",
        "loop",
        "cause",
        "reason",
        "stage",
        "type",
        "count",
        "size",
        "seconds",
        "milliseconds",
        "attempt",
        "attempts",
        "batch",
        "seq",
        "generation",
        "revision",
        "version",
        "epoch",
        "port",
        "pid",
        "path_template",
        "playbook",
        "lane",
        "locale",
        "channel",
        "lag",
        "waiting",
        "limit",
        "due",
        "error_type",
        "error_at",
        "signal",
        "exit_code",
        "released",
    }
)


def configure(settings: Settings) -> None:
    """Sets up structlog for the process, and brings warnings of libraries into the same stream. Idempotent."""
    level = getattr(stdlib, settings.logging.level.upper())
    structlog.configure(
        processors=[
            merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_logger,
            _describe_error,
            _only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_printer,
        cache_logger_on_first_use=False,
    )
    root = stdlib.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(stdlib.WARNING)
    stdlib.captureWarnings(True)


def _printer(*_names: object) -> structlog.PrintLogger:
    """Made for every entry: what stderr is may change while the process lives, and a closed one would break who logs."""
    return structlog.PrintLogger(file=sys.stderr)


def get_logger(name: str | None = None) -> structlog.stdlib.BoundLogger:
    """A logger; give values as keyword arguments whose names are in ALLOWED, others are dropped."""
    # Not bound yet: a logger made at import must follow what `configure` says later.
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(**({"logger_name": name} if name else {}))
    return logger


class _Bridge(stdlib.Handler):
    """Libraries' records, without their message: it may quote what a visitor sent."""

    def emit(self, record: stdlib.LogRecord) -> None:
        get_logger(record.name).log(
            record.levelno, "library", error_at=f"{record.module}:{record.lineno}", exc_info=record.exc_info
        )


def _name_logger(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if "logger_name" in entry:
        entry["logger"] = entry.pop("logger_name")
    return entry


def _describe_error(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception becomes its type and the place it was raised at; its words may hold personal data."""
    info = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        entry["error_type"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        entry["error_at"] = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return entry


def _only_allowed(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in entry.items() if key in ALLOWED}
