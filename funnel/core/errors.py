"""Domain errors as data: a stable code, a kind and parameters. `api` alone maps them to HTTP and to `nack`."""

from collections.abc import Mapping
from enum import StrEnum


class ErrorKind(StrEnum):
    """What sort of failure it is; `api.errors` maps each to one status."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


class FunnelError(Exception):
    """A refusal the caller can act on. `code` is stable, `detail` is a sentence for people and never echoes input."""

    def __init__(
        self,
        code: str,
        kind: ErrorKind,
        detail: str,
        *,
        retry_after: float | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.params: Mapping[str, object] = params or {}


def not_found(what: str = "object") -> FunnelError:
    """404: it does not exist or the caller may not know of it; the two are never told apart."""
    return FunnelError("not_found", ErrorKind.NOT_FOUND, f"No such {what}.")


def conflict(code: str, detail: str, **params: object) -> FunnelError:
    """409: the object is in another state than the caller thought."""
    return FunnelError(code, ErrorKind.CONFLICT, detail, params=params)


def invalid(code: str, detail: str, **params: object) -> FunnelError:
    """422: the input cannot be used."""
    return FunnelError(code, ErrorKind.INVALID, detail, params=params)


def forbidden(detail: str = "You may not do this.") -> FunnelError:
    """403: the caller knows of the object but may not do this to it."""
    return FunnelError("forbidden", ErrorKind.FORBIDDEN, detail)


def unavailable(code: str, detail: str, retry_after: float) -> FunnelError:
    """503: nothing is lost, try again after `retry_after` seconds."""
    return FunnelError(code, ErrorKind.UNAVAILABLE, detail, retry_after=retry_after)
